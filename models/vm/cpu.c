/*
 * cpu.c - choosing, switching and stopping tasks
 */
#include "vm/cpu.h"
#include "vm/balance.h"
#include "vm/content.h"
#include "vm/doorbell.h"
#include "vm/halt.h"
#include "vm/interrupt.h"
#include "vm/irq.h"
#include "vm/outside.h"
#include "vm/ple.h"

static sv_time now_of(const struct sv_cpu *c)
{
	return sv_now(c->domain->lp);
}

static sv_time cost(const struct sv_cpu *c, enum sv_cost which)
{
	return c->domain->machine->cost[which];
}

/* Adds the time since the last mark to what the CPU was doing. */
void sv_cpu_account(struct sv_cpu *c)
{
	sv_time now = now_of(c), passed = now - c->mark;

	c->mark = now;
	if (c->exits.end >= 0)
		sv_exits_pass(&c->exits, passed);
	else if (c->polling)
		c->polled += passed;
	if (!c->on)
		return;
	if (c->handling) {
		c->handled += passed;
		return;
	}
	if (!c->current) {
		c->idled += passed;
		return;
	}
	if (!c->started) {
		c->switching += passed;
		return;
	}
	c->busy += passed;
	c->current->ran += passed;
	if (c->current->outside)
		c->current->inner->exits.time[c->current->inner->outside->bell->reason] += passed;
}

/* What `current` has run since the policy was last told, and starts counting anew. */
static sv_time take_ran(struct sv_cpu *c)
{
	sv_time ran = c->live ? now_of(c) - c->charged : 0;

	c->charged = now_of(c);
	return ran;
}

void sv_cpu_charge(struct sv_cpu *c)
{
	if (!c->current)
		return;
	c->domain->sched->charge(c->queue, c->current->entity, now_of(c), take_ran(c));
}

void sv_cpu_arm_tick(struct sv_cpu *c)
{
	const struct sv_sched *s = c->domain->sched;
	sv_time at = SV_TIME_MAX, timer = SV_TIME_MAX;

	if (!c->on || !c->current || !c->started)
		return;
	if (c->body)
		sv_vcpu_arm_tick(c);
	if (c->overdue)
		return;
	if (!c->body && sv_cpu_ticks(c))
		at = sv_cpu_next_tick(c);
	if (s->timer)
		timer = s->timer(c->queue, c->current->entity);
	if (timer < SV_TIME_MAX - now_of(c) && now_of(c) + timer < at)
		at = now_of(c) + timer;
	if (at == c->tick)
		return;
	c->tick = at == SV_TIME_MAX ? -1 : at;
	if (c->tick >= 0)
		sv_schedule(c->domain->lp, at, SV_EVENT_CPU_TICK, (uintptr_t)c);
}

/* Makes a task the current one. An idle physical CPU has to wake up; a busy one switches. */
static void switch_to(struct sv_cpu *c, struct sv_task *t)
{
	bool was_idle = !c->body && c->idle.asleep;
	sv_time delay = 0;

	sv_cpu_account(c);
	if (was_idle)
		sv_smt_set_busy(c->domain->smt, c->pu, true);
	if (was_idle)
		delay = cost(c, SV_COST_WAKE_UP) + sv_cpu_leave_idle(c);
	else if (t != c->previous)
		delay = cost(c, SV_COST_CONTEXT_SWITCH);
	t->waited += now_of(c) - t->ready_since;
	c->guest_poll.polling = false;
	t->state = SV_TASK_RUNNING;
	t->switches++;
	c->current = c->previous = t;
	c->started = false;
	c->start_left = delay;
	if (c->on)
		sv_cpu_finish_switch(c, delay);
}

static void dispatch(struct sv_cpu *c)
{
	const struct sv_sched *s = c->domain->sched;
	void *entity;

	sv_balance_before_pick(c);
	entity = s->pick(c->queue, now_of(c));
	if (entity) {
		switch_to(c, sv_task_of(entity));
		return;
	}
	sv_cpu_account(c);
	c->current = c->previous = NULL;
	if (!c->body) {
		sv_smt_set_busy(c->domain->smt, c->pu, false);
		sv_cpu_go_idle(c);
	} else if (c->on) {
		sv_vcpu_idle(c);
	}
}

