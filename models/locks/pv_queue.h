/*
 * pv_queue.h - the queue of the paravirtual qspinlocks
 *
 * Waiters queue as in MCS and halt in the queue. How long they spin, and what the head of
 * the queue does, is up to each lock.
 */
#ifndef SV_PV_QUEUE_H
#define SV_PV_QUEUE_H

#include "pv_hash.h"

/* This CPU's node, ready to be queued. */
static inline struct pv_node *pv_queue_node(void)
{
	unsigned cpu = sv_cpu();
	struct pv_node *me = sv_percpu(cpu);

	sv_store(&me->locked, 0, SV_RELAXED);
	sv_store(&me->next, NULL, SV_RELAXED);
	sv_store(&me->cpu, cpu, SV_RELAXED);
	sv_store(&me->state, RUNNING, SV_RELAXED);
	return me;
}

/* Joins the queue; returns the waiter before, or NULL. */
static inline struct pv_node *pv_queue_join(struct qspinlock_word *l, struct pv_node *me)
{
	/* Q: a node is ready for a successor */
	uint16_t before = sv_xchg(&l->tail, qspinlock_word_tail(sv_cpu()), SV_ACQ_REL);
	struct pv_node *previous;

	if (!before)
		return NULL;
	previous = qspinlock_word_node(before);
	sv_store(&previous->next, me, SV_RELEASE); /* N: with pv_queue_leave() */
	return previous;
}

/*
 * The head, who last saw `value` and whose lock it is now, takes it and leaves the queue.
 * Returns the new head, or NULL.
 */
static inline struct pv_node *pv_queue_leave(
	struct qspinlock_word *l, struct pv_node *me, uint32_t value)
{
	struct pv_node *next;

	/* The last in the queue empties it. */
	if (value >> 16 == qspinlock_word_tail(sv_cpu()) &&
		sv_cas(&l->all, value, LOCKED, SV_RELAXED) == value)
		return NULL;
	sv_store(&l->locked, LOCKED, SV_RELAXED);
	next = sv_await_ne(&me->next, NULL, SV_ACQUIRE); /* N: with pv_queue_join() */
	/* H: with pv_queue_halt(). The caller's cas of SV_SEQ_CST on the state does not pass this
	 * store, neither on x86-64 nor on aarch64. */
	sv_store(&next->locked, 1, SV_RELEASE);
	return next;
}

/*
 * Halts in the queue, unless this waiter has become its head. Either the predecessor finds
 * us halted after it made us the head, or we see that we are: both store, then load.
 */
static inline void pv_queue_halt(struct pv_node *me, void (*halt)(void))
{
	sv_store(&me->state, HALTED, SV_SEQ_CST);
	/* H: with pv_queue_leave() */
	if (!sv_load(&me->locked, SV_SEQ_CST) && sv_load(&me->state, SV_RELAXED) == HALTED)
		halt();
	/* Who was hashed meanwhile must know. */
	sv_cas(&me->state, HALTED, RUNNING, SV_RELAXED);
}

/* The new owner hashes a halted head on its behalf, so that only the release wakes it. */
static inline void pv_queue_advance(struct qspinlock_word *l, struct pv_node *head)
{
	/* H: with pv_queue_halt() */
	if (sv_cas(&head->state, HALTED, HASHED, SV_SEQ_CST) != HALTED)
		return;
	/* We ourselves release the lock: the order of these two matters to nobody. */
	sv_store(&l->locked, SLOW, SV_RELAXED);
	pv_hash(l, head);
}

/* Returns who must be kicked, or NULL. */
static inline struct pv_node *pv_queue_unlock(struct qspinlock_word *l)
{
	struct pv_node *head;

	/* Release: L, with every acquire of the byte. Acquire: S, with who made it SLOW. */
	if (sv_cas(&l->locked, LOCKED, 0, SV_ACQ_REL) == LOCKED)
		return NULL;
	/* First the entry, so that no lock ever has two. */
	head = pv_unhash(l);
	sv_store(&l->locked, 0, SV_RELEASE); /* L: with every acquire of the byte */
	return head;
}

static inline void pv_queue_release(void *lock, void *node, const void *cfg)
{
	struct pv_node *head = pv_queue_unlock(lock);

	(void)node, (void)cfg;
	if (head)
		sv_pv_kick(sv_load(&head->cpu, SV_RELAXED));
}

#endif
