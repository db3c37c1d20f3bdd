/*
 * cpu_burn.c - threads that compute, and nothing else
 *
 * The neighbour that wants all the CPU time it can get. It touches no memory that others
 * touch and never sleeps, so what it loses it loses to the schedulers: `slowdown` is the
 * time that its bursts took by the time that they needed. Where a thread lost more than
 * INTERRUPTION at once, one that reads the clock all the time would see it: between two such
 * gaps lies a slice.
 */
#include "stats.h"
#include "workloads/team.h"
#include "workloads/workload.h"
#include <stdlib.h>

struct burn_cfg {
	struct sv_team_cfg team;
	struct sv_dist burst;
};

static const struct sv_option options[] = {
	SV_TEAM_OPTIONS(struct burn_cfg),
	{ .name = "burst",
		.type = SV_DIST,
		.offset = offsetof(struct burn_cfg, burst),
		.min = "1ns",
		.def = "exponential(10us)",
		.help = "CPU time of a burst; the next one follows at once" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("cpu-burn", struct burn_cfg, options);

enum { RATE, CPU, SLOWDOWN, JAIN, SLICE, GAP };
#define INTERRUPTION (100 * SV_US)
static const struct sv_metric metrics[] = {
	[RATE] = { "rate", "1/s", "bursts per second, all threads", 1 },
	[CPU] = { "cpu", "1", "CPU time of these bursts by time: CPUs that it had", 0 },
	[SLOWDOWN] = { "slowdown", "1", "time that bursts took, by the CPU time they needed", 1 },
	[JAIN] = { "jain", "1", "Jain's fairness index of the threads' CPU time", 1 },
	[SLICE] = { "slice.p50", "s",
		"median CPU time from one interruption of more than 100us to the next", 0 },
	[GAP] = { "gap.p50", "s", "median length of these interruptions", 0 },
	{ 0 },
};

struct burner {
	struct sv_sim_thread thread;
	struct sv_stream stream;
	struct burn *all;
	sv_time work;  /* of the bursts that ended in the window */
	sv_time slice; /* CPU time since the last interruption; -1: there was none yet */
};

struct burn {
	const struct burn_cfg *cfg;
	struct sv_system *system;
	const char *name;
	struct burner *burner;
	unsigned threads;
	bool broken; /* a burst took less time than it needed */
	sv_time since;
	struct sv_hist took, slices, gaps;
	struct sv_station bursting;
};

static void count_slice(struct burner *b, sv_time work, sv_time lost)
{
	if (b->slice >= 0)
		b->slice += work;
	if (lost <= INTERRUPTION)
		return;
	sv_hist_record(&b->all->gaps, lost);
	if (b->slice >= 0)
		sv_hist_record(&b->all->slices, b->slice);
	b->slice = 0;
}

static void burn(struct sv_sim_thread *self, void *arg)
{
	struct burner *b = arg;
	struct burn *all = b->all;
	struct sv_lp *lp = self->process.lp;

	for (;;) {
		sv_time work = sv_dist_sample(&all->cfg->burst, &b->stream), start = sv_now(lp);

		sv_station_enter(&all->bursting, start);
		/* Also a burst of no length, which a distribution may yield, takes time. */
		sv_sim_work(self, work > 0 ? work : 1);
		sv_station_leave(&all->bursting, sv_now(lp), start);
		sv_hist_record(&all->took, sv_now(lp) - start);
		all->broken |= sv_now(lp) - start < work;
		b->work += work;
		count_slice(b, work, sv_now(lp) - start - work);
	}
}

static void burn_free(void *state)
{
	struct burn *b = state;

	for (unsigned i = 0; b->burner && i < b->threads; i++)
		sv_sim_thread_fini(&b->burner[i].thread);
	sv_hist_fini(&b->took);
	sv_hist_fini(&b->slices);
	sv_hist_fini(&b->gaps);
	free(b->burner);
	free(b);
}

static int start_burner(struct burn *b, struct burner *one)
{
	one->all = b;
	one->slice = -1;
	if (sv_team_place(&b->cfg->team, b->system, &one->thread, &one->stream) < 0)
		return -1;
	return sv_sim_thread_start(&one->thread, burn, one, sv_team_start(b->system, &one->stream));
}

static void *burn_start(
	struct sv_system *system, const char *name, const void *config, struct sv_diag *diag)
{
	struct burn *b = calloc(1, sizeof(*b));

	if (!b)
		goto no_memory;
	b->cfg = config;
	b->system = system;
	b->name = name;
	b->threads = sv_team_threads(&b->cfg->team, system);
	sv_hist_init(&b->took);
	sv_hist_init(&b->slices);
	sv_hist_init(&b->gaps);
	sv_station_init(&b->bursting, "bursts", 0);
	b->burner = calloc(b->threads, sizeof(*b->burner));
	if (!b->burner)
		goto no_memory;
	for (unsigned i = 0; i < b->threads; i++)
		if (start_burner(b, &b->burner[i]) < 0)
			goto no_memory;
	return b;

no_memory:
	if (b)
		burn_free(b);
	sv_error(diag, NULL, "%s: out of memory", name);
	return NULL;
}

static void burn_reset(void *state, sv_time now)
{
	struct burn *b = state;

	b->since = now;
	sv_hist_reset(&b->took);
	sv_hist_reset(&b->slices);
	sv_hist_reset(&b->gaps);
	sv_station_reset(&b->bursting, now);
	for (unsigned i = 0; i < b->threads; i++)
		b->burner[i].work = 0;
}

static int burn_finish(void *state, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	struct burn *b = state;
	const char *law = sv_station_check(&b->bursting, now);
	double work[SV_TEAM_MAX], v[sizeof(metrics) / sizeof(metrics[0])];
	double seconds = sv_seconds(now - b->since), total = 0;

	if (law)
		return sv_error(diag, NULL, "%s: %s: %s", b->name, b->bursting.name, law);
	if (b->broken)
		return sv_error(diag, NULL, "%s: a burst took less time than it needed", b->name);
	for (unsigned i = 0; i < b->threads; i++)
		total += work[i] = sv_seconds(b->burner[i].work);
	v[RATE] = (double)b->took.count / seconds;
	v[CPU] = total / seconds;
	v[SLOWDOWN] = sv_hist_mean(&b->took) * 1e-12 * (double)b->took.count / total;
	v[JAIN] = sv_jain(work, b->threads);
	v[SLICE] = sv_hist_quantile(&b->slices, 0.5) * 1e-12;
	v[GAP] = sv_hist_quantile(&b->gaps, 0.5) * 1e-12;
	for (int i = 0; metrics[i].name; i++)
		sv_metrics_put(out, b->name, &metrics[i], v[i]);
	return 0;
}

static int burn_check(
	const void *config, unsigned cpus, const struct sv_node *node, struct sv_diag *diag)
{
	const struct burn_cfg *c = config;

	return sv_team_check(&c->team, cpus, node, diag);
}

const struct sv_workload sv_workload_cpu_burn = {
	.name = "cpu-burn",
	.help = "threads that compute all the time",
	.options = &table,
	.metrics = metrics,
	.check = burn_check,
	.start = burn_start,
	.reset = burn_reset,
	.finish = burn_finish,
	.free = burn_free,
};
