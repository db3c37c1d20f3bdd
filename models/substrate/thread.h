/*
 * thread.h - simulated threads that use the simulated substrate
 *
 * A thread is a process on its host's LP, pinned to a PU. It has a store buffer: a plain
 * store keeps its core only briefly and becomes visible later, in order; atomics and
 * fences wait until the buffer is empty (total store order, as on x86).
 *
 * A team is the threads of one system: who runs on which CPU, who sleeps on which futex.
 */
#ifndef SV_THREAD_H
#define SV_THREAD_H

#include "machine/watch.h"
#include "meter.h"
#include "pace.h"
#include "process.h"
#include "sim_os.h"
#include "simulated.h"
#include "stats.h"
#include "stores.h"

enum {
	SV_EVENT_COMMIT = SV_EVENT_MEMORY_END,
	SV_EVENT_EXPIRE,
	SV_EVENT_GO,
	SV_EVENT_READY,
	SV_EVENT_THREAD_END
};

struct sv_sim_thread;

struct sv_sim_team {
	const struct sv_sim_os *os;
	unsigned cpus,
		first_cpu;   /* the latter: its CPU 0, as the domain counts that schedules it */
	unsigned numa_nodes; /* that its kernel sees, by parts of its CPUs; 0: the machine's */
	struct sv_sim_thread **thread;      /* by CPU */
	struct sv_sim_thread *sleepers;     /* on futexes, first come first */
	uint64_t preempted[SV_LOCK_PHASES]; /* threads that stopped against their will, by phase */
	uint64_t halts, kicks;
	struct sv_hist wake_up; /* of its threads, from being woken until they execute */
	int64_t pace;           /* of its computing, siblings apart; 0: full */
	struct sv_smt *smt;     /* of its host; NULL: no PU has siblings */
	bool exact_polling;     /* simulate every poll: a test oracle */
};

struct sv_sim_thread {
	struct sv_process process;
	struct sv_memory *memory;
	struct sv_sim_team *team;
	void **percpu; /* nodes of the lock in use, by CPU */
	uint16_t cpu, pu;
	bool agent;                /* a device: it has no core (agent.h) */
	struct sv_traffic traffic; /* what it has moved since its start */
	void (*body)(struct sv_sim_thread *self, void *arg);
	void *arg;

	/* The one operation that it waits for. */
	struct sv_line_request request;
	void *word;
	uint64_t a, b, value;
	uint8_t bytes, op;
	bool served, waiting;
	sv_time done;
	struct sv_watcher watcher;
	bool watching, expired;
	sv_time deadline; /* of the await; an event at another time is a former one's */

	struct sv_sim_store store[SV_STORE_BUFFER];
	unsigned first_store, stores;
	struct sv_line_request store_request;
	struct sv_sim_ahead *ahead; /* SV_STORES_AHEAD of them, when its core looks ahead */
	bool visible; /* the oldest store has taken effect; its line is still on its way */
	bool draining, awaits_ahead;

	/* Progress: what it does next happens at `due`, if it runs then. */
	bool running, scheduled, working;
	sv_time due, left; /* `left`: work that was cut off */
	struct sv_meter meter;
	bool computing;       /* that work takes longer beside busy siblings: */
	int64_t pace;         /* now */
	struct sv_task *task; /* NULL: it has a CPU of its own, and always runs */

	struct sv_sim_thread *beneath; /* a handler has interrupted it; NULL: it has none */
	struct sv_sim_thread *next_sleeper;
	const void *futex; /* it sleeps on, or is about to */
	bool asleep, halted, kicked;
	bool awaits_io; /* what it sleeps for is the end of an I/O */
	bool parked;    /* it polls, in turns of so long (parked.h) */
	sv_time turn;
	unsigned irqs_off; /* depth: its vCPU takes no interrupts */
};

/* Prepares and starts a thread at time `at`. Returns -1 when no stack can be had. */
int sv_sim_thread_start(struct sv_sim_thread *t, void (*body)(struct sv_sim_thread *, void *),
	void *arg, sv_time at);
/* A scheduled thread ends: it leaves its CPU for good. Does not return. */
_Noreturn void sv_sim_thread_end(struct sv_sim_thread *self);
void sv_sim_thread_fini(struct sv_sim_thread *t);

/* The scheduler's hand: a thread gets on only between run and stop. */
void sv_sim_thread_run(struct sv_sim_thread *t);
void sv_sim_thread_stop(struct sv_sim_thread *t);

/* Computes for `time` at full speed: what a critical section or thinking is made of. */
void sv_sim_work(struct sv_sim_thread *t, sv_time time);

/* Asks a timer to wake it after `time`, and sleeps: a system call, then what a wake-up costs. */
void sv_sim_sleep(struct sv_sim_thread *t, sv_time time);
/* The same within the kernel: without the system call. */
void sv_sim_nap(struct sv_sim_thread *t, sv_time time);

/* Touches memory for the first time: in a guest, a page that the host has yet to map. */
void sv_sim_host_fault(struct sv_sim_thread *t);

/* Between these, as in a kernel's spinlock sections, its own scheduler does not preempt it; that
 * of a host below may still stop its CPU. They nest. */
void sv_sim_preempt_off(struct sv_sim_thread *t);
void sv_sim_preempt_on(struct sv_sim_thread *t);

/* Between these its vCPU takes no interrupt, as in sections that a kernel enters by
 * spin_lock_irqsave(): it is not preempted, and only a kick ends its halts. They nest. */
void sv_sim_irqs_off(struct sv_sim_thread *t);
void sv_sim_irqs_on(struct sv_sim_thread *t);

/* Handles an event of a host's LP: a process's, the memory's or a thread's. */
void sv_sim_handle(struct sv_memory *memory, const struct sv_event *event);

/* The NUMA node that the thread is on, as its kernel sees it. */
unsigned sv_sim_node(const struct sv_sim_thread *t);

/* The thread that runs on this fiber. */
extern _Thread_local struct sv_sim_thread *sv_sim_self;

/* Names the running thread for SV_BUG_ON(): its CPU, its PU and what it does. */
void sv_sim_describe(char *buf, size_t size);

/* What a thread waits for, as words: "spins", "sleeps", "waits for a line", "runs". */
const char *sv_sim_thread_state(const struct sv_sim_thread *t);

#endif
