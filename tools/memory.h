/*
 * memory.h - allocation in the program: it succeeds or the program ends
 */
#ifndef SV_MEMORY_H
#define SV_MEMORY_H

#include "bug.h"
#include <stdlib.h>

/* Passes on what malloc(), strdup(), asprintf() and the like returned; aborts when that is NULL. */
static inline void *sv_must(void *memory)
{
	SV_BUG_ON(!memory);
	return memory;
}

/* Zeroed; n == 0 is allowed and yields memory that can be freed. */
static inline void *sv_array(size_t n, size_t bytes)
{
	return sv_must(calloc(n ? n : 1, bytes));
}

#endif
