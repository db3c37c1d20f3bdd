/*
 * simulated_private.h - what the files of the simulated substrate share
 */
#ifndef SV_SIMULATED_PRIVATE_H
#define SV_SIMULATED_PRIVATE_H

#include "thread.h"
#include <string.h>

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

	if (sv_unlikely(!t->running || !sv_advance(lp, lp->clock->now + time)))
		sv_sim_elapse_slow(t, time);
}

/* Waits until somebody lets the thread go on. */
void sv_sim_block(struct sv_sim_thread *t);

/* Takes `time` of running. */
void sv_sim_thread_work(struct sv_sim_thread *t, sv_time time);

/* The pace of its PU has changed. */
void sv_sim_thread_repace(struct sv_sim_thread *t);

/* A thread with a PU of its own leaves that idle, and is back. */
void sv_sim_thread_idle(struct sv_sim_thread *t);
void sv_sim_thread_busy(struct sv_sim_thread *t);

/* Data arrives at `at`, whether the thread runs or not. */
void sv_sim_wait_until(struct sv_sim_thread *t, sv_time at);

/* Lets a blocked thread go on at time `at`, or as soon after as it runs. */
void sv_sim_continue(struct sv_sim_thread *t, sv_time at);

/* At once; the last thing that an event's handler does, because time may run ahead. */
void sv_sim_continue_now(struct sv_sim_thread *t);

/* It sleeps no more: now it wakes up. */
static inline void sv_sim_woken(struct sv_sim_thread *t, sv_time at)
{
	sv_meter_turn(&t->meter, at, SV_SLEEPS, SV_WAKES);
}

/* It has woken up: it executes. */
void sv_sim_awake(struct sv_sim_thread *t);

/* The running thread sleeps; one that does is woken, by an event when waker is NULL (sleep.c). */
void sv_sim_sleep_until_woken(struct sv_sim_thread *t);
/* Returns what that costs the waker, which charges it when it has done: NULL, a timer, pays
 * nothing. */
sv_time sv_sim_wake_sleeper(struct sv_sim_thread *t, struct sv_sim_thread *waker);

/* What an agent does instead (agent.c). */
uint64_t sv_sim_agent_load(struct sv_sim_thread *agent, const void *word, unsigned bytes);
void sv_sim_agent_wrote(struct sv_sim_thread *agent, const void *word);

/* Constant sizes let the compiler use one move each. */
static inline void sv_sim_poke(void *word, unsigned bytes, uint64_t value)
{
	switch (bytes) {
	case 1:
		memcpy(word, &value, 1);
		break;
	case 2:
		memcpy(word, &value, 2);
		break;
	case 4:
		memcpy(word, &value, 4);
		break;
	default:
		memcpy(word, &value, 8);
		break;
	}
}

/* The store buffer (store_buffer.c). */
void sv_sim_buffer(struct sv_sim_thread *t, void *word, uint64_t value, unsigned bytes);
void sv_sim_drain_slow(struct sv_sim_thread *t);
/* The value that a load finds in its own buffer; drains it when a store only overlaps the word. */
bool sv_sim_forward(struct sv_sim_thread *t, const void *word, unsigned bytes, uint64_t *value);
void sv_sim_committed(struct sv_sim_thread *t);

static inline void sv_sim_drain(struct sv_sim_thread *t)
{
	if (sv_unlikely(t->stores))
		sv_sim_drain_slow(t);
}

/* What was due at this time happens, if it still is due (progress.c). */
void sv_sim_go(struct sv_sim_thread *t);

/* A spinning thread stops to poll, and polls again (await.c). */
void sv_sim_pause_await(struct sv_sim_thread *t);
void sv_sim_resume_await(struct sv_sim_thread *t);

/* The deadline of a bounded await (await.c). */
void sv_sim_expire(struct sv_sim_thread *t);

#endif
