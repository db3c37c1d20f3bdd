/*
 * mutex_wake_first.c - futex mutex that wakes before it frees the lock
 *
 * Who is woken finds it contended and sleeps again.
 */
#include "lock.h"
#include "substrate.h"

struct mutex_wake_first {
	sv_u32 state;
};

enum { FREE, HELD, CONTENDED };

static void mutex_wake_first_init(void *lock, const void *cfg)
{
	struct mutex_wake_first *m = lock;

	(void)cfg;
	*m = (struct mutex_wake_first){ 0 };
}

static void mutex_wake_first_acquire(void *lock, void *node, const void *cfg)
{
	struct mutex_wake_first *m = lock;

	(void)node, (void)cfg;
	if (sv_cas(&m->state, FREE, HELD, SV_ACQUIRE) == FREE)
		return;
	while (sv_xchg(&m->state, CONTENDED, SV_ACQUIRE) != FREE)
		sv_futex_wait(&m->state, CONTENDED);
}

static void mutex_wake_first_release(void *lock, void *node, const void *cfg)
{
	struct mutex_wake_first *m = lock;

	(void)node, (void)cfg;
	if (sv_faa(&m->state, UINT32_MAX, SV_RELEASE) == HELD)
		return;
	sv_futex_wake(&m->state, 1);
	sv_store(&m->state, FREE, SV_RELEASE);
}

SV_LOCK(mutex_wake_first) = {
	.name = "mutex-wake-first",
	.traits = SV_LOCK_BLOCKING,
	.lock_bytes = sizeof(struct mutex_wake_first),
	.init = mutex_wake_first_init,
	.acquire = mutex_wake_first_acquire,
	.release = mutex_wake_first_release,
};
