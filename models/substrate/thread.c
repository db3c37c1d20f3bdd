/*
 * thread.c - life of a simulated thread
 */
#include "simulated_private.h"
#include <stdio.h>
#include <stdlib.h>

static void run(struct sv_process *process, void *arg)
{
	struct sv_sim_thread *t = arg;

	sv_sim_self = t;
	if (!t->task)
		sv_sim_woken(t, sv_now(process->lp));
	sv_sim_awake(t);
	t->body(t, t->arg);
	sv_sim_thread_idle(t);
}

void sv_sim_thread_end(struct sv_sim_thread *self)
{
	self->asleep = true;
	sv_meter_begin(&self->meter, sv_now(self->process.lp), SV_SLEEPS);
	self->team->os->end(self);
	for (;;)
		sv_sim_block(self);
}

/* A scheduled thread becomes ready: at its start, and when its timer wakes it. */
static void ready(struct sv_sim_thread *t)
{
	t->asleep = false;
	sv_sim_woken(t, sv_now(t->process.lp));
	sv_sim_continue(t, sv_now(t->process.lp));
	t->team->os->wake(t, NULL);
}

int sv_sim_thread_start(struct sv_sim_thread *t, void (*body)(struct sv_sim_thread *, void *),
	void *arg, sv_time at)
{
	t->body = body;
	t->arg = arg;
	t->running = !t->task;
	sv_meter_init(&t->meter, sv_now(t->memory->lp), t->task != NULL);
	if (sv_process_init(&t->process, t->memory->lp, run, t) < 0)
		return -1;
	if (t->task) {
		t->process.suspended = true;
		sv_schedule(t->process.lp, at, SV_EVENT_READY, (uintptr_t)t);
		return 0;
	}
	t->memory->traffic[t->pu] = &t->traffic;
	sv_process_start(&t->process, at);
	return 0;
}

void sv_sim_thread_fini(struct sv_sim_thread *t)
{
	sv_process_fini(&t->process);
	free(t->ahead);
}

void sv_sim_describe(char *buf, size_t size)
{
	const struct sv_sim_thread *t = sv_sim_self;

	if (t)
		snprintf(buf, size, "thread on CPU %u, PU %u, which %s", t->cpu, t->pu,
			sv_sim_thread_state(t));
}

const char *sv_sim_thread_state(const struct sv_sim_thread *t)
{
	if (t->watching || t->parked)
		return "spins";
	if (t->asleep || t->halted)
		return "sleeps";
	if (t->waiting)
		return "waits for a line";
	return "runs";
}

void sv_sim_handle(struct sv_memory *memory, const struct sv_event *event)
{
	if (sv_process_handle(event) || sv_memory_handle(memory, event))
		return;
	switch (event->type) {
	case SV_EVENT_COMMIT:
		sv_sim_committed((struct sv_sim_thread *)(uintptr_t)event->arg);
		break;
	case SV_EVENT_READY:
		ready((struct sv_sim_thread *)(uintptr_t)event->arg);
		break;
	case SV_EVENT_GO:
		sv_sim_go((struct sv_sim_thread *)(uintptr_t)event->arg);
		break;
	case SV_EVENT_EXPIRE:
		sv_sim_expire((struct sv_sim_thread *)(uintptr_t)event->arg);
		break;
	default:
		SV_BUG_ON(true);
	}
}
