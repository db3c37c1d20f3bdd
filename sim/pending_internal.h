/*
 * pending_internal.h - what the files of the pending set share
 */
#ifndef SV_PENDING_INTERNAL_H
#define SV_PENDING_INTERNAL_H

#include "pending.h"

#define SV_FAR_EVENTS 63

struct sv_far_chunk {
	struct sv_far_chunk *next;
	uint32_t n;
	struct sv_event event[SV_FAR_EVENTS];
};

/* The total order of events. */
static inline bool sv_event_less(const struct sv_event *a, const struct sv_event *b)
{
	if (a->time != b->time)
		return a->time < b->time;
	if (a->dst != b->dst)
		return a->dst < b->dst;
	return a->tie < b->tie;
}

/* The order of two keys of the open bucket whose indices point into `event`. */
static inline bool sv_key_less(const struct sv_event *event, uint64_t a, uint64_t b)
{
	if (sv_likely(a >> 32 != b >> 32))
		return a < b;
	return sv_event_less(&event[(uint32_t)a], &event[(uint32_t)b]);
}

/* pending_sort.c: fills run with the sorted keys of the opened vector. False: no memory. */
bool sv_pending_sort(struct sv_pending *p);

/* pending_near.c */
bool sv_near_init(struct sv_pending *p);
/* Copies the first near event to p->current and removes it. */
void sv_near_pop(struct sv_pending *p);

/* pending_far.c */
sv_time sv_far_first(const struct sv_pending *p);
/* Moves the ring to the first far event. Ring and open bucket are empty, the far set is not. */
void sv_far_rebase(struct sv_pending *p);
/* Appends to a list of chunks. False: no memory, the event is lost. */
bool sv_far_append(struct sv_pending *p, struct sv_far_chunk **list, const struct sv_event *e);
void sv_far_release(struct sv_pending *p, struct sv_far_chunk *chunk);

/* pending_adapt.c: considers another width. No event returned by pop is in use. */
void sv_pending_adapt(struct sv_pending *p);

static inline bool sv_pending_adapt_due(const struct sv_pending *p)
{
	return p->seen.opened + p->seen.near_pops >= 512 + sv_pending_count(p) / 4;
}

/* Makes the run empty and gives the open bucket's vector back. */
void sv_pending_close(struct sv_pending *p);
/* The first slot that is not empty; the ring is not empty. */
unsigned sv_ring_first(const struct sv_pending *p);
/* Takes a slot's vector out of the ring. */
struct sv_bucket sv_ring_take(struct sv_pending *p, unsigned slot);

static inline unsigned sv_log2(uint64_t x)
{
	return 63 - (unsigned)__builtin_clzll(x);
}

#endif
