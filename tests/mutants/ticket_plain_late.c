/*
 * ticket_plain_late.c - ticket lock that writes a plain field after the release
 *
 * The next holder writes it too.
 */
#include "lock.h"
#include "substrate.h"

struct ticket_plain_late {
	sv_u32 next;
	sv_u32 serving;
	uint32_t holder; /* CPU and 1, or 0 */
};

static void ticket_plain_late_init(void *lock, const void *cfg)
{
	struct ticket_plain_late *t = lock;

	(void)cfg;
	*t = (struct ticket_plain_late){ 0 };
}

static void ticket_plain_late_acquire(void *lock, void *node, const void *cfg)
{
	struct ticket_plain_late *t = lock;
	uint32_t mine = sv_faa(&t->next, 1, SV_RELAXED);

	(void)node, (void)cfg;
	sv_await_eq(&t->serving, mine, SV_ACQUIRE);
	t->holder = sv_cpu() + 1;
}

static void ticket_plain_late_release(void *lock, void *node, const void *cfg)
{
	struct ticket_plain_late *t = lock;

	(void)node, (void)cfg;
	sv_store(&t->serving, sv_load(&t->serving, SV_RELAXED) + 1, SV_RELEASE);
	t->holder = 0;
}

SV_LOCK(ticket_plain_late) = {
	.name = "ticket-plain-late",
	.lock_bytes = sizeof(struct ticket_plain_late),
	.init = ticket_plain_late_init,
	.acquire = ticket_plain_late_acquire,
	.release = ticket_plain_late_release,
};
