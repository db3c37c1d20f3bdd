/*
 * ticket_halt.h - the ticket lock whose waiters halt
 *
 * What pv-ticket, iticket and oticket share. Bit 0 of `head` says that somebody may have
 * halted; tickets count by two. A waiter publishes (lock, ticket) for its CPU, sets the bit,
 * looks again and halts. A release adds to the same word: either it comes after the bit and
 * sees it, with all that was published before, or the waiter sees the new head.
 */
#ifndef SV_TICKET_HALT_H
#define SV_TICKET_HALT_H

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

#define TICKET_WORD_CPUS 64u
#define TICKET_LINE_CPUS 512u

/* What a CPU waits for. The set of waiting CPUs is a line for each 512, kept by the first. */
struct ticket_halt_cpu {
	sv_ptr lock; /* NULL: for nothing */
	sv_u16 want;
	char pad[SV_LINE_BYTES - sizeof(sv_ptr) - sizeof(sv_u16)];
	sv_u64 waiting[TICKET_LINE_CPUS / TICKET_WORD_CPUS];
};
_Static_assert(offsetof(struct ticket_halt_cpu, waiting) == SV_LINE_BYTES, "two lines");

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

static inline sv_u64 *ticket_halt_waiting(unsigned cpu)
{
	struct ticket_halt_cpu *first = sv_percpu(cpu - cpu % TICKET_LINE_CPUS);

	return &first->waiting[cpu % TICKET_LINE_CPUS / TICKET_WORD_CPUS];
}

/* Halts unless it is our turn. It need not be when this returns. */
static inline void ticket_halt_sleep(struct ticket_halt *t, uint16_t mine)
{
	unsigned cpu = sv_cpu();
	uint64_t bit = (uint64_t)1 << cpu % TICKET_WORD_CPUS;
	struct ticket_halt_cpu *me = sv_percpu(cpu);

	sv_store(&me->want, mine, SV_RELEASE); /* W: with ticket_halt_waits() */
	sv_store(&me->lock, t, SV_RELEASE);    /* P: with ticket_halt_waits() */
	sv_or(ticket_halt_waiting(cpu), bit, SV_RELAXED);
	/* S: with ticket_halt_release(), which then sees all of the above. */
	sv_or(&t->head, TICKET_SLOW, SV_ACQ_REL);
	if ((sv_load(&t->head, SV_RELAXED) & TICKET_MASK) != mine)
		sv_pv_wait();
	sv_and(ticket_halt_waiting(cpu), ~bit, SV_RELAXED);
	sv_store(&me->lock, NULL, SV_RELAXED);
}

/* The new owner, after waiting: clears the slow bit when nobody else waits. */
static inline void ticket_halt_settle(struct ticket_halt *t, uint16_t mine)
{
	uint32_t alone = (uint32_t)(uint16_t)(mine + TICKET) << 16 | mine;

	if (sv_load(&t->head, SV_RELAXED) & TICKET_SLOW)
		sv_cas(&t->both, alone | TICKET_SLOW, alone, SV_RELAXED);
}

/* Looks at the lock twice, because the CPU may move on to another one meanwhile: a kick that meets
 * the wrong CPU would be missing at the right one. */
static inline bool ticket_halt_waits(
	struct ticket_halt_cpu *c, const struct ticket_halt *t, uint16_t ticket)
{
	return sv_load(&c->lock, SV_ACQUIRE) == t &&      /* P: with ticket_halt_sleep() */
	       sv_load(&c->want, SV_ACQUIRE) == ticket && /* W: with ticket_halt_sleep() */
	       sv_load(&c->lock, SV_RELAXED) == t;
}

static inline void ticket_halt_kick(const struct ticket_halt *t, uint16_t ticket)
{
	for (unsigned first = 0; first < sv_cpus(); first += TICKET_WORD_CPUS) {
		uint64_t set = sv_load(ticket_halt_waiting(first), SV_RELAXED);

		for (; set; set &= set - 1) {
			unsigned cpu = first + (unsigned)__builtin_ctzll(set);

			if (ticket_halt_waits(sv_percpu(cpu), t, ticket)) {
				sv_pv_kick(cpu);
				return;
			}
		}
	}
}

/* Hands the lock on, and kicks the next waiters if they have halted. */
static inline void ticket_halt_release(struct ticket_halt *t, unsigned kicks)
{
	/* H, S: with ticket_halt_spin(), ticket_halt_enter() and ticket_halt_sleep() */
	uint16_t old = sv_faa(&t->head, TICKET, SV_ACQ_REL);

	if (!(old & TICKET_SLOW))
		return;
	for (unsigned i = 1; i <= kicks; i++)
		ticket_halt_kick(t, (uint16_t)((old & TICKET_MASK) + i * TICKET));
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
