/*
 * exit.c - leaving a guest and coming back
 *
 * An event ends an absence; one whose time is not its `end` any more is a former one's.
 */
#include "vm/exit.h"
#include "vm/halt.h"
#include "vm/lock_halt.h"
#include "vm/outside.h"
#include "vm/ple.h"

static sv_time now_of(const struct sv_cpu *c)
{
	return sv_now(c->domain->lp);
}

void sv_exits_pass(struct sv_exits *e, sv_time passed)
{
	e->owed -= passed;
	SV_BUG_ON(e->owed < 0);
	for (int i = 0; passed > 0; i++) {
		sv_time part = e->left[i] < passed ? e->left[i] : passed;

		e->left[i] -= part;
		e->time[i] += part;
		passed -= part;
	}
}

static void go_on(struct sv_cpu *c)
{
	c->exits.end = -1;
	if (c->outside && c->outside->bell)
		sv_outside_begin(c->outside);
	else if (c->halted)
		sv_vcpu_wait(c);
	else if (c->lock.asks)
		sv_vcpu_decide_halt(c);
	else if (c->pausing)
		sv_vcpu_on_spin(c);
	else
		sv_cpu_turn_on(c);
}

static void begin(struct sv_cpu *c)
{
	if (c->exits.owed == 0) {
		go_on(c);
		return;
	}
	c->exits.end = now_of(c) + c->exits.owed;
	sv_schedule(c->domain->lp, c->exits.end, SV_EVENT_EXIT_END, (uintptr_t)c);
}

void sv_vcpu_owe(struct sv_cpu *c, enum sv_exit_reason what, sv_time time)
{
	sv_cpu_account(c);
	c->exits.left[what] += time;
	c->exits.owed += time;
}

void sv_vcpu_owe_exit(struct sv_cpu *c, enum sv_exit_reason reason, sv_time time)
{
	c->exits.count[reason]++;
	sv_vcpu_owe(c, reason, time);
}

void sv_vcpu_leave(struct sv_cpu *c)
{
	bool away = c->exits.end >= 0;

	/* What has passed is owed no more. */
	sv_cpu_account(c);
	if (c->on)
		sv_cpu_turn_off(c);
	else if (!away)
		return;
	begin(c);
}

void sv_vcpu_spend(struct sv_cpu *c, enum sv_exit_reason what, sv_time time)
{
	sv_vcpu_owe(c, what, time);
	sv_vcpu_leave(c);
}

void sv_vcpu_exit(struct sv_cpu *c, enum sv_exit_reason reason, sv_time time)
{
	sv_vcpu_owe_exit(c, reason, time);
	sv_vcpu_leave(c);
}

void sv_vcpu_enter(struct sv_cpu *c)
{
	sv_cpu_account(c);
	c->pause_window = c->domain->pause_window;
	c->spun = false;
	begin(c);
}

void sv_vcpu_lose(struct sv_cpu *c)
{
	sv_cpu_account(c);
	if (c->on)
		sv_cpu_turn_off(c);
	c->exits.end = -1;
	/* Who loses the CPU has given way: it need not look for somebody to yield to. */
	c->polling = c->pausing = false;
	sv_vcpu_forget_halt(c);
}

void sv_vcpu_return(struct sv_cpu *c)
{
	begin(c);
}

void sv_vcpu_freeze(struct sv_cpu *c, sv_time exit)
{
	sv_cpu_account(c);
	if (c->on) {
		sv_vcpu_owe_exit(c, SV_EXIT_INTERRUPT, exit);
		sv_cpu_turn_off(c);
	}
	c->exits.end = -1;
	c->poll_frozen = c->polling;
	c->polling = false;
}

void sv_vcpu_thaw(struct sv_cpu *c)
{
	sv_cpu_account(c);
	if (c->poll_frozen && c->halted)
		sv_vcpu_poll_on(c);
	else
		begin(c);
}

void sv_vcpu_exit_end(struct sv_cpu *c)
{
	if (c->exits.end != now_of(c))
		return;
	sv_cpu_account(c);
	go_on(c);
}
