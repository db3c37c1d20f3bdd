/*
 * content.c - a task gets its CPU, and loses it
 */
#include "vm/content.h"
#include "vm/cache.h"

static void schedule_start(struct sv_cpu *c, sv_time delay)
{
	c->starts = sv_now(c->domain->lp) + delay;
	sv_schedule(c->domain->lp, c->starts, SV_EVENT_CPU_START, (uintptr_t)c);
}

uint16_t sv_cpu_pu(const struct sv_cpu *c)
{
	while (c->body)
		c = c->body->cpu;
	return c->pu;
}

void sv_cpu_run_thread(struct sv_cpu *c, struct sv_sim_thread *thread)
{
	thread->pu = sv_cpu_pu(c);
	thread->cpu = (uint16_t)(c->index - thread->team->first_cpu);
	thread->team->thread[thread->cpu] = thread;
	sv_sim_thread_run(thread);
}

static void run_thread(struct sv_cpu *c, struct sv_task *t)
{
	if (t->thread)
		sv_cache_enter(c, t);
	sv_cpu_run_thread(c, t->thread ? t->thread : t->outside);
}

static bool is_guest(const struct sv_task *t)
{
	return t->inner && !t->outside;
}

void sv_cpu_start_content(struct sv_cpu *c)
{
	struct sv_task *t = c->current;
	sv_time refill = t->thread ? sv_cache_refill(c, t) : 0;

	sv_cpu_account(c);
	c->started = refill == 0;
	if (refill > 0) {
		schedule_start(c, refill);
		return;
	}
	c->starts = -1;
	c->charged = sv_now(c->domain->lp);
	sv_cpu_arm_tick(c);
	c->live = true;
	if (is_guest(t))
		sv_vcpu_enter(t->inner);
	else
		run_thread(c, t);
}

void sv_cpu_stop_content(struct sv_cpu *c)
{
	struct sv_task *t = c->current;

	sv_cpu_account(c);
	c->live = false;
	if (is_guest(t)) {
		sv_vcpu_lose(t->inner);
		return;
	}
	if (t->thread)
		sv_cache_leave(c, t);
	sv_sim_thread_stop(t->thread ? t->thread : t->outside);
}

void sv_cpu_finish_switch(struct sv_cpu *c, sv_time delay)
{
	if (delay == 0)
		sv_cpu_start_content(c);
	else
		schedule_start(c, delay);
}

void sv_cpu_interrupt_content(struct sv_cpu *c)
{
	struct sv_task *t = c->current;

	sv_cpu_charge(c);
	if (is_guest(t))
		sv_vcpu_freeze(t->inner, c->domain->machine->cost[SV_COST_VM_EXIT]);
	else
		sv_cpu_stop_content(c);
	c->live = false;
	c->interrupted = true;
}

void sv_cpu_resume_content(struct sv_cpu *c)
{
	struct sv_task *t = c->current;

	c->live = true;
	c->interrupted = false;
	c->charged = sv_now(c->domain->lp);
	if (is_guest(t))
		sv_vcpu_thaw(t->inner);
	else
		run_thread(c, t);
}

void sv_cpu_drop_content(struct sv_cpu *c)
{
	sv_cpu_account(c);
	if (c->interrupted && is_guest(c->current))
		sv_vcpu_lose(c->current->inner);
}
