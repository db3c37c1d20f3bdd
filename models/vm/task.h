/*
 * task.h - what a CPU runs: a thread, or another CPU
 *
 * Part of cpu.h, which tells how CPUs and tasks fit together.
 */
#ifndef SV_TASK_H
#define SV_TASK_H

#include "sched/sched.h"
#include "thread.h"

struct sv_cpu;
struct sv_domain;

enum sv_task_state { SV_TASK_BLOCKED, SV_TASK_READY, SV_TASK_RUNNING };

/* A thread's part of a cache (cache.h). */
struct sv_cache_use {
	const struct sv_cpu *cpu; /* the physical one; NULL: it never ran */
	sv_time left;             /* what threads had worked there when it left */
	sv_time since;            /* when it last came */
	sv_time refilled;         /* since the start of the window */
};

struct sv_task {
	struct sv_cpu *cpu; /* whose queue it is in, or which runs it */
	void *entity;       /* the policy's */
	enum sv_task_state state;
	bool pinned;
	struct sv_sim_thread *thread;  /* what it is: a thread, */
	struct sv_cpu *inner;          /* or a CPU, */
	struct sv_sim_thread *outside; /* which is out of its guest: this runs (outside.h) */
	sv_time ready_since, stopped;  /* since when it is ready; when it last ran */
	sv_time alarm;                 /* when a timer wakes it; -1: none does */
	struct sv_task *next_alarm;
	struct sv_cpu *awaits_io_on; /* the physical CPU where it fell asleep until an I/O ends */
	unsigned no_preempt;         /* depth: its own domain does not preempt it */
	bool raised;                 /* runs before all others until it is next scheduled out */
	struct sv_cache_use cache;
	/* Since the start of the window. */
	sv_time ran, waited; /* running; ready but not running: steal time of a vCPU */
	uint64_t switches, preemptions, migrations;
};

/* Returns -1 when no memory is left. cpu: pinned to it; NULL: any of the domain. */
int sv_task_init(struct sv_task *t, struct sv_domain *d, struct sv_cpu *cpu,
	const struct sv_sched_info *info);
void sv_task_fini(struct sv_task *t);
void sv_task_be_thread(struct sv_task *t, struct sv_sim_thread *thread);
void sv_task_be_cpu(struct sv_task *t, struct sv_cpu *cpu);

/* The task of an entity. */
struct sv_task *sv_task_of(const void *entity);

/* Whether a CPU that gets a task has to be told, because it would not look, and what it did. */
enum sv_told { SV_UNTOLD, SV_TOLD_RUNNING, SV_TOLD_AWAY };

/* Makes a blocked task ready; it may start to run at once. */
enum sv_told sv_task_wake(struct sv_task *t);
/* The running task blocks until it is woken. */
void sv_task_block(struct sv_task *t);
/* The same for good: the policy forgets it. */
void sv_task_end(struct sv_task *t);
/* The running task gives way to others that are ready; false when there are none. */
bool sv_task_yield(struct sv_task *t);
/* The same in favour of another ready task of the domain, on whichever CPU. */
bool sv_task_yield_to(struct sv_task *t, struct sv_task *other);
/* Runs a task before all others, fair or not, until it is next scheduled out. */
void sv_task_raise(struct sv_task *t);
/* Its own domain does not preempt the running task until it is permitted as often as it was
 * forbidden; then what is overdue happens. */
void sv_task_forbid(struct sv_task *t);
void sv_task_permit(struct sv_task *t);

#endif
