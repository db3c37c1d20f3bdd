/*
 * ssd_run.h - a drive alone under a generator of load, for tests
 */
#ifndef SSD_RUN_H
#define SSD_RUN_H

#include "config.h"
#include "devices/load.h"
#include "devices/model.h"
#include "run_suite.h"
#include <math.h>
#include <string.h>

struct ssd_run {
	struct sv_engine *engine;
	struct sv_lp *lp;
	struct sv_diag *diag;
	struct sv_doc *doc;
	const struct sv_device_kind *kind;
	struct sv_variant variant;
	struct sv_device *device;
	struct sv_metrics metrics;
	double rate, latency, p99; /* of the load: per second, us */
	uint64_t events, interrupts;
	bool no_run_ahead;
};

static inline void ssd_run_handle(struct sv_lp *lp, const struct sv_event *event)
{
	(void)lp;
	sv_device_handle(event);
}

static const struct sv_option ssd_run_device = { "", SV_VARIANT, 0, .more = &sv_device_kinds,
	.help = "" };
static const struct sv_option ssd_run_rows[] = {
	{ "devices", SV_NAMED, 0, .more = &ssd_run_device, .help = "" },
	{ 0 },
};
static const struct sv_table ssd_run_table = SV_TABLE("test", struct sv_named, ssd_run_rows);

/* A device as a scenario has it: "{kind: nvme, ...}". Returns -1 where it is refused. */
static inline int ssd_run_init(struct ssd_run *r, const char *device)
{
	struct sv_named devices;
	char text[1024];

	*r = (struct ssd_run){ .diag = sv_diag_new() };
	snprintf(text, sizeof(text), "devices: {ssd: %s}\n", device);
	r->doc = sv_doc_parse("test", text, strlen(text), r->diag);
	ck_assert_ptr_nonnull(r->doc);
	if (sv_device_models_apply(r->doc, &ssd_run_table, r->diag) < 0 ||
		sv_read(&ssd_run_table, sv_doc_root(r->doc), &devices, r->doc, r->diag) < 0)
		return -1;
	r->variant = *(struct sv_variant *)devices.item;
	r->kind = r->variant.object;
	if (r->kind->check &&
		r->kind->check(r->variant.config, sv_node_find(sv_doc_root(r->doc), "devices.ssd"),
			r->diag) < 0)
		return -1;
	r->engine = sv_engine_new(
		&(struct sv_engine_config){ .threads = 1, .no_run_ahead = r->no_run_ahead });
	r->lp = sv_engine_add(r->engine, ssd_run_handle, NULL, "device");
	r->device = r->kind->start(r->lp, "ssd", r->variant.config, 1, 0, r->diag);
	ck_assert_ptr_nonnull(r->device);
	sv_metrics_init(&r->metrics);
	return 0;
}

static inline void ssd_run_until(struct ssd_run *r, sv_time until)
{
	ck_assert_int_eq(sv_engine_run(r->engine, until, r->diag), 0);
}

static inline uint64_t ssd_run_capacity(const struct ssd_run *r)
{
	return r->kind->capacity(r->variant.config);
}

/* Ends the window: laws hold, metrics are there. */
static inline void ssd_run_finish(struct ssd_run *r, sv_time now)
{
	int status = r->kind->finish(r->device, now, &r->metrics, r->diag);

	sv_diag_print(r->diag, stderr);
	ck_assert_int_eq(status, 0);
}

static inline double ssd_run_metric(const struct ssd_run *r, const char *name)
{
	char full[64];

	snprintf(full, sizeof(full), "ssd.%s", name);
	const struct sv_metric_value *v = sv_metrics_get(&r->metrics, full);

	ck_assert_msg(v, "no metric %s", full);
	return v->value;
}

/* Under load for a warm-up and a window. */
static inline void ssd_run_load(
	struct ssd_run *r, const struct sv_load_config *config, sv_time warmup, sv_time window)
{
	struct sv_load *load = sv_load_new(r->device, ssd_run_capacity(r), config);
	sv_time end = sv_now(r->lp) + warmup + window;

	ssd_run_until(r, end - window);
	sv_load_reset(load, end - window);
	r->kind->reset(r->device, end - window);
	ssd_run_until(r, end);
	ck_assert_msg(!sv_load_check(load, end), "%s", sv_load_check(load, end));
	ssd_run_finish(r, end);
	r->rate = sv_load_rate(load, end);
	r->latency = sv_hist_mean(&load->latency) * 1e-6;
	r->p99 = sv_hist_quantile(&load->latency, 0.99) * 1e-6;
	r->events = sv_engine_events(r->engine);
	r->interrupts = load->interrupts;
	/* What it has under way ends nowhere. */
	r->kind->free(r->device);
	r->device = NULL;
	sv_load_free(load);
}

static inline void ssd_run_fini(struct ssd_run *r)
{
	if (r->device)
		r->kind->free(r->device);
	if (r->engine) {
		sv_metrics_fini(&r->metrics);
		sv_engine_free(r->engine);
	}
	sv_doc_free(r->doc);
	sv_diag_free(r->diag);
}

#endif
