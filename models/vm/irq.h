/*
 * irq.h - interrupt handlers that run code
 *
 * A handler is a fiber of its own that is bound to a CPU of a domain and runs before all tasks
 * there, at once and without a context switch: what it does on memory and locks is charged as to
 * any thread, and delays the task that it interrupts. Raising one from the host's events (a
 * device's message-signalled interrupt) or by a thread of the host (an injection) reaches its CPU
 * as interrupt.h has it: a running vCPU exits or takes it posted, a halted one is woken, an idle
 * physical CPU leaves its idle state.
 *
 * Interrupts do not queue: a handler that is raised again before it has begun runs once, and
 * one that is raised while it runs runs once more.
 */
#ifndef SV_IRQ_H
#define SV_IRQ_H

#include "world/system.h"

struct sv_irq {
	struct sv_sim_thread thread;
	struct sv_system *system;
	void (*handler)(struct sv_sim_thread *self, void *arg);
	void *arg;
	unsigned cpu;
	bool raised, running;
	uint64_t count; /* of runs, since the start of the window */
};

/* Returns -1 when no memory is left. */
int sv_irq_init(struct sv_irq *irq, struct sv_system *system, unsigned cpu,
	void (*handler)(struct sv_sim_thread *self, void *arg), void *arg);
void sv_irq_fini(struct sv_irq *irq);

/* It comes now. by: the thread that raises it, in whose code this is called; NULL in a handler of
 * events. */
void sv_irq_raise(struct sv_irq *irq, struct sv_sim_thread *by);

#endif
