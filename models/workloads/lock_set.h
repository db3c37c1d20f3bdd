/*
 * lock_set.h - the locks that threads of a workload share, and what is observed of them
 *
 * They are of one kind, each with lines of data that move with it, chosen by Zipf's law.
 *
 *	sv_lock_set_init(&set, &cfg->locks, 0, system);
 *	sv_lock_set_join(&set, &user, &thread, &stream);	each thread, once it has its CPU
 *	l = sv_lock_set_choose(&user);				in the thread
 *	sv_lock_set_acquire(&user, l, 0); ...; sv_lock_set_release(&user, l, 0);
 *
 * Rules. The set and its users are the caller's and stay where they are. A thread may hold
 * several locks, each taken with its depth as the last argument, and must take them in an
 * order that all threads share. A kernel's user is not preempted by its own scheduler
 * from asking for a lock until its release.
 */
#ifndef SV_LOCK_SET_H
#define SV_LOCK_SET_H

#include "config.h"
#include "locks/locks.h"
#include "stats.h"
#include "workloads/lock_metrics.h"
#include "world/system.h"
#include <gsl/gsl_randist.h>

#define SV_LOCK_DEPTH 8
struct sv_lock_set_cfg {
	struct sv_variant lock; /* name == NULL: the spinlock of the system's kernel */
	int64_t locks, lines;
	int layout;
	double zipf;
};

/* The rows of a table whose struct has a member `set`. */
#define SV_LOCK_SET_OPTIONS(config, lock_def, lock_help, locks_def, zipf_def)                      \
	{ .name = "lock",                                                                          \
		.type = SV_VARIANT,                                                                \
		.offset = offsetof(config, set.lock),                                              \
		.def = lock_def,                                                                   \
		.help = lock_help,                                                                 \
		.more = &sv_lock_kinds },                                                          \
		{ .name = "locks",                                                                 \
			.type = SV_INT,                                                            \
			.offset = offsetof(config, set.locks),                                     \
			.unit = "locks",                                                           \
			.min = "1",                                                                \
			.max = "10000",                                                            \
			.def = locks_def,                                                          \
			.help = "how many locks there are, each on lines of its own" },            \
		{ .name = "zipf",                                                                  \
			.type = SV_REAL,                                                           \
			.offset = offsetof(config, set.zipf),                                      \
			.min = "0",                                                                \
			.max = "10",                                                               \
			.def = zipf_def,                                                           \
			.help = "exponent of Zipf's law by which a thread chooses a lock; 0: all " \
				"alike" },                                                         \
		{ .name = "layout",                                                                \
			.type = SV_CHOICE,                                                         \
			.offset = offsetof(config, set.layout),                                    \
			.def = "padded",                                                           \
			.help = SV_LOCK_LAYOUT_HELP,                                               \
			.more = sv_lock_layouts },                                                 \
	{                                                                                          \
		.name = "lines", .type = SV_INT, .offset = offsetof(config, set.lines),            \
		.unit = "lines", .min = "0", .max = "64", .def = "1",                              \
		.help = "cache lines of the lock's data that are read and written under it"        \
	}
#define SV_KERNEL_LOCK_HELP "the lock algorithm; left out: vms.NAME.kernel.spinlock"

struct sv_guarded {
	void *lock;
	char *data;
	int32_t holder, previous; /* PUs; -1: nobody */
	bool irqs_off;            /* it is taken with interrupts off */
};

struct sv_lock_user {
	struct sv_lock_set *set;
	struct sv_sim_thread *thread;
	struct sv_stream *stream;
	void *node[SV_LOCK_DEPTH];
	uint64_t acquired; /* since the start of the window */
	struct sv_section section;
	struct sv_lock_user *next;
};

struct sv_lock_set {
	const struct sv_lock_set_cfg *cfg;
	const struct sv_lock *kind;
	const void *options; /* of the kind */
	struct sv_system *system;
	bool kernel;    /* nobody is preempted under a lock by its own scheduler */
	unsigned depth; /* how many locks one may hold, 1 to SV_LOCK_DEPTH */
	unsigned locks; /* those that are chosen, then the workload's own */
	struct sv_guarded *lock;
	void **percpu;
	gsl_ran_discrete_t *choice; /* NULL: one lock */
	struct sv_lock_user *first, **end;
	unsigned users;
	bool broken;        /* two threads held one lock at once */
	uint64_t simulated; /* acquisitions since the start */
	sv_time last;       /* when the last one was */
	/* Since the start of the window. */
	sv_time since;
	struct sv_traffic traffic; /* before it */
	uint64_t handover[3];
	struct sv_hist acquire;
	struct sv_station waiting;
	struct sv_sections sections;
};

/* -1: no memory is left. A zeroed set may be given to fini. `own`: locks that are never chosen. */
int sv_lock_set_init(struct sv_lock_set *s, const struct sv_lock_set_cfg *cfg, unsigned own,
	struct sv_system *system);
int sv_lock_set_join(struct sv_lock_set *s, struct sv_lock_user *u, struct sv_sim_thread *thread,
	struct sv_stream *stream);
void sv_lock_set_fini(struct sv_lock_set *s);

struct sv_guarded *sv_lock_set_choose(struct sv_lock_user *u);
void sv_lock_set_acquire(struct sv_lock_user *u, struct sv_guarded *l, unsigned depth);
/* Reads and writes the lines of the lock's data. */
void sv_lock_set_touch(struct sv_lock_user *u, struct sv_guarded *l);
void sv_lock_set_release(struct sv_lock_user *u, struct sv_guarded *l, unsigned depth);
/* Whether the lock bears threads that are preempted under it. Returns -1 after reporting. */
int sv_lock_set_check_preemptible(const struct sv_lock_set_cfg *cfg, unsigned cpus,
	const struct sv_node *node, struct sv_diag *diag);

void sv_lock_set_reset(struct sv_lock_set *s, sv_time now);
/* Return -1 after reporting a broken law, that nobody can go on, and that nobody acquired a lock.
 */
int sv_lock_set_check(
	const struct sv_lock_set *s, const char *name, sv_time now, struct sv_diag *diag);
int sv_lock_set_check_stuck(
	const struct sv_lock_set *s, const char *name, sv_time now, struct sv_diag *diag);
int sv_lock_set_check_used(const struct sv_lock_set *s, const char *name, struct sv_diag *diag);
/* Puts the metrics of the rows from `first` on. */
void sv_lock_set_put(const struct sv_lock_set *s, const char *name, const struct sv_metric *first,
	sv_time now, struct sv_metrics *out);

#endif
