/*
 * blk_load.h - requests to a virtio block device, over a queue of models/queues
 *
 * One source that runs on a thread of this process and inside a guest: it needs no library, and
 * works on memory that driver and device share. `depth` requests are under way all the time. What
 * is written is a pattern of its own for each sector, so that what is read can be checked.
 *
 *	sv_blk_lay()	where everything lies in such memory
 *	sv_blk_run()	until `requests` are done, or it is abandoned
 */
#ifndef SV_BLK_LOAD_H
#define SV_BLK_LOAD_H

#include "queue.h"

#define SV_BLK_SECTOR     512
#define SV_BLK_MOST_DEPTH 128

enum sv_blk_what {
	SV_BLK_READ,   /* blocks at random */
	SV_BLK_WRITE,  /* blocks one after the other, from the first */
	SV_BLK_VERIFY, /* reads as READ does, and compares */
};

struct sv_blk_request {
	_Alignas(64) uint32_t type; /* the header of a request, as virtio has it: 16 bytes */
	uint32_t priority;
	uint64_t sector;
	uint8_t status;
};

struct sv_blk_load {
	uint32_t what, depth;
	uint32_t bytes;    /* of a request */
	uint64_t sectors;  /* that the device has, of it to be used */
	uint64_t requests; /* to do */
	bool events;       /* waits for notifications; else it polls */
	uint64_t random;
	/* Of the last run. */
	_Alignas(64) uint64_t done;
	uint64_t kicks, interrupts;
	uint64_t failed, wrong; /* by their status, by what was read */
	/* Nobody serves it any more: set by others, atomically. */
	_Alignas(64) uint32_t abandoned;
	struct sv_blk_request request[SV_BLK_MOST_DEPTH];
};

/* How to notify the device, and how to sleep until it notifies: returns the notifications. */
struct sv_blk_bell {
	void (*kick)(void *arg);
	uint64_t (*sleep)(void *arg);
	void *arg;
};

/* Offsets in memory that both sides see. */
struct sv_blk_place {
	size_t ring, driver, load, data, bytes;
	struct sv_queue_layout queue;
};
/* `bytes` of data for each of `depth` requests. */
void sv_blk_lay(struct sv_blk_place *place, const struct sv_queue *kind, uint32_t size,
	const void *cfg, size_t data_bytes);

/* A driver at work: what it needs, all of it in the shared memory but for itself. */
struct sv_blk_driver {
	const struct sv_queue *kind;
	void *driver;
	struct sv_blk_load *load;
	uint8_t *data;
};

/* Whoever calls it first sets what, depth, bytes, sectors, requests and events. */
void sv_blk_run(const struct sv_blk_driver *d, const struct sv_blk_bell *bell);

/* Whether a sector has its pattern. */
bool sv_blk_is_pattern(const uint8_t *data, uint64_t sector);

#endif
