/*
 * lock_sim.h - a lock of the list in simulated memory, and a counter that it guards
 */
#ifndef LOCK_SIM_H
#define LOCK_SIM_H

#include "lock_cases.h"
#include "sim_host.h"

#define LOCK_SIM_CPUS 120

struct lock_sim {
	const struct sv_lock *kind;
	const void *cfg;
	struct sv_doc *doc;
	void *lock;
	uint64_t *counter;
	int holder;
	void *percpu[LOCK_SIM_CPUS];
};

static inline void lock_sim_init(struct lock_sim *s, struct lock_case what, struct sim_host *host)
{
	*s = (struct lock_sim){ .kind = sv_locks_simulated[what.index], .holder = -1 };
	ck_assert_uint_le(host->system.team.cpus, LOCK_SIM_CPUS);
	s->cfg = lock_config(s->kind, what.options, &s->doc);
	s->lock = sv_memory_alloc(host->memory, s->kind->lock_bytes, 0);
	s->counter = sv_memory_alloc(host->memory, 8, 0);
	s->kind->init(s->lock, s->cfg);
	for (unsigned i = 0; i < host->system.team.cpus; i++)
		s->percpu[i] = sv_memory_alloc(host->memory, s->kind->percpu_bytes + 1, 0);
}

static inline void lock_sim_fini(struct lock_sim *s)
{
	sv_doc_free(s->doc);
}

/* What the i-th thread brings along. */
static inline void *lock_sim_node(const struct lock_sim *s, struct sim_host *host, unsigned i)
{
	void *node = sv_memory_alloc(host->memory, s->kind->node_bytes + 1, 0);

	if (s->kind->node_init)
		s->kind->node_init(node, i);
	return node;
}

/* Counts for a time under the lock, which the thread has, and releases it. */
static inline void lock_sim_count(
	struct lock_sim *s, struct sv_sim_thread *self, void *node, sv_time work)
{
	ck_assert_int_eq(s->holder, -1);
	s->holder = self->cpu;
	sv_sim_store(s->counter, 8, sv_sim_load(s->counter, 8) + 1, SV_RELAXED);
	if (work > 0)
		sv_sim_work(self, work);
	s->holder = -1;
	s->kind->release(s->lock, node, s->cfg);
}

#endif
