/*
 * pending.h - the pending event set of one thread
 *
 * Inside the engine only. Events lie by value in time buckets; a bucket is sorted when
 * the clock reaches it ("opened"). What is scheduled into the open bucket goes to a
 * small heap, the near set. What lies beyond the ring of buckets goes to the far set: 64
 * unsorted lists by the highest bit in which their time differs from the ring's
 * start, as in a radix heap, so that no range of times is a bad one. The width of a bucket
 * follows what is observed (pending_adapt.c). Only the key of the events, never the
 * width, decides their order.
 *
 * Rules. No event is pushed before the time of the last one popped. An event returned by
 * pop stays valid until the next pop. One thread uses a set at a time.
 *
 * Cost: 8-20 ns for a push and its pop up to 10^5 pending events; docs/engine.md.
 */
#ifndef SV_PENDING_H
#define SV_PENDING_H

#include "engine.h"
#include "pending_pool.h"

#define SV_PENDING_SLOT_BITS 12
#define SV_PENDING_SLOTS     (1u << SV_PENDING_SLOT_BITS)
#define SV_PENDING_AHEAD     16 /* keys behind the end of the run that may be read */

struct sv_far_chunk;

struct sv_pending {
	/*
	 * The open bucket covers [open, open_end). Keys are (time - open) << 32 | index. Behind
	 * the run's end lie keys of the bucket's whole width; the near heap's first key is
	 * the same when it is empty.
	 */
	uint64_t *run; /* indices into `event` */
	uint32_t head, run_n;
	struct sv_event *event;
	uint64_t *near; /* indices into `near_event` */
	sv_time open, open_end;

	/* The ring covers [base, base + span). */
	sv_time base;
	uint64_t span;
	unsigned shift;    /* log2 of the width of a bucket */
	uint64_t waiting;  /* events in ring and far set */
	sv_time idle_next; /* exact first time in ring and far set; INT64_MIN: unknown */
	struct sv_bucket *ring;
	uint64_t ring_words; /* bit w: ring_bits[w] is not 0 */
	uint64_t ring_bits[SV_PENDING_SLOTS / 64];

	struct sv_event *near_event;
	uint32_t *near_free; /* unused indices of near_event, from near_n on */
	uint32_t near_n, near_capacity;
	struct sv_event current; /* the last one that came from the near set */

	uint64_t far_bits; /* bit b: far[b] is not empty */
	struct sv_far_chunk *far[64];
	struct sv_far_chunk *far_free;

	struct sv_bucket opened; /* the vector that `event` points to */
	uint64_t *sort;          /* scratch of the sort, as long as run */
	uint32_t *sort_count;
	uint32_t sort_capacity;
	struct sv_pool pool;

	/* What has happened since the width was last looked at. */
	struct {
		uint64_t opens, opened, near_pops, far_moves;
		uint32_t near_most;
	} seen;
	bool out_of_memory; /* an event was dropped */
};

/* Returns -1 when no memory is left. */
int sv_pending_init(struct sv_pending *p);
void sv_pending_fini(struct sv_pending *p);

static inline uint64_t sv_pending_count(const struct sv_pending *p)
{
	return p->waiting + (p->run_n - p->head) + p->near_n;
}

/* Removes and returns the first event if it is before `limit`, otherwise NULL. */
const struct sv_event *sv_pending_pop_slow(struct sv_pending *p, sv_time limit);

static inline const struct sv_event *sv_pending_pop(struct sv_pending *p, sv_time limit)
{
	uint64_t key = p->run[p->head];

	if (sv_unlikely(key >> 32 >= p->near[0] >> 32))
		return sv_pending_pop_slow(p, limit);
	if (p->open + (sv_time)(key >> 32) >= limit)
		return NULL;
	p->head++;
	return &p->event[(uint32_t)key];
}

/* The event k places behind the next one of the open bucket; any valid event near its end. */
static inline const struct sv_event *sv_pending_ahead(const struct sv_pending *p, unsigned k)
{
	return &p->event[(uint32_t)p->run[p->head + k]];
}

/* A lower bound of the first time: exact inside the open bucket, else its end. */
static inline sv_time sv_pending_bound(const struct sv_pending *p)
{
	uint64_t run = p->run[p->head] >> 32, near = p->near[0] >> 32;

	return p->open + (sv_time)(run < near ? run : near);
}

/* A sharper one: else where the next bucket starts. SV_TIME_MAX when empty. */
sv_time sv_pending_bound_slow(const struct sv_pending *p);

/* The first event's exact time, or SV_TIME_MAX. */
sv_time sv_pending_next(struct sv_pending *p);

/* Fields apart, in registers: vectors that copy what was just written as fields would stall. */
void sv_pending_push_near(struct sv_pending *p, sv_time time, uint64_t tie, uint32_t dst,
	uint32_t type, uint64_t arg);
void sv_pending_push_full(struct sv_pending *p, sv_time time, uint64_t tie, uint32_t dst,
	uint32_t type, uint64_t arg); /* into a full slot of the ring */
void sv_pending_push_far(struct sv_pending *p, const struct sv_event *e);

/* By value, so that the fields stay in registers. */
static inline void sv_pending_push(struct sv_pending *p, struct sv_event e)
{
	uint64_t offset = (uint64_t)(e.time - p->base);
	struct sv_bucket *b;

	if (sv_unlikely(e.time < p->open_end)) {
		sv_pending_push_near(p, e.time, e.tie, e.dst, e.type, e.arg);
		return;
	}
	if (sv_unlikely(e.time < p->idle_next))
		p->idle_next = e.time;
	p->waiting++;
	b = &p->ring[offset >> p->shift];
	if (sv_unlikely(offset >= p->span)) {
		const struct sv_event copy = e;
		sv_pending_push_far(p, &copy);
	} else if (sv_unlikely(b->n == b->capacity)) {
		sv_pending_push_full(p, e.time, e.tie, e.dst, e.type, e.arg);
	} else {
		b->event[b->n++] = e;
	}
}

#endif
