/*
 * locks.h - every lock, in every substrate
 *
 * The arrays follow lock_list.h and end with NULL; the i-th lock of each is the same
 * source file. Locks that the user has brought along come behind; they are added before
 * anything is read or runs.
 */
#ifndef SV_LOCKS_H
#define SV_LOCKS_H

#include "lock.h"

extern const struct sv_lock *sv_locks_native[];
extern const struct sv_lock *sv_locks_simulated[];
extern const struct sv_lock *sv_locks_explored[];

/* One more lock, by its three forms. False when there is no room. */
#define SV_LOCKS_ADDED 16
bool sv_locks_add(const struct sv_lock *native, const struct sv_lock *simulated,
	const struct sv_lock *explored);

/* As a kind of option; object: the simulated struct sv_lock. */
extern const struct sv_kinds sv_lock_kinds;

/* Where the data that a lock guards lie. Ends with NULL. */
enum sv_lock_layout { SV_PADDED, SV_PACKED };
extern const char *const sv_lock_layouts[];
#define SV_LOCK_LAYOUT_HELP                                                                        \
	"padded: the lock's data have lines of their own; packed: they begin right behind the "    \
	"lock, on its line if it leaves room"

/* Bytes from the lock to its data. */
size_t sv_lock_data_offset(const struct sv_lock *lock, int layout);

#endif
