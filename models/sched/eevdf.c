/*
 * eevdf.c - earliest eligible virtual deadline first, of Linux 6.6 and later
 *
 * The average virtual time of a queue, by weight, is what each would have with perfect sharing.
 * Who is not ahead of it is eligible, and the eligible one with the earliest deadline runs: the
 * virtual time at which it will have had one more slice. Entities keep their lag, the distance
 * from the average, when they leave, so nobody gains by sleeping.
 *
 * An eligible entity runs its slice to the end even when others wake; one that has had more
 * than its part gives way to an earlier deadline. The end of a slice is seen at a tick or when
 * somebody wakes: with slices up to a tick, n entities that compute get one tick each in turn.
 *
 * Left out: control groups, slices of single tasks, and the delayed dequeue of 6.12, by which a
 * sleeper with negative lag stays queued until it has paid.
 *
 * Reference     Stoica and Abdel-Wahab, TR-95-22, Old Dominion University, 1995;
 *               Linux 6.6, kernel/sched/fair.c.
 */
#include "bug.h"
#include "sched/linux_tick.h"
#include "sched/no_period.h"
#include "sched/run_list.h"

struct eevdf_cfg {
	sv_time base_slice;
	bool run_to_parity;
	struct sv_linux_tick tick;
};

struct eevdf_domain {
	struct sv_sched_balance balance;
	sv_time slice, tick_time;
	bool run_to_parity;
};

struct eevdf_queue {
	struct sv_run_list runnable; /* by deadline */
	const struct eevdf_domain *domain;
	struct eevdf_entity *running, *next, *raised;
	int64_t load; /* the weights of all, with the running one's */
	__int128 sum; /* of vruntime * weight of the same; an int64_t lasts for seconds only */
	bool expired; /* the running one's slice */
};

struct eevdf_entity {
	struct sv_run run; /* the key is the deadline */
	sv_time vruntime;
	sv_time lag;  /* while it is not runnable: how much less it had than the average */
	sv_time left; /* while it migrates: from its virtual time to its deadline */
	uint32_t weight;
};

static const struct sv_option options[] = {
	{ .name = "base_slice",
		.type = SV_TIME,
		.offset = offsetof(struct eevdf_cfg, base_slice),
		.min = "10us",
		.max = "10s",
		.def = "3ms",
		.help = "what an entity asks for at a time: 3ms in Linux 6.6, 2800us since 6.15" },
	{ .name = "run_to_parity",
		.type = SV_BOOL,
		.offset = offsetof(struct eevdf_cfg, run_to_parity),
		.def = "true",
		.help = "a wake-up does not preempt who has not yet had its part" },
	SV_LINUX_TICK_OPTIONS(struct eevdf_cfg),
	{ 0 },
};
static const struct sv_table table = SV_TABLE("eevdf", struct eevdf_cfg, options);

static int eevdf_domain_init(void *domain, unsigned cpus, const void *cfg)
{
	const struct eevdf_cfg *c = cfg;
	struct eevdf_domain *d = domain;

	d->slice = sv_linux_scale(&c->tick, cpus, c->base_slice);
	d->tick_time = sv_linux_tick_time(&c->tick);
	d->balance = c->tick.balance;
	d->run_to_parity = c->run_to_parity;
	return 0;
}

static void eevdf_queue_init(void *queue, void *domain, unsigned cpu)
{
	(void)cpu;
	*(struct eevdf_queue *)queue = (struct eevdf_queue){ .domain = domain };
}

static void eevdf_entity_init(void *entity, void *domain, const struct sv_sched_info *info)
{
	(void)domain;
	*(struct eevdf_entity *)entity =
		(struct eevdf_entity){ .run.id = info->id, .weight = info->weight };
}

static struct eevdf_entity *entity_of(struct sv_run *run)
{
	return (struct eevdf_entity *)run;
}

static sv_time average(const struct eevdf_queue *q)
{
	return q->load ? (sv_time)(q->sum / q->load) : 0;
}

static bool eligible(const struct eevdf_queue *q, const struct eevdf_entity *e)
{
	return (__int128)e->vruntime * q->load <= q->sum;
}

static void join(struct eevdf_queue *q, const struct eevdf_entity *e)
{
	q->load += e->weight;
	q->sum += (__int128)e->vruntime * e->weight;
}

/* The lag is bounded, or who slept through a crowd would come back with a lead for seconds. */
static void leave(struct eevdf_queue *q, struct eevdf_entity *e)
{
	sv_time most = q->domain->slice * 2, lag;

	if (most < q->domain->tick_time)
		most = q->domain->tick_time;
	most = sv_linux_virtual(most, e->weight);
	lag = average(q) - e->vruntime;
	e->lag = lag > most ? most : lag < -most ? -most : lag;
	e->left = e->run.key - e->vruntime;
	q->sum -= (__int128)e->vruntime * e->weight;
	q->load -= e->weight;
}

static sv_time virtual_slice(const struct eevdf_queue *q, const struct eevdf_entity *e)
{
	return sv_linux_virtual(q->domain->slice, e->weight);
}

/*
 * An entity that joins with a lag moves the average by a part of it, and so shrinks its own lag:
 * it is placed farther off, so that after joining the lag is what it was.
 */
static void place(struct eevdf_queue *q, struct eevdf_entity *e, enum sv_sched_why why)
{
	sv_time lag = 0, slice = virtual_slice(q, e);

	if (q->load)
		lag = (sv_time)((__int128)e->lag * (q->load + e->weight) / q->load);
	e->vruntime = average(q) - lag;
	/* A new one starts halfway, to fall into step with the others. */
	if (why == SV_SCHED_NEW)
		slice /= 2;
	e->run.key = e->vruntime + (why == SV_SCHED_MIGRATE ? e->left : slice);
}

