/*
 * vring_split.h - a split virtqueue in memory, and what its sides keep to themselves
 */
#ifndef SV_VRING_SPLIT_H
#define SV_VRING_SPLIT_H

#include "vring.h"

enum { NO_NOTIFY = 1 }; /* in the flags of either ring: do not tell me */

struct desc {
	sv_u64 address;
	sv_u64 rest; /* length, flags, next */
};
_Static_assert(sizeof(struct desc) == 16, "virtio 1.2, 2.7.5");

struct avail {
	sv_u16 flags, idx;
	sv_u16 ring[]; /* and used_event behind it */
};
_Static_assert(offsetof(struct avail, ring) == 4, "virtio 1.2, 2.7.6");

struct used_entry {
	sv_u32 id, bytes;
};

struct used {
	sv_u16 flags, idx;
	struct used_entry ring[]; /* and avail_event behind it */
};
_Static_assert(offsetof(struct used, ring) == 4 && sizeof(struct used_entry) == 8,
	"virtio 1.2, 2.7.8: entries are not aligned to their size");

/* A request in the ring, by its head. */
struct slot {
	void *token;
	uint32_t writable;
	uint16_t last, descs; /* its last descriptor; how many, 0: it is not in the ring */
};

struct driver {
	struct sv_queue_side side;
	struct desc *desc, *tables;
	struct avail *avail;
	struct used *used;
	sv_u16 *used_event, *avail_event;
	struct slot *slot;
	uint16_t *next; /* of free descriptors and of chains */
	uint32_t size, threshold, entries;
	uint32_t free;
	uint16_t mask, free_head;
	uint16_t added, published; /* available index: with and without what was added since */
	uint16_t seen, shadow;     /* used index: what was reaped, what the device had published */
	uint16_t flags;            /* as last written */
	bool event_idx, in_order;
	/* In order: the oldest request, and the one that the current used entry is about. */
	bool in_batch;
	uint16_t oldest, batch_last;
	uint32_t batch_result;
};

/* A request at the device, by its head. */
struct taken {
	uint32_t writable, result;
	bool done;
};

struct device {
	struct sv_queue_side side;
	struct desc *desc;
	struct avail *avail;
	struct used *used;
	sv_u16 *used_event, *avail_event;
	struct sv_buffer *buffer;
	struct taken *taken;
	uint16_t *order; /* heads by available index */
	uint32_t size;
	uint16_t mask;
	uint16_t seen, shadow;         /* available index, as above */
	uint16_t completed, published; /* used index, as above */
	uint16_t flags;
	bool event_idx, in_order;
};

enum { DESC, AVAIL, USED, TABLES };

#endif
