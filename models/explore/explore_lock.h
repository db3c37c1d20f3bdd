/*
 * explore_lock.h - a lock under the explorer
 *
 * Threads acquire, touch the data that the lock protects, and release, a few times each.
 */
#ifndef SV_EXPLORE_LOCK_H
#define SV_EXPLORE_LOCK_H

#include "explore.h"
#include "locks/locks.h"

struct sv_explore_lock {
	const struct sv_lock *lock; /* of the explored substrate */
	const void *config;
	unsigned threads, acquisitions;
	unsigned locks; /* that each thread goes through in turn */
	bool tries;     /* every second attempt is a try_acquire(), when the lock has it */
};

int sv_explore_lock(const struct sv_explore_lock *what, const struct sv_explore_options *options,
	struct sv_explore_result *result, struct sv_diag *diag);

#endif
