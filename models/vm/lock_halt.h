/*
 * lock_halt.h - locks that tell the host what their vCPU halts for
 *
 * The host's half of oticket+ and qspinlock+. A waiter that has spun in vain asks to halt.
 * If nobody else wants its CPU, it is sent back to spin: without over-commitment a spin that
 * failed costs one hypercall and never a sleep. Else the host treats it as a pause-loop exit
 * that software found: it lends the CPU to another vCPU (directed.h), and the waiter
 * spins again when it is next scheduled. Only when nobody can be helped, it halts.
 *
 * A kick that names the next holder marks its vCPU, so that all directed yields of the VM go
 * there first, and may run it before all others until it is next scheduled out.
 */
#ifndef SV_LOCK_HALT_H
#define SV_LOCK_HALT_H

#include "vm/cpu.h"

/* The running thread of a vCPU asks for a halt; returns when it goes on. */
void sv_vcpu_halt_for(struct sv_sim_thread *self, const struct sv_pv_hint *hint);

/* Its exit is over: it goes back to spin, yields or halts. */
void sv_vcpu_decide_halt(struct sv_cpu *c);

/* It loses its CPU before that: its thread looks at the lock again when it next runs. */
void sv_vcpu_forget_halt(struct sv_cpu *c);

/* The vCPU, which has been kicked, holds the lock next. urgent: the lock asks for the CPU at once.
 */
void sv_vcpu_holds_next(struct sv_cpu *c, bool urgent);

#endif
