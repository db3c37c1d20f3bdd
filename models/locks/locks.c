/*
 * locks.c - the lists of locks, from lock_list.h
 */
#include "locks.h"
#include "lock_list.h"

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
