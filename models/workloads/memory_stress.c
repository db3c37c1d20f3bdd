/*
 * memory_stress.c - threads that read and write a working set, part of which they share
 *
 * What coherence costs without any lock: an operation reads or writes a word of a line
 * chosen at random, with the probability `sharing` one of the lines that all threads share,
 * else one of its own. Caches have no capacity here: a line leaves a core only because
 * another one asks for it, so threads that share nothing only hit.
 */
#include "stats.h"
#include "workloads/team.h"
#include "workloads/workload.h"
#include <stdlib.h>

struct memory_cfg {
	struct sv_team_cfg team;
	int64_t own_bytes, shared_bytes;
	double sharing, writes;
	struct sv_dist think;
};

static const struct sv_option options[] = {
	SV_TEAM_OPTIONS(struct memory_cfg),
	{ .name = "own",
		.type = SV_BYTES,
		.offset = offsetof(struct memory_cfg, own_bytes),
		.min = "64B",
		.max = "1MiB",
		.def = "4KiB",
		.help = "working set that a thread has for itself" },
	{ .name = "shared",
		.type = SV_BYTES,
		.offset = offsetof(struct memory_cfg, shared_bytes),
		.min = "64B",
		.max = "1MiB",
		.def = "4KiB",
		.help = "working set that all threads share" },
	{ .name = "sharing",
		.type = SV_REAL,
		.offset = offsetof(struct memory_cfg, sharing),
		.min = "0",
		.max = "1",
		.def = "0.1",
		.help = "share of the operations that go to the shared set" },
	{ .name = "writes",
		.type = SV_REAL,
		.offset = offsetof(struct memory_cfg, writes),
		.min = "0",
		.max = "1",
		.def = "0.3",
		.help = "share of the operations that write" },
	{ .name = "think",
		.type = SV_DIST,
		.offset = offsetof(struct memory_cfg, think),
		.def = "20ns",
		.help = "computing between two operations" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("memory-stress", struct memory_cfg, options);

enum { RATE, READ_MEAN, READ_P99, JAIN, TRANSFERS, INVALIDATIONS };
static const struct sv_metric metrics[] = {
	[RATE] = { "rate", "1/s", "operations per second, all threads", 1 },
	[READ_MEAN] = { "read.mean", "s", "mean time of a read", 1 },
	[READ_P99] = { "read.p99", "s", "99th percentile of that time", 0 },
	[JAIN] = { "jain", "1", "Jain's fairness index of the threads' operations", 0 },
	[TRANSFERS] = { "transfers", "1", "cache lines fetched per operation", 1 },
	[INVALIDATIONS] = { "invalidations", "1", "copies invalidated per operation", 1 },
	{ 0 },
};

struct toucher {
	struct sv_sim_thread thread;
	struct sv_stream stream;
	struct stress *all;
	char *own;
	uint64_t done;  /* in the window */
	uint64_t wrote; /* to its own set, ever */
};

struct stress {
	const struct memory_cfg *cfg;
	struct sv_system *system;
	const char *name;
	struct toucher *toucher;
	unsigned threads;
	char *shared;
	sv_time since;
	struct sv_traffic traffic; /* before the window */
	struct sv_hist read;
	struct sv_station reading;
};

static void *choose(struct toucher *t, bool shared)
{
	const struct memory_cfg *cfg = t->all->cfg;
	int64_t bytes = shared ? cfg->shared_bytes : cfg->own_bytes;
	uint64_t lines = (uint64_t)((bytes + SV_LINE_BYTES - 1) / SV_LINE_BYTES);
	uint64_t line = (uint64_t)(sv_stream_uniform(&t->stream) * (double)lines);

	return (shared ? t->all->shared : t->own) + line * SV_LINE_BYTES;
}

static void read_word(struct toucher *t, const void *word)
{
	struct stress *all = t->all;
	struct sv_lp *lp = t->thread.process.lp;
	sv_time start = sv_now(lp);

	sv_station_enter(&all->reading, start);
	sv_sim_load(word, 8);
	sv_station_leave(&all->reading, sv_now(lp), start);
	sv_hist_record(&all->read, sv_now(lp) - start);
}

static void touch(struct sv_sim_thread *self, void *arg)
{
	struct toucher *t = arg;
	const struct memory_cfg *cfg = t->all->cfg;

	for (;;) {
		bool shared = sv_stream_uniform(&t->stream) < cfg->sharing;
		void *word = choose(t, shared);

		if (sv_stream_uniform(&t->stream) < cfg->writes) {
			t->wrote += !shared;
			sv_sim_store(word, 8, sv_sim_load(word, 8) + 1, SV_RELAXED);
		} else {
			read_word(t, word);
		}
		t->done++;
		sv_sim_work(self, sv_dist_sample(&cfg->think, &t->stream));
	}
}

static void stress_free(void *state)
{
	struct stress *s = state;

	for (unsigned i = 0; s->toucher && i < s->threads; i++)
		sv_sim_thread_fini(&s->toucher[i].thread);
	sv_hist_fini(&s->read);
	free(s->toucher);
	free(s);
}

static int start_toucher(struct stress *s, struct toucher *t)
{
	struct sv_memory *m = s->system->memory;

	t->all = s;
	if (sv_team_place(&s->cfg->team, s->system, &t->thread, &t->stream) < 0)
		return -1;
	t->own = sv_memory_alloc(m, (size_t)s->cfg->own_bytes, m->machine->node_of[t->thread.pu]);
	if (!t->own)
		return -1;
	return sv_sim_thread_start(&t->thread, touch, t, sv_team_start(s->system, &t->stream));
}

static void *stress_start(
	struct sv_system *system, const char *name, const void *config, struct sv_diag *diag)
{
	struct stress *s = calloc(1, sizeof(*s));

	if (!s)
		goto no_memory;
	s->cfg = config;
	s->system = system;
	s->name = name;
	s->threads = sv_team_threads(&s->cfg->team, system);
	sv_hist_init(&s->read);
	sv_station_init(&s->reading, "reads", 0);
	s->toucher = calloc(s->threads, sizeof(*s->toucher));
	s->shared = sv_memory_alloc(system->memory, (size_t)s->cfg->shared_bytes, 0);
	if (!s->toucher || !s->shared)
		goto no_memory;
	for (unsigned i = 0; i < s->threads; i++)
		if (start_toucher(s, &s->toucher[i]) < 0)
			goto no_memory;
	return s;

no_memory:
	if (s)
		stress_free(s);
	sv_error(diag, NULL, "%s: out of memory", name);
	return NULL;
}

static struct sv_traffic traffic(const struct stress *s)
{
	struct sv_traffic sum = { 0 };

	for (unsigned i = 0; i < s->threads; i++)
		sv_team_add_traffic(&sum, &s->toucher[i].thread);
	return sum;
}

static void stress_reset(void *state, sv_time now)
{
	struct stress *s = state;

	s->since = now;
	s->traffic = traffic(s);
	sv_hist_reset(&s->read);
	sv_station_reset(&s->reading, now);
	for (unsigned i = 0; i < s->threads; i++)
		s->toucher[i].done = 0;
}

/* What a thread wrote to its own set is there, but for what its store buffer still holds and the
 * write that it is about. */
static bool is_all_there(const struct toucher *t)
{
	uint64_t sum = 0, pending = t->thread.stores + 1;

	for (int64_t at = 0; at < t->all->cfg->own_bytes; at += SV_LINE_BYTES)
		sum += sv_memory_peek(t->own + at, 8);
	return sum <= t->wrote && sum + pending >= t->wrote;
}

static int check_laws(const struct stress *s, sv_time now, struct sv_diag *diag)
{
	const char *law = sv_station_check(&s->reading, now);

	if (law)
		return sv_error(diag, NULL, "%s: %s: %s", s->name, s->reading.name, law);
	for (unsigned i = 0; i < s->threads; i++)
		if (!is_all_there(&s->toucher[i]))
			return sv_error(diag, NULL, "%s: the memory lost a write", s->name);
	return 0;
}

static int stress_finish(void *state, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	struct stress *s = state;
	struct sv_traffic moved = traffic(s);
	double done[SV_TEAM_MAX], v[sizeof(metrics) / sizeof(metrics[0])], total = 0;

	if (check_laws(s, now, diag) < 0)
		return -1;
	for (unsigned i = 0; i < s->threads; i++)
		total += done[i] = (double)s->toucher[i].done;
	v[RATE] = total / sv_seconds(now - s->since);
	v[READ_MEAN] = sv_hist_mean(&s->read) * 1e-12;
	v[READ_P99] = sv_hist_quantile(&s->read, 0.99) * 1e-12;
	v[JAIN] = sv_jain(done, s->threads);
	v[TRANSFERS] = (double)(moved.transfers - s->traffic.transfers) / total;
	v[INVALIDATIONS] = (double)(moved.invalidations - s->traffic.invalidations) / total;
	for (int i = 0; metrics[i].name; i++)
		sv_metrics_put(out, s->name, &metrics[i], v[i]);
	return 0;
}

static int stress_check(
	const void *config, unsigned cpus, const struct sv_node *node, struct sv_diag *diag)
{
	const struct memory_cfg *c = config;

	return sv_team_check(&c->team, cpus, node, diag);
}

const struct sv_workload sv_workload_memory_stress = {
	.name = "memory-stress",
	.help = "threads that read and write lines of their own and lines that they share",
	.options = &table,
	.metrics = metrics,
	.check = stress_check,
	.start = stress_start,
	.reset = stress_reset,
	.finish = stress_finish,
	.free = stress_free,
};
