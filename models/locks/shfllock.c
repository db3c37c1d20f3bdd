/*
 * shfllock.c - shuffling spinlock
 *
 * The lock is a test-and-set byte; waiters stand in an MCS queue, and its head takes the
 * byte. One waiter at a time is the shuffler: it walks the queue, moves waiters of its own
 * NUMA node up behind itself and passes its role to the last of them. That work is
 * done by who waits anyway, not by the holder. A batch is bounded; then the next head begins
 * one for its own node. Newcomers may take a free byte only while nobody queues.
 *
 * Memory        16 bytes a lock, 32 bytes a thread.
 * Uncontended   load, cas; store (1 byte).
 * Reference     Kashyap, Calciu, Cheng, Min and Kim, Scalable and practical locking with
 *               shuffling, SOSP 2019, figure 4 (the spinlock).
 */
#include "lock.h"
#include "substrate.h"

struct shfllock {
	union {
		sv_u16 both;
		struct {
			sv_u8 locked;
			sv_u8 no_stealing;
		};
	};
	sv_ptr tail;
};
_Static_assert(sizeof(struct shfllock) == 16 && offsetof(struct shfllock, tail) == 8,
	"the same layout in every substrate");

/* Bits of a waiter's state. */
#define READY    1u /* it is the head of the queue */
#define SHUFFLER 2u

struct shfllock_node {
	sv_ptr next;
	sv_ptr visited; /* the shuffler before came up to here; NULL: up to this one */
	sv_u32 state;
	sv_u32 batch; /* its number in a batch; 0: in none */
	sv_u32 numa_node;
};
_Static_assert(sizeof(struct shfllock_node) == 32, "the same layout in every substrate");

struct shfllock_cfg {
	int64_t batch;
};

