/*
 * pv_hybrid.h - the paravirtual queued spinlock of Linux 4.5 and later
 *
 * What pv-qspinlock-hybrid and qspinlock+ share: all but how a waiter halts.
 */
#ifndef SV_PV_HYBRID_H
#define SV_PV_HYBRID_H

#include "pv_queue.h"

struct pv_hybrid_cfg {
	int64_t threshold, check;
};

/* The rows of the struct above, as a part of a table whose struct begins with it. */
#define PV_HYBRID_OPTIONS                                                                          \
	{ .name = "threshold",                                                                     \
		.type = SV_INT,                                                                    \
		.offset = offsetof(struct pv_hybrid_cfg, threshold),                               \
		.unit = "tests",                                                                   \
		.min = "1",                                                                        \
		.max = "1000000000000",                                                            \
		.def = "32768",                                                                    \
		.help = "tests of its node, and then of the lock, before a waiter halts" },        \
	{                                                                                          \
		.name = "check", .type = SV_INT, .offset = offsetof(struct pv_hybrid_cfg, check),  \
		.unit = "tests", .min = "1", .max = "1000000000000", .def = "256",                 \
		.help = "tests between two looks at whether the waiter before runs"                \
	}

/* Also when a head has not barred stealers and the queue is not empty. */
static inline bool pv_hybrid_steal(struct qspinlock_word *l)
{
	return !(sv_load(&l->all, SV_RELAXED) & LOCKED_PENDING_MASK) &&
	       sv_cas(&l->locked, 0, LOCKED, SV_ACQUIRE) == 0; /* L: with pv_queue_unlock() */
}

/* Spins on the node, with a look at the one before at first and in regular intervals. True when we
 * have become the head. */
static inline bool pv_hybrid_spin_in_queue(
	struct pv_node *me, struct pv_node *before, const struct pv_hybrid_cfg *c)
{
	uint64_t left = (uint64_t)c->threshold, most = (uint64_t)c->check, tests;

	for (; left > 0; left -= tests) {
		tests = left < most ? left : most;
		/* Its owner may use the node for another lock by now: a wrong answer costs a halt.
		 */
		if (!sv_load(&me->locked, SV_RELAXED) &&
			sv_load(&before->state, SV_RELAXED) != RUNNING)
			return false;
		/* H: with pv_queue_leave() */
		if (sv_await_eq_for(&me->locked, 1, tests, SV_ACQUIRE) < tests)
			return true;
	}
	return false;
}

/* Spins on the lock while stealers are barred. True when we have it. */
static inline bool pv_hybrid_spin_as_head(struct qspinlock_word *l, uint64_t tests)
{
	uint64_t spent;

	sv_store(&l->pending, 1, SV_RELAXED);
	for (uint64_t left = tests; left > 0; left -= spent + 1) {
		spent = sv_await_eq_for(&l->locked, 0, left, SV_RELAXED);
		if (spent >= left)
			break;
		/* A stealer may have been faster still. L: with pv_queue_unlock() */
		if (sv_cas(&l->locked_pending, PENDING, LOCKED, SV_ACQUIRE) == PENDING)
			return true;
		sv_relax(1);
	}
	sv_store(&l->pending, 0, SV_RELAXED);
	return false;
}

/* Marks the lock SLOW for us. True when it was free, and therefore is ours. */
static inline bool pv_hybrid_hash_or_take(struct qspinlock_word *l, struct pv_node *me)
{
	struct pv_entry *entry = pv_hash(l, me);

	/* L, S: with pv_queue_unlock() */
	if (sv_xchg(&l->locked, SLOW, SV_ACQ_REL) != 0)
		return false;
	sv_store(&l->locked, LOCKED, SV_RELAXED);
	sv_store(&entry->lock, NULL, SV_RELEASE); /* E: with pv_hash() */
	return true;
}

/* On return the lock is ours. Who was woken and found the lock stolen is not hashed again: as in
 * Linux, it spins from then on. */
static inline void pv_hybrid_wait_as_head(
	struct qspinlock_word *l, struct pv_node *me, uint64_t tests, void (*halt)(void))
{
	bool hashed = sv_load(&me->state, SV_RELAXED) == HASHED;

	for (;;) {
		sv_store(&me->state, RUNNING, SV_RELAXED);
		if (pv_hybrid_spin_as_head(l, tests))
			return;
		if (!hashed && pv_hybrid_hash_or_take(l, me))
			return;
		hashed = true;
		sv_store(&me->state, HASHED, SV_RELAXED);
		if (sv_load(&l->locked, SV_RELAXED) == SLOW)
			halt();
	}
}

static inline void pv_hybrid_queue_up(
	struct qspinlock_word *l, const struct pv_hybrid_cfg *c, void (*halt)(void))
{
	struct pv_node *me = pv_queue_node(), *before, *next;

	if (pv_hybrid_steal(l))
		return;
	before = pv_queue_join(l, me);
	while (before && !pv_hybrid_spin_in_queue(me, before, c))
		pv_queue_halt(me, halt);
	pv_hybrid_wait_as_head(l, me, (uint64_t)c->threshold, halt);
	next = pv_queue_leave(l, me, sv_load(&l->all, SV_RELAXED));
	if (next)
		pv_queue_advance(l, next);
}

static inline void pv_hybrid_acquire(void *lock, const void *cfg, void (*halt)(void))
{
	struct qspinlock_word *l = lock;

	if (sv_cas(&l->all, 0, LOCKED, SV_ACQUIRE) != 0) /* L: with pv_queue_unlock() */
		pv_hybrid_queue_up(l, cfg, halt);
}

#endif
