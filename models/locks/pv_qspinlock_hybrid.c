/*
 * pv_qspinlock_hybrid.c - the paravirtual queued spinlock of Linux 4.5
 *
 * As pv_qspinlock of 4.3, and fair only while vCPUs run: a newcomer may steal a free lock
 * once, before it queues; a waiter halts early when the waiter before it does not run,
 * because its own turn is then far. The head of the queue sets pending while it spins, which
 * bars stealers; while it is halted they may pass.
 *
 * Memory        4 bytes a lock, 128 bytes a CPU.
 * Uncontended   cas; cas (1 byte).
 * Reference     Linux 4.5, kernel/locking/qspinlock_paravirt.h. The head halts as "hashed"
 *               as of 4.7, which mended a lock that was hashed twice.
 */
#include "pv_queue.h"

struct pv_qspinlock_hybrid_cfg {
	int64_t threshold, check;
};

static const struct sv_option options[] = {
	{ .name = "threshold",
		.type = SV_INT,
		.offset = offsetof(struct pv_qspinlock_hybrid_cfg, threshold),
		.unit = "tests",
		.min = "1",
		.max = "1000000000000",
		.def = "32768",
		.help = "tests of its node, and then of the lock, before a waiter halts" },
	{ .name = "check",
		.type = SV_INT,
		.offset = offsetof(struct pv_qspinlock_hybrid_cfg, check),
		.unit = "tests",
		.min = "1",
		.max = "1000000000000",
		.def = "256",
		.help = "tests between two looks at whether the waiter before runs" },
	{ 0 },
};
static const struct sv_table table =
	SV_TABLE("pv-qspinlock-hybrid", struct pv_qspinlock_hybrid_cfg, options);

/* Also when a head has not barred stealers and the queue is not empty. */
static bool steal(struct qspinlock_word *l)
{
	return !(sv_load(&l->all, SV_RELAXED) & LOCKED_PENDING_MASK) &&
	       sv_cas(&l->locked, 0, LOCKED, SV_ACQUIRE) == 0; /* L: with pv_queue_release() */
}

/* Spins on the node, with a look at the one before at first and in regular intervals. True when we
 * have become the head. */
static bool spin_in_queue(
	struct pv_node *me, struct pv_node *before, const struct pv_qspinlock_hybrid_cfg *c)
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
static bool spin_as_head(struct qspinlock_word *l, uint64_t tests)
{
	uint64_t spent;

	sv_store(&l->pending, 1, SV_RELAXED);
	for (uint64_t left = tests; left > 0; left -= spent + 1) {
		spent = sv_await_eq_for(&l->locked, 0, left, SV_RELAXED);
		if (spent >= left)
			break;
		/* A stealer may have been faster still. L: with pv_queue_release() */
		if (sv_cas(&l->locked_pending, PENDING, LOCKED, SV_ACQUIRE) == PENDING)
			return true;
		sv_relax(1);
	}
	sv_store(&l->pending, 0, SV_RELAXED);
	return false;
}

/* Marks the lock SLOW for us. True when it was free, and therefore is ours. */
static bool hash_or_take(struct qspinlock_word *l, struct pv_node *me)
{
	struct pv_entry *entry = pv_hash(l, me);

	/* L, S: with pv_queue_release() */
	if (sv_xchg(&l->locked, SLOW, SV_ACQ_REL) != 0)
		return false;
	sv_store(&l->locked, LOCKED, SV_RELAXED);
	sv_store(&entry->lock, NULL, SV_RELEASE); /* E: with pv_hash() */
	return true;
}

/* On return the lock is ours. Who was woken and found the lock stolen is not hashed again: as in
 * Linux, it spins from then on. */
static void wait_as_head(struct qspinlock_word *l, struct pv_node *me, uint64_t tests)
{
	bool hashed = sv_load(&me->state, SV_RELAXED) == HASHED;

	for (;;) {
		sv_store(&me->state, RUNNING, SV_RELAXED);
		if (spin_as_head(l, tests))
			return;
		if (!hashed && hash_or_take(l, me))
			return;
		hashed = true;
		sv_store(&me->state, HASHED, SV_RELAXED);
		if (sv_load(&l->locked, SV_RELAXED) == SLOW)
			sv_pv_wait();
	}
}

static void queue_up(struct qspinlock_word *l, const struct pv_qspinlock_hybrid_cfg *c)
{
	struct pv_node *me = pv_queue_node(), *before, *next;

	if (steal(l))
		return;
	before = pv_queue_join(l, me);
	while (before && !spin_in_queue(me, before, c))
		pv_queue_halt(me);
	wait_as_head(l, me, (uint64_t)c->threshold);
	next = pv_queue_leave(l, me, sv_load(&l->all, SV_RELAXED));
	if (next)
		pv_queue_advance(l, next);
}

static void pv_qspinlock_hybrid_acquire(void *lock, void *node, const void *cfg)
{
	struct qspinlock_word *l = lock;

	(void)node;
	if (sv_cas(&l->all, 0, LOCKED, SV_ACQUIRE) != 0) /* L: with pv_queue_release() */
		queue_up(l, cfg);
}

static bool pv_qspinlock_hybrid_try_acquire(void *lock, void *node, const void *cfg)
{
	(void)node, (void)cfg;
	return qspinlock_word_try(lock);
}

SV_LOCK(pv_qspinlock_hybrid) = {
	.name = "pv-qspinlock-hybrid",
	.help = "paravirtual queued spinlock of Linux 4.5: may be stolen, waiters halt early",
	.traits = SV_LOCK_BLOCKING | SV_LOCK_PARAVIRTUAL,
	.lock_bytes = sizeof(struct qspinlock_word),
	.percpu_bytes = sizeof(struct pv_node),
	.options = &table,
	.init = qspinlock_word_init,
	.acquire = pv_qspinlock_hybrid_acquire,
	.try_acquire = pv_qspinlock_hybrid_try_acquire,
	.release = pv_queue_release,
};
