/*
 * mcs_relaxed_tail.c - MCS lock that takes an empty queue without acquiring
 *
 * Who finds the queue empty is not ordered behind who emptied it.
 */
#include "lock.h"
#include "substrate.h"

struct mcs_relaxed_tail_node {
	sv_ptr next;
	sv_u32 locked;
};

struct mcs_relaxed_tail {
	sv_ptr tail;
};

static void mcs_relaxed_tail_init(void *lock, const void *cfg)
{
	struct mcs_relaxed_tail *l = lock;

	(void)cfg;
	*l = (struct mcs_relaxed_tail){ 0 };
}

static void mcs_relaxed_tail_acquire(void *lock, void *node, const void *cfg)
{
	struct mcs_relaxed_tail *l = lock;
	struct mcs_relaxed_tail_node *me = node, *before;

	(void)cfg;
	sv_store(&me->next, NULL, SV_RELAXED);
	before = sv_xchg(&l->tail, me, SV_RELEASE);
	if (!before)
		return;
	sv_store(&me->locked, 1, SV_RELAXED);
	sv_store(&before->next, me, SV_RELEASE);
	sv_await_eq(&me->locked, 0, SV_ACQUIRE);
}

static void mcs_relaxed_tail_release(void *lock, void *node, const void *cfg)
{
	struct mcs_relaxed_tail *l = lock;
	struct mcs_relaxed_tail_node *me = node, *next = sv_load(&me->next, SV_ACQUIRE);

	(void)cfg;
	if (!next) {
		if (sv_cas(&l->tail, me, NULL, SV_RELEASE) == me)
			return;
		next = sv_await_ne(&me->next, NULL, SV_ACQUIRE);
	}
	sv_store(&next->locked, 0, SV_RELEASE);
}

SV_LOCK(mcs_relaxed_tail) = {
	.name = "mcs-relaxed-tail",
	.traits = SV_LOCK_FIFO,
	.lock_bytes = sizeof(struct mcs_relaxed_tail),
	.node_bytes = sizeof(struct mcs_relaxed_tail_node),
	.init = mcs_relaxed_tail_init,
	.acquire = mcs_relaxed_tail_acquire,
	.release = mcs_relaxed_tail_release,
};