/* A thread stops against its will, if one runs: on the CPU itself or on one above. */
static void count_stopped(const struct sv_cpu *c)
{
	const struct sv_sim_thread *t;

	while (c->started && c->current && c->current->inner)
		c = c->current->inner;
	t = c->started && c->current ? c->current->thread : NULL;
	if (t && !t->asleep && !t->halted)
		t->team->preempted[t->meter.phase]++;
}

/* Takes the current task off the CPU. */
static void take_off(struct sv_cpu *c, bool runnable)
{
	struct sv_task *t = c->current;
	sv_time ran = take_ran(c);

	if (c->started && c->on) {
		if (runnable)
			count_stopped(c);
		if (c->live)
			sv_cpu_stop_content(c);
		else
			sv_cpu_drop_content(c);
	} else {
		sv_cpu_account(c);
	}
	c->domain->sched->put(c->queue, t->entity, now_of(c), ran, runnable);
	t->state = runnable ? SV_TASK_READY : SV_TASK_BLOCKED;
	t->ready_since = t->stopped = now_of(c);
	t->raised = false;
	c->current = NULL;
	c->started = c->overdue = c->interrupted = false;
	c->starts = -1;
}

static void preempt(struct sv_cpu *c)
{
	if (c->handling || c->current->no_preempt) {
		c->overdue = true;
		return;
	}
	c->current->preemptions++;
	take_off(c, true);
	dispatch(c);
}

void sv_task_block(struct sv_task *t)
{
	struct sv_cpu *c = t->cpu;

	SV_BUG_ON(c->current != t);
	take_off(c, false);
	dispatch(c);
}

void sv_task_end(struct sv_task *t)
{
	const struct sv_sched *s = t->cpu->domain->sched;

	sv_task_block(t);
	if (s->entity_fini)
		s->entity_fini(t->entity);
}

bool sv_task_yield(struct sv_task *t)
{
	struct sv_cpu *c = t->cpu;
	const struct sv_sched *s = c->domain->sched;

	SV_BUG_ON(c->current != t);
	if (s->length(c->queue) == 0)
		return false;
	if (s->yield)
		s->yield(c->queue, t->entity, now_of(c));
	take_off(c, true);
	dispatch(c);
	return true;
}

void sv_task_forbid(struct sv_task *t)
{
	SV_BUG_ON(t->state != SV_TASK_RUNNING);
	t->no_preempt++;
}

void sv_task_permit(struct sv_task *t)
{
	SV_BUG_ON(t->no_preempt == 0);
	if (--t->no_preempt == 0 && t->cpu->overdue)
		preempt(t->cpu);
}

bool sv_task_yield_to(struct sv_task *t, struct sv_task *other)
{
	struct sv_cpu *there = other->cpu;
	const struct sv_sched *s = there->domain->sched;

	if (s->prefer)
		s->prefer(there->queue, other->entity, now_of(there));
	if (there != t->cpu && there->current && !there->current->raised)
		preempt(there);
	return sv_task_yield(t);
}

void sv_task_raise(struct sv_task *t)
{
	struct sv_cpu *c = t->cpu;
	const struct sv_sched *s = c->domain->sched;

	if (t->state == SV_TASK_BLOCKED)
		return;
	t->raised = true;
	if (t->state == SV_TASK_RUNNING)
		return;
	if (s->raise)
		s->raise(c->queue, t->entity, now_of(c));
	else
		s->prefer(c->queue, t->entity, now_of(c));
	if (c->current && !c->current->raised)
		preempt(c);
}

enum sv_told sv_cpu_joined(struct sv_cpu *c, struct sv_task *t)
{
	const struct sv_sched *s = c->domain->sched;
	bool on = c->on;

	if (!c->current && on && c->handling)
		return SV_UNTOLD;
	if (!c->current && on) {
		dispatch(c);
		return SV_UNTOLD;
	}
	/* Who polls sees its task without being told, now or when it runs again. */
	if (c->guest_poll.polling)
		return SV_UNTOLD;
	if (!c->current) {
		sv_vcpu_kick(c);
	} else if (c->current->inner && c->current->inner->polling) {
		sv_vcpu_stop_polling(c->current->inner);
	} else if (!c->current->raised &&
		   s->preempts(c->queue, c->current->entity, t->entity, now_of(c))) {
		preempt(c);
	} else {
		sv_cpu_arm_tick(c);
		return SV_UNTOLD;
	}
	return on ? SV_TOLD_RUNNING : SV_TOLD_AWAY;
}

enum sv_told sv_task_wake(struct sv_task *t)
{
	struct sv_cpu *c = sv_balance_place(t);
	const struct sv_sched *s = c->domain->sched;

