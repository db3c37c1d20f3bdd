/*
 * sleep.c - threads that sleep: futexes, timers and halts
 *
 * A sleeper leaves its CPU idle. Its wake-up costs the waker a system call and more for
 * each sleeper, and the sleeper the profile's time from wake to first instruction.
 */
#include "simulated_private.h"

static void enqueue(struct sv_sim_thread *t, const void *word)
{
	struct sv_sim_thread **p = &t->team->sleepers;

	while (*p)
		p = &(*p)->next_sleeper;
	*p = t;
	t->next_sleeper = NULL;
	t->futex = word;
}

static void dequeue(struct sv_sim_thread **p)
{
	struct sv_sim_thread *t = *p;

	*p = t->next_sleeper;
	t->futex = NULL;
}

static void cancel_sleep(struct sv_sim_thread *t)
{
	struct sv_sim_thread **p = &t->team->sleepers;

	while (*p != t)
		p = &(*p)->next_sleeper;
	dequeue(p);
}

static void fall_asleep(struct sv_sim_thread *t)
{
	sv_meter_begin(&t->meter, sv_now(t->process.lp), SV_SLEEPS);
	sv_sim_thread_idle(t);
}

void sv_sim_awake(struct sv_sim_thread *t)
{
	sv_time now = sv_now(t->process.lp);

	sv_meter_end(&t->meter, now, SV_WAKES);
	sv_hist_record(&t->team->wake_up, now - t->meter.woken);
	sv_sim_thread_busy(t);
}

/* Queued before the word is tested, as in Linux, so that no wake between test and sleep is lost. */
void sv_futex_wait(sv_u32 *word, uint32_t expected)
{
	struct sv_sim_thread *t = sv_sim_self;

	sv_sim_drain(t);
	sv_sim_elapse(t, sv_sim_cost(t, SV_COST_SYSCALL));
	enqueue(t, word);
	if (sv_sim_load(word, sizeof(*word)) != expected) {
		if (t->futex)
			cancel_sleep(t);
		return;
	}
	if (t->futex)
		sv_sim_sleep_until_woken(t);
}

void sv_sim_sleep_until_woken(struct sv_sim_thread *t)
{
	fall_asleep(t);
	t->asleep = true;
	if (t->team->os)
		t->team->os->sleep(t, SV_TIME_MAX);
	sv_sim_block(t);
	sv_sim_awake(t);
}

/* A CPU that is to run the sleeper besides its waker needs no interrupt. */
static sv_time wake_cost(const struct sv_sim_thread *waker, bool same_cpu)
{
	sv_time local;

	if (!waker)
		return 0;
	local = sv_sim_cost(waker, SV_COST_WAKE_LOCAL);
	return same_cpu && local >= 0 ? local : sv_sim_cost(waker, SV_COST_FUTEX_WAKE);
}

sv_time sv_sim_wake_sleeper(struct sv_sim_thread *t, struct sv_sim_thread *waker)
{
	sv_time now = sv_now(t->process.lp);
	bool same_cpu = false;

	if (!t->asleep)
		return wake_cost(waker, false);
	t->asleep = false;
	sv_sim_woken(t, now);
	if (t->task) {
		sv_sim_continue(t, now);
		same_cpu = t->team->os->wake(t, waker);
	} else {
		sv_sim_continue(t, now + sv_sim_cost(t, SV_COST_WAKE_UP));
	}
	return wake_cost(waker, same_cpu);
}

unsigned sv_futex_wake(sv_u32 *word, unsigned n)
{
	struct sv_sim_thread *t = sv_sim_self, **p = &t->team->sleepers;
	unsigned woken = 0;
	sv_time spent = 0;

	sv_sim_drain(t);
	sv_meter_begin(&t->meter, sv_now(t->process.lp), SV_KICKS);
	sv_sim_elapse(t, sv_sim_cost(t, SV_COST_SYSCALL));
	while (*p && woken < n) {
		struct sv_sim_thread *sleeper = *p;

		if (sleeper->futex != word) {
			p = &sleeper->next_sleeper;
			continue;
		}
		dequeue(p);
		spent += sv_sim_wake_sleeper(sleeper, t);
		woken++;
	}
	/* Charged after the wakes: the list must not change while it is walked. */
	sv_sim_elapse(t, spent);
	sv_meter_end(&t->meter, sv_now(t->process.lp), SV_KICKS);
	return woken;
}

