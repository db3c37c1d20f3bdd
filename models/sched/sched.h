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
 * again unless it blocked; entity_fini() when its task has ended. dequeue() takes a queued one
 * off, to migrate it. At most one entity of a queue runs at a time; it is not queued meanwhile.
 *
 * Time that an entity ran is charged by put(), tick() and charge(), each time what was not
 * charged before. Who enqueues where an entity runs charges that one first, so that a policy
 * compares the new entity with what is true now:
 *
 *	charge(queue, running, now, ran);
 *	enqueue(queue, woken, now, SV_SCHED_WAKE);
 *	if (preempts(queue, running, woken, now))
 *		put(queue, running, now, 0, true), and pick()
 *	else
 *		ask timer() again
 *
 * Rules. Everything is decided by the arguments and the state: no clock, no random numbers.
 * Ties go to the lower id. Times are simulated.
 */
#ifndef SV_SCHED_H
#define SV_SCHED_H

#include "options.h"
#include "simtime.h"
#include <stdbool.h>

enum { SV_SCHED_GROUPS = 4096 };

enum sv_sched_why { SV_SCHED_NEW, SV_SCHED_WAKE, SV_SCHED_MIGRATE };

struct sv_sched_info {
	uint32_t id;     /* of the task, unique in the domain */
	uint32_t group;  /* tasks of one VM belong together; below SV_SCHED_GROUPS */
	uint32_t weight; /* 1024 is an ordinary share; 1 to 2^20 */
};

/* How the CPUs of a domain share out tasks besides idle ones taking some. */
struct sv_sched_balance {
	sv_time interval; /* for each CPU of a level, between two looks of an idle one; 0: none */
	int64_t busy_factor;       /* so many times longer for a busy one */
	int64_t imbalance_percent; /* of this one's tasks, that the busiest must exceed */
	sv_time hot;               /* who ran so lately stays where it is */
};

struct sv_sched {
	const char *name, *help;
	const struct sv_table *options; /* NULL: none; else cfg below points to its struct */
	size_t domain_bytes, queue_bytes, entity_bytes;

	/* Returns -1 when no memory is left. domain_fini() may be NULL. */
	int (*domain_init)(void *domain, unsigned cpus, const void *cfg);
	void (*domain_fini)(void *domain);
	void (*queue_init)(void *queue, void *domain, unsigned cpu);
	void (*entity_init)(void *entity, void *domain, const struct sv_sched_info *info);
	/* The task of a blocked entity ends. May be NULL. */
	void (*entity_fini)(void *entity);

	void (*enqueue)(void *queue, void *entity, sv_time now, enum sv_sched_why why);
	void (*dequeue)(void *queue, void *entity, sv_time now);
	/* The next to run, now taken off the queue; NULL: idle, also while gang keeps some queued.
	 */
	void *(*pick)(void *queue, sv_time now);
	/* The running entity stops after `ran` since it was picked or last charged. */
	void (*put)(void *queue, void *entity, sv_time now, sv_time ran, bool runnable);

	/* Before put(): the running entity yields, the next pick() prefers others. */
	void (*yield)(void *queue, void *running, sv_time now);
	/* The next pick() prefers this queued entity as far as is fair: a directed yield. */
	void (*prefer)(void *queue, void *entity, sv_time now);
	/* The next pick() takes this queued entity, fair or not. NULL: prefer() does that. */
	void (*raise)(void *queue, void *entity, sv_time now);

	/* Charges the running entity for `ran` between ticks. */
	void (*charge)(void *queue, void *entity, sv_time now, sv_time ran);
	/* A tick: the same, and true when the running entity should give way. */
	bool (*tick)(void *queue, void *entity, sv_time now, sv_time ran);
	/* Whether an entity just enqueued should run at once in place of the running one. */
	bool (*preempts)(void *queue, void *running, void *woken, sv_time now);
	/*
	 * Asked after pick(), and when tick() or preempts() said no: the running entity's time
	 * until tick() is wanted besides the regular ticks. SV_TIME_MAX: not wanted. NULL: never.
	 */
	sv_time (*timer)(const void *queue, const void *running);
	/* Queued entities, without the one that runs. */
	unsigned (*length)(const void *queue);
	/* The one to move to a CPU with less to do; NULL: none. It stays queued until dequeue(). */
	void *(*movable)(void *queue, sv_time now);

	/* A CPU that is not idle wants what is queued at another one more than its own. NULL:
	 * never.
	 */
	bool (*envies)(const void *queue, const void *other);
	/* NULL: only idle CPUs take tasks from others, and any. */
	const struct sv_sched_balance *(*balance)(const void *domain);

	/* The distance of ticks; 0: no ticks. */
	sv_time (*tick_time)(const void *domain);
	/* Global work every period(), 0: none. True when every CPU should pick anew (gang). */
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
