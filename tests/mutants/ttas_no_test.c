/*
 * ttas_no_test.c - ttas that sets the byte without looking at what was there
 *
 * Two who have seen it free both go on.
 */
#include "lock.h"
#include "substrate.h"

struct ttas_no_test {
	sv_u8 locked;
};

static void ttas_no_test_init(void *lock, const void *cfg)
{
	struct ttas_no_test *t = lock;

	(void)cfg;
	*t = (struct ttas_no_test){ 0 };
}

static void ttas_no_test_acquire(void *lock, void *node, const void *cfg)
{
	struct ttas_no_test *t = lock;

	(void)node, (void)cfg;
	sv_await_eq(&t->locked, 0, SV_ACQUIRE);
	sv_xchg(&t->locked, 1, SV_ACQUIRE);
}

static void ttas_no_test_release(void *lock, void *node, const void *cfg)
{
	struct ttas_no_test *t = lock;

	(void)node, (void)cfg;
	sv_store(&t->locked, 0, SV_RELEASE);
}

SV_LOCK(ttas_no_test) = {
	.name = "ttas-no-test",
	.lock_bytes = sizeof(struct ttas_no_test),
	.init = ttas_no_test_init,
	.acquire = ttas_no_test_acquire,
	.release = ttas_no_test_release,
};
