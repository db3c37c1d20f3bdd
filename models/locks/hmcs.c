/*
 * hmcs.c - hierarchical MCS lock of two levels
 *
 * A cohort lock: the waiters of a NUMA node queue in an MCS lock of their node, and the
 * heads of those queue in a global one. A holder passes both within its node a number of
 * times, then gives the global lock to the next node. First come, first served within a
 * node and among nodes.
 *
 * Memory        2112 bytes a lock (a line for each queue's tail and for each node's place in
 *               the global queue), 24 bytes a thread.
 * Uncontended   store, store, xchg, store, store, store, xchg; load, load, load, cas, load,
 *               cas.
 * Reference     Chabbi, Fagan and Mellor-Crummey, High performance locks for multi-level
 *               NUMA systems, PPoPP 2015.
 */
#include "lock.h"
#include "substrate.h"

/* NUMA nodes of a higher number share with lower ones: less local, and still right. */
enum { COHORTS = 16 };

/* A waiter's status: WAIT, then how many of its node have had the lock in turn, or PARENT
 * when it must get the global lock itself. */
enum { WAIT, FIRST };
#define PARENT UINT64_MAX

struct hmcs_place {
	sv_ptr next;
	sv_u64 status;
};

struct hmcs_cohort {
	_Alignas(SV_LINE_BYTES) sv_ptr tail;
	_Alignas(SV_LINE_BYTES) struct hmcs_place place; /* in the global queue */
};

struct hmcs {
	sv_ptr tail;
	struct hmcs_cohort cohort[COHORTS];
};
_Static_assert(sizeof(struct hmcs) == (1 + 2 * COHORTS) * SV_LINE_BYTES,
	"the same layout in every substrate");

struct hmcs_node {
	struct hmcs_place place;
	struct hmcs_cohort *cohort; /* private: the holder may have moved when it releases */
};
_Static_assert(sizeof(struct hmcs_node) == 24, "the same layout in every substrate");

struct hmcs_cfg {
	int64_t passes;
};

static const struct sv_option options[] = {
	{ .name = "passes",
		.type = SV_INT,
		.offset = offsetof(struct hmcs_cfg, passes),
		.unit = "acquisitions",
		.min = "1",
		.max = "1000000000",
		.def = "64",
		.help = "acquisitions in a NUMA node before others get their turn" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("hmcs", struct hmcs_cfg, options);

static void hmcs_init(void *lock, const void *cfg)
{
	struct hmcs *l = lock;

	(void)cfg;
	*l = (struct hmcs){ 0 };
}

/* Queues up; returns the status it is given, or WAIT when nobody was before. */
static uint64_t enter(sv_ptr *tail, struct hmcs_place *me)
{
	struct hmcs_place *before;

	sv_store(&me->next, NULL, SV_RELAXED);
	sv_store(&me->status, WAIT, SV_RELAXED);
	/* L: with leave(). Release: N, the successor must find next cleared. */
	before = sv_xchg(tail, me, SV_ACQ_REL);
	if (!before)
		return WAIT;
	sv_store(&before->next, me, SV_RELEASE);           /* N: with leave() */
	return sv_await_ne(&me->status, WAIT, SV_ACQUIRE); /* H: with leave(), hmcs_release() */
}

/* Gives the successor a status, or leaves an empty queue behind. */
static void leave(sv_ptr *tail, struct hmcs_place *me, uint64_t status)
{
	struct hmcs_place *next = sv_load(&me->next, SV_ACQUIRE); /* N: with enter() */

	if (!next) {
		if (sv_cas(tail, me, NULL, SV_RELEASE) == me) /* L: with enter() */
			return;
		next = sv_await_ne(&me->next, NULL, SV_ACQUIRE); /* N: with enter() */
	}
	sv_store(&next->status, status, SV_RELEASE); /* H: with enter() */
}

static void hmcs_acquire(void *lock, void *node, const void *cfg)
{
	struct hmcs *l = lock;
	struct hmcs_node *me = node;
	uint64_t status;

	(void)cfg;
	me->cohort = &l->cohort[sv_numa_node() % COHORTS];
	status = enter(&me->cohort->tail, &me->place);
	if (status != WAIT && status != PARENT)
		return;
	sv_store(&me->place.status, FIRST, SV_RELAXED);
	enter(&l->tail, &me->cohort->place);
}

static void hmcs_release(void *lock, void *node, const void *cfg)
{
	struct hmcs *l = lock;
	struct hmcs_node *me = node;
	const struct hmcs_cfg *c = cfg;
	uint64_t passed = sv_load(&me->place.status, SV_RELAXED);
	struct hmcs_place *next;

	if (passed < (uint64_t)c->passes) {
		next = sv_load(&me->place.next, SV_ACQUIRE); /* N: with enter() */
		if (next) {
			sv_store(&next->status, passed + 1, SV_RELEASE); /* H: with enter() */
			return;
		}
	}
	/* FIRST is any status but WAIT: the global queue counts nothing. */
	leave(&l->tail, &me->cohort->place, FIRST);
	leave(&me->cohort->tail, &me->place, PARENT);
}

SV_LOCK(hmcs) = {
	.name = "hmcs",
	.help = "hierarchical MCS: a queue in each NUMA node and one among them",
	.lock_bytes = sizeof(struct hmcs),
	.node_bytes = sizeof(struct hmcs_node),
	.options = &table,
	.init = hmcs_init,
	.acquire = hmcs_acquire,
	.release = hmcs_release,
};
