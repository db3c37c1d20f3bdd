/*
 * cache.c - what threads find left in the cache of a CPU
 *
 * Each physical CPU counts for how long threads have worked on it; a thread remembers the
 * count at which it left.
 *
 * Left out: how much a thread has in the cache, and that a sibling's work evicts, too.
 */
#include "vm/cache.h"

static struct sv_cpu *physical_of(struct sv_cpu *c)
{
	while (c->body)
		c = c->body->cpu;
	return c;
}

sv_time sv_cache_refill(struct sv_cpu *c, struct sv_task *t)
{
	const struct sv_machine *m = c->domain->machine;
	sv_time cold = m->cost[SV_COST_COLD_CACHE], refill;
	struct sv_cpu *here = physical_of(c);
	const struct sv_cpu *there = t->cache.cpu;

	t->cache.cpu = here;
	if (!there || cold <= 0)
		return 0;
	if (there != here)
		refill = m->core_of[there->pu] == m->core_of[here->pu] ? 0 : cold;
	else
		refill = here->worked - t->cache.left;
	if (refill > cold)
		refill = cold;
	t->cache.left = here->worked;
	t->cache.refilled += refill;
	return refill;
}

void sv_cache_enter(struct sv_cpu *c, struct sv_task *t)
{
	t->cache.since = sv_now(c->domain->lp);
}

void sv_cache_leave(struct sv_cpu *c, struct sv_task *t)
{
	struct sv_cpu *here = physical_of(c);

	here->worked += sv_now(c->domain->lp) - t->cache.since;
	t->cache.left = here->worked;
}
