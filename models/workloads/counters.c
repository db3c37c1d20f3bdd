/*
 * counters.c - each thread counts in a word of its own
 *
 * No data is shared, but lines may be: the distance between two counters decides. With
 * counters closer than a line every increment takes the line from another core (false
 * sharing); a line apart, none does.
 */
#include "dist.h"
#include "stats.h"
#include "workloads/team.h"
#include "workloads/workload.h"
#include <stdlib.h>

struct counters_cfg {
	struct sv_team_cfg team;
	int64_t stride_bytes;
	int operation;
	struct sv_dist work;
};

enum { STORE, ATOMIC };
static const char *const operations[] = { "store", "atomic", NULL };

static const struct sv_option options[] = {
	SV_TEAM_OPTIONS(struct counters_cfg),
	{ .name = "stride",
		.type = SV_BYTES,
		.offset = offsetof(struct counters_cfg, stride_bytes),
		.min = "8B",
		.max = "4KiB",
		.def = "64B",
		.help = "distance between two counters; below 64B they share lines" },
	{ .name = "operation",
		.type = SV_CHOICE,
		.offset = offsetof(struct counters_cfg, operation),
		.def = "store",
		.help = "how a counter is incremented: load and store, or one atomic addition",
		.more = operations },
	{ .name = "work",
		.type = SV_DIST,
		.offset = offsetof(struct counters_cfg, work),
		.def = "0ns",
		.help = "time between two increments" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("counters", struct counters_cfg, options);

static const struct sv_metric metrics[] = {
	{ "throughput", "1/s", "increments per second, all threads", 1 },
	{ "interval.mean", "s", "mean time from one increment of a thread to its next", 1 },
	{ "jain", "1", "Jain's fairness index of the threads' increments", 0 },
	{ "transfers", "1", "cache lines fetched per increment", 1 },
	{ "invalidations", "1", "copies invalidated per increment", 0 },
	{ 0 },
};

struct counter {
	struct sv_sim_thread thread;
	struct sv_stream stream;
	const struct counters_cfg *cfg;
	sv_u64 *word;
	uint64_t done;
};

struct counters {
	const struct counters_cfg *cfg;
	struct sv_system *system;
	const char *name;
	struct counter *counter;
	unsigned threads;
	sv_time since;
	struct sv_traffic traffic; /* before the window */
};

static void count(struct sv_sim_thread *self, void *arg)
{
	struct counter *c = arg;

	for (;;) {
		if (c->cfg->operation == ATOMIC)
			sv_sim_rmw(c->word, 8, SV_RMW_FAA, 1, 0);
		else
			sv_sim_store(c->word, 8, sv_sim_load(c->word, 8) + 1, SV_RELAXED);
		c->done++;
		sv_sim_work(self, sv_dist_sample(&c->cfg->work, &c->stream));
	}
}

static void counters_free(void *state)
{
	struct counters *c = state;

	for (unsigned i = 0; c->counter && i < c->threads; i++)
		sv_sim_thread_fini(&c->counter[i].thread);
	free(c->counter);
	free(c);
}

static int start_counter(struct counters *c, struct counter *one, char *word)
{
	if (sv_team_place(&c->cfg->team, c->system, &one->thread, &one->stream) < 0)
		return -1;
	one->cfg = c->cfg;
	one->word = (sv_u64 *)(void *)word;
	return sv_sim_thread_start(
		&one->thread, count, one, sv_team_start(c->system, &one->stream));
}

static void *counters_start(
	struct sv_system *system, const char *name, const void *config, struct sv_diag *diag)
{
	struct counters *c = calloc(1, sizeof(*c));
	size_t stride;
	char *words;

	if (!c)
		goto no_memory;
	c->cfg = config;
	c->system = system;
	c->name = name;
	c->threads = sv_team_threads(&c->cfg->team, system);
	stride = (size_t)c->cfg->stride_bytes;
	c->counter = calloc(c->threads, sizeof(*c->counter));
	words = sv_memory_alloc(system->memory, c->threads * stride, 0);
	if (!c->counter || !words)
		goto no_memory;
	for (unsigned i = 0; i < c->threads; i++)
		if (start_counter(c, &c->counter[i], words + i * stride) < 0)
			goto no_memory;
	return c;

no_memory:
	if (c)
		counters_free(c);
	sv_error(diag, NULL, "%s: out of memory", name);
	return NULL;
}

static struct sv_traffic traffic(const struct counters *c)
{
	struct sv_traffic sum = { 0 };

	for (unsigned i = 0; i < c->threads; i++)
		sv_team_add_traffic(&sum, &c->counter[i].thread);
	return sum;
}

static void counters_reset(void *state, sv_time now)
{
	struct counters *c = state;

	c->since = now;
	c->traffic = traffic(c);
	for (unsigned i = 0; i < c->threads; i++)
		c->counter[i].done = 0;
}

static int counters_finish(void *state, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	struct counters *c = state;
	unsigned n = c->threads;
	double done[SV_TEAM_MAX], total = 0, seconds = sv_seconds(now - c->since);
	struct sv_traffic moved = traffic(c);
	const struct sv_metric *metric = metrics;

	(void)diag;
	for (unsigned i = 0; i < n; i++)
		total += done[i] = (double)c->counter[i].done;
	sv_metrics_put(out, c->name, metric++, total / seconds);
	sv_metrics_put(out, c->name, metric++, n * seconds / total);
	sv_metrics_put(out, c->name, metric++, sv_jain(done, n));
	sv_metrics_put(
		out, c->name, metric++, (double)(moved.transfers - c->traffic.transfers) / total);
	sv_metrics_put(out, c->name, metric++,
		(double)(moved.invalidations - c->traffic.invalidations) / total);
	return 0;
}

static int counters_check(
	const void *config, unsigned cpus, const struct sv_node *node, struct sv_diag *diag)
{
	const struct counters_cfg *c = config;

	return sv_team_check(&c->team, cpus, node, diag);
}

const struct sv_workload sv_workload_counters = {
	.name = "counters",
	.help = "threads that increment counters of their own, which may share lines",
	.options = &table,
	.metrics = metrics,
	.check = counters_check,
	.start = counters_start,
	.reset = counters_reset,
	.finish = counters_finish,
	.free = counters_free,
};
