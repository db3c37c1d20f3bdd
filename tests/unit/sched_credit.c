/*
 * sched_credit.c - credits, priorities and boost of the credit scheduler
 */
#include "run_suite.h"
#include "sched_run.h"

static const struct sv_sched_info any = { 0 };

static unsigned spinner(struct host *h, unsigned cpu, uint32_t weight)
{
	return host_add(
		h, cpu, (struct sv_sched_info){ .weight = weight }, SV_TIME_MAX, SV_TIME_MAX);
}

START_TEST(slices_are_30_ms)
{
	struct host *h = host_new("credit", "", 1);

	for (unsigned k = 0; k < 3; k++)
		spinner(h, 0, 1024);
	host_run(h, 10 * SV_S);
	for (size_t i = 0; i + 1 < h->slices; i++)
		ck_assert_int_eq((h->slice[i].to - h->slice[i].from) % (30 * SV_MS), 0);
	host_free(h);
}
END_TEST

/* Picked between two ticks: the slice is a timer, not a count of ticks. */
START_TEST(slices_are_exact)
{
	struct host *h = host_new("credit", "", 1);

	host_add(h, 0, any, 7 * SV_MS, SV_TIME_MAX);
	spinner(h, 0, 1024);
	spinner(h, 0, 1024);
	host_run(h, 100 * SV_MS);
	ck_assert_int_eq(h->slice[1].from, 7 * SV_MS);
	ck_assert_int_eq(h->slice[1].to, 37 * SV_MS);
	host_free(h);
}
END_TEST

START_TEST(shares_follow_weights_of_two)
{
	struct host *h = host_new("credit", "", 1);

	spinner(h, 0, 1024);
	spinner(h, 0, 2048);
	host_run(h, 90 * SV_S);
	host_assert_got(h, 0, 30 * SV_S, 300 * SV_MS);
	host_assert_got(h, 1, 60 * SV_S, 600 * SV_MS);
	host_free(h);
}
END_TEST

/*
 * Credits are dealt out for all CPUs at once, but nobody earns more than one CPU, and what the
 * heavy ones cannot use goes to the others.
 */
START_TEST(credits_that_one_cannot_burn_go_to_the_others)
{
	struct host *h = host_new("credit", "", 2);

	spinner(h, 0, 100000);
	spinner(h, 1, 1024);
	spinner(h, 1, 2048);
	host_run(h, 90 * SV_S);
	host_assert_got(h, 0, 90 * SV_S, 0);
	host_assert_got(h, 1, 30 * SV_S, 300 * SV_MS);
	host_free(h);
}
END_TEST

/* Two that compute, and a third that wakes at 100 ms with credits. Returns its number. */
static unsigned with_sleeper(struct host *h)
{
	unsigned sleeper = host_add(h, 0, any, SV_US, SV_TIME_MAX);

	host_run(h, SV_MS);
	spinner(h, 0, 1024);
	spinner(h, 0, 1024);
	host_run(h, 105 * SV_MS);
	h->task[sleeper].burst = SV_TIME_MAX;
	return sleeper;
}

START_TEST(who_wakes_with_credits_is_boosted)
{
	struct host *h = host_new("credit", "", 1);
	unsigned sleeper = with_sleeper(h);

	host_wake(h, sleeper, 0);
	ck_assert_int_eq(host_runs(h, 0), (int)sleeper);
	host_free(h);
}
END_TEST

