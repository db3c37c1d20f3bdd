/*
 * eventfd.c - signals of eventfds
 *
 * Reference     Linux, fs/eventfd.c; virt/kvm/eventfd.c (ioeventfd_write(), irqfd_wakeup()).
 */
#include "host/eventfd.h"
#include "simulated_private.h"
#include "vm/irq.h"

static void elapse(struct sv_sim_thread *t, enum sv_cost which)
{
	sv_time time = sv_sim_cost(t, which);

	if (time > 0)
		sv_sim_elapse(t, time);
}

void sv_eventfd_signal(struct sv_eventfd *efd, struct sv_sim_thread *by)
{
	if (by && by->agent)
		by = NULL;
	if (by)
		elapse(by, SV_COST_EVENTFD);
	efd->signals++;
	efd->set = true;
	efd->notify(efd, by);
}

void sv_eventfd_write(struct sv_eventfd *efd, struct sv_sim_thread *self)
{
	sv_sim_drain(self);
	elapse(self, SV_COST_SYSCALL);
	sv_eventfd_signal(efd, self);
}

bool sv_eventfd_read(struct sv_eventfd *efd, struct sv_sim_thread *self)
{
	bool set;

	sv_sim_drain(self);
	elapse(self, SV_COST_SYSCALL);
	elapse(self, SV_COST_EVENTFD);
	set = efd->set;
	efd->set = false;
	return set;
}

static void inject(struct sv_eventfd *efd, struct sv_sim_thread *by)
{
	efd->set = false;
	sv_irq_raise(efd->owner, by);
}

void sv_eventfd_be_irqfd(struct sv_eventfd *efd, struct sv_irq *irq)
{
	efd->notify = inject;
	efd->owner = irq;
}
