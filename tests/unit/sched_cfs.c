/*
 * sched_cfs.c - slices, placement and wake-up preemption of cfs
 */
#include "run_suite.h"
#include "sched_run.h"

static const struct sv_sched_info any = { 0 };
/* Linux' values for 8 and more CPUs, with ticks that let slices be seen. */
static const char fine[] = "{scaling: none, hz: 1000}";

static unsigned spinner(struct host *h, uint32_t weight)
{
	return host_add(h, 0, (struct sv_sched_info){ .weight = weight }, SV_TIME_MAX, SV_TIME_MAX);
}

/* A slice is over when it is exceeded, at the tick after that. */
static void expect_slices(const char *options, unsigned n, sv_time slice)
{
	struct host *h = host_new("cfs", options, 1);

	for (unsigned k = 0; k < n; k++)
		spinner(h, 1024);
	host_run(h, 5 * SV_S);
	for (size_t i = 0; i + 1 < h->slices; i++)
		if (h->slice[i].from > SV_S)
			ck_assert_int_eq(h->slice[i].to - h->slice[i].from, slice);
	host_free(h);
}

START_TEST(a_slice_is_a_share_of_the_latency)
{
	expect_slices(fine, 2, 13 * SV_MS);
	expect_slices(fine, 3, 9 * SV_MS);
	expect_slices(fine, 6, 5 * SV_MS);
	expect_slices("{scaling: none, hz: 250}", 3, 12 * SV_MS);
	expect_slices("{scaling: none, hz: 100}", 3, 10 * SV_MS);
}
END_TEST

START_TEST(a_slice_is_no_shorter_than_the_granularity)
{
	expect_slices(fine, 8, 4 * SV_MS);
	expect_slices(fine, 20, 4 * SV_MS);
	expect_slices("{scaling: none, hz: 1000, min_granularity: 6ms}", 20, 7 * SV_MS);
}
END_TEST

START_TEST(times_shrink_on_few_cpus)
{
	static const unsigned cpus[] = { 1, 2, 4, 8, 16 };

	for (unsigned i = 0; i < 5; i++) {
		unsigned factor = i < 3 ? i + 1 : 4;
		struct host *h = host_new("cfs", "hz: 1000", cpus[i]);

		spinner(h, 1024);
		spinner(h, 1024);
		host_run(h, SV_S);
		/* 24 ms, a quarter of it for each step, for two; seen a tick later. */
		ck_assert_int_eq(h->slice[20].to - h->slice[20].from, (3 * factor + 1) * SV_MS);
		host_free(h);
	}
}
END_TEST

START_TEST(slices_follow_weights)
{
	struct host *h = host_new("cfs", fine, 1);

	spinner(h, 1024);
	spinner(h, 3072);
	host_run(h, 10 * SV_S);
	for (size_t i = 20; i + 1 < h->slices; i++) {
		sv_time length = h->slice[i].to - h->slice[i].from;

		/* 6 of 24 ms and 18 of 24 ms; the heavy one is often still the one to run. */
		ck_assert_int_eq(h->slice[i].task ? length % (19 * SV_MS) : length - 7 * SV_MS, 0);
	}
	host_free(h);
}
END_TEST

/* Whether a sleeper that has all the credit there is preempts one that computes. */
static bool credit_preempts(uint32_t weight)
{
	struct host *h = host_new("cfs", "{scaling: none, hz: 100}", 1);
	unsigned sleeper;
	bool preempted;

	sleeper = host_add(h, 0, (struct sv_sched_info){ .weight = weight }, 1, SV_TIME_MAX);
	host_run(h, 2);
	spinner(h, 1024);
	host_run(h, SV_MS);
	h->task[sleeper].burst = SV_TIME_MAX;
	host_wake(h, sleeper, 0);
	preempted = host_runs(h, 0) == (int)sleeper;
	host_free(h);
	return preempted;
}

/* The credit of 12 ms has to exceed 4 ms for a weight of 1024, 8 for 512, 16 for 256. */
START_TEST(a_sleeper_preempts_by_its_credit)
{
	ck_assert(credit_preempts(1024));
	ck_assert(credit_preempts(512));
	ck_assert(!credit_preempts(256));
}
END_TEST

