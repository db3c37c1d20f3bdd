/*
 * vm_stack.h - levels of CPUs on a toy host, and threads on the topmost, for tests
 */
#ifndef SV_VM_STACK_H
#define SV_VM_STACK_H

#include "locks.h"
#include "sim_host.h"
#include "vm/os.h"
#include <string.h>

#define MOST 8

/* One level: a domain, and the tasks that are threads in it. */
struct level {
	struct sv_domain domain;
	struct sv_task body[MOST]; /* its CPUs, as tasks of the level below */
};

struct stack {
	struct toy_machine toy;
	struct sim_host host;
	struct sv_doc *doc;
	void *options;
	struct level level[3];
	unsigned levels;
	struct sv_task task[MOST];
	struct sv_sim_thread thread[MOST];
	sv_time finished[MOST];
	unsigned threads;
};

static inline void handle(struct sv_lp *lp, const struct sv_event *event)
{
	if (!sv_cpu_handle(event))
		sim_host_handle(lp, event);
}

extern const struct sv_sched sv_sched_rr;

/* cpus[i] CPUs at level i, each level's CPUs being tasks of the one below. */
static inline struct stack *stack_make(const struct sv_sched *policy, const char *options,
	const unsigned *cpus, unsigned levels, bool no_run_ahead)
{
	struct stack *s = calloc(1, sizeof(*s));
	struct sv_diag *diag = sv_diag_new();

	toy_machine_init(&s->toy);
	s->toy.machine.cost[SV_COST_CONTEXT_SWITCH] = 1 * SV_US;
	s->toy.machine.cost[SV_COST_WAKE_UP] = 0;
	s->toy.machine.cost[SV_COST_VM_EXIT] = 0;
	s->toy.machine.cost[SV_COST_VM_INJECT] = 0;
	s->toy.machine.cost[SV_COST_VM_IPI] = 0;
	s->toy.machine.cost[SV_COST_VM_HYPERCALL] = 0;
	s->toy.machine.cost[SV_COST_VM_EOI] = 0;
	s->toy.machine.cost[SV_COST_TIMER_TICK] = 0;
	sim_host_init(&s->host, &s->toy.machine, no_run_ahead);
	s->host.lp->handle = handle;
	s->host.system.team.os = &sv_scheduled_os;
	s->doc = sv_doc_parse("options", options, strlen(options), diag);
	if (policy->options) {
		s->options = sv_doc_alloc(s->doc, policy->options->size);
		ck_assert_int_eq(
			sv_read(policy->options, sv_doc_root(s->doc), s->options, s->doc, diag), 0);
	}
	sv_diag_free(diag);
	s->levels = levels;
	for (unsigned l = 0; l < levels; l++) {
		struct level *me = &s->level[l];

		ck_assert_int_eq(
			sv_domain_init(&me->domain, &(struct sv_domain_config){ .name = "test",
							    .lp = s->host.lp,
							    .machine = &s->toy.machine,
							    .sched = policy,
							    .options = s->options,
							    .cpus = cpus[l],
							    .physical = l == 0 }),
			0);
		for (unsigned i = 0; i < cpus[l]; i++) {
			struct sv_cpu *c = &me->domain.cpu[i];

			c->pu = (uint16_t)i;
			if (l == 0)
				continue;
			ck_assert_int_eq(
				sv_task_init(&me->body[i], &s->level[l - 1].domain, NULL,
					&(struct sv_sched_info){ .id = i, .weight = 1024 }),
				0);
			sv_task_be_cpu(&me->body[i], c);
		}
	}
	return s;
}

static inline struct stack *stack_new_by(
	const struct sv_sched *policy, const char *options, const unsigned *cpus, unsigned levels)
{
	return stack_make(policy, options, cpus, levels, false);
}

static inline struct stack *stack_new(const unsigned *cpus, unsigned levels)
{
	return stack_new_by(&sv_sched_rr, "{slice: 1ms}", cpus, levels);
}

static inline void add_thread(
	struct stack *s, void (*body)(struct sv_sim_thread *, void *), void *arg)
{
	unsigned i = s->threads++;
	struct sv_domain *top = &s->level[s->levels - 1].domain;

	ck_assert_int_eq(sv_task_init(&s->task[i], top, NULL,
				 &(struct sv_sched_info){ .id = i, .weight = 1024 }),
		0);
	sv_system_thread(&s->host.system, &s->thread[i], i % TOY_PUS);
	sv_task_be_thread(&s->task[i], &s->thread[i]);
	ck_assert_int_eq(sv_sim_thread_start(&s->thread[i], body, arg, 0), 0);
}

static inline void stack_free(struct stack *s)
{
	for (unsigned i = 0; i < s->threads; i++) {
		sv_sim_thread_fini(&s->thread[i]);
		sv_task_fini(&s->task[i]);
	}
	for (unsigned l = s->levels; l-- > 0;) {
		for (unsigned i = 0; l > 0 && i < s->level[l].domain.cpus; i++)
			sv_task_fini(&s->level[l].body[i]);
		sv_domain_fini(&s->level[l].domain);
	}
	sim_host_fini(&s->host);
	sv_doc_free(s->doc);
	free(s);
}

#endif
