/*
 * pv_qspinlock.c - the paravirtual queued spinlock of Linux 4.2 and 4.3
 *
 * A waiter in the queue spins on its node, then halts. The head of the queue spins on the
 * locked byte, then enters itself in a hash table, marks the lock SLOW and halts; the
 * release of a SLOW lock finds and kicks it. When a waiter becomes owner and its successor,
 * now the head, has halted, 4.2 kicks it at once: it wakes during the critical section
 * and may have to halt again. 4.3 hashes it instead, so that one kick at the release does.
 *
 * Memory        4 bytes a lock, 128 bytes a CPU.
 * Uncontended   cas; cas (1 byte).
 * Reference     Linux 4.2 and 4.3, kernel/locking/qspinlock_paravirt.h.
 */
#include "pv_queue.h"

struct pv_qspinlock_cfg {
	int64_t threshold;
	int kick;
};

enum { AT_ACQUIRE, AT_RELEASE };
static const char *const kicks[] = { "at-acquire", "at-release", NULL };

static const struct sv_option options[] = {
	{ .name = "threshold",
		.type = SV_INT,
		.offset = offsetof(struct pv_qspinlock_cfg, threshold),
		.unit = "tests",
		.min = "1",
		.max = "1000000000000",
		.def = "32768",
		.help = "tests of its node, and then of the lock, before a waiter halts" },
	{ .name = "kick",
		.type = SV_CHOICE,
		.offset = offsetof(struct pv_qspinlock_cfg, kick),
		.def = "at-acquire",
		.help = "when a halted waiter that has become the head of the queue is kicked: "
			"when "
			"its predecessor acquires the lock (Linux 4.2), or releases it (4.3)",
		.more = kicks },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("pv-qspinlock", struct pv_qspinlock_cfg, options);

/* Until the predecessor has made us the head of the queue. */
static void wait_in_queue(struct pv_node *me, uint64_t tests)
{
	/* H: with pv_queue_leave() */
	while (sv_await_eq_for(&me->locked, 1, tests, SV_ACQUIRE) == tests)
		pv_queue_halt(me, sv_pv_wait);
}

/* Until the lock is free. There is no stealing: it stays free for us. */
static void wait_as_head(struct qspinlock_word *l, struct pv_node *me, uint64_t tests)
{
	bool hashed = sv_load(&me->state, SV_RELAXED) == HASHED;

	while (sv_await_eq_for(&l->locked, 0, tests, SV_RELAXED) == tests) {
		if (!hashed) {
			struct pv_entry *entry = pv_hash(l, me);

			hashed = true;
			sv_store(&me->state, HASHED, SV_RELAXED);
			/* S: with pv_queue_unlock() */
			if (sv_cas(&l->locked, LOCKED, SLOW, SV_RELEASE) == 0) {
				sv_store(&entry->lock, NULL, SV_RELEASE); /* E: with pv_hash() */
				return;
			}
		}
		if (sv_load(&l->locked, SV_RELAXED) == SLOW)
			sv_pv_wait();
	}
}

static void queue_up(struct qspinlock_word *l, const struct pv_qspinlock_cfg *c)
{
	struct pv_node *me = pv_queue_node(), *next;
	uint32_t value;

	if (qspinlock_word_try(l))
		return;
	if (pv_queue_join(l, me))
		wait_in_queue(me, (uint64_t)c->threshold);
	wait_as_head(l, me, (uint64_t)c->threshold);
	/* L: with pv_queue_unlock() */
	value = sv_await_mask(&l->all, LOCKED_PENDING_MASK, 0, SV_ACQUIRE);
	next = pv_queue_leave(l, me, value);
	if (!next)
		return;
	if (c->kick == AT_RELEASE)
		pv_queue_advance(l, next);
	/* H: with pv_queue_halt() */
	else if (sv_cas(&next->state, HALTED, RUNNING, SV_SEQ_CST) == HALTED)
		sv_pv_kick(sv_load(&next->cpu, SV_RELAXED));
}

static void pv_qspinlock_acquire(void *lock, void *node, const void *cfg)
{
	struct qspinlock_word *l = lock;

	(void)node;
	if (sv_cas(&l->all, 0, LOCKED, SV_ACQUIRE) != 0) /* L: with pv_queue_unlock() */
		queue_up(l, cfg);
}

static bool pv_qspinlock_try_acquire(void *lock, void *node, const void *cfg)
{
	(void)node, (void)cfg;
	return qspinlock_word_try(lock);
}

SV_LOCK(pv_qspinlock) = {
	.name = "pv-qspinlock",
	.help = "paravirtual queued spinlock of Linux 4.2 (or 4.3): waiters spin, then halt",
	.traits = SV_LOCK_BLOCKING | SV_LOCK_PARAVIRTUAL,
	.lock_bytes = sizeof(struct qspinlock_word),
	.percpu_bytes = sizeof(struct pv_node),
	.options = &table,
	.init = qspinlock_word_init,
	.acquire = pv_qspinlock_acquire,
	.try_acquire = pv_qspinlock_try_acquire,
	.release = pv_queue_release,
};
