/*
 * ple.c - pause-loop exits and directed yield
 *
 * The hardware makes a guest exit when it has paused in a tight loop for a window. KVM then
 * lends the CPU to a preempted vCPU of the same VM, which may be the one that everybody waits
 * for: round robin from the last it helped, passing over every second time those that were
 * spinning themselves. With nobody to help, the vCPU goes on spinning, with twice the window;
 * the window is reset when the vCPU is scheduled in.
 *
 * Reference     Linux, virt/kvm/kvm_main.c, kvm_vcpu_on_spin(); arch/x86/kvm/vmx, handle_pause().
 */
#include "vm/ple.h"
#include "vm/halt.h"

void sv_vcpu_spins(struct sv_cpu *c)
{
	if (!c->body || c->domain->pause_window == 0)
		return;
	c->pause_exit = sv_now(c->domain->lp) + c->pause_window;
	sv_schedule(c->domain->lp, c->pause_exit, SV_EVENT_PAUSE_EXIT, (uintptr_t)c);
}

/* A vCPU that spun when it lost its CPU is worth a boost only every second time. */
static bool is_eligible(struct sv_cpu *c)
{
	bool eligible = !c->spun || c->eligible;

	if (c->spun)
		c->eligible = !c->eligible;
	return eligible;
}

static struct sv_cpu *whom_to_help(const struct sv_cpu *spinner)
{
	struct sv_domain *d = spinner->domain;

	for (unsigned i = 1; i <= d->cpus; i++) {
		unsigned index = (d->last_boosted + i) % d->cpus;
		struct sv_cpu *c = &d->cpu[index];

		if (c == spinner || c->body->state != SV_TASK_READY || !is_eligible(c))
			continue;
		d->last_boosted = index;
		return c;
	}
	return NULL;
}

void sv_vcpu_pause_exit(struct sv_cpu *c)
{
	const struct sv_domain *d = c->domain;

	if (c->pause_exit != sv_now(d->lp) || !c->on || !c->started || !c->current ||
		!c->current->thread || !c->current->thread->watching)
		return;
	c->pausing = true;
	sv_vcpu_exit(c, SV_EXIT_PAUSE, d->machine->cost[SV_COST_VM_EXIT]);
}

void sv_vcpu_on_spin(struct sv_cpu *c)
{
	struct sv_cpu *helped = whom_to_help(c);

	c->pausing = false;
	c->pause_window *= 2;
	if (helped) {
		c->domain->directed_yields++;
		c->spun = true;
		if (sv_task_yield_to(c->body, helped->body))
			return;
	}
	sv_cpu_turn_on(c);
}
