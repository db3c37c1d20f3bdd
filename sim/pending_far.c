/*
 * pending_far.c - the events beyond the ring
 *
 * List b holds the events whose time differs from the ring's start in bit b at the
 * highest, so all of list b come before all of list b + 1. When the ring is empty it
 * moves to the first of them and that list alone is spread anew: an event moves at
 * most once for each bit of its distance, streaming, and mostly once or twice.
 */
#include "pending_internal.h"

bool sv_far_append(struct sv_pending *p, struct sv_far_chunk **list, const struct sv_event *e)
{
	struct sv_far_chunk *chunk = *list;

	if (!chunk || chunk->n == SV_FAR_EVENTS) {
		_Static_assert(sizeof(*chunk) <= 64 * sizeof(*e), "a chunk fits a vector of 64");
		chunk = p->far_free;
		if (chunk)
			p->far_free = chunk->next;
		else
			chunk = (void *)sv_pool_get(&p->pool, 6);
		if (!chunk) {
			p->out_of_memory = true;
			return false;
		}
		chunk->next = *list;
		chunk->n = 0;
		*list = chunk;
	}
	chunk->event[chunk->n++] = *e;
	return true;
}

void sv_far_release(struct sv_pending *p, struct sv_far_chunk *chunk)
{
	chunk->next = p->far_free;
	p->far_free = chunk;
}

void sv_pending_push_far(struct sv_pending *p, const struct sv_event *e)
{
	unsigned bit = sv_log2((uint64_t)(e->time ^ p->base));

	if (!sv_far_append(p, &p->far[bit], e))
		p->waiting--;
	else
		p->far_bits |= 1ull << bit;
}

sv_time sv_far_first(const struct sv_pending *p)
{
	const struct sv_far_chunk *chunk = p->far[__builtin_ctzll(p->far_bits)];
	sv_time first = SV_TIME_MAX;

	for (; chunk; chunk = chunk->next)
		for (uint32_t i = 0; i < chunk->n; i++)
			first = chunk->event[i].time < first ? chunk->event[i].time : first;
	return first;
}

void sv_far_rebase(struct sv_pending *p)
{
	unsigned bit = (unsigned)__builtin_ctzll(p->far_bits);
	struct sv_far_chunk *chunk = p->far[bit], *next;
	sv_time first = p->idle_next != INT64_MIN ? p->idle_next : sv_far_first(p);

	p->far[bit] = NULL;
	p->far_bits &= p->far_bits - 1;
	p->base = first & ~(sv_time)(p->span - 1);
	for (; chunk; chunk = next) {
		next = chunk->next;
		p->waiting -= chunk->n;
		p->seen.far_moves += chunk->n;
		for (uint32_t i = 0; i < chunk->n; i++)
			sv_pending_push(p, chunk->event[i]);
		sv_far_release(p, chunk);
	}
	p->seen.opens++; /* it costs as much as opening a bucket */
}
