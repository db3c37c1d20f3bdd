/*
 * ticket.c - FIFO ticket spinlock
 *
 * A waiter takes a number and awaits its turn. All waiters watch one line, so every
 * release (and every newcomer, who writes the same line) invalidates every waiter:
 * hand-over cost grows with their count, and one preempted waiter stalls all behind it.
 *
 * Memory        8 bytes a lock.
 * Uncontended   faa, load; load, store.
 * Reference     Mellor-Crummey and Scott, ACM TOCS 9(1), 1991, section 2.2.
 */
#include "lock.h"
#include "substrate.h"

struct ticket {
	sv_u32 next;
	sv_u32 serving;
};
_Static_assert(sizeof(struct ticket) == 8 && offsetof(struct ticket, serving) == 4,
	"the same layout in every substrate");

static void ticket_init(void *lock, const void *cfg)
{
	struct ticket *t = lock;

	(void)cfg;
	*t = (struct ticket){ 0 };
}

static void ticket_acquire(void *lock, void *node, const void *cfg)
{
	struct ticket *t = lock;
	uint32_t mine = sv_faa(&t->next, 1, SV_RELAXED);

	(void)node, (void)cfg;
	sv_await_eq(&t->serving, mine, SV_ACQUIRE); /* T: with ticket_release */
}

static bool ticket_try_acquire(void *lock, void *node, const void *cfg)
{
	struct ticket *t = lock;
	uint32_t serving = sv_load(&t->serving, SV_ACQUIRE); /* T: with ticket_release */

	(void)node, (void)cfg;
	/* Free when nobody has a later number; taking it then makes it our turn at once. */
	return sv_cas(&t->next, serving, serving + 1, SV_RELAXED) == serving;
}

static void ticket_release(void *lock, void *node, const void *cfg)
{
	struct ticket *t = lock;
	uint32_t serving = sv_load(&t->serving, SV_RELAXED);

	(void)node, (void)cfg;
	sv_store(&t->serving, serving + 1, SV_RELEASE); /* T: with ticket_acquire */
}

SV_LOCK(ticket) = {
	.name = "ticket",
	.help = "FIFO ticket lock: all waiters watch one line",
	.traits = SV_LOCK_FIFO,
	.lock_bytes = sizeof(struct ticket),
	.init = ticket_init,
	.acquire = ticket_acquire,
	.try_acquire = ticket_try_acquire,
	.release = ticket_release,
};
