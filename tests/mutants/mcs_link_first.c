/*
 * mcs_link_first.c - MCS lock whose waiter links itself before it says that it waits
 *
 * The predecessor may have handed the lock over before `locked` is set, which then stays
 * set.
 */
#include "lock.h"
#include "substrate.h"

struct mcs_link_first_node {
	sv_ptr next;
	sv_u32 locked;
};

struct mcs_link_first {
	sv_ptr tail;
};

static void mcs_link_first_init(void *lock, const void *cfg)
{
	struct mcs_link_first *l = lock;

	(void)cfg;
	*l = (struct mcs_link_first){ 0 };
}

static void mcs_link_first_acquire(void *lock, void *node, const void *cfg)
{
	struct mcs_link_first *l = lock;
	struct mcs_link_first_node *me = node, *before;

	(void)cfg;
	sv_store(&me->next, NULL, SV_RELAXED);
	before = sv_xchg(&l->tail, me, SV_ACQ_REL);
	if (!before)
		return;
	sv_store(&before->next, me, SV_RELEASE);
	sv_store(&me->locked, 1, SV_RELAXED);
	sv_await_eq(&me->locked, 0, SV_ACQUIRE);
}

static void mcs_link_first_release(void *lock, void *node, const void *cfg)
{
	struct mcs_link_first *l = lock;
	struct mcs_link_first_node *me = node, *next = sv_load(&me->next, SV_ACQUIRE);

	(void)cfg;
	if (!next) {
		if (sv_cas(&l->tail, me, NULL, SV_RELEASE) == me)
			return;
		next = sv_await_ne(&me->next, NULL, SV_ACQUIRE);
	}
	sv_store(&next->locked, 0, SV_RELEASE);
}

SV_LOCK(mcs_link_first) = {
	.name = "mcs-link-first",
	.traits = SV_LOCK_FIFO,
	.lock_bytes = sizeof(struct mcs_link_first),
	.node_bytes = sizeof(struct mcs_link_first_node),
	.init = mcs_link_first_init,
	.acquire = mcs_link_first_acquire,
	.release = mcs_link_first_release,
};
