/*
 * irq.h - interrupt handlers that run code
 *
 * A handler is a fiber of its own that is bound to a CPU of a domain and runs before all tasks
 * there, at once and without a context switch: what it does on memory and locks is charged as to
 * any thread, and delays the task that it interrupts. Raising one from the host's events (a
 * device's message-signalled interrupt) or by a thread of the host (an injection) reaches its CPU
 * as interrupt.h has it: a running vCPU exits or takes it posted, a halted one is woken, a
 * preempted one takes it when it runs, an idle physical CPU leaves its idle state. Entering the
 * handler costs irq.entry, ending it on a vCPU an exit unless interrupts are posted.
 *
 * Handlers of a CPU follow each other in the order in which they came: they do not nest, and
 * interrupts are off while one runs. Tasks that it makes ready run when it has ended. Interrupts
 * do not queue: a handler that is raised again before it has begun runs once, and one that is
 * raised while it runs runs once more.
 *
 * Rules. A handler may take locks, wake threads and raise others, and must not sleep. What threads
 * share with it they touch between sv_sim_irqs_off() and sv_sim_irqs_on().
 */
#ifndef SV_IRQ_H
#define SV_IRQ_H

#include "world/system.h"

struct sv_irq {
	struct sv_sim_thread thread;
	struct sv_task task; /* never queued: its thread's way to its CPU */
	struct sv_system *system;
	void (*handler)(struct sv_sim_thread *self, void *arg);
	void *arg;
	struct sv_irq *next;          /* that waits on its CPU */
	struct sv_sim_thread *before; /* whose the CPU was in its team */
	bool raised;
	uint64_t count; /* of runs, since the start of the window */
};

/* cpu: of the system. Returns -1 when no memory is left. */
int sv_irq_init(struct sv_irq *irq, struct sv_system *system, unsigned cpu,
	void (*handler)(struct sv_sim_thread *self, void *arg), void *arg);
void sv_irq_fini(struct sv_irq *irq);

/* It comes now. by: the thread that raises it, in whose code this is called; NULL in a handler of
 * events. */
void sv_irq_raise(struct sv_irq *irq, struct sv_sim_thread *by);

/* The executing CPU begins with the first handler that waits, if it can take one. */
bool sv_irq_begin(struct sv_cpu *c);
/* The thread that executes on it, or would if it were on: a handler goes before. NULL: none. */
struct sv_sim_thread *sv_cpu_thread(const struct sv_cpu *c);
/* Its thread has interrupts on again: takes what was held back. */
void sv_irq_unmask(struct sv_cpu *c);

#endif
