/*
 * progress.c - threads that do not always run
 *
 * A scheduled thread gets on only while its whole chain of CPUs runs it. Work that is cut
 * off keeps its remainder; data that comes in the meantime is used when the thread runs
 * again. An event says when the thread goes on; one whose time is not the thread's `due` any
 * more is a former one's.
 */
#include "simulated_private.h"

static void schedule_go(struct sv_sim_thread *t, sv_time at)
{
	t->due = at;
	sv_schedule(t->process.lp, at, SV_EVENT_GO, (uintptr_t)t);
}

void sv_sim_continue(struct sv_sim_thread *t, sv_time at)
{
	if (!t->task) {
		sv_resume(&t->process, at);
		return;
	}
	t->scheduled = true;
	t->working = false;
	t->due = at;
	if (t->running)
		schedule_go(t, at);
}

void sv_sim_thread_work(struct sv_sim_thread *t, sv_time time)
{
	t->scheduled = t->working = true;
	t->left = time;
	if (t->running)
		schedule_go(t, sv_now(t->process.lp) + time);
	sv_sim_block(t);
}

void sv_sim_wait_until(struct sv_sim_thread *t, sv_time at)
{
	if (!t->task) {
		sv_sim_elapse(t, at - sv_now(t->process.lp));
		return;
	}
	if (t->running && sv_advance(t->process.lp, at))
		return;
	sv_sim_continue(t, at);
	sv_sim_block(t);
}

void sv_sim_go(struct sv_sim_thread *t)
{
	if (!t->running || !t->scheduled || t->due != sv_now(t->process.lp))
		return;
	t->scheduled = t->working = false;
	sv_resume_now(&t->process);
}

void sv_sim_thread_run(struct sv_sim_thread *t)
{
	sv_time now = sv_now(t->process.lp);

	SV_BUG_ON(t->running);
	t->running = true;
	sv_meter_run(&t->meter, now, true);
	t->memory->traffic[t->pu] = &t->traffic;
	if (t->scheduled)
		schedule_go(t, t->working ? now + t->left : t->due > now ? t->due : now);
	if (t->watching)
		sv_sim_resume_await(t);
}

void sv_sim_thread_stop(struct sv_sim_thread *t)
{
	SV_BUG_ON(!t->running);
	t->running = false;
	sv_meter_run(&t->meter, sv_now(t->process.lp), false);
	if (t->scheduled && t->working)
		t->left = t->due - sv_now(t->process.lp);
	if (t->watching)
		sv_sim_pause_await(t);
}
