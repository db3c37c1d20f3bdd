/*
 * idle.c - what an idle CPU expects, and what waking it costs
 */
#include "run_suite.h"
#include "vm_stack.h"
#include "wait.h"

static const struct sv_idle_state states[] = {
	{ .name = "C1", .exit = 3 * SV_US, .residency = 6 * SV_US },
	{ .name = "C6", .exit = 200 * SV_US, .residency = 800 * SV_US },
};
#define SHALLOW (3 * SV_US)
#define DEEP    (200 * SV_US)

static struct stack *idle_new(void)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 1 }, 2);

	s->toy.machine.idle_states = 2;
	s->toy.machine.idle_state = states;
	return s;
}

static struct sv_cpu *pcpu(struct stack *s)
{
	return &s->level[0].domain.cpu[0];
}

static void remember(struct stack *s, const int64_t *us)
{
	for (unsigned i = 0; i < SV_IDLE_HISTORY; i++)
		pcpu(s)->idle.interval_us[i] = us[i];
}

static sv_time choice(struct stack *s)
{
	sv_cpu_go_idle(pcpu(s));
	return pcpu(s)->idle.exit;
}

START_TEST(like_intervals_are_expected_again)
{
	struct stack *s = idle_new();

	/* A CPU that was never idle yet expects to be so for long. */
	ck_assert_int_eq(choice(s), DEEP);
	remember(s, (const int64_t[]){ 1, 2, 1, 2, 1, 2, 1, 2 });
	ck_assert_int_eq(choice(s), 0);
	remember(s, (const int64_t[]){ 100, 105, 95, 100, 100, 110, 90, 100 });
	ck_assert_int_eq(choice(s), SHALLOW);
	remember(s, (const int64_t[]){ 900, 1000, 1000, 950, 1000, 1100, 1000, 1000 });
	ck_assert_int_eq(choice(s), DEEP);
	stack_free(s);
}
END_TEST

START_TEST(states_that_take_longer_to_leave_than_the_limit_are_not_used)
{
	struct stack *s = idle_new();

	s->level[0].domain.latency_limit = SHALLOW;
	ck_assert_int_eq(choice(s), SHALLOW);
	s->level[0].domain.latency_limit = SHALLOW - 1;
	ck_assert_int_eq(choice(s), 0);
	stack_free(s);
}
END_TEST

START_TEST(while_somebody_waits_for_io_states_take_a_small_part_of_the_time_to_leave)
{
	struct stack *s = idle_new();

	remember(s, (const int64_t[]){ 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000 });
	pcpu(s)->idle.io_waiters = 1;
	/* A tenth of 1000 us is less than C6 takes. */
	ck_assert_int_eq(choice(s), SHALLOW);
	remember(s, (const int64_t[]){ 20, 20, 20, 20, 20, 20, 20, 20 });
	ck_assert_int_eq(choice(s), 0);
	pcpu(s)->idle.io_waiters = 0;
	ck_assert_int_eq(choice(s), SHALLOW);
	stack_free(s);
}
END_TEST

static struct sv_wait_queue end_of_io;

static void wait_for_io(struct sv_sim_thread *self, void *arg)
{
	struct stack *s = arg;
	struct sv_waiter w;

	sv_wait_join(&end_of_io, &w, self);
	sv_wait_sleep_for_io(&w);
	sv_wait_leave(&end_of_io, &w);
	s->finished[self - s->thread] = sv_now(s->host.lp);
	sv_sim_thread_end(self);
}

/* Those of a guest's kernel are not known to its host. */
START_TEST(a_cpu_counts_its_sleepers_that_wait_for_io)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 1 }, (unsigned)_i);

	end_of_io = (struct sv_wait_queue){ 0 };
	add_thread(s, wait_for_io, s);
	sim_host_run(&s->host, SV_MS);
	ck_assert_uint_eq(pcpu(s)->idle.io_waiters, _i == 1);
	ck_assert_uint_eq(sv_wait_wake(&end_of_io, 1, NULL), 1);
	sim_host_run(&s->host, 2 * SV_MS);
	ck_assert_int_gt(s->finished[0], 0);
	ck_assert_uint_eq(pcpu(s)->idle.io_waiters, 0);
	stack_free(s);
}
END_TEST

