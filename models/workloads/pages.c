/*
 * pages.c - which locks of the page allocator an operation takes
 */
#include "workloads/pages.h"
#include <stdlib.h>

#define BATCH   31
#define LONGEST (6 * BATCH)

unsigned sv_pages_locks(const struct sv_system *system)
{
	return 2 * sv_system_nodes(system);
}

int sv_pages_init(struct sv_pages *p, struct sv_lock_set *set, struct sv_system *system)
{
	*p = (struct sv_pages){ .system = system,
		.set = set,
		.first = set->locks - sv_pages_locks(system),
		.listed = calloc(system->team.cpus, sizeof(*p->listed)) };
	for (unsigned i = p->first; i < set->locks; i++)
		set->lock[i].irqs_off = true;
	return p->listed ? 0 : -1;
}

void sv_pages_fini(struct sv_pages *p)
{
	free(p->listed);
}

static struct sv_guarded *reclaim_lock(const struct sv_pages *p, const struct sv_sim_thread *t)
{
	return &p->set->lock[p->first + 2 * sv_sim_node(t)];
}

static struct sv_guarded *zone_lock(const struct sv_pages *p, const struct sv_sim_thread *t)
{
	return &p->set->lock[p->first + 2 * sv_sim_node(t) + 1];
}

unsigned sv_pages_allocate(struct sv_pages *p, const struct sv_sim_thread *t,
	struct sv_guarded *lock[SV_PAGES_OPERATIONS])
{
	int32_t *listed = &p->listed[t->cpu];

	lock[0] = reclaim_lock(p, t);
	*listed -= SV_PAGES_CHUNK;
	if (*listed >= 0)
		return 1;
	*listed += BATCH;
	lock[1] = zone_lock(p, t);
	return 2;
}

unsigned sv_pages_release(struct sv_pages *p, const struct sv_sim_thread *t,
	struct sv_guarded *lock[SV_PAGES_OPERATIONS])
{
	int32_t *listed = &p->listed[t->cpu];

	lock[0] = reclaim_lock(p, t);
	*listed += SV_PAGES_RELEASE;
	if (*listed <= LONGEST)
		return 1;
	*listed -= BATCH;
	lock[1] = zone_lock(p, t);
	return 2;
}
