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

#define X(name) &sv_lock_##name##_native,
const struct sv_lock *const sv_locks_native[] = { SV_LOCK_LIST(X) NULL };
#undef X

#define X(name) &sv_lock_##name##_simulated,
const struct sv_lock *const sv_locks_simulated[] = { SV_LOCK_LIST(X) NULL };
#undef X

#define X(name) &sv_lock_##name##_explored,
const struct sv_lock *const sv_locks_explored[] = { SV_LOCK_LIST(X) NULL };
#undef X

static struct sv_kind kind_at(size_t i)
{
	const struct sv_lock *l = sv_locks_simulated[i];

	if (!l)
		return (struct sv_kind){ 0 };
	return (struct sv_kind){
		.name = l->name, .help = l->help, .table = l->options, .object = l
	};
}

const struct sv_kinds sv_lock_kinds = { .what = "lock", .at = kind_at };

const char *const sv_lock_layouts[] = { "padded", "packed", NULL };

size_t sv_lock_data_offset(const struct sv_lock *lock, int layout)
{
	size_t step = layout == SV_PACKED ? sizeof(uint64_t) : SV_LINE_BYTES;

	return (lock->lock_bytes + step - 1) / step * step;
}
