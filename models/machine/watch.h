/*
 * watch.h - threads that spin on a word
 *
 * A watcher costs no events while nothing changes. A write invalidates its copy; it
 * notices at its next poll, fetches the line again, queues for it like any reader, and is
 * woken only if its condition then holds.
 */
#ifndef SV_WATCH_H
#define SV_WATCH_H

#include "machine/coherence.h"

/* A thread that spins until (word & mask) == want, or != want when `differs`. */
struct sv_watcher {
	struct sv_watcher *next, *previous;
	const void *word;
	uint64_t mask, want;
	sv_time received; /* when it got the copy that it polls */
	sv_time arrive;   /* of its next fetch at the home, while stale */
	sv_time lost;     /* its copy, since when it is stale */
	void (*wake)(struct sv_watcher *watcher, uint64_t value, sv_time done);
	uint16_t pu;
	uint8_t bytes;
	bool differs, stale;
	bool blind; /* its thread does not run: it does not poll */
};

/* Watches; the PU has a copy, and the condition does not hold. */
void sv_memory_watch(struct sv_memory *m, struct sv_watcher *watcher);
/* A watcher that was blind polls again, perhaps from another PU. */
void sv_memory_look_again(struct sv_memory *m, struct sv_watcher *watcher);
void sv_memory_unwatch(struct sv_memory *m, struct sv_watcher *watcher);

/* A random point of a loop that takes so long, one stream for all of a host. */
sv_time sv_memory_phase(struct sv_memory *m, sv_time turn);

/* The value of a word of 1, 2, 4 or 8 bytes. */
uint64_t sv_memory_peek(const void *word, unsigned bytes);
bool sv_watcher_holds(const struct sv_watcher *watcher, uint64_t value);

#endif
