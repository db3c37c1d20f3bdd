/*
 * cna.c - compact NUMA-aware lock in Linux's queued spinlock
 *
 * A qspinlock whose queue prefers waiters of one NUMA node. While the head of the queue
 * waits for the lock, it moves waiters of other nodes to a secondary queue, so that the lock
 * and its data stay in one node. The secondary queue goes back in front when the first
 * queue is empty or a time has passed since somebody was set aside: nobody starves.
 * The word stays at four bytes, because the secondary queue travels with the head.
 *
 * Memory        4 bytes a lock, 64 bytes a CPU.
 * Uncontended   cas; store (1 byte).
 * Reference     Dice and Kogan, Compact NUMA-aware locks, EuroSys 2019; Kogan, Add
 *               NUMA-awareness to qspinlock, version 15, LKML 2021.
 */
#include "qspinlock_word.h"

/* A waiter's `locked`: 0, or 1 when it is the head, or above 1 the head and the tail of the
 * secondary queue, which is a ring. */
struct cna_node {
	sv_ptr next;
	sv_u32 locked;
	sv_u32 numa_node; /* that the queue prefers, once this is the head */
	sv_u64 since;     /* when the secondary queue began; 0: it is empty */
	sv_u32 tail;      /* that names this node */
	char pad[SV_LINE_BYTES - sizeof(sv_ptr) - sizeof(sv_u64) - 3 * sizeof(sv_u32)];
};
_Static_assert(sizeof(struct cna_node) == SV_LINE_BYTES, "the same layout in every substrate");

struct cna_cfg {
	sv_time flush;
};

