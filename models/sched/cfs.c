/*
 * cfs.c - the Completely Fair Scheduler of Linux 2.6.23 to 6.5
 *
 * Who has the least virtual time runs: real time divided by the weight. A slice is the entity's
 * share of the latency in which everybody should run once, but never so short that switches
 * would cost more than they bring. Its end is seen at a tick. A sleeper comes back with at most
 * half a latency in its favour, and preempts when it is behind by more than the wake-up
 * granularity: this is what makes a vCPU that was kicked run soon on a busy CPU, or not.
 *
 * Left out: control groups (each entity counts for itself), the buddies of wake-ups (off by
 * default, or only for cache-warm pairs), and load averages; which CPU to move entities to is
 * the caller's.
 *
 * Reference     Linux 4.5, kernel/sched/fair.c; the names here are the kernel's where it has one.
 */
#include "bug.h"
#include "sched/linux_tick.h"
#include "sched/no_period.h"
#include "sched/run_list.h"

struct cfs_cfg {
	sv_time latency, min_granularity, wakeup_granularity;
	bool gentle;
	struct sv_linux_tick tick;
};

struct cfs_domain {
	struct sv_sched_balance balance;
	sv_time latency, min_granularity, wakeup_granularity, sleeper_credit, tick_time;
	int64_t latency_entities; /* so many fit into the latency */
};

struct cfs_queue {
	struct sv_run_list runnable; /* by virtual time */
	const struct cfs_domain *domain;
	struct cfs_entity *running, *skip, *next, *raised;
	int64_t load; /* the weights of all, with the running one's */
	sv_time min_vruntime;
};

struct cfs_entity {
	struct sv_run run;       /* the key is the virtual time */
	struct cfs_queue *queue; /* that the virtual time belongs to; NULL: relative to none */
	uint32_t weight;
	sv_time ran; /* since it was picked */
};

static const struct sv_option options[] = {
	{ .name = "latency",
		.type = SV_TIME,
		.offset = offsetof(struct cfs_cfg, latency),
		.min = "100us",
		.max = "10s",
		.def = "24ms",
		.help = "in which all of a CPU should run once" },
	{ .name = "min_granularity",
		.type = SV_TIME,
		.offset = offsetof(struct cfs_cfg, min_granularity),
		.min = "10us",
		.max = "10s",
		.def = "3ms",
		.help = "no slice of equals is shorter: with many, the latency grows" },
	{ .name = "wakeup_granularity",
		.type = SV_TIME,
		.offset = offsetof(struct cfs_cfg, wakeup_granularity),
		.min = "0s",
		.max = "10s",
		.def = "4ms",
		.help = "lead in virtual time with which a woken one preempts" },
	{ .name = "gentle_sleepers",
		.type = SV_BOOL,
		.offset = offsetof(struct cfs_cfg, gentle),
		.def = "true",
		.help = "a sleeper is placed half a latency ahead at most, not a whole one" },
	SV_LINUX_TICK_OPTIONS(struct cfs_cfg),
	{ 0 },
};
static const struct sv_table table = SV_TABLE("cfs", struct cfs_cfg, options);

static int cfs_domain_init(void *domain, unsigned cpus, const void *cfg)
{
	const struct cfs_cfg *c = cfg;
	struct cfs_domain *d = domain;

	d->latency = sv_linux_scale(&c->tick, cpus, c->latency);
	d->min_granularity = sv_linux_scale(&c->tick, cpus, c->min_granularity);
	d->wakeup_granularity = sv_linux_scale(&c->tick, cpus, c->wakeup_granularity);
	d->sleeper_credit = c->gentle ? d->latency / 2 : d->latency;
	d->latency_entities = (d->latency + d->min_granularity - 1) / d->min_granularity;
	d->tick_time = sv_linux_tick_time(&c->tick);
	d->balance = c->tick.balance;
	return 0;
}

