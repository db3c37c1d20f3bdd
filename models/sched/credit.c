/*
 * credit.c - the credit scheduler of Xen (credit1)
 *
 * Every slice, credits for all CPUs are dealt out by weight; running burns them. Who has some is
 * UNDER and runs before who has none, OVER; inside a priority it is round robin with slices. Who
 * wakes while UNDER is BOOSTed before both until a tick finds it running: tasks that only react
 * run at once, those that compute gain nothing. A wake-up preempts no one who has run for less
 * than the rate limit.
 *
 * A credit is here the CPU time that it buys: Xen's 300 are a slice. Who has saved more than a
 * slice stops earning until it runs at a tick again, so idle entities do not dilute the shares.
 *
 * Left out: caps, and parking. Weights belong to entities, not to groups.
 *
 * Reference     Xen 4.17, xen/common/sched/credit.c.
 */
#include "bug.h"
#include "sched/run_list.h"
#include "sched/sched.h"

enum { BOOST, UNDER, OVER, PRIORITIES };

struct credit_cfg {
	sv_time slice, rate_limit;
};

struct credit_domain {
	sv_time slice, rate_limit;
	int64_t cpus;
	struct credit_entity *active; /* those that earn: a ring, or NULL */
	unsigned earning;             /* its length */
	int64_t weight;               /* of all in it */
	sv_time balance;              /* its credits after they were last dealt out */
};

struct credit_queue {
	struct sv_run_list runnable[PRIORITIES]; /* by the time of the enqueue */
	struct credit_domain *domain;
	struct credit_entity *running, *skip;
	bool ended;   /* a slice of one that is alone */
	bool limited; /* somebody waits for the rate limit of the running one */
};

struct credit_entity {
	struct sv_run run;
	struct credit_domain *domain;
	struct credit_queue *queue;        /* while it is queued */
	struct credit_entity *prev, *next; /* in the ring; NULL: not in it */
	sv_time credit;
	sv_time ran; /* since it was picked */
	uint32_t weight;
	int priority;
	bool dealt; /* it got its credits in this account() */
};

