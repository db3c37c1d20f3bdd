/*
 * irq.c - interrupt handlers that run code, on CPUs in every state
 */
#include "irq_scene.h"
#include "run_suite.h"

static void compute(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	sv_sim_work(self, 500 * SV_US);
	s->stack->finished[self - s->stack->thread] = sv_now(self->process.lp);
	sv_sim_thread_end(self);
}

START_TEST(a_handler_delays_the_thread_that_it_interrupts)
{
	struct scene *s = scene_new((const unsigned[]){ 1 }, 1);

	add_thread(s->stack, compute, s);
	raise_at(s, add_irq(s, 0, 0, work), 100 * SV_US);
	run(s, SV_S);
	ck_assert_int_eq(s->began[0][0], (100 + ENTRY) * SV_US);
	ck_assert_int_eq(s->stack->finished[0], (500 + ENTRY + HANDLER) * SV_US);
	ck_assert_int_eq(s->stack->level[0].domain.cpu[0].handled, (ENTRY + HANDLER) * SV_US);
	ck_assert_int_eq(s->stack->task[0].ran, 500 * SV_US);
	scene_free(s);
}
END_TEST

START_TEST(handlers_of_a_cpu_follow_each_other)
{
	struct scene *s = scene_new((const unsigned[]){ 1 }, 1);
	struct sv_irq *a = add_irq(s, 0, 0, work), *b = add_irq(s, 0, 0, work);

	add_thread(s->stack, compute, s);
	raise_at(s, a, 100 * SV_US);
	raise_at(s, b, 105 * SV_US);
	raise_at(s, b, 106 * SV_US); /* has not begun: once */
	raise_at(s, a, 107 * SV_US); /* runs: once more */
	run(s, SV_S);
	ck_assert_uint_eq(s->n[0], 2);
	ck_assert_uint_eq(s->n[1], 1);
	ck_assert_int_eq(s->began[1][0], (100 + 2 * ENTRY + HANDLER) * SV_US);
	ck_assert_int_eq(s->began[0][1], (100 + 3 * ENTRY + 2 * HANDLER) * SV_US);
	ck_assert_int_eq(s->stack->finished[0], (500 + 3 * (ENTRY + HANDLER)) * SV_US);
	scene_free(s);
}
END_TEST

START_TEST(a_switch_that_is_interrupted_is_completed_afterwards)
{
	struct scene *s = scene_new((const unsigned[]){ 1 }, 1);

	s->stack->toy.machine.cost[SV_COST_WAKE_UP] = 50 * SV_US;
	add_thread(s->stack, compute, s);
	raise_at(s, add_irq(s, 0, 0, work), 20 * SV_US);
	run(s, SV_S);
	ck_assert_int_eq(s->began[0][0], (20 + ENTRY) * SV_US);
	ck_assert_int_eq(s->stack->finished[0], (50 + ENTRY + HANDLER + 500) * SV_US);
	scene_free(s);
}
END_TEST

/* The toy is given a state that takes 40 us to leave; the CPU has been idle for long. */
START_TEST(an_idle_cpu_leaves_its_idle_state_and_goes_idle_again)
{
	struct scene *s = scene_new((const unsigned[]){ 1 }, 1);
	struct sv_idle_state deep = { .exit = 40 * SV_US, .residency = 100 * SV_US };
	struct sv_irq *irq = add_irq(s, 0, 0, work);
	struct sv_cpu *c = &s->stack->level[0].domain.cpu[0];

	s->stack->toy.machine.idle_state = &deep;
	s->stack->toy.machine.idle_states = 1;
	add_thread(s->stack, compute, s);
	raise_at(s, irq, SV_MS);
	run(s, 10 * SV_MS);
	ck_assert_int_eq(s->stack->finished[0], 500 * SV_US);
	ck_assert_int_eq(s->began[0][0], SV_MS + (40 + ENTRY) * SV_US);
	sv_cpu_account(c);
	ck_assert_int_eq(c->handled, (40 + ENTRY + HANDLER) * SV_US);
	ck_assert_int_eq(c->idled + c->busy + c->handled + c->switching, 10 * SV_MS);
	ck_assert(c->idle.asleep);
	scene_free(s);
}
END_TEST

static void sleep_in_queue(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;
	struct sv_waiter w;

	sv_wait_join(&s->queue, &w, self);
	sv_wait_sleep(&w);
	sv_wait_leave(&s->queue, &w);
	s->woken = sv_now(self->process.lp);
	sv_sim_thread_end(self);
}

static void wake(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	sv_wait_wake(&s->queue, 1, self);
	work(self, arg);
}

