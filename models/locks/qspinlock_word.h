/*
 * qspinlock_word.h - the four bytes of Linux's queued spinlocks
 *
 * qspinlock, cna and the paravirtual variants have the same word: a locked byte, a pending
 * byte, and a 16-bit tail that names the last waiter's CPU. They differ in their queues.
 */
#ifndef SV_QSPINLOCK_WORD_H
#define SV_QSPINLOCK_WORD_H

#include "lock.h"
#include "substrate.h"

#define LOCKED              0x00000001u
#define LOCKED_MASK         0x000000ffu
#define PENDING             0x00000100u
#define LOCKED_PENDING_MASK 0x0000ffffu

struct qspinlock_word {
	union {
		sv_u32 all;
		struct {
			sv_u8 locked;
			sv_u8 pending;
			sv_u16 tail;
		};
		sv_u16 locked_pending;
	};
};
_Static_assert(sizeof(struct qspinlock_word) == 4 && offsetof(struct qspinlock_word, tail) == 2,
	"the same layout in every substrate");

static inline void qspinlock_word_init(void *lock, const void *cfg)
{
	struct qspinlock_word *l = lock;

	(void)cfg;
	*l = (struct qspinlock_word){ 0 };
}

/* CPU n is n + 1 above the two bits of Linux's nesting index; 0 is nobody. */
static inline uint16_t qspinlock_word_tail(unsigned cpu)
{
	return (uint16_t)((cpu + 1) << 2);
}

/* The per-CPU node that a tail names. */
static inline void *qspinlock_word_node(uint16_t tail)
{
	return sv_percpu((unsigned)(tail >> 2) - 1);
}

static inline bool qspinlock_word_try(struct qspinlock_word *l)
{
	return sv_load(&l->all, SV_RELAXED) == 0 &&
	       sv_cas(&l->all, 0, LOCKED, SV_ACQUIRE) == 0; /* L: with every release of the byte */
}

/*
 * The second comer, who has just seen `value`: waits as pending, and has the lock on return.
 * False when somebody waits already: then it must queue.
 */
static inline bool qspinlock_word_pend(struct qspinlock_word *l, uint32_t value)
{
	uint32_t old, wanted;

	/* Pending without locked: the second comer is just taking over. */
	if (value == PENDING)
		value = sv_await_ne(&l->all, PENDING, SV_RELAXED);
	for (;; value = old) {
		if (value & ~LOCKED_MASK)
			return false;
		wanted = value == LOCKED ? LOCKED | PENDING : LOCKED;
		/* L: with every release of the byte */
		old = sv_cas(&l->all, value, wanted, SV_ACQUIRE);
		if (old == value)
			break;
	}
	if (wanted == LOCKED)
		return true;
	sv_await_eq(&l->locked, 0, SV_ACQUIRE); /* L: with every release of the byte */
	sv_store(&l->locked_pending, LOCKED, SV_RELAXED);
	return true;
}

#endif
