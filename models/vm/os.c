/*
 * os.c - what scheduled threads ask of their system
 *
 * A futex sleeper leaves its CPU to others. A halt stops the whole CPU, as the hlt of a
 * guest kernel does: its thread stays current, so that nothing else of the guest runs on
 * it. A physical CPU has no level below that could run something else: its thread sleeps.
 */
#include "vm/os.h"
#include "simulated_private.h"
#include "vm/halt.h"
#include "vm/ple.h"

static sv_time cost(const struct sv_sim_thread *t, enum sv_cost c)
{
	return t->memory->machine->cost[c];
}

static void os_sleep(struct sv_sim_thread *self)
{
	sv_task_block(self->task);
}

static void os_end(struct sv_sim_thread *self)
{
	sv_task_end(self->task);
}

/* An interrupt ends a halt that waits for a kick, too: the halted thread sees a spurious wake-up.
 */
static void interrupt_halt(struct sv_cpu *c)
{
	struct sv_sim_thread *t = c->current ? c->current->thread : NULL;

	if (t && t->halted) {
		t->halted = false;
		sv_sim_woken(t, sv_now(t->process.lp));
		sv_sim_continue(t, sv_now(t->process.lp));
	}
	sv_vcpu_kick(c);
}

/* In a guest, a task on a CPU that does not execute is announced by an interrupt from CPU to CPU.
 */
static void os_wake(struct sv_sim_thread *sleeper, struct sv_sim_thread *waker)
{
	struct sv_cpu *c = sleeper->task->cpu;
	bool interrupt = c->body && !c->on;

	sv_task_wake(sleeper->task);
	c = sleeper->task->cpu;
	if (c->halted)
		interrupt_halt(c);
	if (interrupt && waker)
		sv_vcpu_exit(waker->task->cpu, SV_EXIT_APIC, cost(waker, SV_COST_VM_IPI));
}

static void os_halt(struct sv_sim_thread *self)
{
	struct sv_cpu *c = self->task->cpu;

	if (c->body)
		sv_vcpu_halt(c);
	else
		sv_task_block(self->task);
}

static sv_time os_kick(struct sv_sim_thread *kicker, unsigned cpu)
{
	struct sv_sim_thread *target = kicker->team->thread[cpu];
	struct sv_cpu *c = target->task->cpu;

	if (c->body) {
		sv_vcpu_kick(c);
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

static void os_spin(struct sv_sim_thread *self)
{
	sv_vcpu_spins(self->task->cpu);
}

const struct sv_sim_os sv_scheduled_os = { .spin = os_spin,
	.sleep = os_sleep,
	.end = os_end,
	.wake = os_wake,
	.halt = os_halt,
	.kick = os_kick,
	.preemptible = os_preemptible };