/* Who is woken on the same CPU runs when the handler has ended, after a switch and no wake-up. */
START_TEST(a_task_that_a_handler_wakes_runs_when_the_handler_has_ended)
{
	struct scene *s = scene_new((const unsigned[]){ 1, 1 }, 1 + (unsigned)_i);
	sv_time *cost = s->stack->toy.machine.cost;

	cost[SV_COST_CONTEXT_SWITCH] = 6 * SV_US;
	cost[SV_COST_WAKE_UP] = 50 * SV_US;
	add_thread(s->stack, sleep_in_queue, s);
	raise_at(s, add_irq(s, (unsigned)_i, 0, wake), SV_MS);
	run(s, 10 * SV_MS);
	if (_i == 0)
		ck_assert_int_eq(s->woken, SV_MS + (ENTRY + HANDLER + 6) * SV_US);
	else /* it was halted: woken, injected, handler and its end, switch */
		ck_assert_int_eq(
			s->woken, SV_MS + (50 + INJECT + ENTRY + HANDLER + EOI + 6) * SV_US);
	scene_free(s);
}
END_TEST

START_TEST(a_running_vcpu_exits_for_a_handler_unless_it_is_posted)
{
	struct scene *s = scene_new((const unsigned[]){ 1, 1 }, 2);
	struct sv_cpu *c = &s->stack->level[1].domain.cpu[0];
	sv_time start = (INJECT + EOI) * SV_US, before, after;

	s->stack->level[1].domain.posted = _i;
	if (_i)
		start = INJECT * SV_US;
	add_thread(s->stack, compute, s);
	raise_at(s, add_irq(s, 1, 0, work), 100 * SV_US);
	run(s, SV_S);
	before = (_i ? POSTED : INJECT) * SV_US;
	after = _i ? 0 : EOI * SV_US;
	ck_assert_int_eq(s->began[0][0], (100 + ENTRY) * SV_US + before);
	ck_assert_int_eq(
		s->stack->finished[0], start + (500 + ENTRY + HANDLER) * SV_US + before + after);
	ck_assert_uint_eq(c->exits.count[SV_EXIT_INTERRUPT], _i ? 0 : 1);
	ck_assert_int_eq(c->handled, (ENTRY + HANDLER) * SV_US);
	scene_free(s);
}
END_TEST

static void insist(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	sv_sim_irqs_off(self);
	sv_sim_work(self, 200 * SV_US);
	sv_sim_irqs_on(self);
	s->woken = sv_now(self->process.lp);
	sv_sim_work(self, 300 * SV_US);
	s->stack->finished[0] = sv_now(self->process.lp);
	sv_sim_thread_end(self);
}

START_TEST(a_handler_waits_until_interrupts_are_on)
{
	for (unsigned level = 0; level < 2; level++) {
		struct scene *s = scene_new((const unsigned[]){ 1, 1 }, 1 + level);
		sv_time start = level ? (INJECT + EOI) * SV_US : 0;
		/* A guest exits when it comes, and when it can be taken. */
		sv_time exit = level ? EXIT * SV_US : 0, take = level ? INJECT * SV_US : 0;
		sv_time end = level ? EOI * SV_US : 0;

		add_thread(s->stack, insist, s);
		raise_at(s, add_irq(s, level, 0, work), 100 * SV_US);
		run(s, SV_S);
		ck_assert_int_eq(s->began[0][0], start + exit + take + (200 + ENTRY) * SV_US);
		/* Before anything else that the thread does. */
		ck_assert_int_eq(s->woken, s->began[0][0] + HANDLER * SV_US + end);
		ck_assert_int_eq(s->stack->finished[0], s->woken + 300 * SV_US);
		scene_free(s);
	}
}
END_TEST

START_TEST(a_handler_of_the_host_makes_the_vcpu_that_it_finds_exit)
{
	struct scene *s = scene_new((const unsigned[]){ 1, 1 }, 2);
	struct sv_cpu *c = &s->stack->level[1].domain.cpu[0];

	add_thread(s->stack, compute, s);
	raise_at(s, add_irq(s, 0, 0, work), 100 * SV_US);
	run(s, SV_S);
	ck_assert_int_eq(s->began[0][0], (100 + ENTRY) * SV_US);
	ck_assert_int_eq(
		s->stack->finished[0], (INJECT + EOI + 500 + ENTRY + HANDLER + EXIT) * SV_US);
	ck_assert_uint_eq(c->exits.count[SV_EXIT_INTERRUPT], 1);
	ck_assert_int_eq(c->exits.time[SV_EXIT_INTERRUPT], EXIT * SV_US);
	/* What the vCPU's task ran is what the vCPU did; then it halts. */
	ck_assert_int_eq(c->body->ran, (INJECT + EOI + 500 + 2 * EXIT) * SV_US);
	scene_free(s);
}
END_TEST

