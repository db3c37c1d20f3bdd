/*
 * interrupts.c - interrupts to vCPUs in every state, and the ticks of kernels
 */
#include "run_suite.h"
#include "vm/interrupt.h"
#include "vm_stack.h"

extern const struct sv_sched sv_sched_cfs;

enum { EXIT = 4, INJECT = 3, POSTED = 5, EOI = 1, TICK = 2, IPI = 7 }; /* us */
/* Threads start as if a timer woke them. */
#define START ((INJECT + EOI) * SV_US)

/* CFS with 250 ticks per second on both levels; the host has none unless a test gives it some. */
static struct stack *guest_new(unsigned pcpus, unsigned vcpus)
{
	struct stack *s =
		stack_new_by(&sv_sched_cfs, "{hz: 250}", (const unsigned[]){ pcpus, vcpus }, 2);
	sv_time *cost = s->toy.machine.cost;

	cost[SV_COST_CONTEXT_SWITCH] = 0;
	cost[SV_COST_SYSCALL] = 0;
	cost[SV_COST_FUTEX_WAKE] = 0;
	cost[SV_COST_VM_EXIT] = EXIT * SV_US;
	cost[SV_COST_VM_INJECT] = INJECT * SV_US;
	cost[SV_COST_VM_POSTED] = POSTED * SV_US;
	cost[SV_COST_VM_EOI] = EOI * SV_US;
	cost[SV_COST_VM_IPI] = IPI * SV_US;
	cost[SV_COST_TIMER_TICK] = TICK * SV_US;
	s->level[1].domain.ticks = true;
	return s;
}

static const struct sv_exits *exits(struct stack *s, unsigned i)
{
	struct sv_cpu *c = &s->level[1].domain.cpu[i];

	sv_cpu_account(c);
	return &c->exits;
}

static void compute(struct sv_sim_thread *self, void *arg)
{
	struct stack *s = arg;

	sv_sim_work(self, 10 * SV_MS);
	s->finished[self - s->thread] = sv_now(s->host.lp);
	sv_sim_thread_end(self);
}

START_TEST(a_tick_takes_time_from_a_busy_vcpu)
{
	struct stack *s = guest_new(1, 1);

	add_thread(s, compute, s);
	sim_host_run(&s->host, SV_S);
	/* At 4 and 8 ms: exit, handler, its end, the timer.
	 */
	ck_assert_int_eq(
		s->finished[0], 10 * SV_MS + START + 2 * (INJECT + TICK + EOI + EXIT) * SV_US);
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_TIMER], 2);
	ck_assert_int_eq(exits(s, 0)->time[SV_EXIT_TIMER], 2 * INJECT * SV_US);
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_MSR], 2);
	ck_assert_int_eq(exits(s, 0)->time[SV_EXIT_MSR], 2 * EXIT * SV_US);
	ck_assert_int_eq(exits(s, 0)->time[SV_GUEST_HANDLER], 2 * TICK * SV_US);
	stack_free(s);
}
END_TEST

START_TEST(posting_spares_the_end_of_a_tick)
{
	struct stack *s = guest_new(1, 1);

	s->level[1].domain.posted = true;
	add_thread(s, compute, s);
	sim_host_run(&s->host, SV_S);
	ck_assert_int_eq(
		s->finished[0], 10 * SV_MS + INJECT * SV_US + 2 * (EXIT + TICK + EXIT) * SV_US);
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_TIMER], 2);
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_EOI], 0);
	stack_free(s);
}
END_TEST

START_TEST(without_ticks_only_a_second_thread_has_them)
{
	struct stack *s = guest_new(1, 1);

	s->level[1].domain.ticks = false;
	add_thread(s, compute, s);
	if (_i)
		add_thread(s, compute, s);
	sim_host_run(&s->host, SV_S);
	if (_i == 0)
		ck_assert_int_eq(s->finished[0], 10 * SV_MS + START);
	/* At 4, 8, 12 and 16 ms: then one of them has ended. */
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_TIMER], _i ? 4 : 0);
	stack_free(s);
}
END_TEST

START_TEST(a_tick_of_the_host_makes_its_vcpu_exit)
{
	struct stack *s = guest_new(1, 1);

	s->level[0].domain.ticks = true;
	s->level[1].domain.ticks = false;
	add_thread(s, compute, s);
	sim_host_run(&s->host, SV_S);
	ck_assert_int_eq(s->finished[0], 10 * SV_MS + START + 2 * (EXIT + TICK) * SV_US);
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_INTERRUPT], 2);
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_EOI], 1); /* of the start */
	stack_free(s);
}
END_TEST

