/*
 * sched_drive.h - a tiny executor: drives a policy by its contract
 *
 * A task runs for its burst, then sleeps, and so on; SV_TIME_MAX never ends. Switches are
 * free. At one instant bursts end first, then come accounts, ticks, timers and wake-ups.
 */
#ifndef SCHED_DRIVE_H
#define SCHED_DRIVE_H

#include "sched_host.h"

static inline sv_time host_ran(struct host *h, struct host_cpu *c)
{
	sv_time ran = h->now - c->charged;

	c->charged = h->now;
	if (c->running->left != SV_TIME_MAX)
		c->running->left -= ran;
	c->running->total += ran;
	return ran;
}

static inline void host_timer(struct host *h, struct host_cpu *c)
{
	sv_time left =
		c->running && h->s->timer ? h->s->timer(c->queue, c->running->entity) : SV_TIME_MAX;

	c->timer = left == SV_TIME_MAX ? left : h->now + left;
}

/* The running task stops, if there is one, and the next one starts. */
static inline void host_switch(struct host *h, struct host_cpu *c)
{
	struct host_task *was = c->running;
	sv_time ran;
	void *entity;

	if (was) {
		ran = host_ran(h, c);
		h->s->put(c->queue, was->entity, h->now, ran, was->left > 0);
		h->slice[c->slice].to = h->now;
	}
	entity = h->s->pick(c->queue, h->now);
	c->running = NULL;
	for (unsigned i = 0; entity && i < h->tasks; i++)
		if (h->task[i].entity == entity)
			c->running = &h->task[i];
	c->charged = h->now;
	host_timer(h, c);
	if (!c->running || (c->running == was && was->left > 0))
		return;
	ck_assert_uint_lt(h->slices, HOST_SLICES);
	c->slice = h->slices++;
	h->slice[c->slice] = (struct host_slice){ (unsigned)(c->running - h->task),
		(unsigned)(c - h->cpu), h->now, SV_TIME_MAX };
}

static inline void host_enqueue(
	struct host *h, struct host_task *t, unsigned cpu, enum sv_sched_why why)
{
	struct host_cpu *c = &h->cpu[cpu];

	t->cpu = cpu;
	t->wakes = SV_TIME_MAX;
	if (c->running)
		h->s->charge(c->queue, c->running->entity, h->now, host_ran(h, c));
	h->s->enqueue(c->queue, t->entity, h->now, why);
	if (!c->running || h->s->preempts(c->queue, c->running->entity, t->entity, h->now))
		host_switch(h, c);
	else
		host_timer(h, c);
}

/* A new task, pinned and in `group`; returns its number. */
static inline unsigned host_add(
	struct host *h, unsigned cpu, struct sv_sched_info info, sv_time burst, sv_time sleep)
{
	struct host_task *t = &h->task[h->tasks];

	info.id = info.id ? info.id : h->tasks;
	info.weight = info.weight ? info.weight : 1024;
	*t = (struct host_task){ calloc(1, h->s->entity_bytes), cpu, burst, sleep, burst, 0, 0 };
	h->s->entity_init(t->entity, h->domain, &info);
	h->tasks++;
	host_enqueue(h, t, cpu, SV_SCHED_NEW);
	return h->tasks - 1;
}

static inline void host_wake(struct host *h, unsigned task, unsigned cpu)
{
	h->task[task].left = h->task[task].burst;
	host_enqueue(h, &h->task[task], cpu, SV_SCHED_WAKE);
}

/* Moves a queued task. */
static inline void host_migrate(struct host *h, unsigned task, unsigned cpu)
{
	struct host_task *t = &h->task[task];

	h->s->dequeue(h->cpu[t->cpu].queue, t->entity, h->now);
	host_enqueue(h, t, cpu, SV_SCHED_MIGRATE);
}

static inline void host_block(struct host *h, struct host_cpu *c)
{
	struct host_task *t = c->running;

	t->wakes = t->sleep == SV_TIME_MAX ? SV_TIME_MAX : h->now + t->sleep;
	host_switch(h, c);
}

static inline sv_time host_next(const struct host *h)
{
	sv_time next = h->next_account < h->next_tick ? h->next_account : h->next_tick;

	for (unsigned i = 0; i < h->cpus; i++) {
		const struct host_cpu *c = &h->cpu[i];

		next = c->timer < next ? c->timer : next;
		if (c->running && c->running->left != SV_TIME_MAX &&
			c->charged + c->running->left < next)
			next = c->charged + c->running->left;
	}
	for (unsigned i = 0; i < h->tasks; i++)
		next = h->task[i].wakes < next ? h->task[i].wakes : next;
	return next;
}

static inline void host_tick(struct host *h, struct host_cpu *c)
{
	if (!c->running)
		return;
	if (h->s->tick(c->queue, c->running->entity, h->now, host_ran(h, c)))
		host_switch(h, c);
	else
		host_timer(h, c);
}

#endif
