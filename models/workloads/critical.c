/*
 * critical.c - threads that think, take a lock, work under it and release it
 *
 * The classic of lock studies: a closed system of threads and one or several locks,
 * chosen by Zipf's law. Under the lock a thread reads and writes a number of lines that
 * belong to the lock, so that data moves with the lock as it does in real programs.
 */
#include "locks/locks.h"
#include "stats.h"
#include "workloads/team.h"
#include "workloads/workload.h"
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

struct critical_cfg {
	struct sv_team_cfg team;
	struct sv_variant lock;
	int64_t locks, lines;
	double zipf;
	struct sv_dist critical, think;
};

static const struct sv_option options[] = {
	SV_TEAM_OPTIONS(struct critical_cfg),
	{ .name = "lock",
		.type = SV_VARIANT,
		.offset = offsetof(struct critical_cfg, lock),
		.def = "ticket",
		.help = "the lock algorithm",
		.more = &sv_lock_kinds },
	{ .name = "locks",
		.type = SV_INT,
		.offset = offsetof(struct critical_cfg, locks),
		.unit = "locks",
		.min = "1",
		.max = "10000",
		.def = "1",
		.help = "how many locks there are, each on lines of its own" },
	{ .name = "zipf",
		.type = SV_REAL,
		.offset = offsetof(struct critical_cfg, zipf),
		.min = "0",
		.max = "10",
		.def = "0",
		.help = "exponent of Zipf's law by which a thread chooses a lock; 0: all alike" },
	{ .name = "critical",
		.type = SV_DIST,
		.offset = offsetof(struct critical_cfg, critical),
		.def = "100ns",
		.help = "computing under the lock, beyond the lines it touches" },
	{ .name = "think",
		.type = SV_DIST,
		.offset = offsetof(struct critical_cfg, think),
		.def = "0ns",
		.help = "computing between a release and the next acquisition" },
	{ .name = "lines",
		.type = SV_INT,
		.offset = offsetof(struct critical_cfg, lines),
		.unit = "lines",
		.min = "0",
		.max = "64",
		.def = "1",
		.help = "cache lines of the lock's data that are read and written under it" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("critical", struct critical_cfg, options);

enum {
	THROUGHPUT,
	ACQUIRE_MEAN,
	ACQUIRE_P50,
	ACQUIRE_P99,
	ACQUIRE_P999,
	ACQUIRE_MAX,
	JAIN,
	TOP_HALF,
	SAME_CORE,
	SAME_PACKAGE,
	OTHER_PACKAGE,
	TRANSFERS,
	INVALIDATIONS,
};
static const struct sv_metric metrics[] = {
	[THROUGHPUT] = { "throughput", "1/s", "acquisitions per second, all threads", 1 },
	[ACQUIRE_MEAN] = { "acquire.mean", "s", "mean time from asking for a lock to having it",
		1 },
	[ACQUIRE_P50] = { "acquire.p50", "s", "median of that time", 0 },
	[ACQUIRE_P99] = { "acquire.p99", "s", "99th percentile of that time", 1 },
	[ACQUIRE_P999] = { "acquire.p99.9", "s", "99.9th percentile of that time", 0 },
	[ACQUIRE_MAX] = { "acquire.max", "s", "largest observed value of that time", 0 },
	[JAIN] = { "jain", "1", "Jain's fairness index of the threads' acquisitions", 1 },
	[TOP_HALF] = { "top-half", "1",
		"share of all acquisitions by the half of the threads that got most", 0 },
	[SAME_CORE] = { "handover.same-core", "1",
		"share of acquisitions whose previous holder ran on the same core", 0 },
	[SAME_PACKAGE] = { "handover.same-package", "1",
		"share whose previous holder ran on another core of the same package", 0 },
	[OTHER_PACKAGE] = { "handover.other-package", "1",
		"share whose previous holder ran on another package", 0 },
	[TRANSFERS] = { "transfers", "1", "cache lines fetched per acquisition", 1 },
	[INVALIDATIONS] = { "invalidations", "1", "copies invalidated per acquisition", 0 },
	{ 0 },
};

struct one_lock {
	void *lock;
	char *data;
	int32_t holder, previous; /* PUs; -1: nobody */
};

struct contender {
	struct sv_sim_thread thread;
	struct sv_stream stream;
	struct critical *all;
	void *node;
	uint64_t acquired;
};

struct critical {
	const struct critical_cfg *cfg;
	const struct sv_lock *kind;
	struct sv_system *system;
	const char *name;
	unsigned threads;
	struct one_lock *lock;
	struct contender *contender;
	void **percpu;
	gsl_ran_discrete_t *choice; /* NULL: one lock */
	bool broken;                /* two threads held one lock at once */
	/* Since the start of the window. */
	sv_time since;
	struct sv_traffic traffic; /* before it */
	uint64_t handover[3];
	struct sv_hist acquire;
	struct sv_station waiting;
};

static struct one_lock *choose(struct contender *c)
{
	struct critical *all = c->all;

	if (!all->choice)
		return &all->lock[0];
	return &all->lock[gsl_ran_discrete(sv_stream_gsl(&c->stream), all->choice)];
}

static void count_handover(struct critical *all, const struct one_lock *l)
{
	const struct sv_machine *m = all->system->memory->machine;
	enum sv_distance d;

	if (l->previous < 0)
		return;
	d = sv_machine_distance(m, (unsigned)l->holder, (unsigned)l->previous);
	all->handover[d <= SV_SMT ? 0 : d <= SV_PACKAGE ? 1 : 2]++;
}

static void acquire(struct contender *c, struct one_lock *l)
{
	struct critical *all = c->all;
	struct sv_lp *lp = c->thread.process.lp;
	sv_time asked = sv_now(lp);

	c->thread.phase = SV_LOCK_WAITING;
	sv_station_enter(&all->waiting, asked);
	all->kind->acquire(l->lock, c->node, all->cfg->lock.config);
	sv_station_leave(&all->waiting, sv_now(lp), asked);
	c->thread.phase = SV_LOCK_HOLDING;
	sv_hist_record(&all->acquire, sv_now(lp) - asked);
	all->broken |= l->holder >= 0;
	l->holder = c->thread.pu;
	count_handover(all, l);
	c->acquired++;
}

static void release(struct contender *c, struct one_lock *l)
{
	l->previous = l->holder;
	l->holder = -1;
	c->all->kind->release(l->lock, c->node, c->all->cfg->lock.config);
	c->thread.phase = SV_LOCK_NONE;
}

static void contend(struct sv_sim_thread *self, void *arg)
{
	struct contender *c = arg;
	const struct critical_cfg *cfg = c->all->cfg;

	for (;;) {
		struct one_lock *l;

		sv_sim_work(self, sv_dist_sample(&cfg->think, &c->stream));
		l = choose(c);
		acquire(c, l);
		for (int64_t i = 0; i < cfg->lines; i++) {
			void *word = l->data + i * SV_LINE_BYTES;

			sv_sim_store(word, 8, sv_sim_load(word, 8) + 1, SV_RELAXED);
		}
		sv_sim_work(self, sv_dist_sample(&cfg->critical, &c->stream));
		release(c, l);
	}
}

static void critical_free(void *state)
{
	struct critical *c = state;

	for (unsigned i = 0; c->contender && i < c->threads; i++)
		sv_sim_thread_fini(&c->contender[i].thread);
	if (c->choice)
		gsl_ran_discrete_free(c->choice);
	sv_hist_fini(&c->acquire);
	free(c->percpu);
	free(c->contender);
	free(c->lock);
	free(c);
}

/* P(i) proportional to 1 / (i + 1)^zipf. */
static int make_choice(struct critical *c)
{
	size_t n = (size_t)c->cfg->locks;
	double *weight;

	if (n == 1)
		return 0;
	weight = calloc(n, sizeof(*weight));
	if (!weight)
		return -1;
	for (size_t i = 0; i < n; i++)
		weight[i] = pow((double)(i + 1), -c->cfg->zipf);
	c->choice = gsl_ran_discrete_preproc(n, weight);
	free(weight);
	return c->choice ? 0 : -1;
}

static int make_locks(struct critical *c)
{
	struct sv_memory *m = c->system->memory;

	for (int64_t i = 0; i < c->cfg->locks; i++) {
		struct one_lock *l = &c->lock[i];

		l->holder = l->previous = -1;
		l->lock = sv_memory_alloc(m, c->kind->lock_bytes, 0);
		l->data = sv_memory_alloc(m, (size_t)c->cfg->lines * SV_LINE_BYTES, 0);
		if (!l->lock || !l->data)
			return -1;
		c->kind->init(l->lock, c->cfg->lock.config);
	}
	for (unsigned cpu = 0; c->kind->percpu_bytes && cpu < c->system->team.cpus; cpu++) {
		unsigned node = m->machine->node_of[c->system->pu[cpu]];

		c->percpu[cpu] = sv_memory_alloc(m, c->kind->percpu_bytes, node);
		if (!c->percpu[cpu])
			return -1;
	}
	return make_choice(c);
}

static int start_contender(struct critical *c, struct contender *one)
{
	struct sv_memory *m = c->system->memory;

	one->all = c;
	if (sv_team_place(&c->cfg->team, c->system, &one->thread, &one->stream) < 0)
		return -1;
	one->thread.percpu = c->percpu;
	one->node = sv_memory_alloc(m, c->kind->node_bytes, m->machine->node_of[one->thread.pu]);
	if (!one->node)
		return -1;
	if (c->kind->node_init)
		c->kind->node_init(one->node, (unsigned)(one - c->contender));
	return sv_sim_thread_start(
		&one->thread, contend, one, sv_team_start(c->system, &one->stream));
}

static void *critical_start(
	struct sv_system *system, const char *name, const void *config, struct sv_diag *diag)
{
	struct critical *c = calloc(1, sizeof(*c));

	if (!c)
		goto no_memory;
	c->cfg = config;
	c->kind = c->cfg->lock.object;
	c->system = system;
	c->name = name;
	c->threads = sv_team_threads(&c->cfg->team, system);
	sv_hist_init(&c->acquire);
	sv_station_init(&c->waiting, "waiting for the lock", 0);
	c->lock = calloc((size_t)c->cfg->locks, sizeof(*c->lock));
	c->contender = calloc(c->threads, sizeof(*c->contender));
	c->percpu = calloc(system->team.cpus, sizeof(*c->percpu));
	if (!c->lock || !c->contender || !c->percpu || make_locks(c) < 0)
		goto no_memory;
	for (unsigned i = 0; i < c->threads; i++)
		if (start_contender(c, &c->contender[i]) < 0)
			goto no_memory;
	return c;

no_memory:
	if (c)
		critical_free(c);
	sv_error(diag, NULL, "%s: out of memory", name);
	return NULL;
}

static struct sv_traffic traffic(const struct critical *c)
{
	struct sv_traffic sum = { 0 };

	for (unsigned i = 0; i < c->threads; i++)
		sv_team_add_traffic(&sum, &c->contender[i].thread);
	return sum;
}

static void critical_reset(void *state, sv_time now)
{
	struct critical *c = state;

	c->since = now;
	c->traffic = traffic(c);
	c->handover[0] = c->handover[1] = c->handover[2] = 0;
	sv_hist_reset(&c->acquire);
	sv_station_reset(&c->waiting, now);
	for (unsigned i = 0; i < c->threads; i++)
		c->contender[i].acquired = 0;
}

/* The laws that hold whatever the model says. */
static int check_laws(const struct critical *c, sv_time now, struct sv_diag *diag)
{
	const char *law = sv_station_check(&c->waiting, now);

	if (c->broken)
		return sv_error(diag, NULL, "%s: %s let two threads hold one lock at once", c->name,
			c->kind->name);
	if (law)
		return sv_error(diag, NULL, "%s: %s: %s", c->name, c->waiting.name, law);
	if (c->acquire.count == 0)
		return sv_error(diag, NULL,
			"%s: nobody acquired a lock in the whole window: a deadlock, or a "
			"duration shorter than one acquisition",
			c->name);
	return 0;
}

static int critical_finish(void *state, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	struct critical *c = state;
	struct sv_traffic moved = traffic(c);
	double acquired[SV_TEAM_MAX], v[sizeof(metrics) / sizeof(metrics[0])];
	double total = (double)c->acquire.count, handovers = 0;

	if (check_laws(c, now, diag) < 0)
		return -1;
	for (unsigned i = 0; i < c->threads; i++)
		acquired[i] = (double)c->contender[i].acquired;
	for (int i = 0; i < 3; i++)
		handovers += (double)c->handover[i];
	v[THROUGHPUT] = total / sv_seconds(now - c->since);
	v[ACQUIRE_MEAN] = sv_hist_mean(&c->acquire) * 1e-12;
	v[ACQUIRE_P50] = sv_hist_quantile(&c->acquire, 0.5) * 1e-12;
	v[ACQUIRE_P99] = sv_hist_quantile(&c->acquire, 0.99) * 1e-12;
	v[ACQUIRE_P999] = sv_hist_quantile(&c->acquire, 0.999) * 1e-12;
	v[ACQUIRE_MAX] = (double)c->acquire.max * 1e-12;
	v[JAIN] = sv_jain(acquired, c->threads);
	v[TOP_HALF] = sv_top_half_share(acquired, c->threads);
	for (int i = 0; i < 3; i++)
		v[SAME_CORE + i] = (double)c->handover[i] / handovers;
	v[TRANSFERS] = (double)(moved.transfers - c->traffic.transfers) / total;
	v[INVALIDATIONS] = (double)(moved.invalidations - c->traffic.invalidations) / total;
	for (int i = 0; metrics[i].name; i++)
		sv_metrics_put(out, c->name, &metrics[i], v[i]);
	return 0;
}

static int critical_check(
	const void *config, unsigned cpus, const struct sv_place *place, struct sv_diag *diag)
{
	const struct critical_cfg *c = config;

	return sv_team_check(&c->team, cpus, place, diag);
}

static const struct sv_lock *critical_lock(const void *config)
{
	const struct critical_cfg *c = config;

	return c->lock.object;
}

const struct sv_workload sv_workload_critical = {
	.name = "critical",
	.help = "threads that think, acquire a lock, work under it and release it",
	.options = &table,
	.metrics = metrics,
	.check = critical_check,
	.lock = critical_lock,
	.start = critical_start,
	.reset = critical_reset,
	.finish = critical_finish,
	.free = critical_free,
};
