/*
 * pv_hash.h - per-CPU nodes of the paravirtual qspinlocks, and whom a release must kick
 *
 * A waiter's node says whether it runs, has halted in the queue, or is hashed: its lock
 * stands in a hash table beside its node, and the release must kick it. The locked byte is
 * then SLOW instead of LOCKED, so that a release needs no look at the table otherwise.
 *
 * Each CPU holds one line of the table; who finds it full goes on to the next CPU's. There
 * are four entries for each CPU and at most one of them is in use, because a lock has at
 * most one entry and a CPU waits for one lock.
 */
#ifndef SV_PV_HASH_H
#define SV_PV_HASH_H

#include "qspinlock_word.h"

#define SLOW ((uint8_t)3)

enum { RUNNING, HALTED, HASHED };

struct pv_entry {
	sv_ptr lock; /* NULL: free */
	sv_ptr node;
};
#define PV_ENTRIES (SV_LINE_BYTES / sizeof(struct pv_entry))

struct pv_node {
	sv_ptr next;
	sv_u32 locked; /* 1: this waiter is the head of the queue */
	sv_u32 state;
	sv_u32 cpu;
	char pad[SV_LINE_BYTES - sizeof(sv_ptr) - 3 * sizeof(sv_u32)];
	struct pv_entry entry[PV_ENTRIES];
};
_Static_assert(sizeof(struct pv_node) == 2 * SV_LINE_BYTES &&
		       offsetof(struct pv_node, entry) == SV_LINE_BYTES,
	"the same layout in every substrate");

static inline struct pv_entry *pv_hash_line(const struct qspinlock_word *l, unsigned *cpu)
{
	uint64_t spread = sv_place(l) * 0x9e3779b97f4a7c15u; /* 2^64 / golden ratio */
	struct pv_node *home;

	*cpu = (unsigned)((spread >> 32) * sv_cpus() >> 32);
	home = sv_percpu(*cpu);
	return home->entry;
}

static inline struct pv_entry *pv_hash_next(unsigned *cpu)
{
	struct pv_node *home;

	*cpu = (*cpu + 1) % sv_cpus();
	home = sv_percpu(*cpu);
	return home->entry;
}

/* Enters a waiter for the lock. The SLOW byte, stored later, publishes the entry. */
static inline struct pv_entry *pv_hash(struct qspinlock_word *l, struct pv_node *node)
{
	unsigned cpu;

	for (struct pv_entry *e = pv_hash_line(l, &cpu);; e = pv_hash_next(&cpu))
		for (size_t i = 0; i < PV_ENTRIES; i++)
			/* E: with pv_unhash() of another lock */
			if (!sv_cas(&e[i].lock, NULL, l, SV_ACQUIRE)) {
				sv_store(&e[i].node, node, SV_RELAXED);
				return &e[i];
			}
}

static inline struct pv_node *pv_unhash(struct qspinlock_word *l)
{
	unsigned cpu;

	for (struct pv_entry *e = pv_hash_line(l, &cpu);; e = pv_hash_next(&cpu))
		for (size_t i = 0; i < PV_ENTRIES; i++)
			if (sv_load(&e[i].lock, SV_RELAXED) == l) {
				struct pv_node *node = sv_load(&e[i].node, SV_RELAXED);

				sv_store(&e[i].lock, NULL, SV_RELEASE); /* E: with pv_hash() */
				return node;
			}
}

#endif
