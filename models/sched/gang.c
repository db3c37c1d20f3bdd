/*
 * gang.c - strict co-scheduling: all entities of a group run at the same time, or none
 *
 * Groups with runnable entities take turns, a slot each, on all CPUs at once. No holder of a lock
 * is then preempted while its waiters spin. The price is strictness: a CPU whose entity of the
 * group is blocked idles until the slot ends, and a group whose entity wakes waits for its turn.
 * Only a machine that has nothing to run starts a slot at once.
 *
 * Groups belong pinned, each entity on a CPU of its own; those that share a CPU take turns slot by
 * slot. Nothing may be moved, since a move could put two of a group on one CPU.
 *
 * Reference     Ousterhout, Scheduling techniques for concurrent systems, ICDCS 1982, section 2.
 */
#include "bug.h"
#include "sched/first_come.h"

struct gang_domain {
	struct sv_come_domain come;
	uint32_t active;
	uint32_t total;                     /* of runnable */
	uint32_t runnable[SV_SCHED_GROUPS]; /* entities of each group, with running ones */
};

struct gang_queue {
	struct sv_come_queue come;
	struct gang_domain *domain;
};

struct gang_entity {
	struct sv_come_entity come;
	uint32_t group;
};

struct gang_cfg {
	sv_time slot;
};

static const struct sv_option options[] = {
	{ .name = "slot",
		.type = SV_TIME,
		.offset = offsetof(struct gang_cfg, slot),
		.min = "10us",
		.max = "10s",
		.def = "30ms",
		.help = "how long a group has all CPUs" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("gang", struct gang_cfg, options);

static int gang_domain_init(void *domain, unsigned cpus, const void *cfg)
{
	const struct gang_cfg *c = cfg;

	(void)cpus;
	*(struct gang_domain *)domain = (struct gang_domain){ .come.slice = c->slot };
	return 0;
}

static void gang_queue_init(void *queue, void *domain, unsigned cpu)
{
	struct gang_queue *q = queue;

	sv_come_queue_init(&q->come, domain, cpu);
	q->domain = domain;
}

static void gang_entity_init(void *entity, void *domain, const struct sv_sched_info *info)
{
	struct gang_entity *e = entity;

	SV_BUG_ON(info->group >= SV_SCHED_GROUPS);
	sv_come_entity_init(&e->come, domain, info);
	e->group = info->group;
}

static void join(struct gang_domain *d, uint32_t group)
{
	if (!d->total++)
		d->active = group;
	d->runnable[group]++;
}

static void leave(struct gang_domain *d, uint32_t group)
{
	d->runnable[group]--;
	d->total--;
}

static void gang_enqueue(void *queue, void *entity, sv_time now, enum sv_sched_why why)
{
	struct gang_queue *q = queue;
	struct gang_entity *e = entity;

	join(q->domain, e->group);
	sv_come_enqueue(&q->come, &e->come, now, why);
}

static void gang_dequeue(void *queue, void *entity, sv_time now)
{
	struct gang_queue *q = queue;
	struct gang_entity *e = entity;

	leave(q->domain, e->group);
	sv_come_dequeue(&q->come, &e->come, now);
}

static void *gang_pick(void *queue, sv_time now)
{
	struct gang_queue *q = queue;

	(void)now;
	for (struct sv_run *r = q->come.runnable.first; r; r = r->next) {
		struct gang_entity *e = (struct gang_entity *)r;

		if (e->group != q->domain->active)
			continue;
		sv_run_remove(&q->come.runnable, r);
		return e;
	}
	return NULL;
}

static void gang_put(void *queue, void *entity, sv_time now, sv_time ran, bool runnable)
{
	struct gang_queue *q = queue;
	struct gang_entity *e = entity;

	sv_come_put(&q->come, &e->come, now, ran, runnable);
	if (!runnable)
		leave(q->domain, e->group);
}

static bool gang_tick(void *queue, void *entity, sv_time now, sv_time ran)
{
	(void)queue, (void)entity, (void)now, (void)ran;
	return false;
}

static sv_time gang_no_tick(const void *domain)
{
	(void)domain;
	return 0;
}

static sv_time gang_period(const void *domain)
{
	return ((const struct gang_domain *)domain)->come.slice;
}

/* True even when the group goes on alone: those that share a CPU take turns. */
static bool gang_account(void *domain, sv_time now)
{
	struct gang_domain *d = domain;

	(void)now;
	if (!d->total)
		return false;
	do
		d->active = (d->active + 1) % SV_SCHED_GROUPS;
	while (!d->runnable[d->active]);
	return true;
}

SV_SCHED(gang) = {
	.name = "gang",
	.help = "strict co-scheduling: the entities of a group run at the same time",
	.options = &table,
	.domain_bytes = sizeof(struct gang_domain),
	.queue_bytes = sizeof(struct gang_queue),
	.entity_bytes = sizeof(struct gang_entity),
	.domain_init = gang_domain_init,
	.queue_init = gang_queue_init,
	.entity_init = gang_entity_init,
	.enqueue = gang_enqueue,
	.dequeue = gang_dequeue,
	.pick = gang_pick,
	.put = gang_put,
	.yield = sv_come_yield,
	.prefer = sv_come_prefer,
	.charge = sv_come_charge,
	.tick = gang_tick,
	.preempts = sv_come_preempts,
	.length = sv_come_length,
	.movable = sv_come_immovable,
	.tick_time = gang_no_tick,
	.period = gang_period,
	.account = gang_account,
};
