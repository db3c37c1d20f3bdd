/*
 * preemptable_ticket.c - ticket lock that lets others pass a preempted waiter
 *
 * The lock itself is a byte; tickets only say who may take it. A waiter is admitted when
 * its turn has come, or when it has waited for a time in proportion to its distance,
 * because then somebody before it is probably not running. Order is kept while all run.
 * `serving` counts releases: after an overtaking it admits one waiter more, so that
 * one preempted waiter stalls nobody.
 *
 * Memory        12 bytes a lock.
 * Uncontended   faa, load, xchg; load, store, store.
 * Reference     Ouyang and Lange, Preemptable ticket spinlocks, VEE 2013.
 */
#include "lock.h"
#include "substrate.h"

struct preemptable_ticket {
	sv_u32 next;
	sv_u32 serving; /* written by the holder only */
	sv_u8 locked;
};
_Static_assert(
	sizeof(struct preemptable_ticket) == 12 && offsetof(struct preemptable_ticket, locked) == 8,
	"the same layout in every substrate");

struct preemptable_ticket_cfg {
	int64_t shift;
};

static const struct sv_option options[] = {
	{ .name = "shift",
		.type = SV_INT,
		.offset = offsetof(struct preemptable_ticket_cfg, shift),
		.unit = "bits",
		.min = "0",
		.max = "32",
		.def = "14",
		.help = "a waiter may go out of order after (distance << shift) tests" },
	{ 0 },
};
static const struct sv_table table =
	SV_TABLE("preemptable-ticket", struct preemptable_ticket_cfg, options);

static void preemptable_ticket_init(void *lock, const void *cfg)
{
	struct preemptable_ticket *t = lock;

	(void)cfg;
	*t = (struct preemptable_ticket){ 0 };
}

static uint32_t distance_of(struct preemptable_ticket *t, uint32_t mine)
{
	uint32_t distance = mine - sv_load(&t->serving, SV_RELAXED);

	/* Overtaken: the number of releases has passed our ticket. */
	return distance > UINT32_MAX / 2 ? 0 : distance;
}

/* In steps of one waiter's share, so that who is overtaken meanwhile notices. */
static void await_admission(struct preemptable_ticket *t, uint32_t mine, uint64_t share)
{
	for (uint32_t left = distance_of(t, mine); left > 0; left--) {
		if (sv_await_eq_for(&t->serving, mine, share, SV_RELAXED) < share)
			return;
		if (distance_of(t, mine) == 0)
			return;
	}
}

static void preemptable_ticket_acquire(void *lock, void *node, const void *cfg)
{
	struct preemptable_ticket *t = lock;
	const struct preemptable_ticket_cfg *c = cfg;

	(void)node;
	await_admission(t, sv_faa(&t->next, 1, SV_RELAXED), (uint64_t)1 << c->shift);
	/* L: with preemptable_ticket_release */
	while (sv_xchg(&t->locked, 1, SV_ACQUIRE))
		sv_await_eq(&t->locked, 0, SV_RELAXED);
}

static void preemptable_ticket_release(void *lock, void *node, const void *cfg)
{
	struct preemptable_ticket *t = lock;

	(void)node, (void)cfg;
	/* The holder alone counts. Both words are in one line and leave the core together. */
	sv_store(&t->serving, sv_load(&t->serving, SV_RELAXED) + 1, SV_RELAXED);
	sv_store(&t->locked, 0, SV_RELEASE); /* L: with preemptable_ticket_acquire */
}

SV_LOCK(preemptable_ticket) = {
	.name = "preemptable-ticket",
	.help = "ticket lock whose waiters go out of order after a time",
	.lock_bytes = sizeof(struct preemptable_ticket),
	.options = &table,
	.init = preemptable_ticket_init,
	.acquire = preemptable_ticket_acquire,
	.release = preemptable_ticket_release,
};
