/*
 * os.c - what scheduled threads ask of their system
 *
 * A futex sleeper leaves its CPU to others. A halt stops the whole CPU, as the hlt of a
 * guest kernel does: its thread stays current, so that nothing else of the guest runs on
 * it. A physical CPU has no level below that could run something else: its thread sleeps.
 */
#include "vm/os.h"
#include "vm/halt.h"
#include "vm/interrupt.h"
#include "vm/irq.h"
#include "vm/lock_halt.h"
#include "vm/ple.h"

static sv_time cost(const struct sv_sim_thread *t, enum sv_cost c)
{
	return t->task->cpu->domain->machine->cost[c];
}

static void os_sleep(struct sv_sim_thread *self, sv_time until)
{
	if (until < SV_TIME_MAX)
		sv_alarm_set(self->task, until);
	if (self->awaits_io && !self->task->cpu->body) {
		self->task->awaits_io_on = self->task->cpu;
		self->task->cpu->idle.io_waiters++;
	}
	sv_task_block(self->task);
}

static void end_io_wait(struct sv_task *t)
{
	if (t->awaits_io_on)
		t->awaits_io_on->idle.io_waiters--;
	t->awaits_io_on = NULL;
}

static void os_end(struct sv_sim_thread *self)
{
	sv_task_end(self->task);
}

/* A CPU that would not see its new task by itself is told by an interrupt, from the CPU where the
 * waker runs or the timer went off. */
static bool os_wake(struct sv_sim_thread *sleeper, struct sv_sim_thread *waker)
{
	struct sv_cpu *from = waker ? waker->task->cpu : sleeper->task->cpu, *to;
	bool on = from->on;
	enum sv_told told;

	end_io_wait(sleeper->task);
	told = sv_task_wake(sleeper->task);
	to = sleeper->task->cpu;
	if (!to->body)
		return to == from;
	if (!waker)
		sv_vcpu_interrupt(from, SV_EXIT_TIMER, on);
	if (told == SV_UNTOLD || to == from)
		return to == from;
	sv_vcpu_interrupt(to, SV_EXIT_INTERRUPT, told == SV_TOLD_RUNNING);
	sv_vcpu_exit(from, SV_EXIT_APIC, cost(sleeper, SV_COST_VM_IPI));
	return false;
}

static void os_set_timer(struct sv_sim_thread *self, sv_time at)
{
	if (self->task->cpu->body)
		sv_vcpu_set_timer(self->task->cpu, at);
}

static void os_host_fault(struct sv_sim_thread *self)
{
	if (self->task->cpu->body)
		sv_vcpu_exit(self->task->cpu, SV_EXIT_EPT, cost(self, SV_COST_VM_EPT));
}

static void os_halt(struct sv_sim_thread *self)
{
	struct sv_cpu *c = self->task->cpu;

	if (c->body)
		sv_vcpu_halt(c);
	else if (!c->handling)
		sv_task_block(self->task);
}

static sv_time os_kick(struct sv_sim_thread *kicker, unsigned cpu, enum sv_kick how)
{
	struct sv_sim_thread *target = kicker->team->thread[cpu];
	struct sv_cpu *c = target->task->cpu;

	if (c->body) {
		sv_vcpu_kick(c);
		if (how != SV_KICK_ANY)
			sv_vcpu_holds_next(c, how == SV_KICK_URGENT);
		sv_vcpu_exit(
			kicker->task->cpu, SV_EXIT_HYPERCALL, cost(kicker, SV_COST_VM_HYPERCALL));
		return 0;
	}
	sv_task_wake(target->task);
	return cost(kicker, SV_COST_FUTEX_WAKE) + cost(kicker, SV_COST_SYSCALL);
}

static void os_preemptible(struct sv_sim_thread *self, bool may)
{
	if (may)
		sv_task_permit(self->task);
	else
		sv_task_forbid(self->task);
}

static void os_irqs_on(struct sv_sim_thread *self)
{
	sv_irq_unmask(self->task->cpu);
}

static void os_spin(struct sv_sim_thread *self)
{
	sv_vcpu_spins(self->task->cpu);
}

const struct sv_sim_os sv_scheduled_os = { .spin = os_spin,
	.sleep = os_sleep,
	.end = os_end,
	.wake = os_wake,
	.set_timer = os_set_timer,
	.host_fault = os_host_fault,
	.halt = os_halt,
	.halt_for = sv_vcpu_halt_for,
	.kick = os_kick,
	.preemptible = os_preemptible,
	.irqs_on = os_irqs_on };
