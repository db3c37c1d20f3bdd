/*
 * run_list.c - entities of a queue in the order of a key
 */
#include "sched/run_list.h"
#include "bug.h"

void sv_run_insert(struct sv_run_list *list, struct sv_run *run, sv_time now)
{
	struct sv_run *prev = list->last;

	SV_BUG_ON(run->queued);
	while (prev && sv_run_before(run, prev))
		prev = prev->prev;
	run->prev = prev;
	run->next = prev ? prev->next : list->first;
	*(prev ? &prev->next : &list->first) = run;
	*(run->next ? &run->next->prev : &list->last) = run;
	run->since = now;
	run->queued = true;
	list->length++;
}

void sv_run_remove(struct sv_run_list *list, struct sv_run *run)
{
	SV_BUG_ON(!run->queued);
	*(run->prev ? &run->prev->next : &list->first) = run->next;
	*(run->next ? &run->next->prev : &list->last) = run->prev;
	run->queued = false;
	list->length--;
}

struct sv_run *sv_run_oldest(const struct sv_run_list *list)
{
	struct sv_run *oldest = list->first;

	for (struct sv_run *r = list->first; r; r = r->next)
		if (r->since < oldest->since || (r->since == oldest->since && r->id < oldest->id))
			oldest = r;
	return oldest;
}
