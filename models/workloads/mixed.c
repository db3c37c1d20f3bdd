/*
 * mixed.c - threads that compute, sleep for a timer, and compute again
 *
 * I/O as the scheduler sees it: a task that often has nothing to do and wants the CPU soon
 * when it has. What a wake-up costs shows in `lateness`: the time from the expiry of the
 * timer until the thread runs. Beside cpu-burn it shows whom a policy favours.
 */
#include "stats.h"
#include "workloads/team.h"
#include "workloads/workload.h"
#include <stdlib.h>

struct mixed_cfg {
	struct sv_team_cfg team;
	struct sv_dist burst, sleep;
};

static const struct sv_option options[] = {
	SV_TEAM_OPTIONS(struct mixed_cfg),
	{ .name = "burst",
		.type = SV_DIST,
		.offset = offsetof(struct mixed_cfg, burst),
		.min = "0ns",
		.def = "exponential(10us)",
		.help = "CPU time between two sleeps" },
	{ .name = "sleep",
		.type = SV_DIST,
		.offset = offsetof(struct mixed_cfg, sleep),
		.min = "1ns",
		.def = "exponential(10us)",
		.help = "the time that a thread asks the timer for" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("mixed", struct mixed_cfg, options);

enum { RATE, LATE_MEAN, LATE_P50, LATE_P99, LATE_MAX, SLOWDOWN, JAIN };
static const struct sv_metric metrics[] = {
	[RATE] = { "rate", "1/s", "bursts per second, all threads", 1 },
	[LATE_MEAN] = { "lateness.mean", "s",
		"mean time that a sleep took beyond what was asked for: system call, wake-up, "
		"waiting for a CPU",
		1 },
	[LATE_P50] = { "lateness.p50", "s", "median of that time", 0 },
	[LATE_P99] = { "lateness.p99", "s", "99th percentile of that time", 1 },
	[LATE_MAX] = { "lateness.max", "s", "largest observed value of that time", 0 },
	[SLOWDOWN] = { "slowdown", "1", "time that bursts took, by the CPU time they needed", 1 },
	[JAIN] = { "jain", "1", "Jain's fairness index of the threads' bursts", 0 },
	{ 0 },
};

struct sleeper {
	struct sv_sim_thread thread;
	struct sv_stream stream;
	struct mixed *all;
	uint64_t bursts;
};

struct mixed {
	const struct mixed_cfg *cfg;
	struct sv_system *system;
	const char *name;
	struct sleeper *sleeper;
	unsigned threads;
	bool early; /* a sleep ended before its time */
	sv_time since, work, took;
	struct sv_hist late;
	struct sv_station sleeping;
};

static void compute(struct sleeper *s)
{
	struct mixed *all = s->all;
	struct sv_lp *lp = s->thread.process.lp;
	sv_time work = sv_dist_sample(&all->cfg->burst, &s->stream), start = sv_now(lp);

	sv_sim_work(&s->thread, work);
	all->work += work;
	all->took += sv_now(lp) - start;
	s->bursts++;
}

static void rest(struct sleeper *s)
{
	struct mixed *all = s->all;
	struct sv_lp *lp = s->thread.process.lp;
	sv_time time = sv_dist_sample(&all->cfg->sleep, &s->stream), start = sv_now(lp);

	/* A cost profile may have a free system call: time must pass all the same. */
	time = time > 0 ? time : 1;
	sv_station_enter(&all->sleeping, start);
	sv_sim_sleep(&s->thread, time);
	sv_station_leave(&all->sleeping, sv_now(lp), start);
	if (sv_now(lp) - start < time)
		all->early = true;
	else
		sv_hist_record(&all->late, sv_now(lp) - start - time);
}

static void alternate(struct sv_sim_thread *self, void *arg)
{
	(void)self;
	for (;;) {
		compute(arg);
		rest(arg);
	}
}

static void mixed_free(void *state)
{
	struct mixed *m = state;

	for (unsigned i = 0; m->sleeper && i < m->threads; i++)
		sv_sim_thread_fini(&m->sleeper[i].thread);
	sv_hist_fini(&m->late);
	free(m->sleeper);
	free(m);
}

static int start_sleeper(struct mixed *m, struct sleeper *one)
{
	one->all = m;
	if (sv_team_place(&m->cfg->team, m->system, &one->thread, &one->stream) < 0)
		return -1;
	return sv_sim_thread_start(
		&one->thread, alternate, one, sv_team_start(m->system, &one->stream));
}

static void *mixed_start(
	struct sv_system *system, const char *name, const void *config, struct sv_diag *diag)
{
	struct mixed *m = calloc(1, sizeof(*m));

	if (!m)
		goto no_memory;
	m->cfg = config;
	m->system = system;
	m->name = name;
	m->threads = sv_team_threads(&m->cfg->team, system);
	sv_hist_init(&m->late);
	sv_station_init(&m->sleeping, "sleeping threads", 0);
	m->sleeper = calloc(m->threads, sizeof(*m->sleeper));
	if (!m->sleeper)
		goto no_memory;
	for (unsigned i = 0; i < m->threads; i++)
		if (start_sleeper(m, &m->sleeper[i]) < 0)
			goto no_memory;
	return m;

no_memory:
	if (m)
		mixed_free(m);
	sv_error(diag, NULL, "%s: out of memory", name);
	return NULL;
}

static void mixed_reset(void *state, sv_time now)
{
	struct mixed *m = state;

	m->since = now;
	m->work = m->took = 0;
	sv_hist_reset(&m->late);
	sv_station_reset(&m->sleeping, now);
	for (unsigned i = 0; i < m->threads; i++)
		m->sleeper[i].bursts = 0;
}

static int mixed_finish(void *state, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	struct mixed *m = state;
	const char *law = sv_station_check(&m->sleeping, now);
	double bursts[SV_TEAM_MAX], v[sizeof(metrics) / sizeof(metrics[0])], total = 0;

	if (law)
		return sv_error(diag, NULL, "%s: %s: %s", m->name, m->sleeping.name, law);
	if (m->early)
		return sv_error(diag, NULL, "%s: a timer woke a thread too early", m->name);
	for (unsigned i = 0; i < m->threads; i++)
		total += bursts[i] = (double)m->sleeper[i].bursts;
	v[RATE] = total / sv_seconds(now - m->since);
	v[LATE_MEAN] = sv_hist_mean(&m->late) * 1e-12;
	v[LATE_P50] = sv_hist_quantile(&m->late, 0.5) * 1e-12;
	v[LATE_P99] = sv_hist_quantile(&m->late, 0.99) * 1e-12;
	v[LATE_MAX] = (double)m->late.max * 1e-12;
	v[SLOWDOWN] = (double)m->took / (double)m->work;
	v[JAIN] = sv_jain(bursts, m->threads);
	for (int i = 0; metrics[i].name; i++)
		sv_metrics_put(out, m->name, &metrics[i], v[i]);
	return 0;
}

static int mixed_check(
	const void *config, unsigned cpus, const struct sv_node *node, struct sv_diag *diag)
{
	const struct mixed_cfg *c = config;

	return sv_team_check(&c->team, cpus, node, diag);
}

const struct sv_workload sv_workload_mixed = {
	.name = "mixed",
	.help = "threads that compute and sleep in turn, as those that do I/O",
	.options = &table,
	.metrics = metrics,
	.check = mixed_check,
	.start = mixed_start,
	.reset = mixed_reset,
	.finish = mixed_finish,
	.free = mixed_free,
};
