/*
 * tas.c - test-and-set spinlock
 *
 * Every attempt is an exchange, so every waiter keeps pulling the line away from the
 * holder, whose release must queue behind them. Unfair: nearby waiters win.
 *
 * Memory        1 byte a lock.
 * Uncontended   xchg; store.
 * Reference     Anderson, The performance of spin lock alternatives for shared-memory
 *               multiprocessors, IEEE TPDS 1(1), 1990.
 */
#include "lock.h"
#include "substrate.h"

struct tas {
	sv_u8 locked;
};
_Static_assert(sizeof(struct tas) == 1, "the same layout in every substrate");

static void tas_init(void *lock, const void *cfg)
{
	struct tas *t = lock;

	(void)cfg;
	*t = (struct tas){ 0 };
}

static bool tas_try_acquire(void *lock, void *node, const void *cfg)
{
	struct tas *t = lock;

	(void)node, (void)cfg;
	return sv_xchg(&t->locked, 1, SV_ACQUIRE) == 0; /* L: with tas_release */
}

static void tas_acquire(void *lock, void *node, const void *cfg)
{
	while (!tas_try_acquire(lock, node, cfg))
		sv_relax(1);
}

static void tas_release(void *lock, void *node, const void *cfg)
{
	struct tas *t = lock;

	(void)node, (void)cfg;
	sv_store(&t->locked, 0, SV_RELEASE); /* L: with tas_try_acquire */
}

SV_LOCK(tas) = {
	.name = "tas",
	.help = "test-and-set: every waiter polls by an exchange",
	.lock_bytes = sizeof(struct tas),
	.init = tas_init,
	.acquire = tas_acquire,
	.try_acquire = tas_try_acquire,
	.release = tas_release,
};
