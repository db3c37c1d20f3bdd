/*
 * mcs.c - queue lock of Mellor-Crummey and Scott
 *
 * Each waiter spins on a line of its own and its predecessor writes to it: a hand-over
 * costs one line transfer however many wait. A newcomer swaps itself in as the tail and
 * links itself behind its predecessor.
 *
 * Memory        8 bytes a lock, 16 bytes a thread.
 * Uncontended   store, xchg; load, cas.
 * Reference     Mellor-Crummey and Scott, ACM TOCS 9(1), 1991, section 2.4.
 */
#include "lock.h"
#include "substrate.h"

struct mcs_node {
	sv_ptr next;
	sv_u32 locked;
};

struct mcs {
	sv_ptr tail;
};
_Static_assert(sizeof(struct mcs) == 8 && sizeof(struct mcs_node) == 16 &&
		       offsetof(struct mcs_node, locked) == 8,
	"the same layout in every substrate");

static void mcs_init(void *lock, const void *cfg)
{
	struct mcs *l = lock;

	(void)cfg;
	*l = (struct mcs){ 0 };
}

static void mcs_acquire(void *lock, void *node, const void *cfg)
{
	struct mcs *l = lock;
	struct mcs_node *me = node, *before;

	(void)cfg;
	sv_store(&me->next, NULL, SV_RELAXED);
	/* Acquire: L, with the cas in mcs_release. Release: N, the successor must find next
	 * cleared. */
	before = sv_xchg(&l->tail, me, SV_ACQ_REL);
	if (!before)
		return;
	sv_store(&me->locked, 1, SV_RELAXED);
	sv_store(&before->next, me, SV_RELEASE); /* N: with mcs_release */
	sv_await_eq(&me->locked, 0, SV_ACQUIRE); /* H: with mcs_release */
}

static bool mcs_try_acquire(void *lock, void *node, const void *cfg)
{
	struct mcs *l = lock;
	struct mcs_node *me = node;

	(void)cfg;
	sv_store(&me->next, NULL, SV_RELAXED);
	return sv_cas(&l->tail, NULL, me, SV_ACQ_REL) == NULL; /* L, N: as in mcs_acquire */
}

static void mcs_release(void *lock, void *node, const void *cfg)
{
	struct mcs *l = lock;
	struct mcs_node *me = node,
			*next = sv_load(&me->next, SV_ACQUIRE); /* N: with mcs_acquire */

	(void)cfg;
	if (!next) {
		if (sv_cas(&l->tail, me, NULL, SV_RELEASE) == me) /* L: with mcs_acquire */
			return;
		/* Somebody swapped itself in and is about to link itself. */
		next = sv_await_ne(&me->next, NULL, SV_ACQUIRE); /* N: with mcs_acquire */
	}
	sv_store(&next->locked, 0, SV_RELEASE); /* H: with mcs_acquire */
}

SV_LOCK(mcs) = {
	.name = "mcs",
	.help = "FIFO queue lock: each waiter spins on its own line",
	.traits = SV_LOCK_FIFO,
	.lock_bytes = sizeof(struct mcs),
	.node_bytes = sizeof(struct mcs_node),
	.init = mcs_init,
	.acquire = mcs_acquire,
	.try_acquire = mcs_try_acquire,
	.release = mcs_release,
};
