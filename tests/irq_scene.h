/*
 * irq_scene.h - handlers on CPUs of a stack of levels, with round costs, for tests
 */
#ifndef IRQ_SCENE_H
#define IRQ_SCENE_H

#include "vm/irq.h"
#include "vm_stack.h"
#include "wait.h"

enum { ENTRY = 2, HANDLER = 10, EXIT = 4, INJECT = 3, POSTED = 5, EOI = 1 }; /* us */
enum { EVENT_RAISE = 2000 };

struct scene {
	struct stack *stack;
	struct sv_irq irq[2];
	unsigned irqs;
	sv_time began[2][8], work;
	unsigned n[2];
	struct sv_wait_queue queue;
	sv_time woken;
};

static inline void on_event(struct sv_lp *lp, const struct sv_event *event)
{
	if (event->type == EVENT_RAISE)
		sv_irq_raise((struct sv_irq *)(uintptr_t)event->arg, NULL);
	else
		handle(lp, event);
}

static inline void work(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;
	unsigned i = self == &s->irq[1].thread;

	s->began[i][s->n[i]++] = sv_now(self->process.lp);
	sv_sim_work(self, s->work);
}

static inline void set_costs(sv_time *cost)
{
	cost[SV_COST_CONTEXT_SWITCH] = 0;
	cost[SV_COST_SYSCALL] = 0;
	cost[SV_COST_FUTEX_WAKE] = 0;
	cost[SV_COST_VM_EXIT] = EXIT * SV_US;
	cost[SV_COST_VM_INJECT] = INJECT * SV_US;
	cost[SV_COST_VM_POSTED] = POSTED * SV_US;
	cost[SV_COST_VM_EOI] = EOI * SV_US;
	cost[SV_COST_IRQ_ENTRY] = ENTRY * SV_US;
}

static inline struct scene *scene_new(const unsigned *cpus, unsigned levels)
{
	struct scene *s = calloc(1, sizeof(*s));

	s->stack = stack_new(cpus, levels);
	set_costs(s->stack->toy.machine.cost);
	s->stack->host.lp->handle = on_event;
	s->work = HANDLER * SV_US;
	return s;
}

/* Handler i, on a CPU of a level. */
static inline struct sv_irq *add_irq(struct scene *s, unsigned level, unsigned cpu,
	void (*handler)(struct sv_sim_thread *, void *))
{
	struct sv_system *system = &s->stack->host.system;
	struct sv_irq *irq = &s->irq[s->irqs++];

	system->domain = &s->stack->level[level].domain;
	ck_assert_int_eq(sv_irq_init(irq, system, cpu, handler, s), 0);
	return irq;
}

static inline void raise_at(struct scene *s, struct sv_irq *irq, sv_time at)
{
	sv_schedule(s->stack->host.lp, at, EVENT_RAISE, (uintptr_t)irq);
}

static inline void run(struct scene *s, sv_time until)
{
	sim_host_run(&s->stack->host, until);
}

static inline void scene_free(struct scene *s)
{
	for (unsigned i = 0; i < s->irqs; i++)
		sv_irq_fini(&s->irq[i]);
	stack_free(s->stack);
	free(s);
}

#endif