START_TEST(a_boost_ends_at_the_first_tick)
{
	struct host *h = host_new("credit", "rate_limit: 0s", 1);
	unsigned sleeper = with_sleeper(h), other;

	other = host_add(h, 0, any, SV_US, SV_TIME_MAX);
	host_run(h, 300 * SV_MS);
	ck_assert_int_gt(h->task[other].total, 0);
	host_run(h, 305 * SV_MS);
	host_wake(h, sleeper, 0);
	host_run(h, 309 * SV_MS);
	host_wake(h, other, 0); /* boosted too: it does not preempt its like */
	ck_assert_int_eq(host_runs(h, 0), (int)sleeper);
	host_run(h, 312 * SV_MS);
	/* The tick at 310 ms ended the sleeper's boost; the other one goes on waiting, since only
	   wake-ups preempt. The next wake-up does. */
	ck_assert_int_eq(host_runs(h, 0), (int)sleeper);
	host_add(h, 0, any, SV_TIME_MAX, 0); /* a new one is not boosted */
	ck_assert_int_eq(host_runs(h, 0), (int)sleeper);
	host_free(h);
}
END_TEST

START_TEST(a_second_wake_up_preempts_who_lost_its_boost)
{
	for (unsigned before_tick = 0; before_tick < 2; before_tick++) {
		struct host *h = host_new("credit", "", 1);
		unsigned a = host_add(h, 0, any, SV_US, SV_TIME_MAX);
		unsigned b = host_add(h, 0, any, SV_US, SV_TIME_MAX);

		host_run(h, 11 * SV_MS);
		h->task[a].burst = SV_TIME_MAX;
		host_wake(h, a, 0);
		host_run(h, before_tick ? 19 * SV_MS : 21 * SV_MS);
		host_wake(h, b, 0);
		ck_assert_int_eq(host_runs(h, 0), (int)(before_tick ? a : b));
		host_free(h);
	}
}
END_TEST

START_TEST(who_has_no_credits_is_not_boosted)
{
	struct host *h = host_new("credit", "", 1);

	spinner(h, 0, 100);
	spinner(h, 0, 1024);
	while (h->now < SV_S || host_runs(h, 0) != 0)
		host_run(h, h->now + SV_MS);
	/* It has burnt more than it earns in a slice when credits are dealt out the next time. */
	h->task[0].left = 25 * SV_MS;
	host_run(h, h->now + 35 * SV_MS);
	ck_assert_int_eq(host_runs(h, 0), 1);
	host_wake(h, 0, 0);
	ck_assert_int_eq(host_runs(h, 0), 1);
	/* A yield lets even it run, but once. */
	h->s->yield(h->cpu[0].queue, h->cpu[0].running->entity, h->now);
	host_switch(h, &h->cpu[0]);
	ck_assert_int_eq(host_runs(h, 0), 0);
	host_switch(h, &h->cpu[0]);
	ck_assert_int_eq(host_runs(h, 0), 1);
	host_free(h);
}
END_TEST

START_TEST(a_wake_up_waits_for_the_rate_limit)
{
	struct host *h = host_new("credit", "rate_limit: 3ms", 1);
	unsigned a = host_add(h, 0, any, SV_US, SV_TIME_MAX);
	unsigned b = host_add(h, 0, any, 20 * SV_MS, SV_TIME_MAX);

	host_run(h, 500 * SV_US);
	ck_assert_int_eq(host_runs(h, 0), (int)b);
	h->task[a].burst = 20 * SV_MS;
	host_wake(h, a, 0);
	ck_assert_int_eq(host_runs(h, 0), (int)b);
	host_run(h, 10 * SV_MS);
	ck_assert_uint_eq(h->slice[2].task, a);
	ck_assert_int_eq(h->slice[2].from, 3 * SV_MS + SV_US);
	/* The limit was the other one's: now it has a whole slice. */
	host_run(h, 30 * SV_MS);
	ck_assert_int_eq(h->slice[2].to, 23 * SV_MS + SV_US);
	host_free(h);
}
END_TEST

START_TEST(who_is_over_runs_when_nobody_else_wants_to)
{
	struct host *h = host_new("credit", "", 1);

	spinner(h, 0, 1024);
	host_add(h, 0, any, SV_MS, 99 * SV_MS);
	host_run(h, 10 * SV_S);
	host_assert_got(h, 0, 9900 * SV_MS, 20 * SV_MS);
	/* The other one is boosted: it runs at once. */
	host_assert_got(h, 1, 100 * SV_MS, 2 * SV_MS);
	host_free(h);
}
END_TEST

