/*
 * mcs_lost.c - MCS lock that forgets a successor who has not linked itself yet
 *
 * The release finds no successor and somebody else as the tail, and leaves.
 */
#include "lock.h"
#include "substrate.h"

struct mcs_lost_node {
	sv_ptr next;
	sv_u32 locked;
};

struct mcs_lost {
	sv_ptr tail;
};

static void mcs_lost_init(void *lock, const void *cfg)
{
	struct mcs_lost *l = lock;

	(void)cfg;
	*l = (struct mcs_lost){ 0 };
}

static void mcs_lost_acquire(void *lock, void *node, const void *cfg)
{
	struct mcs_lost *l = lock;
	struct mcs_lost_node *me = node, *before;

	(void)cfg;
	sv_store(&me->next, NULL, SV_RELAXED);
	before = sv_xchg(&l->tail, me, SV_ACQ_REL);
	if (!before)
		return;
	sv_store(&me->locked, 1, SV_RELAXED);
	sv_store(&before->next, me, SV_RELEASE);
	sv_await_eq(&me->locked, 0, SV_ACQUIRE);
}

static void mcs_lost_release(void *lock, void *node, const void *cfg)
{
	struct mcs_lost *l = lock;
	struct mcs_lost_node *me = node, *next = sv_load(&me->next, SV_ACQUIRE);

	(void)cfg;
	if (!next) {
		sv_cas(&l->tail, me, NULL, SV_RELEASE);
		return;
	}
	sv_store(&next->locked, 0, SV_RELEASE);
}

SV_LOCK(mcs_lost) = {
	.name = "mcs-lost",
	.traits = SV_LOCK_FIFO,
	.lock_bytes = sizeof(struct mcs_lost),
	.node_bytes = sizeof(struct mcs_lost_node),
	.init = mcs_lost_init,
	.acquire = mcs_lost_acquire,
	.release = mcs_lost_release,
};
