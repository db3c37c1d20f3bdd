/*
 * ring.h - what all queues share: byte order, places of their parts, who is to be told
 */
#ifndef SV_RING_H
#define SV_RING_H

#include "queue.h"
#include "substrate.h"

/* The specifications' bytes are little-endian. Each function is its own reverse. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SV_LE(bits, value) (value)
#else
#define SV_LE(bits, value) __builtin_bswap##bits(value)
#endif

static inline uint16_t le16(uint16_t value)
{
	return SV_LE(16, value);
}

static inline uint32_t le32(uint32_t value)
{
	return SV_LE(32, value);
}

static inline uint64_t le64(uint64_t value)
{
	return SV_LE(64, value);
}

static inline size_t ring_round(size_t bytes, size_t to)
{
	return (bytes + to - 1) / to * to;
}

/* Adds a part behind those before, on a line of its own: the sides must not share lines. */
static inline void ring_part(
	struct sv_queue_layout *out, unsigned i, const char *name, size_t bytes)
{
	out->part[i] = (struct sv_queue_part){ .name = name, .offset = out->bytes, .bytes = bytes };
	out->bytes += ring_round(bytes, SV_LINE_BYTES);
}

/*
 * The index has moved from `old` to `new`: whether it has passed `event`, at which the other side
 * wants to be told. Right as long as it moves by less than 2^16 between two decisions.
 */
static inline bool ring_passed(uint16_t event, uint16_t new, uint16_t old)
{
	return (uint16_t)(new - event - 1) < (uint16_t)(new - old);
}

/* Says why a side goes on no more; returns false. */
static inline bool ring_broken(struct sv_queue_side *side, const char *why)
{
	side->broken = why;
	return false;
}

#endif
