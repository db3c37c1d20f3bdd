/*
 * sched_eevdf.c - lag, eligibility, deadlines, and slices at ticks
 */
#include "run_suite.h"
#include "sched_run.h"

static const struct sv_sched_info any = { 0 };
static const struct sv_sched_info heavy = { .weight = 4096 };

/* Slices and gaps of n that compute, once they are in step. */
static void expect_rotation(const char *options, unsigned n, sv_time slice)
{
	struct host *h = host_new("eevdf", options, 1);

	for (unsigned k = 0; k < n; k++)
		host_add(h, 0, any, SV_TIME_MAX, 0);
	host_run(h, 10 * SV_S);
	for (size_t i = 0; i + 1 < h->slices; i++) {
		const struct host_slice *s = &h->slice[i];

		if (s->from < SV_S)
			continue;
		ck_assert_int_eq(s->to - s->from, slice);
		ck_assert_uint_eq(h->slice[i + 1].task,
			i < n ? h->slice[i + 1].task : h->slice[i + 1 - n].task);
	}
	for (unsigned k = 0; k < n; k++)
		ck_assert_int_eq(host_longest_gap(h, k, SV_S), (n - 1) * slice);
	host_free(h);
}

/*
 * Measured on Linux 6.18 with 250 Hz: 2, 3 and 4 spinning threads on a core ran for 3.95 to
 * 3.98 ms at a time, with gaps of 4.03, 8.04 and 12.04 ms.
 */
START_TEST(slices_up_to_a_tick_take_one_tick)
{
	for (unsigned n = 2; n <= 4; n++) {
		expect_rotation("", n, 4 * SV_MS);
		expect_rotation("{base_slice: 2800us, scaling: none}", n, 4 * SV_MS);
		expect_rotation("{base_slice: 4ms, scaling: none}", n, 4 * SV_MS);
		expect_rotation("{base_slice: 1ms, hz: 1000, scaling: none}", n, SV_MS);
	}
}
END_TEST

START_TEST(longer_slices_take_several_ticks)
{
	expect_rotation("{base_slice: 4001us, scaling: none}", 2, 8 * SV_MS);
	expect_rotation("{base_slice: 3ms, hz: 1000, scaling: none}", 3, 3 * SV_MS);
}
END_TEST

START_TEST(slices_shrink_on_few_cpus)
{
	static const unsigned cpus[] = { 1, 2, 3, 4, 7, 8, 16 };
	static const sv_time slices[] = { 3, 6, 6, 9, 9, 12, 12 }; /* of 12 ms */

	for (unsigned i = 0; i < 7; i++) {
		struct host *h = host_new("eevdf", "{base_slice: 12ms, hz: 1000}", cpus[i]);

		host_add(h, 0, any, SV_TIME_MAX, 0);
		host_add(h, 0, any, SV_TIME_MAX, 0);
		host_run(h, SV_S);
		ck_assert_int_eq(h->slice[20].to - h->slice[20].from, slices[i] * SV_MS);
		host_free(h);
	}
}
END_TEST

START_TEST(who_has_not_had_its_part_is_not_preempted)
{
	struct host *h = host_new("eevdf", "{base_slice: 20ms, scaling: none}", 1);

	/* Alone, or just picked after the other ran: at parity or behind it. */
	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_run(h, 5 * SV_MS);
	host_add(h, 0, heavy, SV_TIME_MAX, 0);
	ck_assert_int_eq(host_runs(h, 0), 0);
	host_free(h);
}
END_TEST

START_TEST(without_parity_an_earlier_deadline_preempts)
{
	struct host *h =
		host_new("eevdf", "{base_slice: 20ms, scaling: none, run_to_parity: false}", 1);

	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_run(h, 2 * SV_MS);
	host_add(h, 0, (struct sv_sched_info){ .weight = 100 }, SV_TIME_MAX, SV_TIME_MAX);
	ck_assert_int_eq(host_runs(h, 0), 0);
	ck_assert(!h->s->preempts(h->cpu[0].queue, h->task[0].entity, h->task[1].entity, h->now));
	host_run(h, 5 * SV_MS);
	host_add(h, 0, heavy, SV_TIME_MAX, 0);
	ck_assert_int_eq(host_runs(h, 0), 2);
	host_free(h);
}
END_TEST

/* It ran while the other waited, so it is ahead; the one that wakes has the earlier deadline. */
START_TEST(who_had_more_than_its_part_gives_way)
{
	struct host *h = host_new("eevdf", "{base_slice: 20ms, scaling: none}", 1);

	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_run(h, 3 * SV_MS);
	ck_assert_int_eq(host_runs(h, 0), 0);
	host_add(h, 0, heavy, SV_TIME_MAX, 0);
	ck_assert_int_eq(host_runs(h, 0), 2);
	host_free(h);
}
END_TEST

START_TEST(an_expired_slice_ends_when_somebody_wakes)
{
	struct host *h = host_new("eevdf", "{base_slice: 5ms, hz: 100, scaling: none}", 1);

	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_run(h, 7 * SV_MS);
	ck_assert_int_eq(host_runs(h, 0), 0);
	host_add(h, 0, (struct sv_sched_info){ .weight = 15 }, SV_TIME_MAX, 0);
	ck_assert_int_eq(host_runs(h, 0), 1);
	host_free(h);
}
END_TEST

