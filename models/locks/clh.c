/*
 * clh.c - queue lock of Craig, Landin and Hagersten
 *
 * A waiter spins on its predecessor's line and, once served, takes that line as its
 * own for the next time. The queue is implicit: nobody links itself, so a release is
 * one store. The line a thread uses moves away from it, which costs where memory is
 * not uniform.
 *
 * A node has two lines to itself, because processors fetch lines in pairs: who polls a node
 * would take the line beside it along, the tail or another thread's own.
 *
 * Memory        256 bytes a lock (with the first node), 256 bytes a thread.
 * Uncontended   store, xchg, load; store.
 * Reference     Craig, Building FIFO and priority-queuing spin locks from atomic swap,
 *               UW TR 93-02-02, 1993; Magnusson, Landin, Hagersten, IPPS 1994.
 */
#include "lock.h"
#include "substrate.h"

#define PAIR_BYTES (2 * SV_LINE_BYTES)

struct clh_node {
	sv_u32 locked;
	char pad[PAIR_BYTES - sizeof(sv_u32)];
};

struct clh {
	sv_ptr tail;
	char pad[PAIR_BYTES - sizeof(sv_ptr)];
	struct clh_node first;
};
_Static_assert(sizeof(struct clh) == 2 * PAIR_BYTES && offsetof(struct clh, first) == PAIR_BYTES,
	"the same layout in every substrate");

struct clh_thread {
	struct clh_node *mine, *before; /* private to the thread */
	char pad[PAIR_BYTES - 2 * sizeof(void *)];
	struct clh_node own; /* the node it starts with */
};
_Static_assert(sizeof(struct clh_thread) == 2 * PAIR_BYTES, "the same layout in every substrate");

static void clh_init(void *lock, const void *cfg)
{
	struct clh *l = lock;

	(void)cfg;
	*l = (struct clh){ 0 };
	l->tail.raw = &l->first;
}

static void clh_node_init(void *node, unsigned thread)
{
	struct clh_thread *t = node;

	(void)thread;
	t->mine = &t->own;
}

static void clh_acquire(void *lock, void *node, const void *cfg)
{
	struct clh *l = lock;
	struct clh_thread *t = node;

	(void)cfg;
	sv_store(&t->mine->locked, 1, SV_RELAXED);
	/* Release: Q, our successor must find locked set. Acquire: Q, for our predecessor. */
	t->before = sv_xchg(&l->tail, t->mine, SV_ACQ_REL);
	sv_await_eq(&t->before->locked, 0, SV_ACQUIRE); /* H: with clh_release */
}

static void clh_release(void *lock, void *node, const void *cfg)
{
	struct clh_thread *t = node;
	struct clh_node *mine = t->mine;

	(void)lock, (void)cfg;
	/* Our predecessor left its node for good: it is ours next time. */
	t->mine = t->before;
	sv_store(&mine->locked, 0, SV_RELEASE); /* H: with clh_acquire */
}

SV_LOCK(clh) = {
	.name = "clh",
	.help = "FIFO queue lock: each waiter spins on its predecessor's line",
	.traits = SV_LOCK_FIFO,
	.lock_bytes = sizeof(struct clh),
	.node_bytes = sizeof(struct clh_thread),
	.init = clh_init,
	.node_init = clh_node_init,
	.acquire = clh_acquire,
	.release = clh_release,
};
