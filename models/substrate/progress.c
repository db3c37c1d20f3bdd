/*
 * progress.c - threads that do not always run
 *
 * A scheduled thread gets on only while its whole chain of CPUs runs it. Work that is cut
 * off keeps its remainder; data that comes in the meantime is used when the thread runs
 * again. An event says when the thread goes on; one whose time is not the thread's `due` any
 * more is a former one's. What is left of computing is kept as what it takes at full speed:
 * beside a busy sibling it takes longer (pace.h).
 */
#include "simulated_private.h"

static void schedule_go(struct sv_sim_thread *t, sv_time at)
{
	t->due = at;
	sv_schedule(t->process.lp, at, SV_EVENT_GO, (uintptr_t)t);
}

/* What the rest of its work takes from now on. */
static sv_time rest(struct sv_sim_thread *t)
{
	if (!t->computing)
		return t->left;
	t->pace = sv_smt_pace(t->team->smt, t->pu);
	return sv_pace_takes(t->left, t->pace);
}

/* Counts what has been done. */
static void cut_off(struct sv_sim_thread *t)
{
	t->left = t->due - sv_now(t->process.lp);
	if (t->computing)
		t->left = sv_pace_does(t->left, t->pace);
}

void sv_sim_thread_repace(struct sv_sim_thread *t)
{
	if (!t->running || !t->scheduled || !t->computing)
		return;
	cut_off(t);
	schedule_go(t, sv_now(t->process.lp) + rest(t));
}

void sv_sim_work(struct sv_sim_thread *t, sv_time time)
{
	struct sv_smt *smt = t->team->smt;
	struct sv_lp *lp = t->process.lp;

	if (t->team->pace)
		time = sv_pace_takes(time, t->team->pace);
	if (sv_likely(!smt)) {
		sv_sim_elapse(t, time);
		return;
	}
	if (t->running && sv_advance(lp, sv_now(lp) + sv_pace_takes(time, sv_smt_pace(smt, t->pu))))
		return;
	t->computing = true;
	sv_sim_thread_work(t, time);
	t->computing = false;
}

void sv_sim_thread_idle(struct sv_sim_thread *t)
{
	if (t->task || !t->team->smt)
		return;
	sv_smt_set_thread(t->team->smt, t->pu, NULL);
	sv_smt_change(t->team->smt, t->pu, false);
}

void sv_sim_thread_busy(struct sv_sim_thread *t)
{
	if (t->task || !t->team->smt)
		return;
	sv_smt_set_thread(t->team->smt, t->pu, t);
	sv_smt_change(t->team->smt, t->pu, true);
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

void sv_sim_continue_now(struct sv_sim_thread *t)
{
	struct sv_lp *lp = t->process.lp;

	if (t->running && sv_advance(lp, sv_now(lp)))
		sv_resume_now(&t->process);
	else
		sv_sim_continue(t, sv_now(lp));
}

void sv_sim_thread_work(struct sv_sim_thread *t, sv_time time)
{
	t->scheduled = t->working = true;
	t->left = time;
	if (t->running)
		schedule_go(t, sv_now(t->process.lp) + rest(t));
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
	if (t->team->smt)
		sv_smt_set_thread(t->team->smt, t->pu, t);
	if (t->scheduled)
		schedule_go(t, t->working ? now + rest(t) : t->due > now ? t->due : now);
	if (t->watching)
		sv_sim_resume_await(t);
}

void sv_sim_thread_stop(struct sv_sim_thread *t)
{
	SV_BUG_ON(!t->running);
	t->running = false;
	sv_meter_run(&t->meter, sv_now(t->process.lp), false);
	if (t->scheduled && t->working)
		cut_off(t);
	if (t->team->smt)
		sv_smt_set_thread(t->team->smt, t->pu, NULL);
	if (t->watching)
		sv_sim_pause_await(t);
}
