/*
 * halt.h - virtual CPUs that halt, and what wakes them
 *
 * A vCPU with nothing to run leaves the guest. Its host may poll for a while before it
 * gives the CPU away, which makes the next wake-up cheap; the time it polls grows and
 * shrinks with the length of the last halts, as KVM's halt polling does. A vCPU that
 * blocked pays for the scheduler of the host, for the CPU's way out of its idle state and
 * for the delivery of the interrupt.
 */
#ifndef SV_HALT_H
#define SV_HALT_H

#include "vm/cpu.h"

/* The vCPU halts until it is kicked. It must execute. */
void sv_vcpu_halt(struct sv_cpu *c);
/* The same for one that has exited already, for another reason. */
void sv_vcpu_halt_outside(struct sv_cpu *c);
/* It has exited to halt: its host polls for it, or lets it block. */
void sv_vcpu_wait(struct sv_cpu *c);
/* Ends a halt; a vCPU that does not halt is left alone. */
void sv_vcpu_kick(struct sv_cpu *c);

/* It executes again. */
void sv_vcpu_awake(struct sv_cpu *c);

/* A handler of the host has interrupted the polling: it goes on. */
void sv_vcpu_poll_on(struct sv_cpu *c);
/* The host's CPU is wanted: ends the polling of a halted vCPU. */
void sv_vcpu_stop_polling(struct sv_cpu *c);

#endif
