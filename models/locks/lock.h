/*
 * lock.h - what a lock is
 *
 * A lock is one file and one line in lock_list.h. The file defines the functions and a
 * const table by SV_LOCK(name); it is compiled once for each substrate, and the table's
 * name carries the substrate's.
 *
 * Memory. The caller provides `lock_bytes` for the lock, `node_bytes` for each thread
 * that uses it and `percpu_bytes` for each CPU, zeroed and aligned to a cache line.
 * init() makes a lock free; it and node_init() run before any thread uses the lock.
 * One thread holds or awaits one lock at a time with one node.
 */
#ifndef SV_LOCK_H
#define SV_LOCK_H

#include "options.h"
#include <stdbool.h>
#include <stddef.h>

enum sv_lock_traits {
	SV_LOCK_FIFO = 1,        /* threads acquire in the order of their first atomic operation */
	SV_LOCK_BLOCKING = 2,    /* waiters sleep */
	SV_LOCK_PARAVIRTUAL = 4, /* waiters halt their CPU and are kicked: hypercalls in a guest */
};

struct sv_lock {
	const char *name;
	const char *help; /* one line */
	unsigned traits;
	size_t lock_bytes, node_bytes, percpu_bytes;
	const struct sv_table *options; /* NULL: none; else every cfg below points to its struct */
	void (*init)(void *lock, const void *cfg);
	void (*node_init)(void *node, unsigned thread); /* may be NULL */
	void (*acquire)(void *lock, void *node, const void *cfg);
	bool (*try_acquire)(void *lock, void *node, const void *cfg); /* may be NULL */
	void (*release)(void *lock, void *node, const void *cfg);
};

#define SV_LOCK_PASTE(name, substrate)  sv_lock_##name##_##substrate
#define SV_LOCK_SYMBOL(name, substrate) SV_LOCK_PASTE(name, substrate)
/* The definition of a lock's table: SV_LOCK(ticket) = { ... }; */
#define SV_LOCK(name)                                                                              \
	extern const struct sv_lock SV_LOCK_SYMBOL(name, SV_SUBSTRATE);                            \
	const struct sv_lock SV_LOCK_SYMBOL(name, SV_SUBSTRATE)

#endif
