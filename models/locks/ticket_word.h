/*
 * ticket_word.h - the four bytes of the ticket locks whose waiters halt
 *
 * Bit 0 of `head` says that somebody may have halted; tickets count by two.
 */
#ifndef SV_TICKET_WORD_H
#define SV_TICKET_WORD_H

#include "lock.h"
#include "substrate.h"

#define TICKET      ((uint16_t)2)
#define TICKET_SLOW ((uint16_t)1)
#define TICKET_MASK ((uint16_t)~TICKET_SLOW)

struct ticket_halt {
	union {
		sv_u32 both;
		struct {
			sv_u16 head;
			sv_u16 tail;
		};
	};
};
_Static_assert(sizeof(struct ticket_halt) == 4 && offsetof(struct ticket_halt, tail) == 2,
	"the same layout in every substrate");

static inline void ticket_halt_init(void *lock, const void *cfg)
{
	(void)cfg;
	*(struct ticket_halt *)lock = (struct ticket_halt){ 0 };
}

/* Takes a number; returns how many are before it, 0 when the lock is ours at once. */
static inline unsigned ticket_halt_enter(struct ticket_halt *t, uint16_t *mine)
{
	/* H: with ticket_halt_release() */
	uint32_t old = sv_faa(&t->both, (uint32_t)TICKET << 16, SV_ACQUIRE);

	*mine = (uint16_t)(old >> 16);
	return (uint16_t)(*mine - (old & TICKET_MASK)) / TICKET;
}

/* True when it became our turn within so many tests. */
static inline bool ticket_halt_spin(struct ticket_halt *t, uint16_t mine, uint64_t tests)
{
	/* H: with ticket_halt_release() */
	return sv_await_mask_for(&t->head, TICKET_MASK, mine, tests, SV_ACQUIRE) < tests;
}

/* The new owner, after waiting: clears the slow bit when nobody else waits. */
static inline void ticket_halt_settle(struct ticket_halt *t, uint16_t mine)
{
	uint32_t alone = (uint32_t)(uint16_t)(mine + TICKET) << 16 | mine;

	if (sv_load(&t->head, SV_RELAXED) & TICKET_SLOW)
		sv_cas(&t->both, alone | TICKET_SLOW, alone, SV_RELAXED);
}

/* Hands the lock on to the next ticket. True when waiters may have halted. */
static inline bool ticket_halt_pass(struct ticket_halt *t, uint16_t *next)
{
	/* H, S: with ticket_halt_spin(), ticket_halt_enter() and ticket_halt_publish() */
	uint16_t old = sv_faa(&t->head, TICKET, SV_ACQ_REL);

	*next = (uint16_t)((old & TICKET_MASK) + TICKET);
	return old & TICKET_SLOW;
}

static inline bool ticket_halt_try(struct ticket_halt *t)
{
	uint32_t old = sv_load(&t->both, SV_RELAXED), head = old & TICKET_MASK;

	if (old >> 16 != head)
		return false;
	/* H: with ticket_halt_release() */
	return sv_cas(&t->both, old, (uint32_t)(uint16_t)(head + TICKET) << 16 | head,
		       SV_ACQUIRE) == old;
}

#endif
