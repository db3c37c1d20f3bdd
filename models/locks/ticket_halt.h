/*
 * ticket_halt.h - the ticket lock whose waiters halt
 *
 * What pv-ticket, iticket, oticket and oticket+ share. A waiter publishes (lock, ticket) for its
 * CPU, sets the slow bit, looks again and halts. A release adds to the same word: either it comes
 * after the bit and sees it, with all that was published before, or the waiter sees the new head.
 */
#ifndef SV_TICKET_HALT_H
#define SV_TICKET_HALT_H

#include "ticket_word.h"

#define TICKET_WORD_CPUS 64u
#define TICKET_LINE_CPUS 512u
#define TICKET_NO_CPU    (~0u)

/* What a CPU waits for. The set of waiting CPUs is a line for each 512, kept by the first. */
struct ticket_halt_cpu {
	sv_ptr lock; /* NULL: for nothing */
	sv_u16 want;
	char pad[SV_LINE_BYTES - sizeof(sv_ptr) - sizeof(sv_u16)];
	sv_u64 waiting[TICKET_LINE_CPUS / TICKET_WORD_CPUS];
};
_Static_assert(offsetof(struct ticket_halt_cpu, waiting) == SV_LINE_BYTES, "two lines");

static inline sv_u64 *ticket_halt_waiting(unsigned cpu)
{
	struct ticket_halt_cpu *first = sv_percpu(cpu - cpu % TICKET_LINE_CPUS);

	return &first->waiting[cpu % TICKET_LINE_CPUS / TICKET_WORD_CPUS];
}

/* Says that this CPU is about to halt. Returns the ticket that holds the lock: it may be ours. */
static inline uint16_t ticket_halt_publish(struct ticket_halt *t, uint16_t mine)
{
	unsigned cpu = sv_cpu();
	uint64_t bit = (uint64_t)1 << cpu % TICKET_WORD_CPUS;
	struct ticket_halt_cpu *me = sv_percpu(cpu);

	sv_store(&me->want, mine, SV_RELEASE); /* W: with ticket_halt_waits() */
	sv_store(&me->lock, t, SV_RELEASE);    /* P: with ticket_halt_waits() */
	sv_or(ticket_halt_waiting(cpu), bit, SV_RELAXED);
	/* S: with ticket_halt_release(), which then sees all of the above. */
	sv_or(&t->head, TICKET_SLOW, SV_ACQ_REL);
	return sv_load(&t->head, SV_RELAXED) & TICKET_MASK;
}

static inline void ticket_halt_withdraw(void)
{
	unsigned cpu = sv_cpu();
	uint64_t bit = (uint64_t)1 << cpu % TICKET_WORD_CPUS;
	struct ticket_halt_cpu *me = sv_percpu(cpu);

	sv_and(ticket_halt_waiting(cpu), ~bit, SV_RELAXED);
	sv_store(&me->lock, NULL, SV_RELAXED);
}

/* Halts unless it is our turn. It need not be when this returns. */
static inline void ticket_halt_sleep(struct ticket_halt *t, uint16_t mine)
{
	if (ticket_halt_publish(t, mine) != mine)
		sv_pv_wait();
	ticket_halt_withdraw();
}

/* Looks at the lock twice, because the CPU may move on to another one meanwhile: a kick that meets
 * the wrong CPU would be missing at the right one. */
static inline bool ticket_halt_waits(
	struct ticket_halt_cpu *c, const struct ticket_halt *t, uint16_t ticket)
{
	return sv_load(&c->lock, SV_ACQUIRE) == t &&      /* P: with ticket_halt_publish() */
	       sv_load(&c->want, SV_ACQUIRE) == ticket && /* W: with ticket_halt_publish() */
	       sv_load(&c->lock, SV_RELAXED) == t;
}

/* The CPU that has halted, or is about to, with this ticket; that of nobody is TICKET_NO_CPU. */
static inline unsigned ticket_halt_find(const struct ticket_halt *t, uint16_t ticket)
{
	for (unsigned first = 0; first < sv_cpus(); first += TICKET_WORD_CPUS) {
		uint64_t set = sv_load(ticket_halt_waiting(first), SV_RELAXED);

		for (; set; set &= set - 1) {
			unsigned cpu = first + (unsigned)__builtin_ctzll(set);

			if (ticket_halt_waits(sv_percpu(cpu), t, ticket))
				return cpu;
		}
	}
	return TICKET_NO_CPU;
}

/* Kicks those of so many waiters, from this ticket on, that have halted. */
static inline void ticket_halt_kick(const struct ticket_halt *t, uint16_t ticket, unsigned waiters)
{
	for (unsigned i = 0; i < waiters; i++) {
		unsigned cpu = ticket_halt_find(t, (uint16_t)(ticket + i * TICKET));

		if (cpu != TICKET_NO_CPU)
			sv_pv_kick(cpu);
	}
}

/* Hands the lock on, and kicks the next waiters if they have halted. */
static inline void ticket_halt_release(struct ticket_halt *t, unsigned kicks)
{
	uint16_t next;

	if (ticket_halt_pass(t, &next))
		ticket_halt_kick(t, next, kicks);
}

#endif
