/*
 * clh_reuse.c - CLH lock whose thread uses its node again at once
 *
 * Its successor may still watch it.
 */
#include "lock.h"
#include "substrate.h"

struct clh_reuse_node {
	sv_u32 locked;
};

struct clh_reuse {
	sv_ptr tail;
	struct clh_reuse_node first;
};

struct clh_reuse_thread {
	struct clh_reuse_node *mine, *before;
	struct clh_reuse_node own;
};

static void clh_reuse_init(void *lock, const void *cfg)
{
	struct clh_reuse *l = lock;

	(void)cfg;
	*l = (struct clh_reuse){ 0 };
	l->tail.raw = &l->first;
}

static void clh_reuse_node_init(void *node, unsigned thread)
{
	struct clh_reuse_thread *t = node;

	(void)thread;
	t->mine = &t->own;
}

static void clh_reuse_acquire(void *lock, void *node, const void *cfg)
{
	struct clh_reuse *l = lock;
	struct clh_reuse_thread *t = node;

	(void)cfg;
	sv_store(&t->mine->locked, 1, SV_RELAXED);
	t->before = sv_xchg(&l->tail, t->mine, SV_ACQ_REL);
	sv_await_eq(&t->before->locked, 0, SV_ACQUIRE);
}

static void clh_reuse_release(void *lock, void *node, const void *cfg)
{
	struct clh_reuse_thread *t = node;

	(void)lock, (void)cfg;
	sv_store(&t->mine->locked, 0, SV_RELEASE);
}

SV_LOCK(clh_reuse) = {
	.name = "clh-reuse",
	.traits = SV_LOCK_FIFO,
	.lock_bytes = sizeof(struct clh_reuse),
	.node_bytes = sizeof(struct clh_reuse_thread),
	.init = clh_reuse_init,
	.node_init = clh_reuse_node_init,
	.acquire = clh_reuse_acquire,
	.release = clh_reuse_release,
};