/* Naps that are too short for credit: virtual times are compared as they are. */
static bool preempts_after_nap(sv_time lead, const char *options)
{
	struct host *h = host_new("cfs", options, 1);
	bool preempted;

	/* Both run one after the other from the same virtual time, so 1 leads by what it runs. */
	for (unsigned k = 2; k-- > 0;) {
		struct sv_sched_info info = { .id = k, .weight = 1024 };
		struct host_task *t = &h->task[k];

		*t = (struct host_task){ .entity = calloc(1, h->s->entity_bytes),
			.burst = SV_TIME_MAX,
			.sleep = SV_TIME_MAX,
			.left = k ? SV_TIME_MAX : 1,
			.wakes = SV_TIME_MAX };
		h->s->entity_init(t->entity, h->domain, &info);
		h->s->enqueue(h->cpu[0].queue, t->entity, 0, SV_SCHED_WAKE);
	}
	h->tasks = 2;
	host_switch(h, &h->cpu[0]);
	host_run(h, lead + 2);
	ck_assert_int_eq(host_runs(h, 0), 1);
	host_wake(h, 0, 0);
	preempted = host_runs(h, 0) == 0;
	host_free(h);
	return preempted;
}

START_TEST(a_wake_up_preempts_beyond_the_granularity_only)
{
	const char *plain = "{scaling: none, hz: 100}";

	ck_assert(!preempts_after_nap(4 * SV_MS, plain));
	ck_assert(preempts_after_nap(4 * SV_MS + 2, plain));
	ck_assert(!preempts_after_nap(SV_MS, "hz: 100"));
	ck_assert(preempts_after_nap(SV_MS + 2, "hz: 100"));
	ck_assert(!preempts_after_nap(
		8 * SV_MS, "{scaling: none, hz: 100, wakeup_granularity: 8ms}"));
}
END_TEST

/* Task 1 sleeps for a minute while task 0 computes; says for how long it then has the CPU. */
static sv_time lead_after_sleep(const char *options)
{
	struct host *h = host_new("cfs", options, 1);
	sv_time before, got;

	spinner(h, 1024);
	spinner(h, 1024);
	while (h->now < SV_S || host_runs(h, 0) != 1)
		host_run(h, h->now + SV_MS);
	h->task[1].left = 1;
	host_run(h, 60 * SV_S);
	before = h->task[1].total;
	host_wake(h, 1, 0);
	ck_assert_int_eq(host_runs(h, 0), 1);
	host_run(h, 62 * SV_S);
	got = h->task[1].total - before - SV_S;
	host_free(h);
	return got;
}

START_TEST(the_credit_of_a_sleeper_is_bounded)
{
	sv_time gentle = lead_after_sleep(fine);
	sv_time whole = lead_after_sleep("{scaling: none, hz: 1000, gentle_sleepers: false}");

	/* A lead of v in virtual time is v / 2 more than an equal share; slices are up to 13 ms. */
	ck_assert_int_ge(gentle, 6 * SV_MS - 7 * SV_MS);
	ck_assert_int_le(gentle, 6 * SV_MS + 7 * SV_MS);
	ck_assert_int_ge(whole, gentle + 2 * SV_MS);
	ck_assert_int_le(whole, 12 * SV_MS + 7 * SV_MS);
}
END_TEST

START_TEST(a_short_nap_gains_nothing)
{
	struct host *h = host_new("cfs", fine, 1);

	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_add(h, 0, any, 10 * SV_MS, 10 * SV_US);
	host_run(h, 100 * SV_S);
	host_assert_got(h, 0, 50 * SV_S, 500 * SV_MS);
	host_free(h);
}
END_TEST

/* One that forks all the time must not starve one that computes. */
START_TEST(a_new_one_waits_for_a_slice)
{
	struct host *h = host_new("cfs", fine, 1);

	spinner(h, 1024);
	host_run(h, 100 * SV_MS);
	spinner(h, 1024);
	ck_assert_int_eq(host_runs(h, 0), 0);
	host_run(h, 112 * SV_MS);
	ck_assert_int_eq(host_runs(h, 0), 0);
	host_run(h, 126 * SV_MS);
	ck_assert_int_eq(host_runs(h, 0), 1);
	host_free(h);
}
END_TEST

