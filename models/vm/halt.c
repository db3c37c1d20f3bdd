/*
 * halt.c - halting and host halt polling
 *
 * Reference     Linux, virt/kvm/kvm_main.c, kvm_vcpu_halt() and
 *               Documentation/virt/kvm/halt-polling.rst: the window starts at 10 us, doubles
 *               when a halt was longer than the window but shorter than the limit, and is reset
 *               when it was longer than the limit.
 */
#include "vm/halt.h"

#define FIRST_WINDOW (10 * SV_US)

static sv_time now_of(const struct sv_cpu *c)
{
	return sv_now(c->domain->lp);
}

/* Nobody else wants the host's CPU: only then may it be spent on polling. */
static bool may_poll(const struct sv_cpu *c)
{
	const struct sv_cpu *host = c->body->cpu;

	return c->poll_window > 0 && host->domain->sched->length(host->queue) == 0;
}

void sv_vcpu_halt(struct sv_cpu *c)
{
	c->halted_at = now_of(c);
	c->halted = true;
	sv_vcpu_exit(c, SV_EXIT_HLT, c->domain->machine->cost[SV_COST_VM_EXIT]);
}

void sv_vcpu_halt_outside(struct sv_cpu *c)
{
	c->halted_at = now_of(c);
	c->halted = true;
	sv_vcpu_wait(c);
}

/* Its timers are its host's business now. */
static void block(struct sv_cpu *c)
{
	sv_time alarm = sv_cpu_next_alarm(c);

	if (alarm < SV_TIME_MAX)
		sv_alarm_set(c->body, alarm);
	sv_task_block(c->body);
}

void sv_vcpu_wait(struct sv_cpu *c)
{
	if (!may_poll(c)) {
		block(c);
		return;
	}
	sv_cpu_account(c);
	c->polling = true;
	c->poll_end = now_of(c) + c->poll_window;
	sv_schedule(c->domain->lp, c->poll_end, SV_EVENT_POLL_END, (uintptr_t)c);
}

static void adapt_window(struct sv_cpu *c)
{
	sv_time halted = now_of(c) - c->halted_at, limit = c->domain->poll_limit;

	if (halted <= c->poll_window || limit == 0)
		return;
	if (halted > limit)
		c->poll_window = 0;
	else if (c->poll_window < limit)
		c->poll_window = c->poll_window ? 2 * c->poll_window : FIRST_WINDOW;
	if (c->poll_window > limit)
		c->poll_window = limit;
}

void sv_vcpu_kick(struct sv_cpu *c)
{
	const sv_time *cost = c->domain->machine->cost;

	if (!c->halted)
		return;
	c->halted = false;
	c->woken = now_of(c);
	adapt_window(c);
	if (c->polling) {
		sv_cpu_account(c);
		c->polling = false;
		sv_cpu_turn_on(c);
	} else if (c->body->state == SV_TASK_BLOCKED) {
		sv_vcpu_spend(c, SV_EXIT_HLT, cost[SV_COST_VM_INJECT]);
		sv_task_wake(c->body);
	}
}

void sv_vcpu_awake(struct sv_cpu *c)
{
	sv_hist_record(&c->domain->wake_up, now_of(c) - c->woken);
	c->woken = -1;
}

void sv_vcpu_poll_on(struct sv_cpu *c)
{
	c->polling = true;
	if (c->poll_end <= now_of(c) || !may_poll(c))
		sv_vcpu_stop_polling(c);
}

void sv_vcpu_stop_polling(struct sv_cpu *c)
{
	sv_cpu_account(c);
	c->polling = false;
	block(c);
}