/* Two vCPUs share a CPU by the millisecond; the second one is preempted when it comes. */
START_TEST(a_preempted_vcpu_takes_it_when_it_runs_again)
{
	struct scene *s = scene_new((const unsigned[]){ 1, 2 }, 2);

	for (int i = 0; i < 2; i++)
		add_thread(s->stack, compute, s);
	raise_at(s, add_irq(s, 1, 1, work), 100 * SV_US);
	run(s, SV_S);
	ck_assert_int_ge(s->began[0][0], 500 * SV_US);
	ck_assert_int_le(s->began[0][0], 550 * SV_US);
	scene_free(s);
}
END_TEST

static void raise_on_own_cpu(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	sv_sim_work(self, 50 * SV_US);
	sv_irq_raise(&s->irq[0], self);
	s->woken = sv_now(self->process.lp);
	sv_sim_thread_end(self);
}

START_TEST(who_raises_it_on_its_own_cpu_goes_on_when_it_has_run)
{
	struct scene *s = scene_new((const unsigned[]){ 1 }, 1);

	add_irq(s, 0, 0, work);
	add_thread(s->stack, raise_on_own_cpu, s);
	run(s, SV_S);
	ck_assert_int_eq(s->woken, (50 + ENTRY + HANDLER) * SV_US);
	scene_free(s);
}
END_TEST

static void sleep_long(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	sv_sim_sleep(self, 5 * SV_MS);
	s->woken = sv_now(self->process.lp);
	sv_sim_thread_end(self);
}

/* Its vCPU halts at 4 us and exits for as long; the host then polls until 108 us. */
START_TEST(a_handler_of_the_host_does_not_prolong_its_polling_for_a_halted_vcpu)
{
	struct scene *s = scene_new((const unsigned[]){ 1, 1 }, 2);
	struct sv_cpu *c = &s->stack->level[1].domain.cpu[0];
	sv_time at = _i ? 105 : 50;

	s->stack->level[1].domain.poll_limit = 200 * SV_US;
	c->poll_window = 100 * SV_US;
	add_thread(s->stack, sleep_long, s);
	raise_at(s, add_irq(s, 0, 0, work), at * SV_US);
	run(s, 4 * SV_MS);
	sv_cpu_account(c);
	/* It polls when it does not handle, or until the handler comes. */
	ck_assert_int_eq(c->polled, (_i ? 105 - 12 : 100 - ENTRY - HANDLER) * SV_US);
	ck_assert(c->body->state == SV_TASK_BLOCKED);
	run(s, 10 * SV_MS);
	ck_assert_int_ge(s->woken, 5 * SV_MS);
	scene_free(s);
}
END_TEST

static void wait_for_kick(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	sv_sim_work(self, 100 * SV_US);
	sv_pv_wait();
	s->woken = sv_now(self->process.lp);
	sv_sim_thread_end(self);
}

static void kick_soon(struct sv_sim_thread *self, void *arg)
{
	(void)arg;
	sv_sim_work(self, 58 * SV_US);
	sv_pv_kick(0);
	sv_sim_thread_end(self);
}

START_TEST(a_kick_while_a_handler_runs_reaches_who_it_interrupted)
{
	struct scene *s = scene_new((const unsigned[]){ 2, 2 }, 2);

	add_thread(s->stack, wait_for_kick, s);
	add_thread(s->stack, kick_soon, s);
	raise_at(s, add_irq(s, 1, 0, work), 50 * SV_US);
	run(s, SV_S);
	/* It does not halt. */
	ck_assert_int_eq(s->woken, (2 * (INJECT + EOI) + 100 + ENTRY + HANDLER) * SV_US);
	scene_free(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("irq");
	TCase *tc = tcase_create("irq");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_handler_delays_the_thread_that_it_interrupts);
	tcase_add_test(tc, handlers_of_a_cpu_follow_each_other);
	tcase_add_test(tc, a_switch_that_is_interrupted_is_completed_afterwards);
	tcase_add_test(tc, an_idle_cpu_leaves_its_idle_state_and_goes_idle_again);
	tcase_add_loop_test(tc, a_task_that_a_handler_wakes_runs_when_the_handler_has_ended, 0, 2);
	tcase_add_loop_test(tc, a_running_vcpu_exits_for_a_handler_unless_it_is_posted, 0, 2);
	tcase_add_test(tc, a_handler_waits_until_interrupts_are_on);
	tcase_add_test(tc, a_handler_of_the_host_makes_the_vcpu_that_it_finds_exit);
	tcase_add_test(tc, a_preempted_vcpu_takes_it_when_it_runs_again);
	tcase_add_test(tc, who_raises_it_on_its_own_cpu_goes_on_when_it_has_run);
	tcase_add_loop_test(
		tc, a_handler_of_the_host_does_not_prolong_its_polling_for_a_halted_vcpu, 0, 2);
	tcase_add_test(tc, a_kick_while_a_handler_runs_reaches_who_it_interrupted);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