/* Else an entity that slept for a minute would then have the CPU for half of one. */
START_TEST(savings_are_bounded)
{
	struct host *h = host_new("credit", "", 1);
	sv_time before;

	spinner(h, 0, 1024);
	host_add(h, 0, any, 50 * SV_MS, SV_TIME_MAX);
	host_run(h, 60 * SV_S);
	before = h->task[1].total;
	h->task[1].burst = SV_TIME_MAX;
	host_wake(h, 1, 0);
	host_run(h, 61 * SV_S);
	host_assert_got(h, 1, before + 500 * SV_MS, 60 * SV_MS);
	host_free(h);
}
END_TEST

/* Idle entities leave the ring, so their weight does not count. */
START_TEST(sleepers_do_not_dilute_the_credits)
{
	struct host *h = host_new("credit", "", 1);

	for (unsigned k = 0; k < 10; k++)
		host_add(h, 0, any, 11 * SV_MS, SV_TIME_MAX);
	host_run(h, SV_S);
	spinner(h, 0, 1024);
	spinner(h, 0, 2048);
	host_run(h, 91 * SV_S);
	host_assert_got(h, 10, 30 * SV_S, 300 * SV_MS);
	host_free(h);
}
END_TEST

START_TEST(who_ends_leaves_the_ring)
{
	struct host *h = host_new("credit", "", 1);

	for (unsigned k = 0; k < 3; k++)
		host_add(h, 0, any, 50 * SV_MS, SV_TIME_MAX);
	while (h->task[1].left)
		host_run(h, h->now + SV_MS);
	h->s->entity_fini(h->task[1].entity);
	memset(h->task[1].entity, 0xff, h->s->entity_bytes);
	host_run(h, SV_S);
	host_assert_got(h, 2, 50 * SV_MS, 0);
	host_free(h);
}
END_TEST

START_TEST(slices_pass_while_nobody_waits)
{
	struct host *h = host_new("credit", "", 1);

	spinner(h, 0, 1024);
	host_run(h, 75 * SV_MS);
	spinner(h, 0, 1024);
	host_run(h, 100 * SV_MS);
	ck_assert_int_eq(h->slice[0].to, 90 * SV_MS);
	host_free(h);
}
END_TEST

/* Its bursts end before every tick: nobody sees the 4 s that it burns, until it goes on. */
START_TEST(debts_are_bounded)
{
	struct host *h = host_new("credit", "", 1);
	sv_time before;

	host_run(h, SV_MS);
	host_add(h, 0, any, 4 * SV_MS, 6 * SV_MS);
	host_run(h, 10 * SV_S);
	spinner(h, 0, 1024);
	h->task[0].burst = SV_TIME_MAX;
	host_run(h, 11 * SV_S);
	before = h->task[0].total;
	host_run(h, 13 * SV_S);
	host_assert_got(h, 0, before + SV_S, 60 * SV_MS);
	host_free(h);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		slices_are_30_ms,
		slices_are_exact,
		shares_follow_weights_of_two,
		credits_that_one_cannot_burn_go_to_the_others,
		who_wakes_with_credits_is_boosted,
		a_boost_ends_at_the_first_tick,
		a_second_wake_up_preempts_who_lost_its_boost,
		who_has_no_credits_is_not_boosted,
		a_wake_up_waits_for_the_rate_limit,
		who_is_over_runs_when_nobody_else_wants_to,
		savings_are_bounded,
		sleepers_do_not_dilute_the_credits,
		who_ends_leaves_the_ring,
		slices_pass_while_nobody_waits,
		debts_are_bounded,
		NULL,
	};

	return run_tests("sched_credit", tests);
}
