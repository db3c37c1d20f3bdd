/*
 * vring_packed.h - what the sides of a packed virtqueue keep to themselves
 */
#ifndef SV_VRING_PACKED_H
#define SV_VRING_PACKED_H

#include "vring_packed_batch.h"

/* A request in the ring, by its id. */
struct slot {
	void *token;
	uint32_t writable;
	uint16_t descs; /* 0: it is not in the ring */
};

struct driver {
	struct sv_queue_side side;
	struct desc *ring, *tables;
	sv_u32 *mine, *its; /* when this side wants to be told, and the other */
	struct slot *slot;
	uint16_t *free_id; /* a stack */
	uint16_t *order;   /* in order: ids, as a ring */
	uint32_t size, threshold, entries;
	uint32_t free, free_ids;
	struct place next, seen; /* to be made available, to be used */
	struct batch batch;
	bool event_idx, in_order, quiet;
	/* In order: the oldest request, and the one that the current used descriptor is about. */
	bool in_batch;
	uint16_t batch_last;
	uint32_t batch_result;
	uint32_t oldest, newest;
};

/* A request at the device, by the device's own number, as ids are the driver's choice. */
struct taken {
	uint32_t writable, result;
	uint16_t id, descs;
	bool done;
};

struct device {
	struct sv_queue_side side;
	struct desc *ring;
	sv_u32 *mine, *its;
	struct sv_buffer *buffer;
	struct taken *taken;
	uint16_t *free_number; /* a stack */
	uint16_t *order;       /* in order: numbers, as a ring */
	uint32_t size, free;
	struct place next, used; /* to be taken, to be used */
	struct batch batch;
	bool event_idx, in_order, quiet;
	uint32_t oldest, newest, held;
};

#endif
