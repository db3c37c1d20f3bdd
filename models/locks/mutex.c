/*
 * mutex.c - blocking mutex on a futex
 *
 * 0 is free, 1 is held, 2 is held and somebody may sleep. A waiter marks the lock
 * contended and sleeps; a release of a contended lock frees it and wakes one sleeper,
 * who competes with newcomers. Every contended hand-over pays two system calls and a
 * wake-up.
 *
 * Memory        4 bytes a lock.
 * Uncontended   cas; faa.
 * Reference     Drepper, Futexes are tricky, 2011, section 5, mutex3.
 */
#include "lock.h"
#include "substrate.h"

struct mutex {
	sv_u32 state;
};
_Static_assert(sizeof(struct mutex) == 4, "the same layout in every substrate");

enum { FREE, HELD, CONTENDED };

static void mutex_init(void *lock, const void *cfg)
{
	struct mutex *m = lock;

	(void)cfg;
	*m = (struct mutex){ 0 };
}

static bool mutex_try_acquire(void *lock, void *node, const void *cfg)
{
	struct mutex *m = lock;

	(void)node, (void)cfg;
	return sv_cas(&m->state, FREE, HELD, SV_ACQUIRE) == FREE; /* M: with mutex_release */
}

static void mutex_acquire(void *lock, void *node, const void *cfg)
{
	struct mutex *m = lock;

	if (mutex_try_acquire(lock, node, cfg))
		return;
	/* Whoever comes here cannot know that nobody else sleeps, so it takes the lock as
	 * contended. */
	while (sv_xchg(&m->state, CONTENDED, SV_ACQUIRE) != FREE) /* M: with mutex_release */
		sv_futex_wait(&m->state, CONTENDED);
}

static void mutex_release(void *lock, void *node, const void *cfg)
{
	struct mutex *m = lock;

	(void)node, (void)cfg;
	if (sv_faa(&m->state, UINT32_MAX, SV_RELEASE) == HELD) /* M: with mutex_acquire */
		return;
	sv_store(&m->state, FREE, SV_RELEASE); /* M: with mutex_acquire */
	sv_futex_wake(&m->state, 1);
}

SV_LOCK(mutex) = {
	.name = "mutex",
	.help = "blocking mutex on a futex: waiters sleep",
	.traits = SV_LOCK_BLOCKING,
	.lock_bytes = sizeof(struct mutex),
	.init = mutex_init,
	.acquire = mutex_acquire,
	.try_acquire = mutex_try_acquire,
	.release = mutex_release,
};
