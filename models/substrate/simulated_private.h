/*
 * simulated_private.h - what the files of the simulated substrate share
 */
#ifndef SV_SIMULATED_PRIVATE_H
#define SV_SIMULATED_PRIVATE_H

#include "thread.h"

#define SV_CONTAINER(p, type, member) ((type *)(void *)((char *)(p)-offsetof(type, member)))
#define SV_UNCONST(p)                 ((void *)(uintptr_t)(p))

static inline sv_time sv_sim_cost(const struct sv_sim_thread *t, enum sv_cost cost)
{
	return t->memory->machine->cost[cost];
}

void sv_sim_elapse_slow(struct sv_sim_thread *t, sv_time time);

/* Time passes for the thread. */
static inline void sv_sim_elapse(struct sv_sim_thread *t, sv_time time)
{
	struct sv_lp *lp = t->process.lp;

	if (sv_unlikely(!sv_advance(lp, lp->clock->now + time)))
		sv_sim_elapse_slow(t, time);
}

/* Waits until somebody resumes the thread's process. */
void sv_sim_block(struct sv_sim_thread *t);

/* The store buffer (store_buffer.c). */
void sv_sim_buffer(struct sv_sim_thread *t, const struct sv_sim_store *store);
void sv_sim_drain_slow(struct sv_sim_thread *t);
/* The value that a load finds in its own buffer; drains it when a store only overlaps the word. */
bool sv_sim_forward(struct sv_sim_thread *t, const void *word, unsigned bytes, uint64_t *value);
void sv_sim_committed(struct sv_sim_thread *t);

static inline void sv_sim_drain(struct sv_sim_thread *t)
{
	if (sv_unlikely(t->stores))
		sv_sim_drain_slow(t);
}

/* The deadline of a bounded await (await.c). */
void sv_sim_expire(struct sv_sim_thread *t);

#endif