static void cfs_queue_init(void *queue, void *domain, unsigned cpu)
{
	(void)cpu;
	*(struct cfs_queue *)queue = (struct cfs_queue){ .domain = domain };
}

static void cfs_entity_init(void *entity, void *domain, const struct sv_sched_info *info)
{
	(void)domain;
	*(struct cfs_entity *)entity =
		(struct cfs_entity){ .run.id = info->id, .weight = info->weight };
}

static struct cfs_entity *entity_of(struct sv_run *run)
{
	return (struct cfs_entity *)run;
}

/* The share of an entity that counts in q->load, when `count` are runnable. */
static sv_time slice_of(const struct cfs_queue *q, const struct cfs_entity *e, int64_t count)
{
	const struct cfs_domain *d = q->domain;
	sv_time period = count > d->latency_entities ? count * d->min_granularity : d->latency;

	return (sv_time)((__int128)period * e->weight / q->load);
}

/* It never goes back: a sleeper would gain by waiting for that. */
static void update_min_vruntime(struct cfs_queue *q)
{
	const struct sv_run *least = q->runnable.first;

	if (q->running && (!least || q->running->run.key < least->key))
		least = &q->running->run;
	if (least && least->key > q->min_vruntime)
		q->min_vruntime = least->key;
}

/* Virtual times of two CPUs differ: only the distance from the minimum is worth keeping. */
static void change_queue(struct cfs_queue *q, struct cfs_entity *e)
{
	if (e->queue == q)
		return;
	e->run.key += q->min_vruntime - (e->queue ? e->queue->min_vruntime : 0);
	e->queue = q;
}

static void place(struct cfs_queue *q, struct cfs_entity *e, enum sv_sched_why why)
{
	sv_time vruntime = q->min_vruntime;
	int64_t count = q->runnable.length + (q->running != NULL) + 1;

	if (why == SV_SCHED_MIGRATE)
		return;
	/* A new one waits for its first slice, or forks would gain time. */
	if (why == SV_SCHED_NEW)
		vruntime += sv_linux_virtual(slice_of(q, e, count), e->weight);
	else
		vruntime -= q->domain->sleeper_credit;
	if (e->run.key < vruntime)
		e->run.key = vruntime;
}

static void cfs_enqueue(void *queue, void *entity, sv_time now, enum sv_sched_why why)
{
	struct cfs_queue *q = queue;
	struct cfs_entity *e = entity;

	change_queue(q, e);
	q->load += e->weight;
	place(q, e, why);
	sv_run_insert(&q->runnable, &e->run, now);
}

static void forget_buddies(struct cfs_queue *q, const struct cfs_entity *e)
{
	if (q->next == e)
		q->next = NULL;
	if (q->skip == e)
		q->skip = NULL;
	if (q->raised == e)
		q->raised = NULL;
}

static void cfs_dequeue(void *queue, void *entity, sv_time now)
{
	struct cfs_queue *q = queue;
	struct cfs_entity *e = entity;

	(void)now;
	forget_buddies(q, e);
	sv_run_remove(&q->runnable, &e->run);
	q->load -= e->weight;
	update_min_vruntime(q);
	e->run.key -= q->min_vruntime;
	e->queue = NULL;
}

static bool leads_by_granularity(
	const struct cfs_queue *q, const struct cfs_entity *e, const struct cfs_entity *other)
{
	return other->run.key - e->run.key >
	       sv_linux_virtual(q->domain->wakeup_granularity, e->weight);
}

/* Who yields is passed over, who is preferred goes first, while that is not too unfair. */
static struct cfs_entity *choose(struct cfs_queue *q)
{
	struct cfs_entity *left = entity_of(q->runnable.first), *chosen = left;

	if (left == q->skip && left->run.next &&
		!leads_by_granularity(q, left, entity_of(left->run.next)))
		chosen = entity_of(left->run.next);
	if (q->next && !leads_by_granularity(q, left, q->next))
		chosen = q->next;
	return q->raised ? q->raised : chosen;
}

