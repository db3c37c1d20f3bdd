/*
 * pending_pool.c - blocks of memory, cut into vectors
 */
#include "pending_pool.h"
#include <stdlib.h>
#include <sys/mman.h>

#define FIRST_BLOCK_BYTES ((size_t)64 << 10)
#define MOST_BLOCK_BYTES  ((size_t)8 << 20)
#define HUGE_PAGE_BYTES   ((size_t)2 << 20)

/* A block starts with the address of the one before it. */
static bool add_block(struct sv_pool *pool, size_t bytes)
{
	size_t block_bytes = pool->next_bytes ? pool->next_bytes : FIRST_BLOCK_BYTES;
	size_t alignment = 64;
	char *block;

	while (block_bytes < bytes + alignment)
		block_bytes *= 2;
	if (block_bytes >= HUGE_PAGE_BYTES)
		alignment = HUGE_PAGE_BYTES;
	block = aligned_alloc(alignment, block_bytes);
	if (!block)
		return false;
	if (block_bytes >= HUGE_PAGE_BYTES)
		madvise(block, block_bytes, MADV_HUGEPAGE);
	*(void **)block = pool->blocks;
	pool->blocks = block;
	pool->at = block + 64;
	pool->end = block + block_bytes;
	if (block_bytes < MOST_BLOCK_BYTES)
		pool->next_bytes = 2 * block_bytes;
	return true;
}

struct sv_event *sv_pool_get(struct sv_pool *pool, unsigned class)
{
	size_t bytes = sizeof(struct sv_event) << class;
	void *vector;

	if (class >= SV_POOL_CLASSES)
		return NULL;
	vector = pool->free[class];
	if (vector) {
		pool->free[class] = *(void **)vector;
		return vector;
	}
	if ((size_t)(pool->end - pool->at) < bytes && !add_block(pool, bytes))
		return NULL;
	vector = pool->at;
	pool->at += bytes;
	return vector;
}

void sv_pool_put(struct sv_pool *pool, struct sv_event *vector, unsigned class)
{
	*(void **)vector = pool->free[class];
	pool->free[class] = vector;
}

void sv_pool_fini(struct sv_pool *pool)
{
	while (pool->blocks) {
		void *next = *(void **)pool->blocks;

		free(pool->blocks);
		pool->blocks = next;
	}
}