static const struct sv_option options[] = {
	{ .name = "batch",
		.type = SV_INT,
		.offset = offsetof(struct shfllock_cfg, batch),
		.unit = "waiters",
		.min = "1",
		.max = "1000000000",
		.def = "1024",
		.help = "waiters of one NUMA node that are grouped before others get their turn" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("shfllock", struct shfllock_cfg, options);

static void shfllock_init(void *lock, const void *cfg)
{
	struct shfllock *l = lock;

	(void)cfg;
	*l = (struct shfllock){ 0 };
}

/* A walk through the queue: behind `last` comes the next of the batch, `previous` is how far the
 * walk has come. */
struct walk {
	struct shfllock_node *self, *last, *previous;
	uint32_t numa_node, batch;
};

static void join_batch(struct walk *w, struct shfllock_node *n)
{
	sv_store(&n->batch, ++w->batch, SV_RELAXED);
	w->last = n;
}

/* One step. False at the end of the queue: the tail stays where it is, newcomers write to it. */
static bool step(struct shfllock *l, struct walk *w)
{
	struct shfllock_node *n = sv_load(&w->previous->next, SV_ACQUIRE),
			     *after; /* N: with join */

	if (!n || n == sv_load(&l->tail, SV_RELAXED))
		return false;
	if (sv_load(&n->numa_node, SV_RELAXED) != w->numa_node) {
		w->previous = n;
		return true;
	}
	if (w->previous == w->last) {
		join_batch(w, n);
		w->previous = n;
		return true;
	}
	after = sv_load(&n->next, SV_ACQUIRE); /* N: with join */
	if (!after)
		return false;
	sv_store(&w->previous->next, after, SV_RELAXED);
	sv_store(&n->next, sv_load(&w->last->next, SV_RELAXED), SV_RELAXED);
	/* N: the walk of a later shuffler, and the head who leaves, follow these links. */
	sv_store(&w->last->next, n, SV_RELEASE);
	join_batch(w, n);
	return true;
}

static bool is_over(struct shfllock *l, struct shfllock_node *me, bool head)
{
	return head ? sv_load(&l->locked, SV_RELAXED) == 0
		    : sv_load(&me->state, SV_RELAXED) & READY;
}

/* Groups waiters of our NUMA node behind us until there is something better to do. */
static void shuffle(
	struct shfllock *l, struct shfllock_node *me, const struct shfllock_cfg *c, bool head)
{
	struct walk w = { .self = me,
		.last = me,
		.previous = sv_load(&me->visited, SV_RELAXED),
		.numa_node = sv_load(&me->numa_node, SV_RELAXED),
		.batch = sv_load(&me->batch, SV_RELAXED) };

	if (!w.previous)
		w.previous = me;
	if (w.batch == 0)
		sv_store(&me->batch, ++w.batch, SV_RELAXED);
	sv_and(&me->state, ~SHUFFLER, SV_RELAXED);
	while (w.batch < (uint64_t)c->batch)
		if (!step(l, &w) || is_over(l, me, head))
			break;
	if (w.batch >= (uint64_t)c->batch)
		return;
	sv_store(&w.last->visited, w.previous == w.last ? NULL : w.previous, SV_RELAXED);
	sv_or(&w.last->state, SHUFFLER, SV_RELEASE); /* S: with wait_for_head() */
}

static void wait_for_head(
	struct shfllock *l, struct shfllock_node *me, const struct shfllock_cfg *c)
{
	for (;;) {
		/* H: with shfllock_acquire. S: with shuffle(). */
		uint32_t state = sv_await_ne(&me->state, 0, SV_ACQUIRE);

		if (state & READY)
			return;
		shuffle(l, me, c, false);
		sv_relax(1);
	}
}

static void take_as_head(struct shfllock *l, struct shfllock_node *me, const struct shfllock_cfg *c)
{
	for (;;) {
		/* S: with shuffle() */
		bool shuffles = sv_load(&me->batch, SV_RELAXED) == 0 ||
				sv_load(&me->state, SV_ACQUIRE) & SHUFFLER;

		if (shuffles)
			shuffle(l, me, c, true);
		else
			sv_await_eq(&l->locked, 0, SV_RELAXED);
		/* L: with shfllock_release */
		if (sv_load(&l->locked, SV_RELAXED) == 0 &&
			sv_cas(&l->locked, 0, 1, SV_ACQUIRE) == 0)
			return;
		sv_relax(1);
	}
}

/* Returns the waiter before, or NULL. */
static struct shfllock_node *join(struct shfllock *l, struct shfllock_node *me)
{
	struct shfllock_node *before;

	sv_store(&me->next, NULL, SV_RELAXED);
	sv_store(&me->visited, NULL, SV_RELAXED);
	sv_store(&me->state, 0, SV_RELAXED);
	sv_store(&me->batch, 0, SV_RELAXED);
	sv_store(&me->numa_node, sv_numa_node(), SV_RELAXED);
	before = sv_xchg(&l->tail, me, SV_ACQ_REL); /* Q: a node is ready for a successor */
	if (before)
		sv_store(&before->next, me, SV_RELEASE); /* N: with step(), leave() */
	return before;
}

static void leave(struct shfllock *l, struct shfllock_node *me)
{
	struct shfllock_node *next = sv_load(&me->next, SV_ACQUIRE); /* N: with join(), step() */

	if (!next) {
		if (sv_cas(&l->tail, me, NULL, SV_RELEASE) == me) { /* Q: with join() */
			/* Who queues up right now may find stealing allowed: unfair, and harmless.
			 */
			sv_store(&l->no_stealing, 0, SV_RELAXED);
			return;
		}
		next = sv_await_ne(&me->next, NULL, SV_ACQUIRE); /* N: with join() */
	}
	sv_or(&next->state, READY, SV_RELEASE); /* H: with wait_for_head() */
}

static bool shfllock_try_acquire(void *lock, void *node, const void *cfg)
{
	struct shfllock *l = lock;

	(void)node, (void)cfg;
	return sv_load(&l->both, SV_RELAXED) == 0 &&
	       sv_cas(&l->both, 0, 1, SV_ACQUIRE) == 0; /* L: with shfllock_release */
}

static void shfllock_acquire(void *lock, void *node, const void *cfg)
{
	struct shfllock *l = lock;

	if (shfllock_try_acquire(lock, node, cfg))
		return;
	if (join(l, node))
		wait_for_head(l, node, cfg);
	else
		sv_store(&l->no_stealing, 1, SV_RELAXED);
	take_as_head(l, node, cfg);
	leave(l, node);
}

static void shfllock_release(void *lock, void *node, const void *cfg)
{
	struct shfllock *l = lock;

	(void)node, (void)cfg;
	sv_store(&l->locked, 0, SV_RELEASE); /* L: with every acquire of the byte */
}

SV_LOCK(shfllock) = {
	.name = "shfllock",
	.help = "shuffling spinlock: waiters group themselves by NUMA node",
	.lock_bytes = sizeof(struct shfllock),
	.node_bytes = sizeof(struct shfllock_node),
	.options = &table,
	.init = shfllock_init,
	.acquire = shfllock_acquire,
	.try_acquire = shfllock_try_acquire,
	.release = shfllock_release,
};
