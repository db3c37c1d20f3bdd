/*
 * engine_run.c - running a model
 *
 * One shard runs serially. Several run in windows: each tells the time of its first event
 * or message, all meet at a barrier, and what lies before the least of these times
 * plus the lookahead can no longer be changed by another shard. Messages lie in two
 * sets of outboxes by turns: while one window fills one set, its readers have emptied the
 * other. So one barrier a window is enough.
 */
#include "engine_internal.h"
#include <omp.h>

#define BATCH 256 /* events between two looks at the cancel flag */

/* How many events ahead an LP, then its state, is fetched. */
#define LP_AHEAD    8
#define STATE_AHEAD 4

/* Runs some events; false when none is left before the shard's limit. */
static bool run_batch(struct sv_shard *s)
{
	struct sv_pending *p = &s->pending;
	const struct sv_engine *e = s->engine;

	for (unsigned i = 0; i < BATCH; i++) {
		const struct sv_event *event = sv_pending_pop(p, s->limit);
		struct sv_lp *lp;
		sv_time bound;

		if (!event)
			return false;
		__builtin_prefetch(sv_lp_at(e, sv_pending_ahead(p, LP_AHEAD)->dst), 1);
		__builtin_prefetch(sv_lp_at(e, sv_pending_ahead(p, STATE_AHEAD)->dst)->state, 1);
		lp = sv_lp_at(e, event->dst);
		bound = sv_pending_bound(p);
		s->clock.now = event->time;
		s->clock.horizon = bound < s->ahead_limit ? bound : s->ahead_limit;
		sv_bug_context.lp = event->dst;
		lp->events++;
		lp->handle(lp, event);
	}
	return true;
}

static void run_shard(struct sv_shard *s, sv_time limit)
{
	struct sv_bug_context before = sv_bug_context;

	s->limit = limit;
	s->ahead_limit = s->engine->config.no_run_ahead ? 0 : limit;
	sv_bug_context.now = &s->clock.now;
	do {
		if (sv_cancelled(s->engine) || s->pending.out_of_memory)
			sv_shard_stop(s);
	} while (run_batch(s));
	sv_bug_context = before;
}

static void report(struct sv_shard *s)
{
	struct sv_report *r = &s->engine->report[s->parity][s->id];
	sv_time first = sv_pending_next(&s->pending);

	r->first = first < s->sent_first ? first : s->sent_first;
	r->stop = s->violation.channel || s->out_of_memory || s->pending.out_of_memory ||
		  sv_cancelled(s->engine);
}

/* Takes the messages of the window that the barrier has ended. */
static void receive(struct sv_shard *s)
{
	struct sv_engine *e = s->engine;

	for (unsigned from = 0; from < e->shards; from++) {
		struct sv_outbox *out = &e->shard[from].out[s->parity][s->id];

		for (size_t i = 0; i < out->n; i++)
			sv_pending_push(&s->pending, out->event[i]);
		out->n = 0;
	}
	s->parity ^= 1;
	s->sent_first = SV_TIME_MAX;
}

/* The end of the next window, or 0 when the run is over. The same for all shards. */
static sv_time next_window(const struct sv_engine *e, unsigned parity, sv_time until)
{
	sv_time first = SV_TIME_MAX;

	for (unsigned s = 0; s < e->shards; s++) {
		const struct sv_report *r = &e->report[parity][s];

		if (r->stop)
			return 0;
		first = r->first < first ? r->first : first;
	}
	if (first >= until)
		return 0;
	return until - first > e->lookahead ? first + e->lookahead : until;
}

/* One thread's part; `step` threads share the shards when OpenMP gives fewer than asked for. */
static void run_windows(struct sv_engine *e, unsigned thread, unsigned step, sv_time until)
{
	for (;;) {
		unsigned parity = e->shard[thread].parity;
		sv_time end;

		for (unsigned s = thread; s < e->shards; s += step)
			report(&e->shard[s]);
		sv_barrier_wait(&e->barrier);
		for (unsigned s = thread; s < e->shards; s += step)
			receive(&e->shard[s]);
		end = next_window(e, parity, until);
		if (end == 0)
			return;
		for (unsigned s = thread; s < e->shards; s += step)
			run_shard(&e->shard[s], end);
	}
}

static void run_parallel(struct sv_engine *e, sv_time until)
{
#pragma omp parallel num_threads(e->shards)
	{
#pragma omp single
		sv_barrier_init(&e->barrier, (unsigned)omp_get_num_threads());
		run_windows(
			e, (unsigned)omp_get_thread_num(), (unsigned)omp_get_num_threads(), until);
	}
}

/* The violation that a serial run would have met: the first in the order of events. */
static const struct sv_violation *first_violation(const struct sv_engine *e)
{
	const struct sv_violation *first = NULL;

	for (unsigned i = 0; i < e->shards; i++) {
		const struct sv_violation *v = &e->shard[i].violation;

		if (v->channel && (!first || v->now < first->now ||
					  (v->now == first->now && v->from < first->from)))
			first = v;
	}
	return first;
}

static const char *lp_name(const struct sv_engine *e, uint32_t lp)
{
	return lp == SV_ANY_LP ? "any" : sv_lp_at(e, lp)->cold->name;
}

static int violation_error(
	const struct sv_engine *e, const struct sv_violation *v, struct sv_diag *diag)
{
	char now[32], ahead[32], latency[32];

	return sv_error(diag, NULL,
		"at %s, LP %u (%s) sent to LP %u (%s) for %s later, sooner than the latency %s of "
		"channel %u (%s to %s)",
		sv_time_format(now, sizeof(now), v->now), v->from, lp_name(e, v->from), v->to,
		lp_name(e, v->to), sv_time_format(ahead, sizeof(ahead), v->at - v->now),
		sv_time_format(latency, sizeof(latency), v->channel->latency), v->channel->index,
		lp_name(e, v->channel->from), lp_name(e, v->channel->to));
}

/* All clocks go to `until`, or to the last event when the run had no end. */
static void set_clocks(struct sv_engine *e, sv_time until)
{
	sv_time now = until == SV_TIME_MAX ? 0 : until;

	for (unsigned i = 0; i < e->shards; i++)
		if (e->shard[i].clock.now > now)
			now = e->shard[i].clock.now;
	for (unsigned i = 0; i < e->shards; i++) {
		e->shard[i].clock.now = now;
		sv_shard_stop(&e->shard[i]);
	}
}

static int outcome(struct sv_engine *e, sv_time until, struct sv_diag *diag)
{
	const struct sv_violation *v = first_violation(e);

	if (v)
		return violation_error(e, v, diag);
	for (unsigned i = 0; i < e->shards; i++) {
		if (e->shard[i].out_of_memory || e->shard[i].pending.out_of_memory)
			return sv_error(diag, NULL, "no memory left for %llu pending events",
				(unsigned long long)sv_pending_count(&e->shard[i].pending));
	}
	if (sv_cancelled(e))
		return sv_error(diag, NULL, "cancelled");
	set_clocks(e, until);
	return 0;
}

int sv_engine_run(struct sv_engine *e, sv_time until, struct sv_diag *diag)
{
	if (!e->split && sv_engine_split(e) < 0)
		return sv_error(diag, NULL, "no memory left for %u LPs", e->lps);
	e->running = true;
	if (e->shards == 1)
		run_shard(e->shard, until);
	else
		run_parallel(e, until);
	e->running = false;
	return outcome(e, until, diag);
}
