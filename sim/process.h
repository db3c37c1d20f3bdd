/*
 * process.h - simulated threads of control: a fiber on an LP
 *
 * A process runs C code that takes simulated time by sv_hold() and waits by
 * sv_suspend() until somebody calls sv_resume(). Short holds run ahead without a
 * switch (see sv_advance()).
 *
 * Rules. All calls are made from code that runs on the process's LP: from the process
 * itself (hold, suspend) or from anything else on that LP (start, resume). A process
 * must not keep values of thread-local variables over a hold or a suspend, and no event may
 * resume it after sv_process_fini().
 *
 * Cost: a switch about 3 ns, a hold that runs ahead 1-2 ns, one that does not about
 * 40 ns. Stacks are pooled, with a guard page each.
 */
#ifndef SV_PROCESS_H
#define SV_PROCESS_H

#include "engine.h"
#include "fiber.h"

struct sv_process {
	struct sv_lp *lp;
	struct sv_fiber fiber;
	struct sv_fiber *home; /* the OS thread that resumed it last */
	void (*body)(struct sv_process *self, void *arg);
	void *arg;
	bool suspended, done;
};

#define SV_EVENT_RESUME (SV_EVENT_RESERVED + 0) /* arg: the process */

/* Prepares a process; it runs from sv_process_start() on. Returns -1 when no stack can be had. */
int sv_process_init(struct sv_process *p, struct sv_lp *lp,
	void (*body)(struct sv_process *, void *), void *arg);
void sv_process_start(struct sv_process *p, sv_time at);

/* Gives the stack back to the pool, finished or not. */
void sv_process_fini(struct sv_process *p);

/* sv_hold() by an event instead of running ahead. */
void sv_hold_slow(struct sv_process *self, sv_time at);

/* Lets `delay` >= 0 pass. Called by the process itself. */
static inline void sv_hold(struct sv_process *self, sv_time delay)
{
	const sv_time at = sv_now(self->lp) + delay;

	SV_BUG_ON(delay < 0);
	if (sv_unlikely(!sv_advance(self->lp, at)))
		sv_hold_slow(self, at);
}

/* Waits for sv_resume(). Called by the process itself. */
void sv_suspend(struct sv_process *self);

/* Lets a suspended process go on at time `at` >= now. Exactly once per suspension. */
void sv_resume(struct sv_process *p, sv_time at);

/* The same at once, without an event of its own: for a handler whose event says so. Not from a
 * process. */
void sv_resume_now(struct sv_process *p);

/* A model's handler calls this first: true when the event was a process's and has been handled. */
bool sv_process_handle(const struct sv_event *event);

#endif