/* Who had more than its part and sleeps comes back with the same debt: sleeping does not pay. */
START_TEST(lag_is_kept_over_sleep)
{
	struct host *h = host_new("eevdf", "{base_slice: 8ms, hz: 1000, scaling: none}", 1);

	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_add(h, 0, any, SV_TIME_MAX, SV_TIME_MAX);
	host_run(h, 12 * SV_MS);
	/* 1 has the CPU and has had half a slice less, or more, than 0. */
	for (unsigned round = 0; round < 50; round++) {
		host_run(h, h->now + 3 * SV_MS);
		if (host_runs(h, 0) != 1)
			continue;
		h->task[1].left = 1;
		host_run(h, h->now + 5 * SV_US);
		host_wake(h, 1, 0);
	}
	host_run(h, h->now + 16 * SV_MS);
	host_assert_got(h, 1, h->now / 2, 16 * SV_MS);
	host_free(h);
}
END_TEST

/*
 * Task 0 runs for 100 ms without a tick, while task 1 waits; then `leaver` leaves and comes back.
 * Says by how much task 0 stays ahead for ever.
 */
static sv_time lead_after_leaving(unsigned leaver, const char *options, uint32_t weight)
{
	struct sv_sched_info info = { .weight = weight };
	struct host *h = host_new("eevdf", options, 1);
	sv_time lead;

	host_add(h, 0, info, SV_TIME_MAX, 0);
	host_add(h, 0, info, SV_TIME_MAX, 0);
	h->next_tick = 101 * SV_MS;
	host_run(h, 100 * SV_MS);
	if (leaver == 0)
		host_switch(h, &h->cpu[0]);
	ck_assert_int_ne(host_runs(h, 0), (int)leaver);
	host_migrate(h, leaver, 0);
	host_run(h, 10 * SV_S);
	lead = h->task[0].total - h->task[1].total;
	host_free(h);
	return lead;
}

static void expect_bound(const char *options, uint32_t weight, sv_time bound, sv_time slice)
{
	for (unsigned leaver = 0; leaver < 2; leaver++) {
		sv_time lead = lead_after_leaving(leaver, options, weight);

		/* The lag is to the average; two are twice as far from each other. */
		ck_assert_int_ge(lead, 100 * SV_MS - 2 * bound - slice);
		ck_assert_int_le(lead, 100 * SV_MS - 2 * bound + slice);
	}
}

START_TEST(lag_is_kept_up_to_two_slices_or_a_tick)
{
	static const char often[] = "{base_slice: 3ms, hz: 1000, scaling: none}";
	static const char seldom[] = "{base_slice: 1ms, hz: 100, scaling: none}";

	expect_bound(often, 1024, 6 * SV_MS, 3 * SV_MS);
	expect_bound(often, 4096, 6 * SV_MS, 3 * SV_MS);
	expect_bound(seldom, 1024, 10 * SV_MS, 10 * SV_MS);
}
END_TEST

/* Its slice is 20 ms, but its first deadline only 10 away: before the 30 of the one that runs. */
START_TEST(a_new_one_begins_with_half_a_slice)
{
	struct host *h = host_new(
		"eevdf", "{base_slice: 20ms, hz: 1000, scaling: none, run_to_parity: false}", 1);

	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_run(h, 15 * SV_MS);
	host_add(h, 0, any, SV_TIME_MAX, 0);
	ck_assert_int_eq(host_runs(h, 0), 1);
	host_free(h);
}
END_TEST

/* The same, when it has moved meanwhile. */
START_TEST(a_migrant_keeps_its_way_to_the_deadline)
{
	struct host *h = host_new(
		"eevdf", "{base_slice: 20ms, hz: 1000, scaling: none, run_to_parity: false}", 2);

	host_add(h, 1, any, SV_TIME_MAX, 0);
	host_run(h, 12 * SV_MS);
	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_migrate(h, 2, 1);
	ck_assert_int_eq(host_runs(h, 1), 2);
	host_free(h);
}
END_TEST

/* One of twice the weight has had 4 of 5 ms: more than its part. */
START_TEST(a_preferred_one_must_be_eligible)
{
	struct host *h = host_new("eevdf", "", 1);
	struct host_cpu *c = &h->cpu[0];

	host_add(h, 0, (struct sv_sched_info){ .weight = 2048 }, SV_TIME_MAX, 0);
	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_run(h, 5 * SV_MS);
	ck_assert_int_eq(host_runs(h, 0), 1);
	h->s->prefer(c->queue, h->task[0].entity, h->now);
	host_switch(h, c);
	ck_assert_int_eq(host_runs(h, 0), 1);
	host_run(h, 7 * SV_MS);
	h->s->prefer(c->queue, h->task[0].entity, h->now);
	host_switch(h, c);
	ck_assert_int_eq(host_runs(h, 0), 0);
	host_free(h);
}
END_TEST

/* Alone it passes many deadlines, but no slice of it ends before somebody waits. */
START_TEST(a_slice_that_ended_alone_does_not_count)
{
	struct host *h = host_new("eevdf", "{base_slice: 20ms, scaling: none}", 1);

	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_run(h, SV_S);
	host_add(h, 0, any, SV_TIME_MAX, 0);
	ck_assert_int_eq(host_runs(h, 0), 0);
	host_free(h);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		slices_up_to_a_tick_take_one_tick,
		longer_slices_take_several_ticks,
		slices_shrink_on_few_cpus,
		who_has_not_had_its_part_is_not_preempted,
		without_parity_an_earlier_deadline_preempts,
		who_had_more_than_its_part_gives_way,
		an_expired_slice_ends_when_somebody_wakes,
		lag_is_kept_over_sleep,
		lag_is_kept_up_to_two_slices_or_a_tick,
		a_new_one_begins_with_half_a_slice,
		a_migrant_keeps_its_way_to_the_deadline,
		a_preferred_one_must_be_eligible,
		a_slice_that_ended_alone_does_not_count,
		NULL,
	};

	return run_tests("sched_eevdf", tests);
}
