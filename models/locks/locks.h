/*
 * locks.h - every lock, in every substrate
 *
 * The arrays follow lock_list.h and end with NULL; the i-th lock of each is the same
 * source file.
 */
#ifndef SV_LOCKS_H
#define SV_LOCKS_H

#include "lock.h"

extern const struct sv_lock *const sv_locks_native[];
extern const struct sv_lock *const sv_locks_simulated[];
extern const struct sv_lock *const sv_locks_explored[];

/* As a kind of option; object: the simulated struct sv_lock. */
extern const struct sv_kinds sv_lock_kinds;

#endif
