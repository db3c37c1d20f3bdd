/*
 * coherence_private.h - what the files of the coherence model share
 */
#ifndef SV_COHERENCE_PRIVATE_H
#define SV_COHERENCE_PRIVATE_H

#include "machine/watch.h"

/* What serving a request takes: until the requester has the data, and until the next can be served.
 */
struct sv_service {
	sv_time latency, occupancy;
	unsigned invalidated; /* copies that had to go */
};

/* A fetch that is to be served, in the order of arrival. */
struct sv_fetch {
	sv_time arrive;
	struct sv_watcher *watcher;
};

sv_time sv_coherence_cost(const struct sv_memory *m, enum sv_cost family, enum sv_distance d);

/* A load of a line that no core has. */
sv_time sv_coherence_memory(const struct sv_memory *m, uint32_t line, unsigned pu);

/* An invalidation travels one way: half of what gaining the line costs. */
sv_time sv_coherence_invalidation(const struct sv_memory *m, unsigned writer, unsigned pu);

/* Gives the PU's core a copy. */
struct sv_service sv_coherence_read(struct sv_memory *m, uint32_t line, unsigned pu);

/* The PU has written: copies of watchers elsewhere are gone; they will fetch again. */
void sv_coherence_invalidated(struct sv_memory *m, uint32_t line, unsigned pu);

/* The event of a watcher's fetch: queues it, and with it those that arrive until it is served. */
void sv_coherence_fetches_arrive(struct sv_memory *m, uint32_t line);

/* Puts the line's refetch back among the requests, for fetches from this one on. */
void sv_coherence_queue_again(struct sv_memory *m, uint32_t line, const struct sv_watcher *first);

/* Serves the watchers whose fetch has arrived. Returns when the home is free again. */
sv_time sv_coherence_refetch(struct sv_memory *m, uint32_t line);

#endif
