/*
 * guest_poll.h - idle guests that poll before they halt
 *
 * A virtual CPU without a task may look for one for a while before it halts: a task that comes
 * meanwhile needs no interrupt, no exit and no wake-up, but the CPU of the host is busy. How
 * long it polls grows and shrinks with how long it halted. Its host, which cannot know that it
 * does nothing, takes it for a spinner, and does not poll for it besides.
 */
#ifndef SV_GUEST_POLL_H
#define SV_GUEST_POLL_H

#include "simtime.h"
#include <stdbool.h>

struct sv_cpu;

struct sv_guest_poll {
	bool polling, halted; /* without a task */
	sv_time window, end, halted_at;
};

/* The executing vCPU has nothing to run: it polls, or halts. */
void sv_vcpu_idle(struct sv_cpu *c);
/* It executes again, if it was halted without a task. */
void sv_vcpu_leave_halt(struct sv_cpu *c);
/* It has polled for its window, if that ends now. */
void sv_vcpu_guest_poll_end(struct sv_cpu *c);

#endif
