/*
 * mcs_impatient.c - MCS lock that does not wait until its successor has linked itself
 *
 * The release finds somebody else as the tail, reads the link at once and follows NULL.
 */
#include "lock.h"
#include "substrate.h"

struct mcs_impatient_node {
	sv_ptr next;
	sv_u32 locked;
};

struct mcs_impatient {
	sv_ptr tail;
};

static void mcs_impatient_init(void *lock, const void *cfg)
{
	struct mcs_impatient *l = lock;

	(void)cfg;
	*l = (struct mcs_impatient){ 0 };
}

static void mcs_impatient_acquire(void *lock, void *node, const void *cfg)
{
	struct mcs_impatient *l = lock;
	struct mcs_impatient_node *me = node, *before;

	(void)cfg;
	sv_store(&me->next, NULL, SV_RELAXED);
	before = sv_xchg(&l->tail, me, SV_ACQ_REL);
	if (!before)
		return;
	sv_store(&me->locked, 1, SV_RELAXED);
	sv_store(&before->next, me, SV_RELEASE);
	sv_await_eq(&me->locked, 0, SV_ACQUIRE);
}

static void mcs_impatient_release(void *lock, void *node, const void *cfg)
{
	struct mcs_impatient *l = lock;
	struct mcs_impatient_node *me = node, *next = sv_load(&me->next, SV_ACQUIRE);

	(void)cfg;
	if (!next) {
		if (sv_cas(&l->tail, me, NULL, SV_RELEASE) == me)
			return;
		next = sv_load(&me->next, SV_ACQUIRE);
	}
	sv_store(&next->locked, 0, SV_RELEASE);
}

SV_LOCK(mcs_impatient) = {
	.name = "mcs-impatient",
	.traits = SV_LOCK_FIFO,
	.lock_bytes = sizeof(struct mcs_impatient),
	.node_bytes = sizeof(struct mcs_impatient_node),
	.init = mcs_impatient_init,
	.acquire = mcs_impatient_acquire,
	.release = mcs_impatient_release,
};
