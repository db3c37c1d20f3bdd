/*
 * ttas_fifo.c - ttas that claims to be first come, first served
 *
 * Whoever is lucky is first.
 */
#include "lock.h"
#include "substrate.h"

struct ttas_fifo {
	sv_u8 locked;
};

static void ttas_fifo_init(void *lock, const void *cfg)
{
	struct ttas_fifo *t = lock;

	(void)cfg;
	*t = (struct ttas_fifo){ 0 };
}

static void ttas_fifo_acquire(void *lock, void *node, const void *cfg)
{
	struct ttas_fifo *t = lock;

	(void)node, (void)cfg;
	while (sv_xchg(&t->locked, 1, SV_ACQUIRE))
		sv_await_eq(&t->locked, 0, SV_RELAXED);
}

static void ttas_fifo_release(void *lock, void *node, const void *cfg)
{
	struct ttas_fifo *t = lock;

	(void)node, (void)cfg;
	sv_store(&t->locked, 0, SV_RELEASE);
}

SV_LOCK(ttas_fifo) = {
	.name = "ttas-fifo",
	.lock_bytes = sizeof(struct ttas_fifo),
	.traits = SV_LOCK_FIFO,
	.init = ttas_fifo_init,
	.acquire = ttas_fifo_acquire,
	.release = ttas_fifo_release,
};