static void exit_long(struct sv_sim_thread *self, void *arg)
{
	struct stack *s = arg;

	sv_sim_work(self, 3 * SV_MS);
	sv_vcpu_exit(self->task->cpu, SV_EXIT_IO, 2 * SV_MS);
	sv_sim_work(self, 0);
	s->finished[self - s->thread] = sv_now(s->host.lp);
	sv_sim_thread_end(self);
}

START_TEST(a_tick_of_the_host_in_an_exit_takes_the_time_of_its_handler)
{
	struct stack *s = guest_new(1, 1);

	s->level[0].domain.ticks = true;
	s->level[1].domain.ticks = false;
	add_thread(s, exit_long, s);
	sim_host_run(&s->host, SV_S);
	ck_assert_int_eq(s->finished[0], START + 5 * SV_MS + TICK * SV_US);
	ck_assert_int_eq(exits(s, 0)->time[SV_EXIT_IO], 2 * SV_MS);
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_INTERRUPT], 0);
	stack_free(s);
}
END_TEST

static void wait_for_kick(struct sv_sim_thread *self, void *arg)
{
	struct stack *s = arg;

	for (int i = 0; i < 2; i++)
		sv_pv_wait();
	s->finished[self - s->thread] = sv_now(s->host.lp);
	sv_sim_work(self, SV_S);
}

/* It halts with a thread, so its tick goes on: it blocks, and wakes at 4 and at 8 ms. */
START_TEST(a_tick_ends_a_halt_within_a_lock)
{
	struct stack *s = guest_new(1, 1);
	sv_time woken = (INJECT + TICK + EOI + EXIT) * SV_US;

	add_thread(s, wait_for_kick, s);
	sim_host_run(&s->host, 20 * SV_MS - 1);
	ck_assert_int_eq(s->finished[0], 8 * SV_MS + woken);
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_HLT], 2);
	/* These did not interrupt a running vCPU; those at 12 and 16 ms did. */
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_MSR], 4);
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_TIMER], 2);
	stack_free(s);
}
END_TEST

static void compute_with_irqs_off(struct sv_sim_thread *self, void *arg)
{
	struct stack *s = arg;

	sv_sim_irqs_off(self);
	sv_sim_work(self, 10 * SV_MS);
	sv_sim_irqs_on(self);
	s->finished[self - s->thread] = sv_now(s->host.lp);
	sv_sim_thread_end(self);
}

/* At 4 ms it exits for it, and takes it at the end; the timer was not set anew meanwhile. */
START_TEST(a_tick_is_held_back_while_interrupts_are_off)
{
	struct stack *s = guest_new(1, 1);

	add_thread(s, compute_with_irqs_off, s);
	sim_host_run(&s->host, SV_S);
	ck_assert_int_eq(s->finished[0],
		10 * SV_MS + START + EXIT * SV_US + (INJECT + TICK + EOI + EXIT) * SV_US);
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_TIMER], 1);
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_MSR], 1);
	ck_assert_int_eq(exits(s, 0)->time[SV_GUEST_HANDLER], TICK * SV_US);
	stack_free(s);
}
END_TEST

static void wait_with_irqs_off(struct sv_sim_thread *self, void *arg)
{
	struct stack *s = arg;

	sv_sim_irqs_off(self);
	sv_pv_wait();
	sv_sim_irqs_on(self);
	s->finished[self - s->thread] = sv_now(s->host.lp);
	sv_sim_work(self, SV_S);
}

static void kick_late(struct sv_sim_thread *self, void *arg)
{
	struct stack *s = arg;

	sv_sim_work(self, 10 * SV_MS);
	sv_pv_kick(0);
	s->finished[self - s->thread] = sv_now(s->host.lp);
	sv_sim_thread_end(self);
}

START_TEST(a_halt_with_interrupts_off_ends_by_a_kick_alone)
{
	struct stack *s = guest_new(2, 2);

	add_thread(s, wait_with_irqs_off, s);
	add_thread(s, kick_late, s);
	sim_host_run(&s->host, 11 * SV_MS);
	ck_assert_int_gt(s->finished[0], 10 * SV_MS);
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_HLT], 1);
	/* The tick of 4 ms came with the kick; that of 8 ms would have been set by its handler. */
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_MSR], 1);
	ck_assert_int_eq(exits(s, 0)->time[SV_GUEST_HANDLER], TICK * SV_US);
	stack_free(s);
}
END_TEST

