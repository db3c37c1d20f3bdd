/*
 * wait.c - threads of a kernel that sleep until something has happened
 */
#include "wait.h"
#include "simulated_private.h"

void sv_wait_join(struct sv_wait_queue *q, struct sv_waiter *w, struct sv_sim_thread *self)
{
	sv_sim_drain(self);
	*w = (struct sv_waiter){ .thread = self };
	if (q->last)
		q->last->next = w;
	else
		q->first = w;
	q->last = w;
}

void sv_wait_sleep(struct sv_waiter *w)
{
	if (!w->woken)
		sv_sim_sleep_until_woken(w->thread);
}

void sv_wait_sleep_for_io(struct sv_waiter *w)
{
	w->thread->awaits_io = true;
	sv_wait_sleep(w);
	w->thread->awaits_io = false;
}

bool sv_wait_leave(struct sv_wait_queue *q, struct sv_waiter *w)
{
	struct sv_waiter *before = NULL, *at = q->first;

	if (w->woken)
		return true;
	for (; at != w; at = at->next)
		before = at;
	if (before)
		before->next = w->next;
	else
		q->first = w->next;
	if (q->last == w)
		q->last = before;
	return false;
}

unsigned sv_wait_wake(struct sv_wait_queue *q, unsigned n, struct sv_sim_thread *waker)
{
	unsigned woken = 0;
	sv_time spent = 0;

	while (q->first && woken < n) {
		struct sv_waiter *w = q->first;

		q->first = w->next;
		if (!q->first)
			q->last = NULL;
		w->woken = true;
		spent += sv_sim_wake_sleeper(w->thread, waker);
		woken++;
	}
	/* Charged after the wakes, because others may join or leave while time passes. */
	if (waker && woken)
		sv_sim_elapse(waker, spent);
	return woken;
}
