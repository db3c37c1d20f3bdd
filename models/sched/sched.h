/*
 * sched.h - scheduling policies: which task of a CPU runs, and for how long
 *
 * A policy only decides. Who asks it (models/vm) makes the tasks run, charges context
 * switches, moves tasks between CPUs and delivers ticks. The same policies schedule
 * vCPUs on the CPUs of a host and threads on the vCPUs of a guest.
 *
 * A policy is one file and one line in sched_list.h: a const table by SV_SCHED(name). Its
 * state is memory of the sizes it names, zeroed, which the caller owns: one domain for all
 * CPUs that are scheduled together, a queue for each CPU, an entity for each task.
 *
 * The life of an entity: entity_init(); enqueue() when it becomes runnable; pick() takes it
 * off the queue and makes it the one that runs; put() when it stops running, which queues it
 * again unless it blocked. dequeue() takes a queued one off, to migrate it. At most one
 * entity of a queue runs at a time; it is not queued meanwhile.
 *
 * Rules. Everything is decided by the arguments and the state: no clock, no random numbers.
 * Ties go to the lower id. Times are simulated.
 */
#ifndef SV_SCHED_H
#define SV_SCHED_H

#include "options.h"
#include "simtime.h"
#include <stdbool.h>

enum sv_sched_why { SV_SCHED_NEW, SV_SCHED_WAKE, SV_SCHED_MIGRATE };

struct sv_sched_info {
	uint32_t id;	 /* of the task, unique in the domain */
	uint32_t group;	 /* tasks of one VM belong together */
	uint32_t weight; /* 1024 is an ordinary share */
};

struct sv_sched {
	const char *name, *help;
	const struct sv_table *options; /* cfg below points to its struct */
	size_t domain_bytes, queue_bytes, entity_bytes;

	/* Returns -1 when no memory is left. domain_fini() may be NULL. */
	int (*domain_init)(void *domain, unsigned cpus, const void *cfg);
	void (*domain_fini)(void *domain);
	void (*queue_init)(void *queue, void *domain, unsigned cpu);
	void (*entity_init)(void *entity, void *domain, const struct sv_sched_info *info);

	void (*enqueue)(void *queue, void *entity, sv_time now, enum sv_sched_why why);
	void (*dequeue)(void *queue, void *entity, sv_time now);
	/* The next to run, now taken off the queue; NULL: idle. */
	void *(*pick)(void *queue, sv_time now);
	/* The running entity stops after `ran` since it was picked or last charged. */
	void (*put)(void *queue, void *entity, sv_time now, sv_time ran, bool runnable);

	/* A tick: charges `ran` since the last charge; true when the running entity should give way. */
	bool (*tick)(void *queue, void *entity, sv_time now, sv_time ran);
	/* Whether an entity that was just enqueued should run at once in place of the running one. */
	bool (*preempts)(void *queue, void *running, sv_time ran, void *woken, sv_time now);
	/* Queued entities, without the one that runs. */
	unsigned (*length)(const void *queue);
	/* The queued entity to move to a CPU with less to do; NULL: none. It stays queued. */
	void *(*movable)(void *queue, sv_time now);

	/* The distance of ticks. */
	sv_time (*tick_time)(const void *domain);
	/* Global work every `period`, 0: none. Returns true when every CPU should pick anew (gang). */
	sv_time (*period)(const void *domain);
	bool (*account)(void *domain, sv_time now);
};

/* The definition of a policy's table: SV_SCHED(cfs) = { ... }; */
#define SV_SCHED(name)                                                                             \
	extern const struct sv_sched sv_sched_##name;                                              \
	const struct sv_sched sv_sched_##name

/* The list, as a kind of option. */
extern const struct sv_kinds sv_sched_kinds;

#endif
