/*
 * mcs_store_tail.c - MCS lock that empties its queue by a store
 *
 * Who has swapped itself in meanwhile is cut off.
 */
#include "lock.h"
#include "substrate.h"

struct mcs_store_tail_node {
	sv_ptr next;
	sv_u32 locked;
};

struct mcs_store_tail {
	sv_ptr tail;
};

static void mcs_store_tail_init(void *lock, const void *cfg)
{
	struct mcs_store_tail *l = lock;

	(void)cfg;
	*l = (struct mcs_store_tail){ 0 };
}

static void mcs_store_tail_acquire(void *lock, void *node, const void *cfg)
{
	struct mcs_store_tail *l = lock;
	struct mcs_store_tail_node *me = node, *before;

	(void)cfg;
	sv_store(&me->next, NULL, SV_RELAXED);
	before = sv_xchg(&l->tail, me, SV_ACQ_REL);
	if (!before)
		return;
	sv_store(&me->locked, 1, SV_RELAXED);
	sv_store(&before->next, me, SV_RELEASE);
	sv_await_eq(&me->locked, 0, SV_ACQUIRE);
}

static void mcs_store_tail_release(void *lock, void *node, const void *cfg)
{
	struct mcs_store_tail *l = lock;
	struct mcs_store_tail_node *me = node, *next = sv_load(&me->next, SV_ACQUIRE);

	(void)cfg;
	if (!next) {
		if (sv_load(&l->tail, SV_RELAXED) == me) {
			sv_store(&l->tail, NULL, SV_RELEASE);
			return;
		}
		next = sv_await_ne(&me->next, NULL, SV_ACQUIRE);
	}
	sv_store(&next->locked, 0, SV_RELEASE);
}

SV_LOCK(mcs_store_tail) = {
	.name = "mcs-store-tail",
	.traits = SV_LOCK_FIFO,
	.lock_bytes = sizeof(struct mcs_store_tail),
	.node_bytes = sizeof(struct mcs_store_tail_node),
	.init = mcs_store_tail_init,
	.acquire = mcs_store_tail_acquire,
	.release = mcs_store_tail_release,
};
