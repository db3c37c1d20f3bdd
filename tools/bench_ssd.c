/*
 * bench_ssd.c - simsvirt bench ssd
 *
 * Simulated requests per second of the program's time, for a drive alone under a closed loop of
 * reads or a mix, on one thread. Its first figure needs no warm-up of caches: one run warms up.
 */
#include "bench.h"
#include "devices/load.h"
#include "devices/model.h"
#include "memory.h"
#include "value.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct setup {
	const char *device;
	unsigned long long depth, bytes, requests, repeat;
	double reads;
	int json;
};

static const struct sv_option rows[] = {
	{ "devices", SV_NAMED, 0, .help = "",
		.more = &(const struct sv_option){ "", SV_VARIANT, 0, .more = &sv_device_kinds,
			.help = "" } },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("bench", struct sv_named, rows);

/* A drive under load. */
struct bench {
	struct sv_engine *engine;
	struct sv_device *device;
	struct sv_load *load;
	struct sv_doc *doc;
	struct sv_diag *diag;
	sv_time until;
};

static void handle(struct sv_lp *lp, const struct sv_event *event)
{
	(void)lp;
	sv_device_handle(event);
}

/* A model's name, or a device as in a scenario: "{kind: nvme, ...}". NULL after reporting. */
static const struct sv_variant *read_device(struct bench *b, const char *device)
{
	struct sv_named devices;
	char *text = NULL;
	int bad;

	SV_BUG_ON(asprintf(&text, "devices: {ssd: %s%s%s}",
			  *device == '{' ? "" : "{model: ", device, *device == '{' ? "" : "}") < 0);
	b->doc = sv_doc_parse("--device", text, strlen(text), b->diag);
	free(text);
	bad = !b->doc || sv_device_models_apply(b->doc, &table, b->diag) < 0 ||
	      sv_read(&table, sv_doc_root(b->doc), &devices, b->doc, b->diag) < 0;
	return bad ? NULL : devices.item;
}

static int start(struct bench *b, const struct setup *s)
{
	const struct sv_variant *v = read_device(b, s->device);
	const struct sv_device_kind *kind = v ? v->object : NULL;
	const struct sv_node *node = v ? sv_node_find(sv_doc_root(b->doc), "devices.ssd") : NULL;

	if (!v || (kind->check && kind->check(v->config, node, b->diag) < 0))
		return -1;
	b->engine = sv_engine_new(&(struct sv_engine_config){ .threads = 1 });
	b->device = kind->start(
		sv_engine_add(b->engine, handle, NULL, "ssd"), "ssd", v->config, 1, 0, b->diag);
	if (!b->device)
		return -1;
	b->load = sv_must(sv_load_new(b->device, kind->capacity(v->config),
		&(struct sv_load_config){ .queues = 1,
			.depth = (unsigned)s->depth,
			.bytes = (uint32_t)s->bytes,
			.reads = s->reads,
			.seed = 1 }));
	return 0;
}

/* Runs until so many requests more have ended; returns their number, 0 after a failure. */
static uint64_t advance(struct bench *b, uint64_t requests)
{
	sv_load_reset(b->load, b->until);
	while (b->load->latency.count < requests) {
		b->until += SV_MS;
		if (sv_engine_run(b->engine, b->until, b->diag) < 0)
			return 0;
	}
	return b->load->latency.count;
}

static int measure(struct bench *b, const struct setup *s, double *rate, double *events)
{
	for (size_t k = 0; k <= s->repeat; k++) {
		uint64_t before = sv_engine_events(b->engine), n;
		double start = sv_bench_cpu_clock();

		n = advance(b, s->requests);
		if (n == 0)
			return -1;
		if (k == 0)
			continue;
		rate[k - 1] = (double)n / (sv_bench_cpu_clock() - start);
		*events = (double)(sv_engine_events(b->engine) - before) / (double)n;
	}
	return 0;
}

static const struct sv_flag flags[] = {
	{ '\0', "device", "DEVICE",
		"a model of `list devices`, or \"{kind: nvme, ...}\"; by default p4800x" },
	{ '\0', "depth", "N", "requests under way; by default 16" },
	{ '\0', "bytes", "N", "of a request; by default 4096" },
	{ '\0', "reads", "SHARE", "of the requests; by default 1" },
	{ '\0', "requests", "N", "in each measurement; by default 1000000" },
	{ '\0', "repeat", "N", "measurements; by default 5" },
	{ 'f', "format", "FORMAT", "table or json" },
	{ 0 },
};

static int take(void *setup, const char *flag, const char *text)
{
	struct setup *s = setup;

	if (!strcmp(flag, "device")) {
		s->device = text;
		return 0;
	}
	if (!strcmp(flag, "depth"))
		return sv_bench_read_count(flag, text, 1, 65536, &s->depth);
	if (!strcmp(flag, "bytes"))
		return sv_bench_read_count(flag, text, 512, 16u << 20, &s->bytes);
	if (!strcmp(flag, "reads"))
		return sv_bench_read_share(flag, text, &s->reads);
	if (!strcmp(flag, "requests"))
		return sv_bench_read_count(flag, text, 1, UINT32_MAX, &s->requests);
	if (!strcmp(flag, "repeat"))
		return sv_bench_read_count(flag, text, 1, SV_BENCH_REPEATS, &s->repeat);
	return sv_bench_read_format(flag, text, &s->json);
}

static void report(const struct setup *s, double *rate, double events)
{
	struct sv_bench_sample sample = sv_bench_sample(rate, s->repeat);

	if (s->json) {
		sv_bench_print(json_pack("{s:s, s:s, s:I, s:I, s:f, s:f, s:o}", "benchmark", "ssd",
			"device", s->device, "depth", (json_int_t)s->depth, "bytes",
			(json_int_t)s->bytes, "reads", s->reads, "events_per_request", events,
			"requests_per_s", sv_bench_sample_json(&sample)));
		return;
	}
	printf("%s, depth %llu, %llu B, %.0f %% reads\n", s->device, s->depth, s->bytes,
		100 * s->reads);
	printf("%.2f million requests/s (%.2f .. %.2f), %.1f events each\n", sample.median * 1e-6,
		sample.low * 1e-6, sample.high * 1e-6, events);
}

static int run(const struct sv_command *self, int argc, char **argv)
{
	static double rate[SV_BENCH_REPEATS];
	struct setup s = { .device = "p4800x",
		.depth = 16,
		.bytes = 4096,
		.reads = 1,
		.requests = 1000000,
		.repeat = 5 };
	int status = sv_bench_read(self, argc, argv, take, &s);
	struct bench b = { .diag = sv_diag_new() };
	double events = 0;

	if (status >= 0) {
		sv_diag_free(b.diag);
		return status;
	}
	if (start(&b, &s) < 0)
		status = SV_EXIT_USAGE;
	else
		status = measure(&b, &s, rate, &events) < 0 ? SV_EXIT_FAILED : SV_EXIT_DONE;
	if (status == SV_EXIT_DONE)
		report(&s, rate, events);
	sv_diag_print(b.diag, stderr);
	if (b.device)
		b.device->kind->free(b.device);
	sv_load_free(b.load);
	if (b.engine)
		sv_engine_free(b.engine);
	sv_doc_free(b.doc);
	sv_diag_free(b.diag);
	return status;
}

const struct sv_command sv_bench_ssd = {
	.name = "bench ssd",
	.arguments = "",
	.help = "Simulated requests per second of the program's time, for a drive alone",
	.flags = flags,
	.run = run,
};
