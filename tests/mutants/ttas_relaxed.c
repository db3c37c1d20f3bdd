/*
 * ttas_relaxed.c - ttas whose exchange does not acquire
 *
 * The holder may see the data as they were before the last one wrote them.
 */
#include "lock.h"
#include "substrate.h"

struct ttas_relaxed {
	sv_u8 locked;
};

static void ttas_relaxed_init(void *lock, const void *cfg)
{
	struct ttas_relaxed *t = lock;

	(void)cfg;
	*t = (struct ttas_relaxed){ 0 };
}

static void ttas_relaxed_acquire(void *lock, void *node, const void *cfg)
{
	struct ttas_relaxed *t = lock;

	(void)node, (void)cfg;
	do {
		sv_await_eq(&t->locked, 0, SV_RELAXED);
	} while (sv_xchg(&t->locked, 1, SV_RELAXED));
}

static void ttas_relaxed_release(void *lock, void *node, const void *cfg)
{
	struct ttas_relaxed *t = lock;

	(void)node, (void)cfg;
	sv_store(&t->locked, 0, SV_RELEASE);
}

SV_LOCK(ttas_relaxed) = {
	.name = "ttas-relaxed",
	.lock_bytes = sizeof(struct ttas_relaxed),
	.init = ttas_relaxed_init,
	.acquire = ttas_relaxed_acquire,
	.release = ttas_relaxed_release,
};
