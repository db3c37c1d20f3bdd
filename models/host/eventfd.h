/*
 * eventfd.h - a counter in the host's kernel that one writes and another one waits for
 *
 * Who signals it is a thread of the host (a system call), a vCPU's exit that KVM turns into a
 * signal (ioeventfd), or an interrupt handler. Who waits is a thread of the host in its event
 * loop (loop.h), or KVM, which injects an interrupt into a guest (irqfd).
 */
#ifndef SV_EVENTFD_H
#define SV_EVENTFD_H

#include "thread.h"

struct sv_irq;

struct sv_eventfd {
	/* Told at once, in the context of who signals; `by` is NULL in a handler of events. */
	void (*notify)(struct sv_eventfd *efd, struct sv_sim_thread *by);
	void *owner;
	uint64_t signals; /* since the start of the window */
	bool set;
};

/* The kernel's part of a signal, without the system call that leads to it. by: the thread whose
 * code this is, which pays for it; NULL, or an agent: nobody does. */
void sv_eventfd_signal(struct sv_eventfd *efd, struct sv_sim_thread *by);
/* write() to it by a thread of the host. */
void sv_eventfd_write(struct sv_eventfd *efd, struct sv_sim_thread *self);
/* read() from it: returns whether it was set; it is not any more. */
bool sv_eventfd_read(struct sv_eventfd *efd, struct sv_sim_thread *self);

/* Its signals are injected into a guest. */
void sv_eventfd_be_irqfd(struct sv_eventfd *efd, struct sv_irq *irq);

#endif