static void sleep_long(struct sv_sim_thread *self, void *arg)
{
	struct stack *s = arg;

	sv_sim_sleep(self, 90 * SV_MS);
	s->finished[self - s->thread] = sv_now(s->host.lp);
	sv_sim_thread_end(self);
}

START_TEST(an_idle_vcpu_has_no_ticks)
{
	struct stack *s = guest_new(1, 1);

	add_thread(s, sleep_long, s);
	sim_host_run(&s->host, SV_S);
	/* Its timer is not earlier than the tick that is set, so it need not be set. */
	ck_assert_int_eq(s->finished[0], 90 * SV_MS + 2 * START);
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_TIMER], 0);
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_MSR], 0);
	stack_free(s);
}
END_TEST

/* Two vCPUs share a CPU: who is preempted when its tick comes takes it later, without an exit. */
START_TEST(a_preempted_vcpu_takes_its_tick_when_it_runs_again)
{
	struct stack *s = guest_new(1, 2);
	uint64_t timers = 0, ends = 0;

	s->level[1].domain.tick_phase = 1 * SV_MS;
	add_thread(s, compute, s);
	add_thread(s, compute, s);
	sim_host_run(&s->host, SV_S);
	for (unsigned i = 0; i < 2; i++) {
		timers += exits(s, i)->count[SV_EXIT_TIMER];
		ends += exits(s, i)->count[SV_EXIT_MSR];
	}
	/* 20 ms have five ticks, and there is one that runs and one that waits. */
	ck_assert_uint_ge(timers, 4);
	ck_assert_uint_le(timers, 6);
	ck_assert_uint_ge(ends, timers + 2);
	ck_assert_uint_le(ends, 2 * timers + 1);
	stack_free(s);
}
END_TEST

START_TEST(ticks_of_a_kernel_are_spread_over_half_a_period_if_wished)
{
	struct stack *s = guest_new(1, 4);
	struct sv_domain *d = &s->level[1].domain;

	d->tick_phase = 3 * SV_MS;
	ck_assert_int_eq(sv_cpu_next_tick(&d->cpu[2]), 3 * SV_MS);
	d->skew_tick = true;
	ck_assert_int_eq(sv_cpu_next_tick(&d->cpu[0]), 3 * SV_MS);
	ck_assert_int_eq(sv_cpu_next_tick(&d->cpu[1]), 3500 * SV_US);
	/* A fourth is a whole period on, and comes at once. */
	ck_assert_int_eq(sv_cpu_next_tick(&d->cpu[3]), 500 * SV_US);
	stack_free(s);
}
END_TEST

struct pair {
	struct stack *s;
	sv_u32 *word;
	sv_time woke;
};

static void sleeper(struct sv_sim_thread *self, void *arg)
{
	struct pair *p = arg;

	sv_futex_wait(p->word, 0);
	p->s->finished[self - p->s->thread] = sv_now(p->s->host.lp);
	sv_sim_thread_end(self);
}

static void waker(struct sv_sim_thread *self, void *arg)
{
	struct pair *p = arg;

	sv_sim_work(self, 15 * SV_MS);
	p->woke = sv_now(p->s->host.lp);
	sv_futex_wake(p->word, 2);
	p->s->finished[self - p->s->thread] = sv_now(p->s->host.lp);
	sv_sim_thread_end(self);
}

static void occupy(struct sv_sim_thread *self, void *arg)
{
	(void)arg;
	sv_sim_work(self, SV_S);
}

/* Thread i is of vCPU i % 2, and each vCPU has a CPU of its own. */
static void wake_another(struct pair *p, bool posted, bool busy)
{
	struct stack *s = guest_new(2, 2);

	*p = (struct pair){ .s = s, .word = sv_memory_alloc(s->host.memory, 64, 0) };
	s->level[1].domain.ticks = false;
	s->level[1].domain.posted = posted;
	add_thread(s, waker, p);
	add_thread(s, sleeper, p);
	if (busy) {
		add_thread(s, sleeper, p);
		add_thread(s, occupy, p);
	}
	for (unsigned i = 0; i < s->threads; i++)
		s->task[i].pinned = true;
	sim_host_run(&s->host, 18 * SV_MS);
}

