/*
 * vring_packed_batch.h - descriptors of a packed virtqueue, and how either side shows them
 */
#ifndef SV_VRING_PACKED_BATCH_H
#define SV_VRING_PACKED_BATCH_H

#include "vring.h"

struct desc {
	sv_u64 address;
	sv_u64 rest; /* length, id, flags */
};
_Static_assert(sizeof(struct desc) == 16, "virtio 1.2, 2.8.13");

enum { ID_BIT = 32, FLAGS_BIT = 48 };
/* Whose a descriptor is, by the lap of the ring (wrap counter). */
enum { AVAIL_FLAG = 1 << 7, USED_FLAG = 1 << 15 };

/* When a side wants to be told: offset (15 bits) and wrap counter, then one of these. */
enum { EVENT_ALWAYS, EVENT_NEVER, EVENT_AT };
enum { EVENT_WRAP_BIT = 15, EVENT_BIT = 16 };

/* A place in the ring, and the lap that it belongs to. */
struct place {
	uint32_t at;
	bool wrap;
};

/* Descriptors that were written, but the first of them: it makes the others visible. */
struct batch {
	uint32_t moved; /* places; 0: there is none */
	struct desc *first;
	uint64_t rest;
};

static inline void advance(struct place *p, uint32_t places, uint32_t size)
{
	p->at += places;
	if (p->at >= size) {
		p->at -= size;
		p->wrap = !p->wrap;
	}
}

static inline uint64_t rest_of(uint32_t bytes, uint16_t id, uint32_t flags)
{
	return le64(bytes | (uint64_t)id << ID_BIT | (uint64_t)flags << FLAGS_BIT);
}

/* Writes what makes a descriptor visible, or keeps it when it is the first of its batch. */
static inline void put_rest(struct batch *b, struct desc *desc, uint64_t rest, uint32_t places)
{
	if (b->moved == 0) {
		b->first = desc;
		b->rest = rest;
	} else {
		sv_store(&desc->rest, rest, SV_RELAXED);
	}
	b->moved += places;
}

/*
 * Shows a batch, which has brought this side to `now`; true when the other side wants to be told.
 * B: with vring_packed_take() and vring_packed_reap(). W: with listen(): that sees the first
 * descriptor, or this sees the wish.
 */
static inline bool show(struct batch *b, sv_u32 *its, const struct place *now, uint32_t size)
{
	uint16_t moved = (uint16_t)b->moved, event;
	uint32_t wish;

	if (!moved)
		return false;
	b->moved = 0;
	sv_store(&b->first->rest, b->rest, SV_RELEASE);
	sv_fence();
	wish = le32(sv_load(its, SV_RELAXED));
	if ((wish >> EVENT_BIT & 3) != EVENT_AT)
		return (wish >> EVENT_BIT & 3) != EVENT_NEVER;
	/* Relative to this lap. */
	event = wish & ((1u << EVENT_WRAP_BIT) - 1);
	if ((wish >> EVENT_WRAP_BIT & 1) != now->wrap)
		event = (uint16_t)(event - size);
	return ring_passed(event, (uint16_t)now->at, (uint16_t)(now->at - moved));
}

/* Asks to be told at a place. The fence: W, with show(). */
static inline void wish_at(sv_u32 *mine, const struct place *p, bool event_idx)
{
	uint32_t wish = EVENT_ALWAYS;

	if (event_idx)
		wish = p->at | (uint32_t)p->wrap << EVENT_WRAP_BIT | EVENT_AT << EVENT_BIT;
	sv_store(mine, le32(wish), SV_RELAXED);
	sv_fence();
}

static inline uint32_t available_flags(const struct place *p)
{
	return p->wrap ? AVAIL_FLAG : USED_FLAG;
}

#endif
