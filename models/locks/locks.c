/*
 * locks.c - the lists of locks, from lock_list.h
 */
#include "locks.h"
#include "lock_list.h"
#include "words.h"

#define X(name)                                                                                    \
	extern const struct sv_lock sv_lock_##name##_native, sv_lock_##name##_simulated,           \
		sv_lock_##name##_explored;
SV_LOCK_LIST(X)
#undef X

#define X(name) +1
enum { BUILT_IN = 0 SV_LOCK_LIST(X) };
#undef X

static size_t locks = BUILT_IN;

#define X(name) &sv_lock_##name##_native,
const struct sv_lock *sv_locks_native[BUILT_IN + SV_LOCKS_ADDED + 1] = { SV_LOCK_LIST(X) };
#undef X

#define X(name) &sv_lock_##name##_simulated,
const struct sv_lock *sv_locks_simulated[BUILT_IN + SV_LOCKS_ADDED + 1] = { SV_LOCK_LIST(X) };
#undef X

#define X(name) &sv_lock_##name##_explored,
const struct sv_lock *sv_locks_explored[BUILT_IN + SV_LOCKS_ADDED + 1] = { SV_LOCK_LIST(X) };
#undef X

static struct sv_kind kind_at(size_t i)
{
	const struct sv_lock *l = sv_locks_simulated[i];

	if (!l)
		return (struct sv_kind){ 0 };
	return (struct sv_kind){
		.name = l->name, .help = l->help ? l->help : "", .table = l->options, .object = l
	};
}

bool sv_locks_add(const struct sv_lock *native, const struct sv_lock *simulated,
	const struct sv_lock *explored)
{
	if (locks == BUILT_IN + SV_LOCKS_ADDED)
		return false;
	sv_locks_native[locks] = native;
	sv_locks_simulated[locks] = simulated;
	sv_locks_explored[locks] = explored;
	locks++;
	return true;
}

const struct sv_kinds sv_lock_kinds = { .what = "lock", .at = kind_at };

const char *const sv_lock_layouts[] = { "padded", "packed", NULL };

size_t sv_lock_data_offset(const struct sv_lock *lock, int layout)
{
	size_t step = layout == SV_PACKED ? sizeof(uint64_t) : SV_LINE_BYTES;

	return (lock->lock_bytes + step - 1) / step * step;
}
