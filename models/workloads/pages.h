/*
 * pages.h - the page allocator of a kernel, as far as its spinlocks go
 *
 * Each CPU has a list of free pages. When it is empty, a batch comes from the zone of the NUMA
 * node under the zone's lock, and goes back to it when the list is too long. New pages reach
 * the lists of reclaim in vectors under another lock of the node, and leave them in batches.
 * So the two hottest locks of a build are as many as its kernel sees nodes: eight on a host of
 * eight packages, one in a guest that is told of one. Both are taken with interrupts off.
 *
 *	n = sv_pages_allocate(&pages, thread, lock);	SV_PAGES_CHUNK pages were used
 *	while (n--) take and release lock[n]
 *
 * Reference	Linux 4.0, mm/page_alloc.c (zone_batchsize(): 31 pages, at most six batches on a
 *		list) and mm/swap.c (PAGEVEC_SIZE 14; release_pages(): SWAP_CLUSTER_MAX 32).
 */
#ifndef SV_PAGES_H
#define SV_PAGES_H

#include "workloads/lock_set.h"

enum { SV_PAGES_CHUNK = 14, SV_PAGES_RELEASE = 32, SV_PAGES_OPERATIONS = 2 };

struct sv_pages {
	struct sv_system *system;
	struct sv_lock_set *set;
	unsigned first;  /* of the set's locks: two for each node from there on */
	int32_t *listed; /* free pages on the list of each CPU */
};

/* Locks that it needs of a set, as the last ones. */
unsigned sv_pages_locks(const struct sv_system *system);

/* Returns -1 when no memory is left. One that was zeroed may be given to fini. */
int sv_pages_init(struct sv_pages *p, struct sv_lock_set *set, struct sv_system *system);
void sv_pages_fini(struct sv_pages *p);

/* SV_PAGES_CHUNK pages came into use, SV_PAGES_RELEASE pages out of it, on the thread's CPU: the
 * locks to take one after the other. Returns how many. */
unsigned sv_pages_allocate(struct sv_pages *p, const struct sv_sim_thread *t,
	struct sv_guarded *lock[SV_PAGES_OPERATIONS]);
unsigned sv_pages_release(struct sv_pages *p, const struct sv_sim_thread *t,
	struct sv_guarded *lock[SV_PAGES_OPERATIONS]);

#endif
