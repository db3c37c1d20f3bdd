/*
 * await.c - spinning without events
 *
 * A waiter whose condition does not hold parks on its line as a watcher. It is charged
 * like a loop of test and pause: its copy goes with every write, and it sees the new
 * value when its fetch is served.
 */
#include "simulated_private.h"

static void wake(struct sv_watcher *w, uint64_t value, sv_time done)
{
	struct sv_sim_thread *t = SV_CONTAINER(w, struct sv_sim_thread, watcher);

	t->watching = false;
	t->value = value;
	sv_meter_turn(&t->meter, w->lost, SV_SPINS, SV_FETCHES);
	sv_sim_continue(t, done);
}

/* Parks until the condition holds or the deadline has passed; false when it has. */
static bool park(struct sv_sim_thread *t, sv_time deadline)
{
	sv_meter_begin(&t->meter, sv_now(t->process.lp), SV_SPINS);
	t->watching = true;
	t->expired = false;
	t->deadline = deadline;
	sv_memory_watch(t->memory, &t->watcher);
	if (deadline != SV_TIME_MAX)
		sv_schedule(t->process.lp, deadline, SV_EVENT_EXPIRE, (uintptr_t)t);
	if (t->task)
		t->team->os->spin(t);
	sv_sim_block(t);
	sv_meter_end(&t->meter, sv_now(t->process.lp), t->expired ? SV_SPINS : SV_FETCHES);
	return !t->expired;
}

void sv_sim_pause_await(struct sv_sim_thread *t)
{
	t->watcher.blind = true;
	/* The threshold of a spin counts polls, so its clock stands still too. */
	if (t->deadline != SV_TIME_MAX)
		t->deadline -= sv_now(t->process.lp);
}

void sv_sim_resume_await(struct sv_sim_thread *t)
{
	t->watcher.blind = false;
	t->watcher.pu = t->pu;
	if (t->deadline != SV_TIME_MAX) {
		t->deadline += sv_now(t->process.lp);
		sv_schedule(t->process.lp, t->deadline, SV_EVENT_EXPIRE, (uintptr_t)t);
	}
	sv_memory_look_again(t->memory, &t->watcher);
	t->team->os->spin(t);
}

void sv_sim_expire(struct sv_sim_thread *t)
{
	if (!t->watching || !t->running || t->deadline != sv_now(t->process.lp))
		return;
	sv_memory_unwatch(t->memory, &t->watcher);
	t->watching = false;
	t->expired = true;
	sv_sim_continue(t, sv_now(t->process.lp));
}

/* Spins with the condition in t->watcher until the deadline; returns the value last seen. */
static uint64_t spin(struct sv_sim_thread *t, sv_time deadline)
{
	const void *word = t->watcher.word;
	unsigned bytes = t->watcher.bytes;
	uint32_t line = sv_memory_line(t->memory, word);

	for (;;) {
		uint64_t value;

		if (t->team->exact_polling && sv_memory_leaving(t->memory, line, t->pu)) {
			sv_sim_elapse(t, sv_memory_poll_time(t->memory));
			continue;
		}
		value = sv_sim_load(word, bytes);
		if (sv_watcher_holds(&t->watcher, value) || sv_now(t->process.lp) >= deadline)
			return value;
		/* The copy, or the value in it, may have changed while the first was on its way. */
		if (t->team->exact_polling || !sv_memory_readable(t->memory, line, t->pu) ||
			sv_watcher_holds(&t->watcher, sv_memory_peek(word, bytes)))
			sv_relax(1);
		/* With stores of its own still buffered, a watcher would not see them. */
		else if (t->stores)
			sv_sim_drain_slow(t);
		else if (park(t, deadline))
			return t->value;
	}
}

static void watch_for(struct sv_sim_thread *t, const void *word, unsigned bytes, uint64_t want)
{
	t->watcher = (struct sv_watcher){ .word = word,
		.bytes = (uint8_t)bytes,
		.mask = UINT64_MAX,
		.want = want,
		.wake = wake,
		.pu = t->pu };
}

uint64_t sv_sim_await(const void *word, unsigned bytes, uint64_t mask, uint64_t want, bool differs)
{
	struct sv_sim_thread *t = sv_sim_self;

	watch_for(t, word, bytes, want);
	t->watcher.mask = mask;
	t->watcher.differs = differs;
	return spin(t, SV_TIME_MAX);
}

uint64_t sv_sim_await_for(
	const void *word, unsigned bytes, uint64_t mask, uint64_t want, uint64_t iterations)
{
	struct sv_sim_thread *t = sv_sim_self;
	sv_time start = sv_now(t->process.lp), turn = sv_memory_poll_time(t->memory);
	sv_time most = iterations < (uint64_t)(SV_TIME_MAX / 2 / turn) ? (sv_time)iterations * turn
								       : SV_TIME_MAX / 2;
	uint64_t spent;

	watch_for(t, word, bytes, want);
	t->watcher.mask = mask;
	if ((spin(t, start + most) & mask) != want)
		return iterations;
	spent = (uint64_t)((sv_now(t->process.lp) - start) / turn);
	return spent < iterations ? spent : iterations - 1;
}