START_TEST(two_long_outliers_of_eight_count_for_nothing)
{
	struct stack *s = idle_new();

	remember(s, (const int64_t[]){ 100, 40000, 105, 95, 100, 20000, 100, 110 });
	ck_assert_int_eq(choice(s), SHALLOW);
	/* With three, no interval is typical, and the next timer is far. */
	remember(s, (const int64_t[]){ 100, 40000, 105, 95, 30000, 20000, 100, 110 });
	ck_assert_int_eq(choice(s), DEEP);
	stack_free(s);
}
END_TEST

START_TEST(a_timer_soon_keeps_a_cpu_from_deep_states)
{
	struct stack *s = idle_new();

	remember(s, (const int64_t[]){ 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000 });
	ck_assert_int_eq(choice(s), DEEP);
	sv_alarm_set(&s->level[1].body[0], 500 * SV_US);
	ck_assert_int_eq(sv_cpu_next_alarm(pcpu(s)), 500 * SV_US);
	ck_assert_int_eq(choice(s), SHALLOW);
	sv_alarm_clear(&s->level[1].body[0]);
	ck_assert_int_eq(choice(s), DEEP);
	stack_free(s);
}
END_TEST

/* Eighty times in turn, a timer that is 100 ms away is overtaken after 100 us. */
START_TEST(timers_that_are_never_waited_for_are_believed_less)
{
	struct stack *s = idle_new();

	sv_alarm_set(&s->level[1].body[0], 100 * SV_MS);
	for (int i = 0; i < 80; i++) {
		remember(s, (const int64_t[]){ 100, 40000, 105, 95, 30000, 20000, 100, 110 });
		sv_cpu_go_idle(pcpu(s));
		pcpu(s)->idle.since -= 100 * SV_US;
		sv_cpu_leave_idle(pcpu(s));
	}
	remember(s, (const int64_t[]){ 100, 40000, 105, 95, 30000, 20000, 100, 110 });
	ck_assert_int_eq(choice(s), SHALLOW);
	stack_free(s);
}
END_TEST

static void nap(struct sv_sim_thread *self, void *arg)
{
	(void)arg;
	sv_sim_work(self, 10 * SV_US);
	sv_sim_sleep(self, 5 * SV_MS);
	sv_sim_thread_end(self);
}

/* The timer that a thread of a guest set is one of the CPU that its vCPU blocked on. */
START_TEST(a_blocked_vcpu_leaves_its_timers_to_its_host)
{
	struct stack *s = idle_new();
	sv_time start;

	add_thread(s, nap, s);
	sim_host_run(&s->host, 1 * SV_MS);
	start = 5 * SV_MS + 10 * SV_US;
	ck_assert_int_eq(s->level[1].body[0].state, SV_TASK_BLOCKED);
	ck_assert_int_ge(sv_cpu_next_alarm(pcpu(s)), start);
	ck_assert_int_le(sv_cpu_next_alarm(pcpu(s)), start + 5 * SV_US);
	sim_host_run(&s->host, 10 * SV_MS);
	ck_assert_int_eq(sv_cpu_next_alarm(pcpu(s)), SV_TIME_MAX);
	stack_free(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("idle");
	TCase *idle = tcase_create("idle");

	tcase_add_test(idle, like_intervals_are_expected_again);
	tcase_add_test(idle, states_that_take_longer_to_leave_than_the_limit_are_not_used);
	tcase_add_test(
		idle, while_somebody_waits_for_io_states_take_a_small_part_of_the_time_to_leave);
	tcase_add_loop_test(idle, a_cpu_counts_its_sleepers_that_wait_for_io, 1, 3);
	tcase_add_test(idle, two_long_outliers_of_eight_count_for_nothing);
	tcase_add_test(idle, a_timer_soon_keeps_a_cpu_from_deep_states);
	tcase_add_test(idle, timers_that_are_never_waited_for_are_believed_less);
	tcase_add_test(idle, a_blocked_vcpu_leaves_its_timers_to_its_host);
	suite_add_tcase(suite, idle);
	return run_suite(suite);
}
