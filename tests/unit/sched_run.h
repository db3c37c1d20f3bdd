/*
 * sched_run.h - lets a host of sched_drive.h run, and says what its tasks got
 */
#ifndef SCHED_RUN_H
#define SCHED_RUN_H

#include "sched_drive.h"

static inline void host_step(struct host *h)
{
	bool account = h->now == h->next_account, tick = h->now == h->next_tick;

	for (struct host_cpu *c = h->cpu; c < h->cpu + h->cpus; c++)
		if (c->running && c->running->left == h->now - c->charged)
			host_block(h, c);
	if (account) {
		h->next_account += h->account;
		if (h->s->account(h->domain, h->now))
			for (struct host_cpu *c = h->cpu; c < h->cpu + h->cpus; c++)
				host_switch(h, c);
	}
	for (struct host_cpu *c = h->cpu; c < h->cpu + h->cpus; c++)
		if (tick || h->now == c->timer)
			host_tick(h, c);
	if (tick)
		h->next_tick += h->tick;
	for (unsigned i = 0; i < h->tasks; i++)
		if (h->task[i].wakes == h->now)
			host_wake(h, i, h->task[i].cpu);
}

/* Up to and without what happens at `until`; charges everybody for the time before. */
static inline void host_run(struct host *h, sv_time until)
{
	for (sv_time next = host_next(h); next < until; next = host_next(h)) {
		ck_assert_int_ge(next, h->now);
		h->now = next;
		host_step(h);
	}
	h->now = until;
	for (struct host_cpu *c = h->cpu; c < h->cpu + h->cpus; c++)
		if (c->running)
			h->s->charge(c->queue, c->running->entity, h->now, host_ran(h, c));
}

/* The number of the task that runs on a CPU, or -1. */
static inline int host_runs(const struct host *h, unsigned cpu)
{
	const struct host_task *t = h->cpu[cpu].running;

	return t ? (int)(t - h->task) : -1;
}

/* What a task got in all. */
static inline void host_assert_got(
	const struct host *h, unsigned task, sv_time expected, sv_time tolerance)
{
	sv_time got = h->task[task].total;

	if (got < expected - tolerance || got > expected + tolerance)
		ck_abort_msg("%s: %u ran for %.3f instead of %.3f +- %.3f ms", h->s->name, task,
			1e3 * sv_seconds(got), 1e3 * sv_seconds(expected),
			1e3 * sv_seconds(tolerance));
}

/* The longest time that a task was kept from running between two of its slices. */
static inline sv_time host_longest_gap(const struct host *h, unsigned task, sv_time after)
{
	sv_time end = after, longest = 0;

	for (size_t i = 0; i < h->slices; i++) {
		const struct host_slice *s = &h->slice[i];

		if (s->task != task || s->to <= after)
			continue;
		longest = s->from - end > longest ? s->from - end : longest;
		end = s->to;
	}
	return longest;
}

#endif
