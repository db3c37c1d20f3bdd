/*
 * fifo.c - first come, first served: each runs until it blocks
 *
 * The base line that no slice disturbs: what over-commit costs when nobody is ever preempted.
 * There are no ticks. Who yields goes to the end.
 *
 * Reference     POSIX.1-2017, SCHED_FIFO with one priority.
 */
#include "sched/first_come.h"
#include "sched/no_period.h"

static int fifo_domain_init(void *domain, unsigned cpus, const void *cfg)
{
	(void)domain, (void)cpus, (void)cfg;
	return 0;
}

static bool fifo_tick(void *queue, void *entity, sv_time now, sv_time ran)
{
	(void)queue, (void)entity, (void)now, (void)ran;
	return false;
}

SV_SCHED(fifo) = {
	.name = "fifo",
	.help = "first come, first served: each runs until it blocks",
	.domain_bytes = sizeof(struct sv_come_domain),
	.queue_bytes = sizeof(struct sv_come_queue),
	.entity_bytes = sizeof(struct sv_come_entity),
	.domain_init = fifo_domain_init,
	.queue_init = sv_come_queue_init,
	.entity_init = sv_come_entity_init,
	.enqueue = sv_come_enqueue,
	.dequeue = sv_come_dequeue,
	.pick = sv_come_pick,
	.put = sv_come_put,
	.yield = sv_come_yield,
	.prefer = sv_come_prefer,
	.charge = sv_come_charge,
	.tick = fifo_tick,
	.preempts = sv_come_preempts,
	.length = sv_come_length,
	.movable = sv_come_movable,
	.tick_time = sv_no_period,
	.period = sv_no_period,
	.account = sv_no_account,
};
