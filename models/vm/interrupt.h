/*
 * interrupt.h - interrupts to virtual CPUs, and the ticks of kernels
 *
 * What an interrupt costs depends on what its target does:
 *
 *	in the guest      it exits to take it, or takes it posted without an exit
 *	in an exit        it takes it on its way back
 *	halted            the halt ends, at once if its host polls, else by a wake-up
 *	preempted         it takes it when it has its CPU again
 *
 * and then comes the end of the interrupt, an exit unless interrupts are posted.
 *
 * A kernel interrupts each of its CPUs that has a task at the rate of its policy's `hz`, or,
 * without ticks (nohz_full), only those for which a second task waits. The tick of a guest is
 * a timer of its vCPU: it exits when the time has come, also with posted interrupts, because
 * the timer is one of the CPU that it runs on; takes the interrupt; runs the handler, whatever
 * it interrupts; and exits once more to set the timer anew. A vCPU that halts within a lock is
 * not idle, so its tick goes on and ends the halt. The tick of a host makes the vCPU exit that
 * it finds.
 *
 * While the thread of a vCPU has interrupts off (spin_lock_irqsave() of a kernel), an interrupt
 *makes the vCPU exit if it runs, but is held back until they are on. In particular it does not end
 *the halt of a waiter, as the timer ends that of one with interrupts on.
 *
 * Ticks of a kernel's CPUs fall together, as Linux has them, or are spread over half of the time
 * between two (skew_tick); each guest has a phase of its own, as it was started at a time of its
 *own.
 */
#ifndef SV_INTERRUPT_H
#define SV_INTERRUPT_H

#include "vm/cpu.h"

/* An interrupt comes to a vCPU that did (on) or did not execute when it was sent. reason: of the
 * exit that a running one makes, SV_EXIT_INTERRUPT (from another CPU) or SV_EXIT_TIMER. */
void sv_vcpu_interrupt(struct sv_cpu *c, enum sv_exit_reason reason, bool on);
/* The same in parts, for an interrupt whose handler runs code (irq.h): it cannot take it now; it
 * has come, and makes the vCPU exit or ends its halt; its handler has run. */
bool sv_vcpu_masked(const struct sv_cpu *c);
void sv_vcpu_deliver(struct sv_cpu *c);
void sv_vcpu_handled(struct sv_cpu *c);
/* The thread has interrupts on again: takes what was held back. */
void sv_vcpu_unmask(struct sv_cpu *c);
/* The guest sets the timer of this vCPU to a time. */
void sv_vcpu_set_timer(struct sv_cpu *c, sv_time at);

/* Whether a regular tick of this CPU is wanted, and when the next one is. */
bool sv_cpu_ticks(const struct sv_cpu *c);
sv_time sv_cpu_next_tick(const struct sv_cpu *c);

/* Sees to the next tick of a vCPU; it has come. */
void sv_vcpu_arm_tick(struct sv_cpu *c);
void sv_vcpu_tick(struct sv_cpu *c);
/* A tick or a timer of the policy has come to a CPU that runs a vCPU. */
void sv_cpu_interrupt_inner(struct sv_cpu *c);

#endif