	if (t->state != SV_TASK_BLOCKED)
		return SV_UNTOLD;
	sv_alarm_clear(t);
	if (c != t->cpu)
		t->migrations++;
	t->cpu = c;
	t->state = SV_TASK_READY;
	t->ready_since = now_of(c);
	sv_cpu_charge(c);
	s->enqueue(c->queue, t->entity, now_of(c), t->switches ? SV_SCHED_WAKE : SV_SCHED_NEW);
	return sv_cpu_joined(c, t);
}

static void tick(struct sv_cpu *c)
{
	c->ticked = false;
	if (c->current && c->started &&
		c->domain->sched->tick(c->queue, c->current->entity, now_of(c), take_ran(c))) {
		preempt(c);
		return;
	}
	sv_cpu_arm_tick(c);
	sv_balance_at_tick(c);
}

static void timer(struct sv_cpu *c)
{
	if (c->tick != now_of(c))
		return;
	c->tick = -1;
	c->ticked = true;
	if (c->handling)
		return;
	if (!c->body)
		sv_cpu_interrupt_inner(c);
	tick(c);
}

void sv_cpu_proceed(struct sv_cpu *c)
{
	if (!c->current)
		dispatch(c);
	else if (c->overdue && !c->current->no_preempt)
		preempt(c);
	else if (c->interrupted)
		sv_cpu_resume_content(c);
	else if (c->started)
		sv_cpu_start_content(c);
	else
		sv_cpu_finish_switch(c, c->start_left);
	if (c->ticked && c->on && !c->handling)
		tick(c);
}

void sv_cpu_turn_on(struct sv_cpu *c)
{
	sv_cpu_account(c);
	SV_BUG_ON(c->on);
	c->on = true;
	c->lock.waits = c->lock.holds = false;
	if (c->woken >= 0)
		sv_vcpu_awake(c);
	c->charged = now_of(c);
	sv_vcpu_leave_halt(c);
	if (c->handling)
		sv_cpu_run_thread(c, &c->handling->thread);
	else if (!sv_irq_begin(c))
		sv_cpu_proceed(c);
}

void sv_cpu_turn_off(struct sv_cpu *c)
{
	SV_BUG_ON(!c->on);
	if (c->handling) {
		sv_sim_thread_stop(&c->handling->thread);
	} else if (c->live) {
		sv_cpu_charge(c);
		sv_cpu_stop_content(c);
	} else if (c->starts >= 0) {
		c->start_left = c->starts - now_of(c);
		c->starts = -1;
	}
	sv_cpu_account(c);
	c->on = false;
	c->tick = -1;
}

static void account(struct sv_domain *d)
{
	sv_time step = d->sched->period(d->state);

	if (d->sched->account(d->state, sv_now(d->lp)))
		for (unsigned i = 0; i < d->cpus; i++) {
			if (d->cpu[i].current)
				preempt(&d->cpu[i]);
			else if (d->cpu[i].on && !d->cpu[i].handling)
				dispatch(&d->cpu[i]);
		}
	sv_schedule(d->lp, sv_now(d->lp) + step, SV_EVENT_ACCOUNT, (uintptr_t)d);
}

bool sv_cpu_handle(const struct sv_event *event)
{
	struct sv_cpu *c = (struct sv_cpu *)(uintptr_t)event->arg;

	switch (event->type) {
	case SV_EVENT_CPU_START:
		if (c->on && c->current && !c->started && c->starts == now_of(c))
			sv_cpu_start_content(c);
		return true;
	case SV_EVENT_CPU_TICK:
		timer(c);
		return true;
	case SV_EVENT_POLL_END:
		if (c->polling && c->poll_end == now_of(c))
			sv_vcpu_stop_polling(c);
		return true;
	case SV_EVENT_GUEST_POLL_END:
		sv_vcpu_guest_poll_end(c);
		return true;
	case SV_EVENT_PAUSE_EXIT:
		sv_vcpu_pause_exit(c);
		return true;
	case SV_EVENT_TIMER:
		sv_vcpu_tick(c);
		return true;
	case SV_EVENT_EXIT_END:
		sv_vcpu_exit_end(c);
		return true;
	case SV_EVENT_BALANCE:
		sv_balance((struct sv_domain *)(uintptr_t)event->arg);
		return true;
	case SV_EVENT_ACCOUNT:
		account((struct sv_domain *)(uintptr_t)event->arg);
		return true;
	default:
		return false;
	}
}
