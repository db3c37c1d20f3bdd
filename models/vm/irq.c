/*
 * irq.c - interrupt handlers that run code
 */
#include "vm/irq.h"
#include "simulated_private.h"
#include "vm/content.h"
#include "vm/interrupt.h"

static sv_time now_of(const struct sv_cpu *c)
{
	return sv_now(c->domain->lp);
}

/* The CPU stops in the midst of a switch to its task: the rest of that comes later, but not the
 * rest of its way out of idleness, which the handler waits for. */
static void stop_switch(struct sv_cpu *c)
{
	sv_time from = c->idle.awake > now_of(c) ? c->idle.awake : now_of(c);

	/* A task that took the place of the one that the CPU was woken for may have been due
	 * before. */
	c->start_left = c->starts > from ? c->starts - from : 0;
	c->starts = -1;
}

static sv_time wake_up(struct sv_cpu *c)
{
	if (!c->body && c->idle.asleep) {
		sv_smt_set_busy(c->domain->smt, c->pu, true);
		sv_cpu_leave_idle(c);
	}
	return c->idle.awake > now_of(c) ? c->idle.awake : now_of(c);
}

struct sv_sim_thread *sv_cpu_thread(const struct sv_cpu *c)
{
	if (c->handling)
		return &c->handling->thread;
	return c->current && c->started ? c->current->thread : NULL;
}

static void take_cpu(struct sv_irq *irq, struct sv_cpu *c)
{
	struct sv_sim_thread *t = &irq->thread, **here = &t->team->thread[t->cpu];

	t->pu = sv_cpu_pu(c);
	t->beneath = *here && (*here)->task->cpu->current == (*here)->task ? *here : NULL;
	irq->before = *here;
	*here = t;
}

bool sv_irq_begin(struct sv_cpu *c)
{
	struct sv_irq *irq = c->irqs;

	if (!irq || !c->on || sv_vcpu_masked(c))
		return false;
	c->irqs = irq->next;
	irq->raised = false;
	irq->count++;
	sv_cpu_account(c);
	if (c->live)
		sv_cpu_interrupt_content(c);
	else if (c->starts >= 0)
		stop_switch(c);
	c->handling = irq;
	take_cpu(irq, c);
	sv_sim_continue(&irq->thread, wake_up(c));
	sv_sim_thread_run(&irq->thread);
	return true;
}

static void end(struct sv_irq *irq)
{
	struct sv_cpu *c = irq->task.cpu;

	sv_cpu_account(c);
	sv_sim_thread_stop(&irq->thread);
	irq->thread.team->thread[irq->thread.cpu] = irq->before;
	c->handling = NULL;
	if (c->body)
		sv_vcpu_handled(c);
	if (c->on && !sv_irq_begin(c))
		sv_cpu_proceed(c);
}

static void run(struct sv_process *process, void *arg)
{
	struct sv_irq *irq = arg;
	struct sv_sim_thread *t = &irq->thread;
	sv_time entry = sv_sim_cost(t, SV_COST_IRQ_ENTRY);

	(void)process;
	sv_sim_self = t;
	for (;;) {
		if (entry > 0)
			sv_sim_elapse(t, entry);
		irq->handler(t, irq->arg);
		sv_sim_drain(t);
		end(irq);
		sv_sim_block(t);
	}
}

int sv_irq_init(struct sv_irq *irq, struct sv_system *system, unsigned cpu,
	void (*handler)(struct sv_sim_thread *self, void *arg), void *arg)
{
	struct sv_sim_thread *t = &irq->thread;
	struct sv_domain *d = system->domain;
	sv_time now = sv_now(system->memory->lp);

	*irq = (struct sv_irq){ .system = system,
		.handler = handler,
		.arg = arg,
		.thread = { .memory = system->memory,
			.team = &system->team,
			.task = &irq->task,
			.cpu = (uint16_t)cpu },
		.task = { .cpu = &d->cpu[system->own_cpus ? system->pu[cpu] : cpu],
			.thread = &irq->thread,
			.state = SV_TASK_RUNNING,
			.pinned = true,
			.alarm = -1 } };
	system->team.os = &sv_scheduled_os;
	sv_meter_init(&t->meter, now, true);
	sv_meter_turn(&t->meter, now, SV_SLEEPS, SV_COMPUTES);
	if (sv_process_init(&t->process, system->memory->lp, run, irq) < 0)
		return -1;
	t->process.suspended = true;
	return 0;
}

void sv_irq_fini(struct sv_irq *irq)
{
	if (irq->thread.process.lp)
		sv_process_fini(&irq->thread.process);
}

void sv_irq_raise(struct sv_irq *irq, struct sv_sim_thread *by)
{
	struct sv_cpu *c = irq->task.cpu;
	struct sv_irq **p = &c->irqs;

	if (irq->raised)
		return;
	irq->raised = true;
	irq->next = NULL;
	while (*p)
		p = &(*p)->next;
	*p = irq;
	if (c->body)
		sv_vcpu_deliver(c);
	else
		sv_irq_begin(c);
	/* Nothing more of who has interrupted itself takes effect until it runs again. */
	if (by && by->task && !by->running)
		sv_sim_thread_work(by, 0);
}

void sv_irq_unmask(struct sv_cpu *c)
{
	if (sv_vcpu_masked(c))
		return;
	if (c->body && c->irqs)
		sv_vcpu_deliver(c);
	if (c->body)
		sv_vcpu_unmask(c);
	sv_irq_begin(c);
}
