/*
 * qspinlock.c - the queued spinlock of Linux 4.2
 *
 * Four bytes hold everything: a locked byte, a pending byte and a 16-bit tail that
 * names the last waiter's per-CPU node. The second comer does not queue: it sets
 * pending and spins on the locked byte. From the third on, waiters queue as in MCS on
 * nodes of their own; the head of the queue waits for locked and pending to clear.
 *
 * Memory        4 bytes a lock, 64 bytes a CPU.
 * Uncontended   cas; store (1 byte).
 * Reference     Linux 4.2, kernel/locking/qspinlock.c; Long, qspinlock: a 4-byte queue
 *               spinlock with PV support, LKML 2014-2015.
 */
#include "qspinlock_word.h"

/*
 * Linux keeps four nodes a CPU, for task, softirq, hardirq and NMI context. Only task
 * context exists here, so a CPU needs one; it has the line that Linux gives the four.
 */
struct qspinlock_node {
	sv_ptr next;
	sv_u32 locked;
	char pad[SV_LINE_BYTES - sizeof(sv_ptr) - sizeof(sv_u32)];
};
_Static_assert(
	sizeof(struct qspinlock_node) == SV_LINE_BYTES, "the same layout in every substrate");

/* As the head of the queue: take the lock, then make the next waiter the head. */
static void acquire_as_head(struct qspinlock_word *l, struct qspinlock_node *me, uint16_t tail)
{
	struct qspinlock_node *next;
	/* L: with qspinlock_release */
	uint32_t value = sv_await_mask(&l->all, LOCKED_PENDING_MASK, 0, SV_ACQUIRE);

	/* The last in the queue empties it while it takes the lock. */
	if (value >> 16 == tail && sv_cas(&l->all, value, LOCKED, SV_RELAXED) == value)
		return;
	sv_store(&l->locked, 1, SV_RELAXED);
	next = sv_await_ne(&me->next, NULL, SV_ACQUIRE); /* N: with queue_up */
	sv_store(&next->locked, 1, SV_RELEASE);          /* H: with queue_up */
}

static void queue_up(struct qspinlock_word *l)
{
	uint16_t tail = qspinlock_word_tail(sv_cpu()), before;
	struct qspinlock_node *me = qspinlock_word_node(tail), *previous;

	sv_store(&me->locked, 0, SV_RELAXED);
	sv_store(&me->next, NULL, SV_RELAXED);
	/* The first touch of the node may have taken so long that the lock is free now. */
	if (qspinlock_word_try(l))
		return;
	before = sv_xchg(&l->tail, tail, SV_ACQ_REL); /* Q: a node is ready for a successor */
	if (before) {
		previous = qspinlock_word_node(before);
		sv_store(&previous->next, me, SV_RELEASE); /* N: with acquire_as_head */
		sv_await_eq(&me->locked, 1, SV_ACQUIRE);   /* H: with acquire_as_head */
	}
	acquire_as_head(l, me, tail);
}

static void qspinlock_acquire(void *lock, void *node, const void *cfg)
{
	struct qspinlock_word *l = lock;
	uint32_t value = sv_cas(&l->all, 0, LOCKED, SV_ACQUIRE); /* L: with qspinlock_release */

	(void)node, (void)cfg;
	if (value != 0 && !qspinlock_word_pend(l, value))
		queue_up(l);
}

static bool qspinlock_try_acquire(void *lock, void *node, const void *cfg)
{
	(void)node, (void)cfg;
	return qspinlock_word_try(lock);
}

static void qspinlock_release(void *lock, void *node, const void *cfg)
{
	struct qspinlock_word *l = lock;

	(void)node, (void)cfg;
	sv_store(&l->locked, 0, SV_RELEASE); /* L: with every acquire of the locked byte */
}

SV_LOCK(qspinlock) = {
	.name = "qspinlock",
	.help = "queued spinlock of Linux 4.2 with its pending bit",
	.lock_bytes = sizeof(struct qspinlock_word),
	.percpu_bytes = sizeof(struct qspinlock_node),
	.init = qspinlock_word_init,
	.acquire = qspinlock_acquire,
	.try_acquire = qspinlock_try_acquire,
	.release = qspinlock_release,
};
