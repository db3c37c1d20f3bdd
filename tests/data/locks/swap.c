/*
 * swap.c - a lock as a user would bring it along: an exchange, then a look until it is free
 */
#include "lock.h"
#include "substrate.h"

struct swap {
	sv_u32 taken;
};

static void swap_init(void *lock, const void *cfg)
{
	struct swap *s = lock;

	(void)cfg;
	*s = (struct swap){ 0 };
}

static void swap_acquire(void *lock, void *node, const void *cfg)
{
	struct swap *s = lock;

	(void)node, (void)cfg;
	while (sv_xchg(&s->taken, 1, SV_ACQUIRE)) /* T: with swap_release */
		sv_await_eq(&s->taken, 0, SV_RELAXED);
}

static void swap_release(void *lock, void *node, const void *cfg)
{
	struct swap *s = lock;

	(void)node, (void)cfg;
	sv_store(&s->taken, 0, SV_RELEASE); /* T: with swap_acquire */
}

SV_LOCK(swap) = {
	.name = "swap",
	.help = "exchange until it was free",
	.lock_bytes = sizeof(struct swap),
	.init = swap_init,
	.acquire = swap_acquire,
	.release = swap_release,
};
