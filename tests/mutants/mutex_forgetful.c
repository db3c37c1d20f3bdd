/*
 * mutex_forgetful.c - futex mutex whose woken waiter takes the lock as uncontended
 *
 * A second sleeper is forgotten: it takes three threads.
 */
#include "lock.h"
#include "substrate.h"

struct mutex_forgetful {
	sv_u32 state;
};

enum { FREE, HELD, CONTENDED };

static void mutex_forgetful_init(void *lock, const void *cfg)
{
	struct mutex_forgetful *m = lock;

	(void)cfg;
	*m = (struct mutex_forgetful){ 0 };
}

static void mutex_forgetful_acquire(void *lock, void *node, const void *cfg)
{
	struct mutex_forgetful *m = lock;

	(void)node, (void)cfg;
	if (sv_cas(&m->state, FREE, HELD, SV_ACQUIRE) == FREE)
		return;
	do {
		if (sv_cas(&m->state, HELD, CONTENDED, SV_RELAXED) != FREE)
			sv_futex_wait(&m->state, CONTENDED);
	} while (sv_cas(&m->state, FREE, HELD, SV_ACQUIRE) != FREE);
}

static void mutex_forgetful_release(void *lock, void *node, const void *cfg)
{
	struct mutex_forgetful *m = lock;

	(void)node, (void)cfg;
	if (sv_faa(&m->state, UINT32_MAX, SV_RELEASE) == HELD)
		return;
	sv_store(&m->state, FREE, SV_RELEASE);
	sv_futex_wake(&m->state, 1);
}

SV_LOCK(mutex_forgetful) = {
	.name = "mutex-forgetful",
	.traits = SV_LOCK_BLOCKING,
	.lock_bytes = sizeof(struct mutex_forgetful),
	.init = mutex_forgetful_init,
	.acquire = mutex_forgetful_acquire,
	.release = mutex_forgetful_release,
};
