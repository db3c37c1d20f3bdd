/*
 * rr.c - round robin: each runs for a slice, then the next one that came
 *
 * A wake-up never preempts, so a woken entity waits for up to a slice for each one before it.
 * Slices are exact: they are timers of their own, not counts of ticks. They pass even while
 * nobody else is runnable, as under Linux, where a newcomer then waits for the rest of one.
 *
 * Reference     POSIX.1-2017, SCHED_RR with one priority; slice of Linux: 100 ms.
 */
#include "sched/first_come.h"
#include "sched/no_period.h"

struct rr_cfg {
	sv_time slice;
};

static const struct sv_option options[] = {
	{ .name = "slice",
		.type = SV_TIME,
		.offset = offsetof(struct rr_cfg, slice),
		.min = "1us",
		.max = "100s",
		.def = "100ms",
		.help = "how long one runs while others wait" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("rr", struct rr_cfg, options);

static int rr_domain_init(void *domain, unsigned cpus, const void *cfg)
{
	const struct rr_cfg *c = cfg;

	(void)cpus;
	*(struct sv_come_domain *)domain = (struct sv_come_domain){ .slice = c->slice };
	return 0;
}

static void rr_charge(void *queue, void *entity, sv_time now, sv_time ran)
{
	const struct sv_come_queue *q = queue;
	struct sv_come_entity *e = entity;

	sv_come_charge(queue, entity, now, ran);
	if (!q->runnable.length)
		e->ran %= q->domain->slice;
}

static bool rr_tick(void *queue, void *entity, sv_time now, sv_time ran)
{
	const struct sv_come_queue *q = queue;
	const struct sv_come_entity *e = entity;

	rr_charge(queue, entity, now, ran);
	return q->runnable.length && e->ran >= q->domain->slice;
}

static sv_time rr_timer(const void *queue, const void *running)
{
	const struct sv_come_queue *q = queue;
	const struct sv_come_entity *e = running;

	if (!q->runnable.length)
		return SV_TIME_MAX;
	return e->ran < q->domain->slice ? q->domain->slice - e->ran : 0;
}

SV_SCHED(rr) = {
	.name = "rr",
	.help = "round robin: each runs for a slice, in the order in which they came",
	.options = &table,
	.domain_bytes = sizeof(struct sv_come_domain),
	.queue_bytes = sizeof(struct sv_come_queue),
	.entity_bytes = sizeof(struct sv_come_entity),
	.domain_init = rr_domain_init,
	.queue_init = sv_come_queue_init,
	.entity_init = sv_come_entity_init,
	.enqueue = sv_come_enqueue,
	.dequeue = sv_come_dequeue,
	.pick = sv_come_pick,
	.put = sv_come_put,
	.yield = sv_come_yield,
	.prefer = sv_come_prefer,
	.charge = rr_charge,
	.tick = rr_tick,
	.preempts = sv_come_preempts,
	.timer = rr_timer,
	.length = sv_come_length,
	.movable = sv_come_movable,
	.tick_time = sv_no_period,
	.period = sv_no_period,
	.account = sv_no_account,
};
