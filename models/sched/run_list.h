/*
 * run_list.h - entities of a queue in the order of a key
 *
 * An intrusive list, for policies: the first member of an entity is its struct sv_run. It is
 * ordered by key, then by id, so that equal keys never leave an order to chance. A key is a
 * virtual time, a deadline, or the time of the enqueue for first come, first served.
 *
 * Cost: an insertion walks from the end, because most keys are late ones. CPUs have a few
 * runnable tasks each; for those a list is faster than a tree.
 */
#ifndef SV_RUN_LIST_H
#define SV_RUN_LIST_H

#include "simtime.h"
#include <stdbool.h>

struct sv_run {
	struct sv_run *prev, *next;
	sv_time key;
	sv_time since; /* when it was queued */
	uint32_t id;
	bool queued;
};

struct sv_run_list {
	struct sv_run *first, *last;
	unsigned length;
};

static inline bool sv_run_before(const struct sv_run *a, const struct sv_run *b)
{
	return a->key != b->key ? a->key < b->key : a->id < b->id;
}

void sv_run_insert(struct sv_run_list *list, struct sv_run *run, sv_time now);
void sv_run_remove(struct sv_run_list *list, struct sv_run *run);
/* The one that has been queued for the longest time; NULL when the list is empty. */
struct sv_run *sv_run_oldest(const struct sv_run_list *list);

#endif
