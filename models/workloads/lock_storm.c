/*
 * lock_storm.c - threads of a kernel that do little else than take locks
 *
 * The worst case for a lock: tiny sections, asked for all the time, on a few locks of which
 * some are hot. An operation may need several locks at once, as the rename of a file does;
 * they are taken in the order of their numbers, and the waiting for one is then part
 * of the section of those before.
 */
#include "workloads/lock_set.h"
#include "workloads/team.h"
#include "workloads/workload.h"
#include <stdlib.h>

struct storm_cfg {
	struct sv_team_cfg team;
	struct sv_lock_set_cfg set;
	struct sv_dist section, think;
	int64_t nested;
};

static const struct sv_option options[] = {
	SV_TEAM_OPTIONS(struct storm_cfg),
	SV_LOCK_SET_OPTIONS(struct storm_cfg, "", SV_KERNEL_LOCK_HELP, "16", "1"),
	{ .name = "nested",
		.type = SV_INT,
		.offset = offsetof(struct storm_cfg, nested),
		.unit = "locks",
		.min = "1",
		.max = "8",
		.def = "1",
		.help = "different locks that an operation holds at once" },
	{ .name = "section",
		.type = SV_DIST,
		.offset = offsetof(struct storm_cfg, section),
		.def = "50ns",
		.help = "computing under all locks of an operation, beyond the lines it touches" },
	{ .name = "think",
		.type = SV_DIST,
		.offset = offsetof(struct storm_cfg, think),
		.def = "exponential(200ns)",
		.help = "computing between two operations" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("lock-storm", struct storm_cfg, options);

static const struct sv_metric metrics[] = { { "rate", "1/s", "operations per second", 1 },
	SV_LOCK_METRICS("", 1), { 0 } };

struct one {
	struct sv_sim_thread thread;
	struct sv_stream stream;
	struct sv_lock_user user;
	const struct storm_cfg *cfg;
	uint64_t operations;
};

struct storm {
	const struct storm_cfg *cfg;
	struct sv_system *system;
	const char *name;
	unsigned threads;
	struct one *one;
	struct sv_lock_set set;
};

static bool has(struct sv_guarded *const *lock, unsigned n, const struct sv_guarded *l)
{
	while (n-- > 0)
		if (lock[n] == l)
			return true;
	return false;
}

/* Chooses different locks, in the order in which everybody takes them. One that it has already
 * gives way to the next, so that this ends whatever the odds. */
static void choose(struct one *o, struct sv_guarded **lock)
{
	const struct sv_lock_set *set = o->user.set;
	struct sv_guarded *last = &set->lock[set->cfg->locks - 1];

	for (unsigned n = 0, at; n < o->cfg->nested; n++) {
		struct sv_guarded *l = sv_lock_set_choose(&o->user);

		while (has(lock, n, l))
			l = l == last ? set->lock : l + 1;
		for (at = n; at > 0 && lock[at - 1] > l; at--)
			lock[at] = lock[at - 1];
		lock[at] = l;
	}
}

static void operate(struct one *o)
{
	struct sv_guarded *lock[SV_LOCK_DEPTH] = { NULL };
	unsigned n = (unsigned)o->cfg->nested;

	choose(o, lock);
	for (unsigned i = 0; i < n; i++) {
		sv_lock_set_acquire(&o->user, lock[i], i);
		sv_lock_set_touch(&o->user, lock[i]);
	}
	sv_sim_work(&o->thread, sv_dist_sample(&o->cfg->section, &o->stream));
	while (n-- > 0)
		sv_lock_set_release(&o->user, lock[n], n);
	o->operations++;
}

static void rage(struct sv_sim_thread *self, void *arg)
{
	struct one *o = arg;

	for (;;) {
		sv_sim_work(self, sv_dist_sample(&o->cfg->think, &o->stream));
		operate(o);
	}
}

static void storm_free(void *state)
{
	struct storm *s = state;

	for (unsigned i = 0; s->one && i < s->threads; i++)
		sv_sim_thread_fini(&s->one[i].thread);
	sv_lock_set_fini(&s->set);
	free(s->one);
	free(s);
}

static int start_one(struct storm *s, struct one *o)
{
	o->cfg = s->cfg;
	if (sv_team_place(&s->cfg->team, s->system, &o->thread, &o->stream) < 0 ||
		sv_lock_set_join(&s->set, &o->user, &o->thread, &o->stream) < 0)
		return -1;
	return sv_sim_thread_start(&o->thread, rage, o, sv_team_start(s->system, &o->stream));
}

static void *storm_start(
	struct sv_system *system, const char *name, const void *config, struct sv_diag *diag)
{
	struct storm *s = calloc(1, sizeof(*s));

	if (!s)
		goto no_memory;
	s->cfg = config;
	s->system = system;
	s->name = name;
	s->threads = sv_team_threads(&s->cfg->team, system);
	s->one = calloc(s->threads, sizeof(*s->one));
	if (!s->one || sv_lock_set_init(&s->set, &s->cfg->set, 0, system) < 0)
		goto no_memory;
	s->set.kernel = true;
	s->set.depth = (unsigned)s->cfg->nested;
	for (unsigned i = 0; i < s->threads; i++)
		if (start_one(s, &s->one[i]) < 0)
			goto no_memory;
	return s;

no_memory:
	if (s)
		storm_free(s);
	sv_error(diag, NULL, "%s: out of memory", name);
	return NULL;
}

static void storm_reset(void *state, sv_time now)
{
	struct storm *s = state;

	sv_lock_set_reset(&s->set, now);
	for (unsigned i = 0; i < s->threads; i++)
		s->one[i].operations = 0;
}

static int storm_finish(void *state, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	struct storm *s = state;
	uint64_t operations = 0;

	if (sv_lock_set_check(&s->set, s->name, now, diag) < 0 ||
		sv_lock_set_check_used(&s->set, s->name, diag) < 0)
		return -1;
	for (unsigned i = 0; i < s->threads; i++)
		operations += s->one[i].operations;
	sv_metrics_put(
		out, s->name, &metrics[0], (double)operations / sv_seconds(now - s->set.since));
	sv_lock_set_put(&s->set, s->name, &metrics[1], now, out);
	return 0;
}

static int storm_check(
	const void *config, unsigned cpus, const struct sv_node *node, struct sv_diag *diag)
{
	const struct storm_cfg *c = config;

	if (c->nested > c->set.locks)
		return sv_error(diag, sv_node_place(node, "nested"),
			"nested: an operation cannot hold %lld different locks of %lld",
			(long long)c->nested, (long long)c->set.locks);
	return sv_team_check(&c->team, cpus, node, diag);
}

static const struct sv_lock *storm_lock(const void *config)
{
	const struct storm_cfg *c = config;

	return c->set.lock.object;
}

const struct sv_workload sv_workload_lock_storm = {
	.name = "lock-storm",
	.help = "threads of a kernel that take one or several of its locks all the time",
	.options = &table,
	.metrics = metrics,
	.check = storm_check,
	.lock = storm_lock,
	.start = storm_start,
	.reset = storm_reset,
	.finish = storm_finish,
	.free = storm_free,
};
