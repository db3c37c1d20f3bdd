/*
 * wait.h - threads of a kernel that sleep until something has happened
 *
 * A waiter joins before it looks whether it has to wait, so that nothing that happens between
 * look and sleep is missed:
 *
 *	sv_wait_join(&queue, &waiter, self);
 *	if (there is nothing yet)
 *		sv_wait_sleep(&waiter);
 *	sv_wait_leave(&queue, &waiter);
 *
 * Nothing here is a system call: who sleeps is in its kernel already. Who wakes pays for each
 * thread woken (futex.wake), and the sleeper for its wake-up as its scheduler has it.
 *
 * Rules. The caller owns queue and waiter. First come, first woken. `waker` is NULL in a handler
 * of events, which costs nobody.
 */
#ifndef SV_WAIT_H
#define SV_WAIT_H

#include "thread.h"

struct sv_waiter {
	struct sv_sim_thread *thread;
	struct sv_waiter *next;
	bool woken;
};

struct sv_wait_queue {
	struct sv_waiter *first, *last;
};

void sv_wait_join(struct sv_wait_queue *q, struct sv_waiter *w, struct sv_sim_thread *self);
/* Sleeps, unless it has been woken since it joined. */
void sv_wait_sleep(struct sv_waiter *w);
/* The same for the end of an I/O, which its CPU's governor of idle states knows (io_schedule()). */
void sv_wait_sleep_for_io(struct sv_waiter *w);
/* Whether it had been woken: then that wake-up is used up, and may be owed to another one. */
bool sv_wait_leave(struct sv_wait_queue *q, struct sv_waiter *w);

/* Wakes up to n of them; returns how many. */
unsigned sv_wait_wake(struct sv_wait_queue *q, unsigned n, struct sv_sim_thread *waker);

#endif