static const struct sv_option options[] = {
	{ .name = "slice",
		.type = SV_TIME,
		.offset = offsetof(struct credit_cfg, slice),
		.min = "300us",
		.max = "1s",
		.def = "30ms",
		.help = "how long one runs, and how often credits are dealt out; a tick is a "
			"third" },
	{ .name = "rate_limit",
		.type = SV_TIME,
		.offset = offsetof(struct credit_cfg, rate_limit),
		.min = "0s",
		.max = "500ms",
		.def = "1ms",
		.help = "how long one runs before a wake-up can preempt it" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("credit", struct credit_cfg, options);

static int credit_domain_init(void *domain, unsigned cpus, const void *cfg)
{
	const struct credit_cfg *c = cfg;

	*(struct credit_domain *)domain = (struct credit_domain){
		.slice = c->slice, .rate_limit = c->rate_limit, .cpus = cpus
	};
	return 0;
}

static void credit_queue_init(void *queue, void *domain, unsigned cpu)
{
	(void)cpu;
	*(struct credit_queue *)queue = (struct credit_queue){ .domain = domain };
}

static void credit_entity_init(void *entity, void *domain, const struct sv_sched_info *info)
{
	*(struct credit_entity *)entity = (struct credit_entity){
		.run.id = info->id, .domain = domain, .weight = info->weight, .priority = UNDER
	};
}

static void earn(struct credit_entity *e)
{
	struct credit_domain *d = e->domain;

	if (e->next)
		return;
	e->next = d->active ? d->active : e;
	e->prev = d->active ? d->active->prev : e;
	e->prev->next = e->next->prev = e;
	d->active = d->active ? d->active : e;
	d->weight += e->weight;
	d->earning++;
}

static void stop_earning(struct credit_entity *e)
{
	struct credit_domain *d = e->domain;

	if (!e->next)
		return;
	e->prev->next = e->next;
	e->next->prev = e->prev;
	if (d->active == e)
		d->active = e->next == e ? NULL : e->next;
	e->prev = e->next = NULL;
	d->weight -= e->weight;
	d->earning--;
}

static void credit_entity_fini(void *entity)
{
	stop_earning(entity);
}

static void insert(struct credit_queue *q, struct credit_entity *e, sv_time now)
{
	e->queue = q;
	e->run.key = now;
	sv_run_insert(&q->runnable[e->priority], &e->run, now);
}

static void credit_enqueue(void *queue, void *entity, sv_time now, enum sv_sched_why why)
{
	struct credit_entity *e = entity;

	if (why == SV_SCHED_WAKE && e->priority == UNDER)
		e->priority = BOOST;
	insert(queue, e, now);
}

static void take(struct credit_queue *q, struct credit_entity *e)
{
	if (q->skip == e)
		q->skip = NULL;
	sv_run_remove(&q->runnable[e->priority], &e->run);
	e->queue = NULL;
}

static void credit_dequeue(void *queue, void *entity, sv_time now)
{
	(void)now;
	take(queue, entity);
}

/* Who yields lets one other go first, even one of a lower priority. */
static struct credit_entity *first_of(const struct credit_queue *q)
{
	struct sv_run *r;

	for (int i = 0; i < PRIORITIES; i++) {
		r = q->runnable[i].first;
		if (r && r == (struct sv_run *)q->skip)
			r = r->next;
		if (r)
			return (struct credit_entity *)r;
	}
	return q->skip;
}

static void *credit_pick(void *queue, sv_time now)
{
	struct credit_queue *q = queue;
	struct credit_entity *e = first_of(q);

	(void)now;
	if (!e)
		return NULL;
	take(q, e);
	e->ran = 0;
	q->running = e;
	q->skip = NULL;
	q->ended = q->limited = false;
	return e;
}

static unsigned credit_length(const void *queue)
{
	const struct credit_queue *q = queue;

	return q->runnable[BOOST].length + q->runnable[UNDER].length + q->runnable[OVER].length;
}

/* Slices pass even while nobody else is runnable. */
static void credit_charge(void *queue, void *entity, sv_time now, sv_time ran)
{
	struct credit_queue *q = queue;
	struct credit_entity *e = entity;

	(void)now;
	SV_BUG_ON(q->running != e);
	e->credit -= ran;
	e->ran += ran;
	if (credit_length(q))
		return;
	q->ended = e->ran >= q->domain->slice;
	e->ran %= q->domain->slice;
}

static void credit_put(void *queue, void *entity, sv_time now, sv_time ran, bool runnable)
{
	struct credit_queue *q = queue;
	struct credit_entity *e = entity;

	credit_charge(q, e, now, ran);
	q->running = NULL;
	if (runnable)
		insert(q, e, now);
	else if (q->skip == e)
		q->skip = NULL;
}

static void credit_yield(void *queue, void *running, sv_time now)
{
	(void)now;
	((struct credit_queue *)queue)->skip = running;
}

/* First of its priority: Xen knows no directed yield, so none may break the priorities. */
static void credit_prefer(void *queue, void *entity, sv_time now)
{
	struct credit_queue *q = queue;
	struct credit_entity *e = entity;
	struct sv_run_list *list = &q->runnable[e->priority];

	(void)now;
	e->run.key = list->first->key - 1;
	sv_run_remove(list, &e->run);
	sv_run_insert(list, &e->run, e->run.since);
}

/* As a wake-up with boost: to the front of those that events have boosted. */
static void credit_raise(void *queue, void *entity, sv_time now)
{
	struct credit_queue *q = queue;
	struct credit_entity *e = entity;
	struct sv_run_list *list = &q->runnable[BOOST];

	(void)now;
	sv_run_remove(&q->runnable[e->priority], &e->run);
	e->priority = BOOST;
	if (list->first)
		e->run.key = list->first->key - 1;
	sv_run_insert(list, &e->run, e->run.since);
}

static bool credit_tick(void *queue, void *entity, sv_time now, sv_time ran)
{
	struct credit_queue *q = queue;
	struct credit_entity *e = entity;

	credit_charge(queue, entity, now, ran);
	if (e->priority == BOOST)
		e->priority = UNDER;
	earn(e);
	if (!credit_length(q))
		return false;
	return e->ran >= q->domain->slice || (q->limited && e->ran >= q->domain->rate_limit);
}

static bool credit_preempts(void *queue, void *running, void *woken, sv_time now)
{
	struct credit_queue *q = queue;
	const struct credit_entity *r = running, *w = woken;

	(void)now;
	if (w->priority >= r->priority)
		return false;
	q->limited = r->ran < q->domain->rate_limit;
	return !q->limited;
}

/* Ticks find also one that is alone: it earns, and looks for others when its slice ends. */
static sv_time credit_timer(const void *queue, const void *running)
{
	const struct credit_queue *q = queue;
	const struct credit_entity *e = running;
	sv_time until = q->domain->slice, tick = until / 3;

	if (!credit_length(q))
		return tick - e->ran % tick;
	if (q->limited && q->domain->rate_limit < until)
		until = q->domain->rate_limit;
	return e->ran < until ? until - e->ran : 0;
}

static void *credit_movable(void *queue, sv_time now)
{
	(void)now;
	return first_of(queue);
}

/* Before one without credits runs, another CPU's that has some does. */
static bool credit_envies(const void *queue, const void *other)
{
	const struct credit_queue *q = queue, *o = other;

	if (q->running && (!q->ended || q->running->priority != OVER))
		return false;
	return !q->runnable[BOOST].first && !q->runnable[UNDER].first &&
	       (o->runnable[BOOST].first || o->runnable[UNDER].first);
}

static sv_time credit_tick_time(const void *domain)
{
	return ((const struct credit_domain *)domain)->slice / 3;
}

static sv_time credit_period(const void *domain)
{
	return ((const struct credit_domain *)domain)->slice;
}

/* A part of credits by weight. */
static sv_time part(sv_time credits, const struct credit_entity *e, int64_t weight)
{
	return (sv_time)((__int128)credits * e->weight / weight);
}

/*
 * By weight, but nobody gets more than one CPU can burn; what that leaves goes to the others. A
 * debt of all together is forgiven, or everybody would be OVER for ever.
 */
static void deal(struct credit_domain *d)
{
	sv_time debt = d->balance < 0 ? -d->balance : 0, total = d->slice * d->cpus + debt;
	int64_t weight = d->weight;
	struct credit_entity *e = d->active;
	bool more = true;

	while (more) {
		more = false;
		for (unsigned i = 0; i < d->earning; i++, e = e->next) {
			sv_time most = d->slice + part(debt, e, d->weight);

			if (e->dealt || part(total, e, weight) < most)
				continue;
			e->credit += most;
			e->dealt = more = true;
			total -= most;
			weight -= e->weight;
		}
	}
	for (unsigned i = 0; i < d->earning; i++, e = e->next) {
		if (!e->dealt)
			e->credit += part(total, e, weight);
		e->dealt = false;
	}
}

static void set_priority(struct credit_entity *e, int priority)
{
	struct credit_queue *q = e->queue;

	if (q && priority != e->priority) {
		sv_run_remove(&q->runnable[e->priority], &e->run);
		sv_run_insert(&q->runnable[priority], &e->run, e->run.since);
	}
	e->priority = priority;
}

static bool credit_account(void *domain, sv_time now)
{
	struct credit_domain *d = domain;
	struct credit_entity *e = d->active, *next;

	(void)now;
	if (e)
		deal(d);
	d->balance = 0;
	for (unsigned n = d->earning; n > 0; n--, e = next) {
		next = e->next;
		set_priority(e, e->credit < 0 ? OVER : UNDER);
		if (e->credit < -d->slice)
			e->credit = -d->slice;
		if (e->credit > d->slice) {
			stop_earning(e);
			e->credit /= 2;
		}
		d->balance += e->credit;
	}
	return false;
}

SV_SCHED(credit) = {
	.name = "credit",
	.help = "Xen's credit scheduler: shares by weight, boost on wake-up",
	.options = &table,
	.domain_bytes = sizeof(struct credit_domain),
	.queue_bytes = sizeof(struct credit_queue),
	.entity_bytes = sizeof(struct credit_entity),
	.domain_init = credit_domain_init,
	.queue_init = credit_queue_init,
	.entity_init = credit_entity_init,
	.entity_fini = credit_entity_fini,
	.enqueue = credit_enqueue,
	.dequeue = credit_dequeue,
	.pick = credit_pick,
	.put = credit_put,
	.yield = credit_yield,
	.prefer = credit_prefer,
	.raise = credit_raise,
	.charge = credit_charge,
	.tick = credit_tick,
	.preempts = credit_preempts,
	.timer = credit_timer,
	.length = credit_length,
	.movable = credit_movable,
	.envies = credit_envies,
	.tick_time = credit_tick_time,
	.period = credit_period,
	.account = credit_account,
};
