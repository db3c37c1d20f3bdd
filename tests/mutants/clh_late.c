/*
 * clh_late.c - CLH lock that writes to its node after it has given it away
 *
 * The successor may have queued up with it again.
 */
#include "lock.h"
#include "substrate.h"

struct clh_late_node {
	sv_u32 locked;
};

struct clh_late {
	sv_ptr tail;
	struct clh_late_node first;
};

struct clh_late_thread {
	struct clh_late_node *mine, *before;
	struct clh_late_node own;
};

static void clh_late_init(void *lock, const void *cfg)
{
	struct clh_late *l = lock;

	(void)cfg;
	*l = (struct clh_late){ 0 };
	l->tail.raw = &l->first;
}

static void clh_late_node_init(void *node, unsigned thread)
{
	struct clh_late_thread *t = node;

	(void)thread;
	t->mine = &t->own;
}

static void clh_late_acquire(void *lock, void *node, const void *cfg)
{
	struct clh_late *l = lock;
	struct clh_late_thread *t = node;

	(void)cfg;
	sv_store(&t->mine->locked, 1, SV_RELAXED);
	t->before = sv_xchg(&l->tail, t->mine, SV_ACQ_REL);
	sv_await_eq(&t->before->locked, 0, SV_ACQUIRE);
}

static void clh_late_release(void *lock, void *node, const void *cfg)
{
	struct clh_late_thread *t = node;
	struct clh_late_node *mine = t->mine;

	(void)lock, (void)cfg;
	t->mine = t->before;
	sv_store(&mine->locked, 0, SV_RELEASE);
	sv_store(&mine->locked, 0, SV_RELEASE);
}

SV_LOCK(clh_late) = {
	.name = "clh-late",
	.traits = SV_LOCK_FIFO,
	.lock_bytes = sizeof(struct clh_late),
	.node_bytes = sizeof(struct clh_late_thread),
	.init = clh_late_init,
	.node_init = clh_late_node_init,
	.acquire = clh_late_acquire,
	.release = clh_late_release,
};
