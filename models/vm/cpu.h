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
#include "stats.h"
#include "vm/exit.h"
#include "vm/guest_poll.h"
#include "vm/idle.h"
#include "vm/lock_state.h"
#include "vm/task.h"

struct sv_cpu {
	struct sv_domain *domain;
	unsigned index;
	uint16_t pu;          /* of a physical CPU */
	struct sv_task *body; /* the task that this CPU is; NULL: physical */
	void *queue;
	struct sv_task *current; /* chosen; its content runs from `starts` on */
	struct sv_task *previous;
	bool on;                        /* executes instructions */
	bool overdue;                   /* `current` would have been preempted, but may not be */
	bool started;                   /* the switch to `current` is over */
	sv_time starts;                 /* when it is; -1: not pending */
	sv_time start_left;             /* of a switch that was cut off */
	sv_time charged;                /* up to when the policy knows what `current` ran */
	sv_time tick;                   /* the pending tick; -1: none */
	struct sv_idle idle;            /* of a physical CPU */
	struct sv_task *alarms;         /* blocked tasks that a timer will wake */
	sv_time timer;                  /* a virtual CPU's next tick; -1: none */
	bool ticked;                    /* its policy has not seen the last one yet */
	bool held_interrupt, held_tick; /* they came while interrupts were off */
	struct sv_irq *irqs, *handling; /* handlers that wait, first come first; which runs */
	bool live, interrupted; /* the content of `current` runs; is stopped for a handler */
	sv_time handled;        /* since the start of the window: by handlers */
	sv_time worked;         /* of a physical CPU: for how long threads have used its cache */
	/* A virtual CPU's halt. */
	bool halted, polling, poll_frozen;
	sv_time halted_at, poll_window, poll_end;
	sv_time woken;         /* when, and has not executed since; -1: not */
	sv_time polled;        /* since the start of the window: by its host, while it halted */
	struct sv_exits exits; /* of a virtual CPU */
	struct sv_outside *outside; /* NULL: its doorbells lead to no code of its host */
	struct sv_guest_poll guest_poll;
	/* A virtual CPU's spinning. */
	sv_time pause_window, pause_exit;
	bool pausing, spun, eligible;
	struct sv_vcpu_lock lock;
	/* Since the start of the window, while on: tasks' own time, switching, nothing: a
	 * virtual CPU then polls. */
	sv_time busy, switching, idled, mark;
};

struct sv_domain {
	const char *name;
	struct sv_lp *lp;
	const struct sv_machine *machine;
	const struct sv_sched *sched;
	void *state; /* the policy's */
	struct sv_cpu *cpu;
	struct sv_smt *smt; /* of physical CPUs; NULL: none has siblings */
	unsigned cpus;
	uint32_t tasks;
	sv_time pause_window; /* of pause-loop exits of its vCPUs at first; 0: none */
	const struct sv_sched_balance *balance; /* NULL: only idle CPUs take tasks from others */
	uint64_t balances;
	unsigned packages; /* that its CPUs lie in; a guest knows of none: 1 */
	unsigned last_boosted;
	uint64_t directed_yields;
	sv_time poll_limit;     /* of host halt polling for its vCPUs; 0: none */
	struct sv_hist wake_up; /* of its vCPUs, from the end of a halt until they execute */
	struct sv_guest_lock lock;
	sv_time guest_poll;    /* how long they poll at most before they halt; 0: not */
	sv_time latency_limit; /* of leaving idle states, of physical CPUs */
	bool posted;           /* its vCPUs take interrupts without exits */
	bool ticks;            /* also CPUs for whose task nobody waits have ticks */
	bool skew_tick;        /* not all at the same time */
	sv_time tick_phase;
};

enum {
	SV_EVENT_CPU_START = SV_EVENT_THREAD_END,
	SV_EVENT_CPU_TICK,
	SV_EVENT_ACCOUNT,
	SV_EVENT_BALANCE,
	SV_EVENT_POLL_END,
	SV_EVENT_PAUSE_EXIT,
	SV_EVENT_EXIT_END,
	SV_EVENT_GUEST_POLL_END,
	SV_EVENT_TIMER,
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
	struct sv_smt *smt; /* of physical CPUs; NULL: none has siblings */
};
int sv_domain_init(struct sv_domain *d, const struct sv_domain_config *config);
void sv_domain_fini(struct sv_domain *d);

/* The task that a CPU is has begun, or ceased, to run. Physical CPUs are turned on once, at the
 * start. */
void sv_cpu_turn_on(struct sv_cpu *c);
void sv_cpu_turn_off(struct sv_cpu *c);

/* Arms the policy's next look at the running task. */
void sv_cpu_arm_tick(struct sv_cpu *c);
/* The policy learns what `current` has run: before others join it. */
void sv_cpu_charge(struct sv_cpu *c);
/* It executes, and no handler of an interrupt goes before: `current` goes on, or another task. */
void sv_cpu_proceed(struct sv_cpu *c);
/* A ready task has joined the CPU's queue: it may start to run at once. */
enum sv_told sv_cpu_joined(struct sv_cpu *c, struct sv_task *t);

/* The window starts anew. */
void sv_domain_reset(struct sv_domain *d);
/* Brings the accounts up to now. */
void sv_cpu_account(struct sv_cpu *c);

bool sv_cpu_handle(const struct sv_event *event);

#endif
