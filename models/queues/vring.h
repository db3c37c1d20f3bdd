/*
 * vring.h - what the split and the packed virtqueue share
 *
 * Their options and the flags of a descriptor.
 */
#ifndef SV_VRING_H
#define SV_VRING_H

#include "ring.h"

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

#endif
