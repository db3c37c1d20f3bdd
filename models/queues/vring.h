/*
 * vring.h - what the split and the packed virtqueue share
 *
 * Their options, the flags of a descriptor, and the decision whether the other side is to be told.
 */
#ifndef SV_VRING_H
#define SV_VRING_H

#include "little_endian.h"
#include "queue.h"
#include "substrate.h"

struct vring_cfg {
	bool event_idx, in_order;
	int64_t indirect, indirect_entries;
};

/* The rows of the struct above. */
#define VRING_OPTIONS                                                                              \
	{ .name = "event-idx",                                                                     \
		.type = SV_BOOL,                                                                   \
		.offset = offsetof(struct vring_cfg, event_idx),                                   \
		.def = "true",                                                                     \
		.help = "each side names the entry at which it wants to be told; false: only "     \
			"whether (VIRTIO_F_EVENT_IDX)" },                                          \
		{ .name = "in-order",                                                              \
			.type = SV_BOOL,                                                           \
			.offset = offsetof(struct vring_cfg, in_order),                            \
			.def = "false",                                                            \
			.help = "requests complete in the order in which they came, one entry "    \
				"for several (VIRTIO_F_IN_ORDER)" },                               \
		{ .name = "indirect",                                                              \
			.type = SV_INT,                                                            \
			.offset = offsetof(struct vring_cfg, indirect),                            \
			.unit = "buffers",                                                         \
			.min = "0",                                                                \
			.max = "32768",                                                            \
			.def = "2",                                                                \
			.help = "a request of so many or more has an indirect table and takes "    \
				"one descriptor; 0: never (VIRTIO_F_INDIRECT_DESC)" },             \
		{ .name = "indirect-entries",                                                      \
			.type = SV_INT,                                                            \
			.offset = offsetof(struct vring_cfg, indirect_entries),                    \
			.unit = "buffers",                                                         \
			.min = "1",                                                                \
			.max = "32768",                                                            \
			.def = "16",                                                               \
			.help = "room of an indirect table; longer requests have none" },          \
	{                                                                                          \
		0                                                                                  \
	}

enum { VRING_NEXT = 1, VRING_WRITE = 2, VRING_INDIRECT = 4 };

static inline size_t vring_round(size_t bytes, size_t to)
{
	return (bytes + to - 1) / to * to;
}

/* Adds a part behind those before, on a line of its own: the sides must not share lines. */
static inline void vring_part(
	struct sv_queue_layout *out, unsigned i, const char *name, size_t bytes)
{
	out->part[i] = (struct sv_queue_part){ .name = name, .offset = out->bytes, .bytes = bytes };
	out->bytes += vring_round(bytes, SV_LINE_BYTES);
}

static inline bool vring_indirect(uint32_t threshold, uint32_t entries, uint32_t buffers)
{
	return threshold && buffers >= threshold && buffers <= entries;
}

/* What the device may write of a request. */
static inline uint32_t vring_writable(const struct sv_buffer *buffer, uint32_t buffers)
{
	uint32_t bytes = 0;

	for (uint32_t i = 0; i < buffers; i++)
		if (buffer[i].device_writes)
			bytes += buffer[i].bytes;
	return bytes;
}

/*
 * The index has moved from `old` to `new`: whether it has passed `event`, at which the other side
 * wants to be told. Right as long as it moves by less than 2^16 between two decisions.
 */
static inline bool vring_passed(uint16_t event, uint16_t new, uint16_t old)
{
	return (uint16_t)(new - event - 1) < (uint16_t)(new - old);
}

#endif
