/*
 * pending_pool.h - vectors of events in powers of two
 *
 * A bucket lives shortly and the next one is as large, so the vector given back last
 * is the one to give out first: its lines are still in cache. Memory returns to the system
 * when the pool ends.
 */
#ifndef SV_PENDING_POOL_H
#define SV_PENDING_POOL_H

#include "engine.h"
#include <stddef.h>

#define SV_POOL_CLASSES 33 /* vectors of 2^class events */

/* A vector in use; capacity is a power of two, or 0. */
struct sv_bucket {
	struct sv_event *event;
	uint32_t n, capacity;
};

/* All zero at first. */
struct sv_pool {
	void *free[SV_POOL_CLASSES];
	char *at, *end;    /* unused part of the newest block */
	void *blocks;      /* to free in the end */
	size_t next_bytes; /* of the next block */
};

/* NULL when no memory is left. Never zeroed. */
struct sv_event *sv_pool_get(struct sv_pool *pool, unsigned class);
void sv_pool_put(struct sv_pool *pool, struct sv_event *vector, unsigned class);
void sv_pool_fini(struct sv_pool *pool);

#endif
