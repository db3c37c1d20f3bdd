/*
 * candidates.h - pending sets that the engine's was chosen from
 */
#ifndef SV_BENCH_CANDIDATES_H
#define SV_BENCH_CANDIDATES_H

#include "pending_internal.h"

struct candidate {
	const char *name;
	void *(*make)(void);
	void (*push)(void *set, const struct sv_event *event);
	struct sv_event (*pop)(void *set); /* of a set that is not empty */
	void (*free)(void *set);
};

extern const struct candidate heap_candidate, ladder_candidate, buckets_candidate;

#endif