void sv_sim_sleep(struct sv_sim_thread *t, sv_time time)
{
	sv_sim_drain(t);
	sv_sim_elapse(t, sv_sim_cost(t, SV_COST_SYSCALL));
	sv_sim_nap(t, time);
}

void sv_sim_nap(struct sv_sim_thread *t, sv_time time)
{
	struct sv_lp *lp = t->process.lp;
	sv_time wake_up = sv_sim_cost(t, SV_COST_WAKE_UP), at = sv_now(lp) + time;

	sv_sim_drain(t);
	if (t->task) {
		t->team->os->set_timer(t, at);
		sv_sim_elapse(t, 0);
	}
	fall_asleep(t);
	if (!t->task) {
		sv_sim_elapse(t, time + wake_up);
		sv_sim_woken(t, at);
	} else {
		t->asleep = true;
		sv_schedule(lp, at > sv_now(lp) ? at : sv_now(lp), SV_EVENT_READY, (uintptr_t)t);
		t->team->os->sleep(t, at);
		sv_sim_block(t);
	}
	sv_sim_awake(t);
}

void sv_pv_wait(void)
{
	struct sv_sim_thread *t = sv_sim_self;

	sv_sim_drain(t);
	t->team->halts++;
	if (!t->task)
		sv_sim_elapse(t, sv_sim_cost(t, SV_COST_SYSCALL));
	if (!t->kicked) {
		fall_asleep(t);
		t->halted = true;
		if (t->task)
			t->team->os->halt(t);
		sv_sim_block(t);
		sv_sim_awake(t);
	}
	t->kicked = false;
}

/* A CPU of its own has no host that could do better. */
void sv_pv_wait_for(const struct sv_pv_hint *hint)
{
	struct sv_sim_thread *t = sv_sim_self;

	sv_sim_drain(t);
	if (t->task)
		t->team->os->halt_for(t, hint);
	else
		sv_pv_wait();
}

/* A kick is the CPU's: who is interrupted on it has been kicked, too. */
static void end_halt(struct sv_sim_thread *t, sv_time at)
{
	t->kicked = true;
	if (!t->halted)
		return;
	t->halted = false;
	sv_sim_woken(t, sv_now(t->process.lp));
	sv_sim_continue(t, at);
}

static void kick(unsigned cpu, enum sv_kick how)
{
	struct sv_sim_thread *t = sv_sim_self;
	sv_time now, cost = 0;

	sv_sim_drain(t);
	sv_meter_begin(&t->meter, sv_now(t->process.lp), SV_KICKS);
	t->team->kicks++;
	if (!t->task)
		sv_sim_elapse(
			t, sv_sim_cost(t, SV_COST_SYSCALL) + sv_sim_cost(t, SV_COST_FUTEX_WAKE));
	now = sv_now(t->process.lp);
	for (struct sv_sim_thread *to = t->team->thread[cpu]; to; to = to->beneath)
		end_halt(to, now + (t->task ? 0 : sv_sim_cost(t, SV_COST_WAKE_UP)));
	/* Whether it is halted or about to halt, the hypervisor is asked. */
	if (t->task)
		cost = t->team->os->kick(t, cpu, how);
	sv_sim_elapse(t, cost);
	sv_meter_end(&t->meter, sv_now(t->process.lp), SV_KICKS);
}

void sv_pv_kick(unsigned cpu)
{
	kick(cpu, SV_KICK_ANY);
}

void sv_pv_kick_holder(unsigned cpu, bool urgent)
{
	kick(cpu, urgent ? SV_KICK_URGENT : SV_KICK_HOLDER);
}
