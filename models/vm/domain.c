/*
 * domain.c - making CPUs and tasks
 */
#include "vm/balance.h"
#include <stdlib.h>
#include <string.h>

/* An entity is preceded by its task, at a distance that keeps any alignment. */
union header {
	struct sv_task *task;
	max_align_t align;
};

struct sv_task *sv_task_of(const void *entity)
{
	return ((const union header *)entity - 1)->task;
}

int sv_domain_init(struct sv_domain *d, const struct sv_domain_config *c)
{
	sv_time period;

	*d = (struct sv_domain){ .name = c->name,
		.lp = c->lp,
		.machine = c->machine,
		.sched = c->sched,
		.cpus = c->cpus,
		.smt = c->smt,
		.latency_limit = SV_TIME_MAX,
		.packages = c->physical ? c->machine->packages : 1,
		.cpu = calloc(c->cpus, sizeof(*d->cpu)),
		.state = calloc(1, c->sched->domain_bytes) };
	sv_hist_init(&d->wake_up);
	if (!d->cpu || !d->state || d->sched->domain_init(d->state, c->cpus, c->options) < 0)
		return -1;
	for (unsigned i = 0; i < c->cpus; i++) {
		struct sv_cpu *cpu = &d->cpu[i];

		*cpu = (struct sv_cpu){ .domain = d,
			.index = i,
			.on = c->physical,
			.halted = !c->physical,
			.starts = -1,
			.tick = -1,
			.timer = -1,
			.exits.end = -1,
			.woken = -1,
			.queue = calloc(1, c->sched->queue_bytes) };
		if (!cpu->queue)
			return -1;
		sv_idle_init(&cpu->idle);
		d->sched->queue_init(cpu->queue, d->state, i);
	}
	sv_balance_start(d);
	period = d->sched->period(d->state);
	if (period > 0)
		sv_schedule(d->lp, sv_now(d->lp) + period, SV_EVENT_ACCOUNT, (uintptr_t)d);
	return 0;
}

void sv_domain_fini(struct sv_domain *d)
{
	for (unsigned i = 0; d->cpu && i < d->cpus; i++)
		free(d->cpu[i].queue);
	if (d->state && d->sched->domain_fini)
		d->sched->domain_fini(d->state);
	sv_hist_fini(&d->wake_up);
	free(d->cpu);
	free(d->state);
}

int sv_task_init(struct sv_task *t, struct sv_domain *d, struct sv_cpu *cpu,
	const struct sv_sched_info *info)
{
	union header *h = calloc(1, sizeof(*h) + d->sched->entity_bytes);

	if (!h)
		return -1;
	h->task = t;
	*t = (struct sv_task){ .cpu = cpu ? cpu : &d->cpu[d->tasks % d->cpus],
		.pinned = cpu != NULL,
		.alarm = -1,
		.entity = h + 1 };
	d->tasks++;
	d->sched->entity_init(t->entity, d->state, info);
	return 0;
}

void sv_task_fini(struct sv_task *t)
{
	if (t->entity)
		free((union header *)t->entity - 1);
}

void sv_task_be_thread(struct sv_task *t, struct sv_sim_thread *thread)
{
	t->thread = thread;
	thread->task = t;
}

void sv_task_be_cpu(struct sv_task *t, struct sv_cpu *cpu)
{
	t->inner = cpu;
	cpu->body = t;
}

void sv_domain_reset(struct sv_domain *d)
{
	d->directed_yields = 0;
	d->lock.exits = d->lock.yields = d->lock.to_holder = 0;
	sv_hist_reset(&d->wake_up);
	for (unsigned i = 0; i < d->cpus; i++) {
		struct sv_cpu *c = &d->cpu[i];

		if (c->body)
			sv_cpu_account(c->body->cpu);
		sv_cpu_account(c);
		c->busy = c->switching = c->idled = c->polled = c->handled = 0;
		memset(c->exits.count, 0, sizeof(c->exits.count));
		memset(c->exits.time, 0, sizeof(c->exits.time));
	}
}