START_TEST(a_crowd_shortens_the_slice_that_lasts)
{
	struct host *h = host_new("cfs", fine, 1);

	spinner(h, 1024);
	spinner(h, 1024);
	while (h->now < SV_S || host_runs(h, 0) != 0)
		host_run(h, h->now + SV_MS);
	for (unsigned k = 0; k < 6; k++)
		spinner(h, 1024);
	ck_assert_int_eq(host_runs(h, 0), 0);
	host_run(h, h->now + 4500 * SV_US);
	ck_assert_int_ne(host_runs(h, 0), 0);
	host_free(h);
}
END_TEST

/* Fair shares limit what a directed yield can do. */
START_TEST(a_preferred_one_far_ahead_is_not_taken)
{
	struct host *h = host_new("cfs", fine, 1);
	struct host_cpu *c = &h->cpu[0];

	spinner(h, 1024);
	host_run(h, SV_MS);
	spinner(h, 1024); /* starts 12 ms ahead */
	h->s->yield(c->queue, c->running->entity, h->now);
	h->s->prefer(c->queue, h->task[1].entity, h->now);
	host_switch(h, c);
	ck_assert_int_eq(host_runs(h, 0), 0);
	host_run(h, 9500 * SV_US);
	h->s->prefer(c->queue, h->task[1].entity, h->now);
	host_switch(h, c);
	ck_assert_int_eq(host_runs(h, 0), 1);
	host_free(h);
}
END_TEST

/* It does not preempt, being light, but it is far behind: after 3 ms the one that runs gives way.
 */
START_TEST(a_lead_ends_a_slice_after_the_granularity)
{
	struct host *h = host_new("cfs", fine, 1);
	unsigned light;
	sv_time picked;

	light = host_add(h, 0, (struct sv_sched_info){ .weight = 15 }, 1, SV_TIME_MAX);
	host_run(h, SV_MS);
	for (unsigned k = 0; k < 10; k++)
		spinner(h, 1024);
	while (h->now < SV_S || h->slice[h->slices - 1].from + SV_MS / 2 != h->now)
		host_run(h, h->now + SV_MS / 2);
	picked = h->slice[h->slices - 1].from;
	h->task[light].burst = SV_TIME_MAX;
	host_wake(h, light, 0);
	ck_assert_int_ne(host_runs(h, 0), (int)light);
	host_run(h, picked + 3500 * SV_US);
	ck_assert_uint_eq(h->slice[h->slices - 1].task, light);
	ck_assert_int_eq(h->slice[h->slices - 1].from, picked + 3 * SV_MS);
	host_free(h);
}
END_TEST

/* The credit counts from where the CPU is, not from where the sleeper before was placed. */
START_TEST(credits_do_not_add_up)
{
	struct host *h = host_new("cfs", fine, 1);
	unsigned first, second;

	first = host_add(h, 0, any, 1, SV_TIME_MAX);
	second = host_add(h, 0, any, 1, SV_TIME_MAX);
	spinner(h, 1024);
	host_run(h, SV_S);
	h->task[first].burst = h->task[second].burst = SV_TIME_MAX;
	host_wake(h, first, 0);
	host_run(h, h->now + SV_US);
	ck_assert_int_eq(host_runs(h, 0), (int)first);
	host_wake(h, second, 0);
	ck_assert_int_eq(host_runs(h, 0), (int)first);
	host_free(h);
}
END_TEST

START_TEST(who_has_moved_away_does_not_count)
{
	struct host *h = host_new("cfs", fine, 2);

	for (unsigned k = 0; k < 3; k++)
		spinner(h, 1024);
	host_run(h, SV_MS);
	host_migrate(h, 2, 1);
	host_run(h, SV_S);
	for (size_t i = 10; i + 1 < h->slices; i++)
		ck_assert_int_eq(h->slice[i].to - h->slice[i].from, 13 * SV_MS);
	host_free(h);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_slice_is_a_share_of_the_latency,
		a_slice_is_no_shorter_than_the_granularity,
		times_shrink_on_few_cpus,
		slices_follow_weights,
		a_sleeper_preempts_by_its_credit,
		a_wake_up_preempts_beyond_the_granularity_only,
		the_credit_of_a_sleeper_is_bounded,
		a_short_nap_gains_nothing,
		a_new_one_waits_for_a_slice,
		a_crowd_shortens_the_slice_that_lasts,
		a_preferred_one_far_ahead_is_not_taken,
		a_lead_ends_a_slice_after_the_granularity,
		credits_do_not_add_up,
		who_has_moved_away_does_not_count,
		NULL,
	};

	return run_tests("sched_cfs", tests);
}
