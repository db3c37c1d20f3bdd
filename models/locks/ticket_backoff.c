/*
 * ticket_backoff.c - ticket lock with proportional backoff
 *
 * A waiter knows how many are before it and stays away from the line in proportion,
 * so that few copies exist when the lock is handed over.
 *
 * Memory        8 bytes a lock.
 * Uncontended   faa, load; load, store.
 * Reference     Mellor-Crummey and Scott, ACM TOCS 9(1), 1991, section 2.2, algorithm 2.
 */
#include "lock.h"
#include "substrate.h"

struct ticket_backoff {
	sv_u32 next;
	sv_u32 serving;
};
_Static_assert(sizeof(struct ticket_backoff) == 8 && offsetof(struct ticket_backoff, serving) == 4,
	"the same layout in every substrate");

struct ticket_backoff_cfg {
	int64_t base;
};

static const struct sv_option options[] = {
	{ .name = "base",
		.type = SV_INT,
		.offset = offsetof(struct ticket_backoff_cfg, base),
		.unit = "pauses",
		.min = "1",
		.max = "1000000",
		.def = "32",
		.help = "wait for each thread that is before this one: about the time in which one "
			"takes and hands on the lock" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("ticket-backoff", struct ticket_backoff_cfg, options);

static void ticket_backoff_init(void *lock, const void *cfg)
{
	struct ticket_backoff *t = lock;

	(void)cfg;
	*t = (struct ticket_backoff){ 0 };
}

static void ticket_backoff_acquire(void *lock, void *node, const void *cfg)
{
	struct ticket_backoff *t = lock;
	const struct ticket_backoff_cfg *c = cfg;
	uint32_t mine = sv_faa(&t->next, 1, SV_RELAXED);
	uint32_t before;

	(void)node;
	/* B: with ticket_backoff_release */
	while ((before = mine - sv_load(&t->serving, SV_ACQUIRE)) != 0)
		sv_relax(before * (uint64_t)c->base);
}

static void ticket_backoff_release(void *lock, void *node, const void *cfg)
{
	struct ticket_backoff *t = lock;
	uint32_t serving = sv_load(&t->serving, SV_RELAXED);

	(void)node, (void)cfg;
	sv_store(&t->serving, serving + 1, SV_RELEASE); /* B: with ticket_backoff_acquire */
}

SV_LOCK(ticket_backoff) = {
	.name = "ticket-backoff",
	.help = "FIFO ticket lock, waiters poll in proportion to their distance",
	.traits = SV_LOCK_FIFO,
	.lock_bytes = sizeof(struct ticket_backoff),
	.options = &table,
	.init = ticket_backoff_init,
	.acquire = ticket_backoff_acquire,
	.release = ticket_backoff_release,
};
