/*
 * deadline.h - Linux's deadline I/O scheduler
 *
 * Requests of each direction are in two orders: by place, and by age. Batches are served by
 * place, from where the last one ended; a batch begins with the oldest request when that has
 * expired. Reads go first, but only so many batches in a row while writes wait.
 *
 * Rules. The caller holds the lock that guards it, and charges the time.
 */
#ifndef SV_DEADLINE_H
#define SV_DEADLINE_H

#include "block/layer_options.h"
#include "block/request.h"

struct sv_disk;

struct sv_deadline {
	struct sv_deadline_side {
		struct sv_request *oldest, *newest, *lowest;
		struct sv_request *next; /* by place, where the last one ended */
	} side[2];                       /* reads, and all else */
	int64_t batched, starved;
	unsigned last; /* side */
};

void sv_deadline_insert(struct sv_deadline *d, struct sv_request *r, sv_time expires);
/* Joins a request to one that waits. */
bool sv_deadline_merge(struct sv_deadline *d, struct sv_disk *disk, struct sv_request *r);
/* The next one, taken out; NULL: none waits. */
struct sv_request *sv_deadline_pick(
	struct sv_deadline *d, const struct sv_layer_options *options, sv_time now);

static inline bool sv_deadline_empty(const struct sv_deadline *d)
{
	return !d->side[0].oldest && !d->side[1].oldest;
}

#endif
