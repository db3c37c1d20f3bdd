/*
 * outside.h - the thread of the host that a virtual CPU is, while it is out of its guest
 *
 * A vCPU is a task of its host, and as a rule that task runs the guest. When a doorbell
 * (doorbell.h) leads to code of the host, the task runs this thread instead: with it the vCPU may
 * be preempted, wait for a lock or sleep, and be woken, as any thread of the host. The time that
 * its task runs meanwhile is time of the exit.
 */
#ifndef SV_OUTSIDE_H
#define SV_OUTSIDE_H

#include "thread.h"
#include "vm/exit.h"

struct sv_cpu;
struct sv_doorbell;

struct sv_outside {
	struct sv_sim_thread thread; /* of the host's team */
	struct sv_cpu *vcpu;
	const struct sv_doorbell *bell; /* that was rung; NULL: none */
	sv_time rest;                   /* of the exit, after it */
};

/* Returns -1 when no memory is left. */
int sv_outside_init(struct sv_outside *o, struct sv_cpu *vcpu, struct sv_memory *memory,
	struct sv_sim_team *host);
void sv_outside_fini(struct sv_outside *o);

/* The exit has come to where the host's code begins. */
void sv_outside_begin(struct sv_outside *o);

#endif
