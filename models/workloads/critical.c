/*
 * critical.c - threads that think, take a lock, work under it and release it
 *
 * The classic of lock studies: a closed system of threads and one or several locks,
 * chosen by Zipf's law. Under the lock a thread reads and writes a number of lines that
 * belong to the lock, so that data moves with the lock as it does in real programs.
 */
#include "workloads/lock_set.h"
#include "workloads/team.h"
#include "workloads/workload.h"
#include <stdlib.h>

struct critical_cfg {
	struct sv_team_cfg team;
	struct sv_lock_set_cfg set;
	struct sv_dist critical, think;
	bool kernel, irqs_off;
};

static const struct sv_option options[] = {
	SV_TEAM_OPTIONS(struct critical_cfg),
	SV_LOCK_SET_OPTIONS(struct critical_cfg, "ticket", "the lock algorithm", "1", "0"),
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
	{ .name = "kernel",
		.type = SV_BOOL,
		.offset = offsetof(struct critical_cfg, kernel),
		.def = "false",
		.help = "its scheduler does not preempt a thread that holds or awaits a lock, as "
			"in a kernel" },
	{ .name = "irqs-off",
		.type = SV_BOOL,
		.offset = offsetof(struct critical_cfg, irqs_off),
		.def = "false",
		.help = "of a kernel: interrupts are off meanwhile, too (spin_lock_irqsave()), so "
			"that no tick ends the halt of a waiter" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("critical", struct critical_cfg, options);

static const struct sv_metric metrics[] = { SV_LOCK_METRICS("", 1), { 0 } };

struct contender {
	struct sv_sim_thread thread;
	struct sv_stream stream;
	struct sv_lock_user user;
	const struct critical_cfg *cfg;
};

struct critical {
	const struct critical_cfg *cfg;
	struct sv_system *system;
	const char *name;
	unsigned threads;
	struct contender *contender;
	struct sv_lock_set set;
};

static void contend(struct sv_sim_thread *self, void *arg)
{
	struct contender *c = arg;

	for (;;) {
		struct sv_guarded *l;

		sv_sim_work(self, sv_dist_sample(&c->cfg->think, &c->stream));
		l = sv_lock_set_choose(&c->user);
		sv_lock_set_acquire(&c->user, l, 0);
		sv_lock_set_touch(&c->user, l);
		sv_sim_work(self, sv_dist_sample(&c->cfg->critical, &c->stream));
		sv_lock_set_release(&c->user, l, 0);
	}
}

static void critical_free(void *state)
{
	struct critical *c = state;

	for (unsigned i = 0; c->contender && i < c->threads; i++)
		sv_sim_thread_fini(&c->contender[i].thread);
	sv_lock_set_fini(&c->set);
	free(c->contender);
	free(c);
}

static int start_contender(struct critical *c, struct contender *one)
{
	one->cfg = c->cfg;
	if (sv_team_place(&c->cfg->team, c->system, &one->thread, &one->stream) < 0 ||
		sv_lock_set_join(&c->set, &one->user, &one->thread, &one->stream) < 0)
		return -1;
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
	c->system = system;
	c->name = name;
	c->threads = sv_team_threads(&c->cfg->team, system);
	c->contender = calloc(c->threads, sizeof(*c->contender));
	if (!c->contender || sv_lock_set_init(&c->set, &c->cfg->set, 0, system) < 0)
		goto no_memory;
	c->set.kernel = c->cfg->kernel;
	for (unsigned i = 0; i < c->set.locks; i++)
		c->set.lock[i].irqs_off = c->cfg->irqs_off;
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

static void critical_reset(void *state, sv_time now)
{
	struct critical *c = state;

	sv_lock_set_reset(&c->set, now);
}

static int critical_finish(void *state, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	struct critical *c = state;

	if (sv_lock_set_check(&c->set, c->name, now, diag) < 0 ||
		sv_lock_set_check_used(&c->set, c->name, diag) < 0)
		return -1;
	sv_lock_set_put(&c->set, c->name, metrics, now, out);
	return 0;
}

static int critical_check(
	const void *config, unsigned cpus, const struct sv_node *node, struct sv_diag *diag)
{
	const struct critical_cfg *c = config;

	if (c->irqs_off && !c->kernel)
		return sv_error(diag, sv_node_place(node, "irqs-off"),
			"irqs-off: only a kernel switches interrupts off: kernel: true");
	if (!c->kernel && sv_lock_set_check_preemptible(&c->set, cpus, node, diag) < 0)
		return -1;
	return sv_team_check(&c->team, cpus, node, diag);
}

static const struct sv_lock *critical_lock(const void *config)
{
	const struct critical_cfg *c = config;

	return c->set.lock.object;
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
