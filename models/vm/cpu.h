/*
 * cpu.h - CPUs that run tasks, tasks that may be CPUs
 *
 * A CPU runs one task at a time, chosen by the policy of its domain (sched.h). A task is a
 * thread, or a vCPU: a CPU one level up, which runs tasks of its own. A physical CPU always
 * executes; a virtual one executes while the task that it is runs. So a thread gets on only
 * while its whole chain of CPUs runs it, to any depth, and over-commitment, steal time and
 * the preemption of lock holders need no code of their own.
 *
 *	sv_domain_init(&host, ...); sv_domain_init(&guest, ...);
 *	sv_task_init(&body, &host, NULL, ...); sv_task_be_cpu(&body, &guest.cpu[0]);
 *	sv_task_init(&task, &guest, NULL, ...); sv_task_be_thread(&task, &thread);
 *	sv_task_wake(&task);
 *
 * Rules. All of one host is on one LP. The caller owns the memory. Times are charged to a
 * CPU exactly: what a physical CPU did adds up to the time that has passed.
 */
#ifndef SV_CPU_H
#define SV_CPU_H

#include "sched/sched.h"
#include "thread.h"

/* Intervals that the governor of idle states looks back, as Linux's menu governor. */
#define SV_IDLE_HISTORY 8

enum sv_task_state { SV_TASK_BLOCKED, SV_TASK_READY, SV_TASK_RUNNING };

struct sv_task {
	struct sv_cpu *cpu; /* whose queue it is in, or which runs it */
	void *entity;       /* the policy's */
	enum sv_task_state state;
	bool pinned;
	struct sv_sim_thread *thread; /* what it is: a thread, */
	struct sv_cpu *inner;         /* or a CPU */
	sv_time ready_since;
	unsigned no_preempt; /* depth: its own domain does not preempt it */
	sv_time owed;        /* before it next runs: what waking or leaving it costs its CPU */
	/* Since the start of the window. */
	sv_time ran, waited; /* running; ready but not running: steal time of a vCPU */
	uint64_t switches, preemptions, migrations;
};

struct sv_cpu {
	struct sv_domain *domain;
	unsigned index;
	uint16_t pu;          /* of a physical CPU */
	struct sv_task *body; /* the task that this CPU is; NULL: physical */
	void *queue;
	struct sv_task *current; /* chosen; its content runs from `starts` on */
	struct sv_task *previous;
	bool on;            /* executes instructions */
	bool overdue;       /* `current` would have been preempted, but may not be */
	bool started;       /* the switch to `current` is over */
	sv_time starts;     /* when it is; -1: not pending */
	sv_time start_left; /* of a switch that was cut off */
	sv_time charged;    /* up to when the policy knows what `current` ran */
	sv_time tick;       /* the pending tick; -1: none */
	/* How long a physical CPU was idle the last times: its governor expects as much again. */
	sv_time idle_since, idle[SV_IDLE_HISTORY];
	unsigned idles;
	sv_time debt; /* of a physical CPU: left-over work of the host, before the next task */
	/* A virtual CPU's halt. */
	bool halted, polling;
	sv_time halted_at, poll_window, poll_end;
	uint64_t exits;
	/* A virtual CPU's spinning. */
	sv_time pause_window, pause_exit;
	bool spun, eligible;
	/* Since the start of the window, while on: tasks' own time and switching; the rest was
	 * idle. */
	sv_time busy, switching, mark;
};

struct sv_domain {
	const char *name;
	struct sv_lp *lp;
	const struct sv_machine *machine;
	const struct sv_sched *sched;
	void *state; /* the policy's */
	struct sv_cpu *cpu;
	unsigned cpus;
	uint32_t tasks;
	sv_time pause_window; /* of pause-loop exits of its vCPUs at first; 0: none */
	unsigned last_boosted;
	uint64_t pause_exits, directed_yields;
	sv_time poll_limit; /* of host halt polling for its vCPUs; 0: none */
};

enum {
	SV_EVENT_CPU_START = SV_EVENT_THREAD_END,
	SV_EVENT_CPU_TICK,
	SV_EVENT_ACCOUNT,
	SV_EVENT_POLL_END,
	SV_EVENT_PAUSE_EXIT,
	SV_EVENT_CPU_END
};

/* Virtual CPUs are off, physical ones on; the caller sets pu and body. Returns -1 when
 * no memory is left. */
struct sv_domain_config {
	const char *name;
	struct sv_lp *lp;
	const struct sv_machine *machine;
	const struct sv_sched *sched;
	const void *options; /* the policy's */
	unsigned cpus;
	bool physical;
};
int sv_domain_init(struct sv_domain *d, const struct sv_domain_config *config);
void sv_domain_fini(struct sv_domain *d);

/* Returns -1 when no memory is left. cpu: pinned to it; NULL: any of the domain. */
int sv_task_init(struct sv_task *t, struct sv_domain *d, struct sv_cpu *cpu,
	const struct sv_sched_info *info);
void sv_task_fini(struct sv_task *t);
void sv_task_be_thread(struct sv_task *t, struct sv_sim_thread *thread);
void sv_task_be_cpu(struct sv_task *t, struct sv_cpu *cpu);

/* The task of an entity. */
struct sv_task *sv_task_of(const void *entity);

/* Makes a blocked task ready; it may start to run at once. */
void sv_task_wake(struct sv_task *t);
/* The running task blocks until it is woken. */
void sv_task_block(struct sv_task *t);
/* The running task gives way to others that are ready. */
void sv_task_yield(struct sv_task *t);
/* Its own domain does not preempt the running task until it is permitted as often as it was
 * forbidden; then what is overdue happens. */
void sv_task_forbid(struct sv_task *t);
void sv_task_permit(struct sv_task *t);

/* The same in favour of another ready task of the domain, on whichever CPU. */
void sv_task_yield_to(struct sv_task *t, struct sv_task *other);

/* The task that a CPU is has begun, or ceased, to run. Physical CPUs are turned on once, at the
 * start. */
void sv_cpu_turn_on(struct sv_cpu *c);
void sv_cpu_turn_off(struct sv_cpu *c);

/* The window starts anew. */
void sv_domain_reset(struct sv_domain *d);
/* Brings the accounts up to now. */
void sv_cpu_account(struct sv_cpu *c);

bool sv_cpu_handle(const struct sv_event *event);

#endif
