/*
 * interrupt.c - interrupts to virtual CPUs, and the ticks of kernels
 *
 * Reference     Linux, kernel/time/tick-sched.c, tick_setup_sched_timer() (skew_tick);
 *               arch/x86/kvm/lapic.c, start_hv_timer() and kvm_apic_expired_hv_timer().
 */
#include "vm/interrupt.h"
#include "simulated_private.h"
#include "vm/halt.h"
#include "vm/idle.h"

static sv_time now_of(const struct sv_cpu *c)
{
	return sv_now(c->domain->lp);
}

static sv_time cost(const struct sv_cpu *c, enum sv_cost which)
{
	return c->domain->machine->cost[which];
}

/* An interrupt ends a halt that waits for a kick, too: the halted thread sees a spurious wake-up.
 */
static void end_halt(struct sv_cpu *c)
{
	struct sv_sim_thread *t = c->current ? c->current->thread : NULL;

	if (t && t->halted) {
		t->halted = false;
		sv_sim_woken(t, now_of(c));
		sv_sim_continue(t, now_of(c));
	}
	sv_vcpu_kick(c);
}

/* A running vCPU takes a posted interrupt without an exit, but not that its timer's time has come.
 */
static void take(struct sv_cpu *c, enum sv_exit_reason reason)
{
	if (!c->domain->posted)
		sv_vcpu_owe_exit(c, reason, cost(c, SV_COST_VM_INJECT));
	else if (reason == SV_EXIT_TIMER)
		sv_vcpu_owe_exit(c, reason, cost(c, SV_COST_VM_EXIT));
	else
		sv_vcpu_owe(c, SV_GUEST_HANDLER, cost(c, SV_COST_VM_POSTED));
}

static void end(struct sv_cpu *c)
{
	if (!c->domain->posted)
		sv_vcpu_owe_exit(c, SV_EXIT_EOI, cost(c, SV_COST_VM_EOI));
	if (c->halted)
		end_halt(c);
	if (c->exits.owed > 0)
		sv_vcpu_leave(c);
}

bool sv_vcpu_masked(const struct sv_cpu *c)
{
	const struct sv_sim_thread *t = c->current ? c->current->thread : NULL;

	return c->handling || (t && t->irqs_off > 0);
}

/* A running vCPU exits for an interrupt that it cannot take, unless it is posted. */
static void hold_back(struct sv_cpu *c, enum sv_exit_reason reason)
{
	if (!c->domain->posted || reason == SV_EXIT_TIMER)
		sv_vcpu_exit(c, reason, cost(c, SV_COST_VM_EXIT));
}

/* The timer of a vCPU that blocks on comes on the host's CPU, which goes idle again. */
static void disturb_host(struct sv_cpu *c)
{
	struct sv_cpu *host = c->body->cpu;

	if (c->body->state != SV_TASK_BLOCKED)
		return;
	sv_alarm_clear(c->body);
	if (host->body || !host->idle.asleep)
		return;
	sv_cpu_leave_idle(host);
	sv_cpu_go_idle(host);
}

void sv_vcpu_interrupt(struct sv_cpu *c, enum sv_exit_reason reason, bool on)
{
	if (sv_vcpu_masked(c)) {
		c->held_interrupt = true;
		if (on)
			hold_back(c, reason);
		return;
	}
	if (on)
		take(c, reason);
	end(c);
}

void sv_vcpu_set_timer(struct sv_cpu *c, sv_time at)
{
	/* A timer that is set to an earlier time stays as it is: its handler will see to this one.
	 */
	if (c->timer < 0 || at < c->timer)
		sv_vcpu_exit(c, SV_EXIT_MSR, cost(c, SV_COST_VM_EXIT));
}

bool sv_cpu_ticks(const struct sv_cpu *c)
{
	const struct sv_domain *d = c->domain;

	if (!c->current || d->sched->tick_time(d->state) == 0)
		return false;
	if (d->sched->length(c->queue) > 0)
		return true;
	return d->ticks && (c->body || c->current->inner);
}

sv_time sv_cpu_next_tick(const struct sv_cpu *c)
{
	const struct sv_domain *d = c->domain;
	sv_time step = d->sched->tick_time(d->state), phase = d->tick_phase;

	if (d->skew_tick)
		phase = (phase + step / 2 / d->cpus * c->index) % step;
	return (now_of(c) - phase + step) / step * step + phase;
}

void sv_vcpu_arm_tick(struct sv_cpu *c)
{
	if (c->timer >= 0 || c->held_tick || !sv_cpu_ticks(c))
		return;
	c->timer = sv_cpu_next_tick(c);
	sv_schedule(c->domain->lp, c->timer, SV_EVENT_TIMER, (uintptr_t)c);
}

/* The handler of the timer runs, and sets it anew. */
static void handle_tick(struct sv_cpu *c)
{
	c->ticked = true;
	sv_vcpu_owe(c, SV_GUEST_HANDLER, cost(c, SV_COST_TIMER_TICK));
	sv_vcpu_owe_exit(c, SV_EXIT_MSR, cost(c, SV_COST_VM_EXIT));
	end(c);
}

void sv_vcpu_tick(struct sv_cpu *c)
{
	c->timer = -1;
	if (!sv_cpu_ticks(c))
		return;
	if (c->on)
		sv_cpu_interrupt_inner(c);
	if (sv_vcpu_masked(c)) {
		c->held_tick = true;
		if (c->on)
			hold_back(c, SV_EXIT_TIMER);
		else
			disturb_host(c);
		return;
	}
	if (c->on)
		take(c, SV_EXIT_TIMER);
	handle_tick(c);
}

void sv_vcpu_deliver(struct sv_cpu *c)
{
	if (sv_vcpu_masked(c)) {
		if (c->on)
			hold_back(c, SV_EXIT_INTERRUPT);
	} else if (c->on) {
		take(c, SV_EXIT_INTERRUPT);
		sv_vcpu_leave(c);
	} else if (c->halted) {
		end_halt(c);
	}
}

void sv_vcpu_handled(struct sv_cpu *c)
{
	if (!c->domain->posted)
		sv_vcpu_owe_exit(c, SV_EXIT_EOI, cost(c, SV_COST_VM_EOI));
	sv_vcpu_unmask(c);
	if (c->on && c->exits.owed > 0)
		sv_vcpu_leave(c);
}

void sv_vcpu_unmask(struct sv_cpu *c)
{
	if (c->held_interrupt) {
		c->held_interrupt = false;
		take(c, SV_EXIT_INTERRUPT);
		end(c);
	}
	if (c->held_tick) {
		c->held_tick = false;
		take(c, SV_EXIT_INTERRUPT);
		handle_tick(c);
	}
}

void sv_cpu_interrupt_inner(struct sv_cpu *c)
{
	struct sv_cpu *inner = c->started && c->current ? c->current->inner : NULL;
	sv_time handler = c->body ? 0 : cost(c, SV_COST_TIMER_TICK);

	if (!inner || !sv_cpu_ticks(c))
		return;
	if (inner->on)
		sv_vcpu_exit(inner, SV_EXIT_INTERRUPT, cost(c, SV_COST_VM_EXIT) + handler);
	else if (inner->exits.end >= 0)
		sv_vcpu_spend(inner, SV_EXIT_INTERRUPT, handler);
}
