/*
 * ticket_plain.c - ticket lock with a plain field, which is right
 *
 * The control: only the holder writes it.
 */
#include "lock.h"
#include "substrate.h"

struct ticket_plain {
	sv_u32 next;
	sv_u32 serving;
	uint32_t holder; /* CPU and 1, or 0 */
};

static void ticket_plain_init(void *lock, const void *cfg)
{
	struct ticket_plain *t = lock;

	(void)cfg;
	*t = (struct ticket_plain){ 0 };
}

static void ticket_plain_acquire(void *lock, void *node, const void *cfg)
{
	struct ticket_plain *t = lock;
	uint32_t mine = sv_faa(&t->next, 1, SV_RELAXED);

	(void)node, (void)cfg;
	sv_await_eq(&t->serving, mine, SV_ACQUIRE);
	t->holder = sv_cpu() + 1;
}

static void ticket_plain_release(void *lock, void *node, const void *cfg)
{
	struct ticket_plain *t = lock;

	(void)node, (void)cfg;
	t->holder = 0;
	sv_store(&t->serving, sv_load(&t->serving, SV_RELAXED) + 1, SV_RELEASE);
}

SV_LOCK(ticket_plain) = {
	.name = "ticket-plain",
	.lock_bytes = sizeof(struct ticket_plain),
	.init = ticket_plain_init,
	.acquire = ticket_plain_acquire,
	.release = ticket_plain_release,
};
