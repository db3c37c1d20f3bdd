/*
 * ticket_relaxed.c - ticket lock whose release does not release
 *
 * On x86 the store is the same instruction; only the order that C11 gives is missing.
 */
#include "lock.h"
#include "substrate.h"

struct ticket_relaxed {
	sv_u32 next;
	sv_u32 serving;
};

static void ticket_relaxed_init(void *lock, const void *cfg)
{
	struct ticket_relaxed *t = lock;

	(void)cfg;
	*t = (struct ticket_relaxed){ 0 };
}

static void ticket_relaxed_acquire(void *lock, void *node, const void *cfg)
{
	struct ticket_relaxed *t = lock;
	uint32_t mine = sv_faa(&t->next, 1, SV_RELAXED);

	(void)node, (void)cfg;
	sv_await_eq(&t->serving, mine, SV_ACQUIRE);
}

static void ticket_relaxed_release(void *lock, void *node, const void *cfg)
{
	struct ticket_relaxed *t = lock;

	(void)node, (void)cfg;
	sv_store(&t->serving, sv_load(&t->serving, SV_RELAXED) + 1, SV_RELAXED);
}

SV_LOCK(ticket_relaxed) = {
	.name = "ticket-relaxed",
	.lock_bytes = sizeof(struct ticket_relaxed),
	.init = ticket_relaxed_init,
	.acquire = ticket_relaxed_acquire,
	.release = ticket_relaxed_release,
};