static void eevdf_enqueue(void *queue, void *entity, sv_time now, enum sv_sched_why why)
{
	struct eevdf_queue *q = queue;
	struct eevdf_entity *e = entity;

	place(q, e, why);
	join(q, e);
	sv_run_insert(&q->runnable, &e->run, now);
}

static void eevdf_dequeue(void *queue, void *entity, sv_time now)
{
	struct eevdf_queue *q = queue;
	struct eevdf_entity *e = entity;

	(void)now;
	if (q->next == e)
		q->next = NULL;
	if (q->raised == e)
		q->raised = NULL;
	sv_run_remove(&q->runnable, &e->run);
	leave(q, e);
}

/* The eligible entity with the earliest deadline; there is one, as not all are above average. */
static struct eevdf_entity *earliest(const struct eevdf_queue *q)
{
	struct sv_run *r = q->runnable.first;

	if (q->raised)
		return q->raised;
	if (q->next && eligible(q, q->next))
		return q->next;
	while (r && !eligible(q, entity_of(r)))
		r = r->next;
	return r ? entity_of(r) : NULL;
}

static void *eevdf_pick(void *queue, sv_time now)
{
	struct eevdf_queue *q = queue;
	struct eevdf_entity *e = earliest(q);

	(void)now;
	if (!e)
		return NULL;
	sv_run_remove(&q->runnable, &e->run);
	q->next = NULL;
	if (q->raised == e)
		q->raised = NULL;
	q->running = e;
	q->expired = false;
	return e;
}

static void eevdf_charge(void *queue, void *entity, sv_time now, sv_time ran)
{
	struct eevdf_queue *q = queue;
	struct eevdf_entity *e = entity;
	sv_time passed = sv_linux_virtual(ran, e->weight);

	(void)now;
	SV_BUG_ON(q->running != e);
	e->vruntime += passed;
	q->sum += (__int128)passed * e->weight;
	if (e->vruntime < e->run.key)
		return;
	e->run.key = e->vruntime + virtual_slice(q, e);
	q->expired = q->runnable.first != NULL;
}

static void eevdf_put(void *queue, void *entity, sv_time now, sv_time ran, bool runnable)
{
	struct eevdf_queue *q = queue;
	struct eevdf_entity *e = entity;

	eevdf_charge(q, e, now, ran);
	q->running = NULL;
	if (!runnable) {
		leave(q, e);
		return;
	}
	sv_run_insert(&q->runnable, &e->run, now);
}

static void eevdf_yield(void *queue, void *running, sv_time now)
{
	struct eevdf_entity *e = running;

	(void)now;
	e->run.key += virtual_slice(queue, e);
}

static void eevdf_prefer(void *queue, void *entity, sv_time now)
{
	(void)now;
	((struct eevdf_queue *)queue)->next = entity;
}

static void eevdf_raise(void *queue, void *entity, sv_time now)
{
	(void)now;
	((struct eevdf_queue *)queue)->raised = entity;
}

static bool eevdf_tick(void *queue, void *entity, sv_time now, sv_time ran)
{
	struct eevdf_queue *q = queue;

	eevdf_charge(queue, entity, now, ran);
	return q->expired;
}

static bool eevdf_preempts(void *queue, void *running, void *woken, sv_time now)
{
	struct eevdf_queue *q = queue;
	const struct eevdf_entity *e = running, *first;

	(void)now;
	if (q->expired)
		return true;
	if (!eligible(q, e))
		return earliest(q) == woken;
	if (q->domain->run_to_parity)
		return false;
	first = earliest(q);
	return first == woken && sv_run_before(&first->run, &e->run);
}

static unsigned eevdf_length(const void *queue)
{
	return ((const struct eevdf_queue *)queue)->runnable.length;
}

/* Its cache is the coldest. */
static void *eevdf_movable(void *queue, sv_time now)
{
	(void)now;
	return sv_run_oldest(&((struct eevdf_queue *)queue)->runnable);
}

static const struct sv_sched_balance *eevdf_balance(const void *domain)
{
	return &((const struct eevdf_domain *)domain)->balance;
}

static sv_time eevdf_tick_time(const void *domain)
{
	return ((const struct eevdf_domain *)domain)->tick_time;
}

SV_SCHED(eevdf) = {
	.name = "eevdf",
	.help = "earliest eligible virtual deadline first, of Linux 6.6 and later",
	.options = &table,
	.domain_bytes = sizeof(struct eevdf_domain),
	.queue_bytes = sizeof(struct eevdf_queue),
	.entity_bytes = sizeof(struct eevdf_entity),
	.domain_init = eevdf_domain_init,
	.queue_init = eevdf_queue_init,
	.entity_init = eevdf_entity_init,
	.enqueue = eevdf_enqueue,
	.dequeue = eevdf_dequeue,
	.pick = eevdf_pick,
	.put = eevdf_put,
	.yield = eevdf_yield,
	.prefer = eevdf_prefer,
	.raise = eevdf_raise,
	.charge = eevdf_charge,
	.tick = eevdf_tick,
	.preempts = eevdf_preempts,
	.length = eevdf_length,
	.movable = eevdf_movable,
	.balance = eevdf_balance,
	.tick_time = eevdf_tick_time,
	.period = sv_no_period,
	.account = sv_no_account,
};
