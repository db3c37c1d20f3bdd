/*
 * explore.h - every interleaving of a small concurrent program
 *
 * A program is a few threads of code against the explored substrate. The checker runs it
 * again and again, each time in another order, until no order is left that could make a
 * difference, and looks for faults on the way.
 *
 *	struct sv_explore_program program = { .threads = 2, .init = init, .body = body };
 *	struct sv_explore_result result;
 *	if (sv_explore(&program, &options, &result, diag) < 0) ...
 *	if (result.fault != SV_FAULT_NONE) ... result.step[0 .. result.steps - 1] ...
 *	sv_explore_result_fini(&result);
 *
 * Rules. Shared memory comes from sv_explore_alloc() in init(), which runs once; before each
 * run it gets that content back. init() may use operations of the substrate that wait for
 * nothing: they take effect at once. A body must depend on nothing but that memory and its
 * arguments. Runs do not depend on time: the same options give the same result, but for a
 * limit of time. One explorer at a time in an OS thread.
 *
 * Cost: about 7 us for a run of two threads that acquire a lock twice each, in 60 steps.
 */
#ifndef SV_EXPLORE_H
#define SV_EXPLORE_H

#include "diag.h"
#include <stdatomic.h>
#include <stdint.h>

#define SV_EXPLORE_THREADS 8
#define SV_EXPLORE_LOCKS   4
#define SV_EXPLORE_BYTES   (64u << 10) /* of the program's memory, two lines around each part */

struct sv_explorer;

struct sv_explore_program {
	unsigned threads;
	bool fifo; /* who comes first to a lock must get it first */
	void (*init)(struct sv_explorer *x, void *arg);
	void (*body)(unsigned thread, void *arg);
	void *arg;
};

/* For init(). Zeroed, aligned to a cache line; `what` and a number name it in schedules. */
void *sv_explore_alloc(struct sv_explorer *x, size_t bytes, const char *what, int number);
/* The per-CPU node that sv_percpu() finds; CPU i is thread i's. */
void sv_explore_percpu(struct sv_explorer *x, unsigned cpu, void *node);

/* For bodies: what a thread does with the program's i-th lock. */
void sv_explore_want(unsigned lock);  /* it is about to acquire */
void sv_explore_enter(unsigned lock); /* it has acquired */
void sv_explore_touch(unsigned lock); /* reads and writes data that the lock protects */
void sv_explore_leave(unsigned lock); /* it is about to release */

struct sv_explore_result;

enum sv_explore_memory { SV_EXPLORE_SC, SV_EXPLORE_TSO };

struct sv_explore_options {
	enum sv_explore_memory memory;
	int preemptions;    /* at most so many; -1: no bound */
	unsigned depth;     /* > 0: random schedules for bugs of that depth, instead of all */
	uint64_t runs;      /* of random schedules */
	uint64_t seed;      /* of random schedules */
	double time_limit;  /* in seconds; 0: none */
	unsigned spurious;  /* wake-ups without a kick or wake, for each thread */
	const char *replay; /* a schedule: only that run; NULL: none */
	const atomic_bool *stop;
	void (*progress)(const struct sv_explore_result *so_far, void *arg); /* now and then */
	void *progress_arg;

	/* For tests: every order, also those that make no difference; and each complete run by a
	 * number that runs which differ in nothing that matters have in common. */
	bool unreduced;
	void (*complete)(uint64_t trace, void *arg);
	void *complete_arg;
};
extern const struct sv_explore_options sv_explore_defaults;

enum sv_fault {
	SV_FAULT_NONE,
	SV_FAULT_EXCLUSION, /* two threads hold a lock */
	SV_FAULT_RACE,      /* the lock does not order what its holders do to the data */
	SV_FAULT_DEADLOCK,  /* nobody can go on */
	SV_FAULT_LOST,      /* nobody can go on, and somebody is halted or asleep */
	SV_FAULT_OVERTAKEN, /* a FIFO lock was not */
	SV_FAULT_ENDLESS,   /* no end within SV_EXPLORE_STEPS */
	SV_FAULT_ADDRESS,   /* memory that is not the program's, NULL for one */
	SV_FAULT_REQUEST, /* a queue lost, doubled or garbled a request, or found no room for it */
	SV_FAULT_ORDER,   /* a queue changed the order of requests */
};
/* "mutual exclusion is broken". */
extern const char *const sv_fault_name[];

#define SV_EXPLORE_STEPS 20000

enum sv_explore_end { SV_EXPLORE_COMPLETE, SV_EXPLORE_FAULT, SV_EXPLORE_TIME, SV_EXPLORE_STOPPED };

/* For bodies: what a thread has seen is a fault of the program. The run ends here. */
_Noreturn void sv_explore_fault(enum sv_fault fault, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* One step of a schedule, for people. */
struct sv_explore_step {
	unsigned number; /* from 1; 0: a store goes into a buffer, which is no step of its own */
	unsigned thread;
	const char *file; /* NULL: none */
	unsigned line;
	char text[120];
};

struct sv_explore_result {
	enum sv_explore_end end;
	bool exhaustive;  /* no order is left that could make a difference */
	uint64_t runs;    /* interleavings that were run to their end */
	uint64_t pruned;  /* given up: they would have repeated others */
	uint64_t steps;   /* of all runs */
	uint64_t longest; /* steps of a run */
	double seconds;

	enum sv_fault fault;
	char reason[160];
	char *replay; /* the schedule as text */
	unsigned switches;
	struct sv_explore_step *step;
	size_t step_count;
};

/* Returns -1 after reporting: no memory, a schedule that cannot be read. A fault is a result. */
int sv_explore(const struct sv_explore_program *program, const struct sv_explore_options *options,
	struct sv_explore_result *result, struct sv_diag *diag);
void sv_explore_result_fini(struct sv_explore_result *result);

#endif
