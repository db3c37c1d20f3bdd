/*
 * ticket_split.c - ticket lock that takes its number by a load and a store
 *
 * Two threads can take the same number.
 */
#include "lock.h"
#include "substrate.h"

struct ticket_split {
	sv_u32 next;
	sv_u32 serving;
};

static void ticket_split_init(void *lock, const void *cfg)
{
	struct ticket_split *t = lock;

	(void)cfg;
	*t = (struct ticket_split){ 0 };
}

static void ticket_split_acquire(void *lock, void *node, const void *cfg)
{
	struct ticket_split *t = lock;
	uint32_t mine = sv_load(&t->next, SV_RELAXED);

	(void)node, (void)cfg;
	sv_store(&t->next, mine + 1, SV_RELAXED);
	sv_await_eq(&t->serving, mine, SV_ACQUIRE);
}

static void ticket_split_release(void *lock, void *node, const void *cfg)
{
	struct ticket_split *t = lock;

	(void)node, (void)cfg;
	sv_store(&t->serving, sv_load(&t->serving, SV_RELAXED) + 1, SV_RELEASE);
}

SV_LOCK(ticket_split) = {
	.name = "ticket-split",
	.lock_bytes = sizeof(struct ticket_split),
	.init = ticket_split_init,
	.acquire = ticket_split_acquire,
	.release = ticket_split_release,
};