static const struct sv_option options[] = {
	{ .name = "flush",
		.type = SV_TIME,
		.offset = offsetof(struct cna_cfg, flush),
		.min = "0ns",
		.max = "10s",
		.def = "1ms",
		.help = "how long waiters of other nodes may be set aside" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("cna", struct cna_cfg, options);

static bool has_secondary(struct cna_node *me)
{
	return sv_load(&me->locked, SV_RELAXED) > 1;
}

static struct cna_node *secondary_tail(struct cna_node *me)
{
	return qspinlock_word_node((uint16_t)sv_load(&me->locked, SV_RELAXED));
}

/* Takes `next` out of the queue and puts it last in the secondary one. */
static void set_aside(struct cna_node *me, struct cna_node *next, struct cna_node *after)
{
	sv_store(&me->next, after, SV_RELAXED);
	if (has_secondary(me)) {
		struct cna_node *last = secondary_tail(me);

		sv_store(&next->next, sv_load(&last->next, SV_RELAXED), SV_RELAXED);
		sv_store(&last->next, next, SV_RELAXED);
	} else {
		sv_store(&next->next, next, SV_RELAXED);
		sv_store(&me->since, (uint64_t)sv_clock(), SV_RELAXED);
	}
	sv_store(&me->locked, sv_load(&next->tail, SV_RELAXED), SV_RELAXED);
}

/* Looks at the next waiter. True when the search for a neighbour is over. */
static bool order_queue(struct cna_node *me)
{
	struct cna_node *next = sv_load(&me->next, SV_ACQUIRE), *after; /* N: with queue_up */

	if (!next)
		return false;
	if (sv_load(&next->numa_node, SV_RELAXED) == sv_load(&me->numa_node, SV_RELAXED))
		return true;
	after = sv_load(&next->next, SV_ACQUIRE); /* N: with queue_up */
	if (after)
		set_aside(me, next, after);
	return false;
}

/* Makes use of the time until the lock is free. */
static void order_while_busy(struct qspinlock_word *l, struct cna_node *me)
{
	while (sv_load(&l->all, SV_RELAXED) & LOCKED_PENDING_MASK) {
		if (order_queue(me))
			return;
		sv_relax(1);
	}
}

static void make_head(struct cna_node *next, uint32_t locked)
{
	sv_store(&next->locked, locked, SV_RELEASE); /* H: with queue_up */
}

/* The queue is empty behind us: true when the lock is taken and somebody else is the head, or
 * nobody waits. */
static bool leave_empty(struct qspinlock_word *l, struct cna_node *me, uint32_t value)
{
	struct cna_node *first, *last;

	if (!has_secondary(me))
		return sv_cas(&l->all, value, LOCKED, SV_RELAXED) == value;
	last = secondary_tail(me);
	first = sv_load(&last->next, SV_RELAXED);
	sv_store(&last->next, NULL, SV_RELAXED);
	/* Q: the last one is ready for a successor */
	if (sv_cas(&l->all, value, sv_load(&last->tail, SV_RELAXED) << 16 | LOCKED, SV_RELEASE) !=
		value) {
		sv_store(&last->next, first, SV_RELAXED);
		return false;
	}
	make_head(first, 1);
	return true;
}

static void hand_over(struct cna_node *me, bool flush)
{
	struct cna_node *next = sv_await_ne(&me->next, NULL, SV_ACQUIRE); /* N: with queue_up */
	struct cna_node *last, *first;

	if (!has_secondary(me)) {
		make_head(next, 1);
	} else if (flush) {
		last = secondary_tail(me);
		first = sv_load(&last->next, SV_RELAXED);
		sv_store(&last->next, next, SV_RELAXED);
		make_head(first, 1);
	} else {
		/* The preference stays, even if the next waiter is of another node. */
		sv_store(&next->numa_node, sv_load(&me->numa_node, SV_RELAXED), SV_RELAXED);
		sv_store(&next->since, sv_load(&me->since, SV_RELAXED), SV_RELAXED);
		make_head(next, sv_load(&me->locked, SV_RELAXED));
	}
}

static void acquire_as_head(
	struct qspinlock_word *l, struct cna_node *me, uint16_t tail, const struct cna_cfg *c)
{
	uint64_t since = sv_load(&me->since, SV_RELAXED);
	bool flush = since && (uint64_t)sv_clock() > since + (uint64_t)c->flush;
	uint32_t value;

	if (!flush)
		order_while_busy(l, me);
	/* L: with cna_release */
	value = sv_await_mask(&l->all, LOCKED_PENDING_MASK, 0, SV_ACQUIRE);
	if (value >> 16 == tail && leave_empty(l, me, value))
		return;
	sv_store(&l->locked, LOCKED, SV_RELAXED);
	hand_over(me, flush);
}

static void queue_up(struct qspinlock_word *l, const struct cna_cfg *c)
{
	uint16_t tail = qspinlock_word_tail(sv_cpu()), before;
	struct cna_node *me = qspinlock_word_node(tail), *previous;

	sv_store(&me->locked, 0, SV_RELAXED);
	sv_store(&me->next, NULL, SV_RELAXED);
	sv_store(&me->numa_node, sv_numa_node(), SV_RELAXED);
	sv_store(&me->since, 0, SV_RELAXED);
	sv_store(&me->tail, tail, SV_RELAXED);
	/* The first touch of the node may have taken so long that the lock is free now. */
	if (qspinlock_word_try(l))
		return;
	before = sv_xchg(&l->tail, tail, SV_ACQ_REL); /* Q: a node is ready for a successor */
	if (before) {
		previous = qspinlock_word_node(before);
		sv_store(&previous->next, me, SV_RELEASE); /* N: with order_queue, hand_over */
		sv_await_ne(&me->locked, 0, SV_ACQUIRE);   /* H: with make_head */
	} else {
		sv_store(&me->locked, 1, SV_RELAXED);
	}
	acquire_as_head(l, me, tail, c);
}

static void cna_acquire(void *lock, void *node, const void *cfg)
{
	struct qspinlock_word *l = lock;
	uint32_t value = sv_cas(&l->all, 0, LOCKED, SV_ACQUIRE); /* L: with cna_release */

	(void)node;
	if (value != 0 && !qspinlock_word_pend(l, value))
		queue_up(l, cfg);
}

static bool cna_try_acquire(void *lock, void *node, const void *cfg)
{
	(void)node, (void)cfg;
	return qspinlock_word_try(lock);
}

static void cna_release(void *lock, void *node, const void *cfg)
{
	struct qspinlock_word *l = lock;

	(void)node, (void)cfg;
	sv_store(&l->locked, 0, SV_RELEASE); /* L: with every acquire of the locked byte */
}

SV_LOCK(cna) = {
	.name = "cna",
	.help = "compact NUMA-aware qspinlock: sets waiters of other nodes aside for a time",
	.lock_bytes = sizeof(struct qspinlock_word),
	.percpu_bytes = sizeof(struct cna_node),
	.options = &table,
	.init = qspinlock_word_init,
	.acquire = cna_acquire,
	.try_acquire = cna_try_acquire,
	.release = cna_release,
};
