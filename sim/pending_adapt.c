/*
 * pending_adapt.c - choosing the width of the buckets
 *
 * Narrow buckets cost an opening for few events; wide ones send many events through
 * the near heap. Halving the width about doubles the one cost and halves the other, so
 * the sum is least where the two are equal. Both are counted, weighed in nanoseconds,
 * and the width moves when one is more than three times the other and matters. Looking
 * takes no time, but a new width moves every pending event; it is considered once in a
 * quarter as many events as are pending, so moving stays a few nanoseconds an event.
 */
#include "pending_internal.h"

#define MOST_SHIFT 31 /* offsets in a bucket and its width fit into 32 bits */
#define OPEN_NS    40
#define MOVE_NS    8
#define NEAR_NS    6 /* and as much again for each level of the heap */
#define MATTERS_NS 2 /* an event */

/* A sorted bucket should stay in the first-level cache. */
#define FULL_EVENTS 512

static void gather_bucket(
	struct sv_pending *p, struct sv_far_chunk **all, const struct sv_bucket *b)
{
	for (uint32_t i = 0; i < b->n; i++)
		sv_far_append(p, all, &b->event[i]);
	sv_pool_put(&p->pool, b->event, sv_log2(b->capacity));
}

/* Puts everything that is pending into one list. */
static struct sv_far_chunk *gather(struct sv_pending *p)
{
	struct sv_far_chunk *all = NULL;

	for (; p->head < p->run_n; p->head++)
		sv_far_append(p, &all, &p->event[(uint32_t)p->run[p->head]]);
	while (p->near_n > 0) {
		p->near_n--;
		p->near_free[p->near_n] = (uint32_t)p->near[p->near_n];
		sv_far_append(p, &all, &p->near_event[(uint32_t)p->near[p->near_n]]);
	}
	while (p->ring_words) {
		struct sv_bucket b = sv_ring_take(p, sv_ring_first(p));

		gather_bucket(p, &all, &b);
	}
	for (unsigned bit = 0; bit < 64; bit++) {
		struct sv_far_chunk *chunk = p->far[bit], *next;

		p->far[bit] = NULL;
		for (; chunk; chunk = next) {
			next = chunk->next;
			for (uint32_t i = 0; i < chunk->n; i++)
				sv_far_append(p, &all, &chunk->event[i]);
			sv_far_release(p, chunk);
		}
	}
	p->far_bits = 0;
	return all;
}

static void set_shift(struct sv_pending *p, unsigned shift)
{
	struct sv_far_chunk *all = gather(p), *next;

	p->shift = shift;
	p->span = (uint64_t)SV_PENDING_SLOTS << shift;
	p->base = p->open & ~(sv_time)(p->span - 1);
	p->open_end = p->open;
	p->waiting = 0;
	p->idle_next = SV_TIME_MAX;
	sv_pending_close(p);
	for (; all; all = next) {
		next = all->next;
		for (uint32_t i = 0; i < all->n; i++)
			sv_pending_push(p, all->event[i]);
		sv_far_release(p, all);
	}
}

/* By how many powers of two to widen (or narrow, when negative). */
static int better_by(const struct sv_pending *p)
{
	uint64_t narrow = OPEN_NS * p->seen.opens + MOVE_NS * p->seen.far_moves + 1;
	uint64_t wide = NEAR_NS * p->seen.near_pops * (1 + sv_log2(p->seen.near_most + 1)) + 1;
	uint64_t events = p->seen.opened + p->seen.near_pops;
	uint64_t full = events / (p->seen.opens + 1) + 1;
	int by;

	if (narrow > 3 * wide && narrow > MATTERS_NS * events && full < FULL_EVENTS) {
		int room = (int)sv_log2(2 * FULL_EVENTS / full);

		by = (int)sv_log2(narrow / wide) / 2 + 1;
		return by < room ? by : room;
	}
	if (wide > 3 * narrow && wide > MATTERS_NS * events)
		return -((int)sv_log2(wide / narrow) / 2 + 1);
	return full > 4 * FULL_EVENTS ? -1 : 0;
}

void sv_pending_adapt(struct sv_pending *p)
{
	int shift = (int)p->shift + better_by(p);

	shift = shift < 0 ? 0 : shift > MOST_SHIFT ? MOST_SHIFT : shift;
	if ((unsigned)shift != p->shift)
		set_shift(p, (unsigned)shift);
	p->seen.opens = p->seen.opened = p->seen.near_pops = p->seen.far_moves = 0;
	p->seen.near_most = p->near_n;
}
