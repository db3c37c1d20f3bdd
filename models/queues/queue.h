/*
 * queue.h - what a queue between a driver and a device is
 *
 * A queue is one file and one line in queue_list.h. The file defines the functions of both
 * sides and a const table by SV_QUEUE(name); it is compiled once for each substrate, and the
 * table's name carries the substrate's. The ring has the memory layout of its specification, so
 * that either side may be a program that others wrote.
 *
 *	driver				device
 *	add(), add(), publish()		take() until false
 *	  true: notify the device	complete(), complete(), flush()
 *	reap() until false		  true: interrupt the driver
 *
 * Nothing here notifies, sleeps or locks: publish() and flush() say that the other side asked
 * to be told, and the caller does what its world has for it (a doorbell, an eventfd, an
 * interrupt). A side that is about to sleep asks to be told by listen(), and must look once more
 * when that returns true: something came in between. One thread at a time uses a side.
 *
 * The doorbells of a queue pair are words of its part "doorbells", which it writes itself: true of
 * publish() then says that a register was written, of which its device must come to know.
 *
 * Memory. The caller provides the ring (shared), and the private state of each side, of the
 * sizes that layout() tells, zeroed and aligned to a cache line. It begins with struct
 * sv_queue_side. A zeroed ring is empty. init() runs before either side uses it.
 *
 * The other side may be anybody's: what it writes is checked before it is used, but for addresses,
 * which are those of the process. A ring that breaks its rules gives nothing any more, and the side
 * says why in `broken`.
 */
#ifndef SV_QUEUE_H
#define SV_QUEUE_H

#include "options.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Memory of a request as both sides name it. */
struct sv_buffer {
	uint64_t address;
	uint32_t bytes;
	bool device_writes;
};

/*
 * A request: its buffers, at least one and at most the ring's entries, those that the device reads
 * first. For a queue pair (NVMe) the first one is the command itself, 64 bytes that are copied into
 * the entry; others are ignored, as the command points to them.
 */
struct sv_chain {
	const struct sv_buffer *buffer;
	uint32_t buffers;
	void *token; /* the driver's; reap() gives it back */
};

/* What the device takes. `buffer` is the device's private memory until its next take(). */
struct sv_taken {
	const struct sv_buffer *buffer;
	uint32_t buffers;
	uint32_t id; /* for complete() */
};

/* What the driver reaps. */
struct sv_reaped {
	void *token;
	uint32_t result; /* bytes that the device wrote; of a queue pair, the status */
};

enum sv_queue_traits {
	SV_QUEUE_POWER_OF_2 = 1, /* its size must be one */
	SV_QUEUE_PAIR = 2,       /* a submission and a completion queue: commands, no buffers */
};

/* The ring in parts, as their sizes and places are told to a device. An unused part has no
 * bytes. */
#define SV_QUEUE_PARTS 5
struct sv_queue_layout {
	size_t bytes; /* of the ring as one piece, the parts at these offsets */
	struct sv_queue_part {
		const char *name;
		size_t offset, bytes;
	} part[SV_QUEUE_PARTS];
	size_t driver_bytes, device_bytes; /* private state */
};

/* How the private state of both sides begins. */
struct sv_queue_side {
	const char *broken; /* NULL: it is not */
};

/* A ring in memory. */
struct sv_ring {
	void *part[SV_QUEUE_PARTS];
	uint32_t size; /* entries */
};

struct sv_queue {
	const char *name, *help;
	unsigned traits;
	uint32_t min_size, max_size;
	const struct sv_table *options; /* every cfg below points to its struct */
	void (*layout)(uint32_t size, const void *cfg, struct sv_queue_layout *out);

	/* The driver's side. */
	void (*driver_init)(void *driver, const struct sv_ring *ring, const void *cfg);
	/* Puts a request into the ring; the device does not see it yet. False: no room. */
	bool (*add)(void *driver, const struct sv_chain *chain);
	/* Shows the device all that was added. True: it wants to be notified. */
	bool (*publish)(void *driver);
	/* The next completion. False: none is there. */
	bool (*reap)(void *driver, struct sv_reaped *out);
	/* Spins until one may be there, for at most so many tests. False: none has come. May be
	 * NULL. */
	bool (*await)(void *driver, uint64_t tests);
	/* Interrupts are not wanted; hints only. */
	void (*quiet)(void *driver);
	/* They are. True: a completion has come that reap() has not seen. */
	bool (*listen)(void *driver);

	/* The device's side. */
	void (*device_init)(void *device, const struct sv_ring *ring, const void *cfg);
	bool (*take)(void *device, struct sv_taken *out);
	/* Puts a completion; the driver may not see it yet. */
	void (*complete)(void *device, uint32_t id, uint32_t result);
	/* Shows the driver all that is completed. True: it wants an interrupt. */
	bool (*flush)(void *device);
	void (*device_quiet)(void *device);
	bool (*device_listen)(void *device);
};

#define SV_QUEUE_PASTE(name, substrate)  sv_queue_##name##_##substrate
#define SV_QUEUE_SYMBOL(name, substrate) SV_QUEUE_PASTE(name, substrate)
/* The definition of a queue's table: SV_QUEUE(vring_split) = { ... }; */
#define SV_QUEUE(name)                                                                             \
	extern const struct sv_queue SV_QUEUE_SYMBOL(name, SV_SUBSTRATE);                          \
	const struct sv_queue SV_QUEUE_SYMBOL(name, SV_SUBSTRATE)

#endif