static void *cfs_pick(void *queue, sv_time now)
{
	struct cfs_queue *q = queue;
	struct cfs_entity *e;

	(void)now;
	if (!q->runnable.first)
		return NULL;
	e = choose(q);
	sv_run_remove(&q->runnable, &e->run);
	q->skip = NULL;
	forget_buddies(q, e);
	q->running = e;
	e->ran = 0;
	return e;
}

static void cfs_charge(void *queue, void *entity, sv_time now, sv_time ran)
{
	struct cfs_queue *q = queue;
	struct cfs_entity *e = entity;

	(void)now;
	e->ran += ran;
	e->run.key += sv_linux_virtual(ran, e->weight);
	update_min_vruntime(q);
}

static void cfs_put(void *queue, void *entity, sv_time now, sv_time ran, bool runnable)
{
	struct cfs_queue *q = queue;
	struct cfs_entity *e = entity;

	SV_BUG_ON(q->running != e);
	cfs_charge(q, e, now, ran);
	q->running = NULL;
	if (runnable) {
		sv_run_insert(&q->runnable, &e->run, now);
	} else {
		forget_buddies(q, e);
		q->load -= e->weight;
		update_min_vruntime(q);
	}
}

static void cfs_yield(void *queue, void *running, sv_time now)
{
	(void)now;
	((struct cfs_queue *)queue)->skip = running;
}

static void cfs_prefer(void *queue, void *entity, sv_time now)
{
	(void)now;
	((struct cfs_queue *)queue)->next = entity;
}

static void cfs_raise(void *queue, void *entity, sv_time now)
{
	(void)now;
	((struct cfs_queue *)queue)->raised = entity;
}

static bool cfs_tick(void *queue, void *entity, sv_time now, sv_time ran)
{
	struct cfs_queue *q = queue;
	const struct cfs_entity *e = entity;
	sv_time ideal;

	cfs_charge(queue, entity, now, ran);
	if (!q->runnable.first)
		return false;
	ideal = slice_of(q, e, q->runnable.length + 1);
	if (e->ran > ideal)
		return true;
	return e->ran >= q->domain->min_granularity && e->run.key - q->runnable.first->key > ideal;
}

static bool cfs_preempts(void *queue, void *running, void *woken, sv_time now)
{
	(void)now;
	return leads_by_granularity(queue, woken, running);
}

static unsigned cfs_length(const void *queue)
{
	return ((const struct cfs_queue *)queue)->runnable.length;
}

/* Its cache is the coldest. */
static void *cfs_movable(void *queue, sv_time now)
{
	(void)now;
	return sv_run_oldest(&((struct cfs_queue *)queue)->runnable);
}

static const struct sv_sched_balance *cfs_balance(const void *domain)
{
	return &((const struct cfs_domain *)domain)->balance;
}

static sv_time cfs_tick_time(const void *domain)
{
	return ((const struct cfs_domain *)domain)->tick_time;
}

SV_SCHED(cfs) = {
	.name = "cfs",
	.help = "Completely Fair Scheduler of Linux before 6.6: least virtual time first",
	.options = &table,
	.domain_bytes = sizeof(struct cfs_domain),
	.queue_bytes = sizeof(struct cfs_queue),
	.entity_bytes = sizeof(struct cfs_entity),
	.domain_init = cfs_domain_init,
	.queue_init = cfs_queue_init,
	.entity_init = cfs_entity_init,
	.enqueue = cfs_enqueue,
	.dequeue = cfs_dequeue,
	.pick = cfs_pick,
	.put = cfs_put,
	.yield = cfs_yield,
	.prefer = cfs_prefer,
	.raise = cfs_raise,
	.charge = cfs_charge,
	.tick = cfs_tick,
	.preempts = cfs_preempts,
	.length = cfs_length,
	.movable = cfs_movable,
	.balance = cfs_balance,
	.tick_time = cfs_tick_time,
	.period = sv_no_period,
	.account = sv_no_account,
};