START_TEST(a_halted_vcpu_is_woken_by_an_interrupt)
{
	struct pair p;

	wake_another(&p, _i, false);
	ck_assert_int_eq(p.s->finished[0] - p.woke, IPI * SV_US);
	ck_assert_uint_eq(exits(p.s, 0)->count[SV_EXIT_APIC], 1);
	/* Its halt has ended, with the injection; the end of the interrupt comes before the thread.
	 */
	ck_assert_int_eq(p.s->finished[1] - p.woke, (INJECT + (_i ? 0 : EOI)) * SV_US);
	ck_assert_uint_eq(exits(p.s, 1)->count[SV_EXIT_INTERRUPT], 0);
	ck_assert_uint_eq(exits(p.s, 1)->count[SV_EXIT_EOI], _i ? 0 : 2);
	stack_free(p.s);
}
END_TEST

START_TEST(a_running_vcpu_exits_for_an_interrupt_unless_it_is_posted)
{
	struct pair p;

	wake_another(&p, _i, true);
	ck_assert_uint_eq(exits(p.s, 0)->count[SV_EXIT_APIC], 1);
	ck_assert_int_eq(p.s->finished[1] - p.woke, (_i ? POSTED : INJECT + EOI) * SV_US);
	ck_assert_uint_eq(exits(p.s, 1)->count[SV_EXIT_INTERRUPT], _i ? 0 : 1);
	stack_free(p.s);
}
END_TEST

static void wake_soon(struct sv_sim_thread *self, void *arg)
{
	struct pair *p = arg;

	sv_sim_work(self, 100 * SV_US);
	sv_futex_wake(p->word, 1);
	sv_sim_thread_end(self);
}

/* The halt of the sleeper is an exit of 400 us, in which the interrupt comes; nothing is added. */
START_TEST(an_interrupt_in_an_exit_does_not_prolong_it_when_posted)
{
	struct stack *s = guest_new(2, 2);
	struct pair p = { .s = s, .word = sv_memory_alloc(s->host.memory, 64, 0) };
	sv_time last;

	s->toy.machine.cost[SV_COST_VM_EXIT] = 400 * SV_US;
	s->level[1].domain.posted = true;
	s->level[1].domain.ticks = false;
	add_thread(s, wake_soon, &p);
	add_thread(s, sleeper, &p);
	sim_host_run(&s->host, 2 * SV_MS);
	last = s->finished[1];
	ck_assert_uint_eq(exits(s, 1)->count[SV_EXIT_HLT], 2);
	ck_assert_int_ge(last, (INJECT + 400) * SV_US);
	ck_assert_int_le(last, (INJECT + 400 + 1) * SV_US);
	stack_free(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("interrupts");
	TCase *ticks = tcase_create("ticks"), *delivery = tcase_create("delivery");

	tcase_add_test(ticks, a_tick_takes_time_from_a_busy_vcpu);
	tcase_add_test(ticks, posting_spares_the_end_of_a_tick);
	tcase_add_loop_test(ticks, without_ticks_only_a_second_thread_has_them, 0, 2);
	tcase_add_test(ticks, a_tick_of_the_host_makes_its_vcpu_exit);
	tcase_add_test(ticks, a_tick_of_the_host_in_an_exit_takes_the_time_of_its_handler);
	tcase_add_test(ticks, a_tick_ends_a_halt_within_a_lock);
	tcase_add_test(ticks, a_tick_is_held_back_while_interrupts_are_off);
	tcase_add_test(ticks, a_halt_with_interrupts_off_ends_by_a_kick_alone);
	tcase_add_test(ticks, an_idle_vcpu_has_no_ticks);
	tcase_add_test(ticks, a_preempted_vcpu_takes_its_tick_when_it_runs_again);
	tcase_add_test(ticks, ticks_of_a_kernel_are_spread_over_half_a_period_if_wished);
	tcase_add_loop_test(delivery, a_halted_vcpu_is_woken_by_an_interrupt, 0, 2);
	tcase_add_loop_test(
		delivery, a_running_vcpu_exits_for_an_interrupt_unless_it_is_posted, 0, 2);
	tcase_add_test(delivery, an_interrupt_in_an_exit_does_not_prolong_it_when_posted);
	suite_add_tcase(suite, ticks);
	suite_add_tcase(suite, delivery);
	return run_suite(suite);
}
