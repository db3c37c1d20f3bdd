/*
 * ple.c - pause-loop exits and directed yield
 *
 * The hardware makes a guest exit when it has paused in a tight loop for a window. KVM then
 * lends the CPU to a preempted vCPU of the same VM, which may be the one that everybody waits
 * for (directed.h). With nobody to help, the vCPU goes on spinning, with twice the window;
 * the window is reset when the vCPU is scheduled in.
 *
 * Reference     Linux, virt/kvm/kvm_main.c, kvm_vcpu_on_spin(); arch/x86/kvm/vmx, handle_pause().
 */
#include "vm/ple.h"
#include "vm/directed.h"
#include "vm/irq.h"

void sv_vcpu_spins(struct sv_cpu *c)
{
	if (!c->body || c->domain->pause_window == 0)
		return;
	c->pause_exit = sv_now(c->domain->lp) + c->pause_window;
	sv_schedule(c->domain->lp, c->pause_exit, SV_EVENT_PAUSE_EXIT, (uintptr_t)c);
}

/* As often as KVM doubles its 4096 cycles before it would leave 31 bits. */
#define MOST_DOUBLINGS 18

static void grow_window(struct sv_cpu *c)
{
	if (c->pause_window < c->domain->pause_window << MOST_DOUBLINGS)
		c->pause_window *= 2;
}

static bool spins(const struct sv_cpu *c)
{
	const struct sv_sim_thread *t = sv_cpu_thread(c);

	return c->guest_poll.polling || (t && t->watching);
}

void sv_vcpu_pause_exit(struct sv_cpu *c)
{
	const struct sv_domain *d = c->domain;

	if (c->pause_exit != sv_now(d->lp) || !c->on || !spins(c))
		return;
	c->pausing = true;
	sv_vcpu_exit(c, SV_EXIT_PAUSE, d->machine->cost[SV_COST_VM_EXIT]);
}

void sv_vcpu_on_spin(struct sv_cpu *c)
{
	struct sv_cpu *helped = sv_directed_choose(c, NULL);

	c->pausing = false;
	grow_window(c);
	if (helped) {
		c->domain->directed_yields++;
		if (sv_directed_yield(c, helped))
			return;
	}
	sv_cpu_turn_on(c);
}
