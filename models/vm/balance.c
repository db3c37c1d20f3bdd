/*
 * balance.c - moving tasks between the CPUs of a domain
 *
 * Linux balances level by level: among the CPUs of a package, more rarely among all. A
 * level of n CPUs is looked at every n intervals by those that are idle, and by busy ones
 * `busy_factor` times more rarely. With 3 tasks on one CPU and 2 on another there is no
 * balance to be had, and moving one makes the other the busier: so the unfairness goes
 * round, and all get the same in the end. A task that ran lately is left where its cache is.
 * A guest knows no packages: its vCPUs are one level.
 *
 * Left out: loads (tasks count alike, whatever their weight), groups of CPUs as such (a CPU
 * is compared with the busiest CPU of the level, not a package with a package), and the
 * doubling of the interval of a level in balance.
 *
 * Reference     Linux 4.12, kernel/sched/fair.c, load_balance(), task_hot() and
 *               select_idle_sibling(); kernel/sched/topology.c, sd_init().
 *               Xen 4.17, xen/common/sched/credit.c, csched_load_balance().
 */
#include "vm/balance.h"

static sv_time now_of(const struct sv_domain *d)
{
	return sv_now(d->lp);
}

static unsigned tasks_of(const struct sv_cpu *c)
{
	return c->domain->sched->length(c->queue) + (c->current != NULL);
}

static bool shares_package(const struct sv_cpu *a, const struct sv_cpu *b)
{
	const uint16_t *package = a->domain->machine->package_of;

	return a->domain->packages == 1 || package[a->pu] == package[b->pu];
}

static bool is_free(const struct sv_cpu *c)
{
	return !c->current && c->domain->sched->length(c->queue) == 0;
}

/* Nobody runs on the core; without siblings, on the CPU. */
static bool core_is_free(const struct sv_cpu *c)
{
	return !c->domain->smt || sv_smt_core_is_free(c->domain->smt, c->pu);
}

/*
 * Who has run before goes back to where its cache may still be warm. A new one looks for a
 * free core first, as select_task_rq_fair() does at a fork.
 */
struct sv_cpu *sv_balance_place(const struct sv_task *t)
{
	struct sv_cpu *home = t->cpu, *best = home;
	struct sv_domain *d = home->domain;
	int least = 4;

	if (t->pinned || (!home->current && (t->switches || core_is_free(home))))
		return home;
	if (is_free(home))
		least = 1;
	for (unsigned i = 0; i < d->cpus && least > 0; i++) {
		struct sv_cpu *c = &d->cpu[i];
		int distance;

		if (!is_free(c))
			continue;
		distance = 2 * !shares_package(home, c) + !core_is_free(c);
		if (distance < least) {
			least = distance;
			best = c;
		}
	}
	return best;
}

/* The cache of the CPU that it last ran on still has what it needs. */
static bool is_hot(const struct sv_task *t)
{
	const struct sv_domain *d = t->cpu->domain;

	return d->balance && t->switches && now_of(d) - t->stopped < d->balance->hot;
}

/* Moves a queued task of another CPU to this one's queue. */
static struct sv_task *pull(struct sv_cpu *c, struct sv_cpu *from)
{
	const struct sv_sched *s = c->domain->sched;
	sv_time now = now_of(c->domain);
	void *entity = s->movable(from->queue, now);
	struct sv_task *t = entity ? sv_task_of(entity) : NULL;

	if (!t || t->pinned || is_hot(t))
		return NULL;
	sv_cpu_charge(from);
	s->dequeue(from->queue, entity, now);
	t->cpu = c;
	t->migrations++;
	sv_cpu_charge(c);
	s->enqueue(c->queue, entity, now, SV_SCHED_MIGRATE);
	return t;
}

/* Takes a task for a CPU that is idle, or envies another one. */
static struct sv_task *take(struct sv_cpu *c, bool idle)
{
	struct sv_domain *d = c->domain;
	const struct sv_sched *s = d->sched;
	struct sv_cpu *from = NULL;

	for (unsigned i = 0; i < d->cpus; i++) {
		struct sv_cpu *other = &d->cpu[i];

		if (other == c || tasks_of(other) < (from ? tasks_of(from) + 1 : 2))
			continue;
		if (s->length(other->queue) > 0 && (idle || s->envies(c->queue, other->queue)))
			from = other;
	}
	return from ? pull(c, from) : NULL;
}

void sv_balance_before_pick(struct sv_cpu *c)
{
	const struct sv_sched *s = c->domain->sched;
	bool idle = s->length(c->queue) == 0;

	if (idle || s->envies)
		take(c, idle);
}

void sv_balance_at_tick(struct sv_cpu *c)
{
	struct sv_task *t = c->domain->sched->envies ? take(c, false) : NULL;

	if (t)
		sv_cpu_joined(c, t);
}

/* The busiest CPU of the level, if it has so much more to do that a task should move. */
static struct sv_cpu *busiest(const struct sv_cpu *c, bool all)
{
	struct sv_domain *d = c->domain;
	struct sv_cpu *most = NULL;

	for (unsigned i = 0; i < d->cpus; i++) {
		struct sv_cpu *other = &d->cpu[i];

		if ((all || shares_package(c, other)) &&
			(!most || tasks_of(other) > tasks_of(most)))
			most = other;
	}
	return tasks_of(most) > 1 && 100 * (int64_t)tasks_of(most) >
					     d->balance->imbalance_percent * (int64_t)tasks_of(c)
		       ? most
		       : NULL;
}

static void balance_cpu(struct sv_cpu *c, bool all)
{
	struct sv_cpu *from = busiest(c, all);
	unsigned n = from ? (tasks_of(from) - tasks_of(c) + 1) / 2 : 0;

	for (; n > 0; n--) {
		struct sv_task *t = pull(c, from);

		if (!t)
			return;
		sv_cpu_joined(c, t);
	}
}

static void schedule_next(struct sv_domain *d)
{
	unsigned level = d->cpus / d->packages;
	sv_time wait = d->balance->interval * (level ? level : 1);

	sv_schedule(d->lp, now_of(d) + wait, SV_EVENT_BALANCE, (uintptr_t)d);
}

void sv_balance_start(struct sv_domain *d)
{
	d->balance = d->sched->balance ? d->sched->balance(d->state) : NULL;
	if (d->balance && d->balance->interval > 0 && d->cpus > 1)
		schedule_next(d);
}

/* Busy CPUs have their turns one after the other. */
void sv_balance(struct sv_domain *d)
{
	uint64_t turn = d->balances++;

	for (unsigned i = 0; i < d->cpus; i++) {
		struct sv_cpu *c = &d->cpu[i];
		uint64_t every = tasks_of(c) ? (uint64_t)d->balance->busy_factor : 1;

		/* A vCPU that does not execute cannot look; an idle one is woken to. */
		if ((tasks_of(c) && !c->on) || (turn + i) % every)
			continue;
		balance_cpu(c, (turn + i) % (every * d->packages) == 0);
	}
	schedule_next(d);
}
