/*
 * ttas.c - test-and-test-and-set spinlock
 *
 * Waiters watch their own copy of the line and try only when they see it free. A
 * release still sends all of them for the line at once: one wins, the others have
 * invalidated each other for nothing.
 *
 * Memory        1 byte a lock.
 * Uncontended   load, xchg; store.
 * Reference     Rudolph and Segall, Dynamic decentralized cache schemes for MIMD parallel
 *               processors, ISCA 1984.
 */
#include "lock.h"
#include "substrate.h"

struct ttas {
	sv_u8 locked;
};
_Static_assert(sizeof(struct ttas) == 1, "the same layout in every substrate");

static void ttas_init(void *lock, const void *cfg)
{
	struct ttas *t = lock;

	(void)cfg;
	*t = (struct ttas){ 0 };
}

static bool ttas_try_acquire(void *lock, void *node, const void *cfg)
{
	struct ttas *t = lock;

	(void)node, (void)cfg;
	return sv_load(&t->locked, SV_RELAXED) == 0 &&
	       sv_xchg(&t->locked, 1, SV_ACQUIRE) == 0; /* L: with ttas_release */
}

static void ttas_acquire(void *lock, void *node, const void *cfg)
{
	struct ttas *t = lock;

	(void)node, (void)cfg;
	sv_await_eq(&t->locked, 0, SV_RELAXED);
	/* The loop apart from the first test, and the pause before testing again, keep a
	 * processor from guessing that the lock is free and fetching its line for writing. */
	while (sv_xchg(&t->locked, 1, SV_ACQUIRE)) { /* L: with ttas_release */
		sv_relax(1);
		sv_await_eq(&t->locked, 0, SV_RELAXED);
	}
}

static void ttas_release(void *lock, void *node, const void *cfg)
{
	struct ttas *t = lock;

	(void)node, (void)cfg;
	sv_store(&t->locked, 0, SV_RELEASE); /* L: with ttas_acquire */
}

SV_LOCK(ttas) = {
	.name = "ttas",
	.help = "test-and-test-and-set: waiters watch, all rush at a release",
	.lock_bytes = sizeof(struct ttas),
	.init = ttas_init,
	.acquire = ttas_acquire,
	.try_acquire = ttas_try_acquire,
	.release = ttas_release,
};
