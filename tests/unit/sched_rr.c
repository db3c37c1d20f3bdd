/*
 * sched_rr.c - round robin, first come first served, and gangs
 */
#include "run_suite.h"
#include "sched_run.h"

static const struct sv_sched_info any = { 0 };

START_TEST(slices_are_exact_and_go_round)
{
	struct host *h = host_new("rr", "slice: 7ms", 1);

	for (unsigned k = 0; k < 3; k++)
		host_add(h, 0, any, SV_TIME_MAX, 0);
	host_run(h, SV_S);
	ck_assert_uint_eq(h->slices, 143);
	for (size_t i = 0; i + 1 < h->slices; i++) {
		ck_assert_uint_eq(h->slice[i].task, i % 3);
		ck_assert_int_eq(h->slice[i].to - h->slice[i].from, 7 * SV_MS);
	}
	host_free(h);
}
END_TEST

/* Alone for two and a half slices: whoever comes then waits for half a slice. */
START_TEST(slices_pass_while_nobody_waits)
{
	struct host *h = host_new("rr", "slice: 10ms", 1);

	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_run(h, 25 * SV_MS);
	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_run(h, 50 * SV_MS);
	ck_assert_int_eq(h->slice[0].to, 30 * SV_MS);
	ck_assert_int_eq(h->slice[1].to, 40 * SV_MS);
	host_free(h);
}
END_TEST

/* The charge of a wake-up at the very end of a slice must not start another one. */
START_TEST(a_wake_up_at_the_end_of_a_slice_does_not_prolong_it)
{
	struct host *h = host_new("rr", "slice: 10ms", 1);

	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_run(h, 10 * SV_MS);
	host_add(h, 0, any, SV_TIME_MAX, 0);
	host_run(h, 11 * SV_MS);
	ck_assert_int_eq(h->slice[0].to, 10 * SV_MS);
	ck_assert_int_eq(host_runs(h, 0), 1);
	host_free(h);
}
END_TEST

START_TEST(a_wake_up_waits_for_its_turn_in_rr_and_fifo)
{
	static const char *const policies[] = { "rr", "fifo" };

	for (unsigned i = 0; i < 2; i++) {
		struct host *h = host_new(policies[i], "", 1);

		host_add(h, 0, any, 30 * SV_MS, SV_TIME_MAX);
		host_add(h, 0, any, 30 * SV_MS, SV_TIME_MAX);
		host_run(h, SV_MS);
		host_add(h, 0, any, SV_MS, SV_TIME_MAX);
		host_run(h, SV_S);
		ck_assert_uint_eq(h->slices, 3);
		ck_assert_uint_eq(h->slice[2].task, 2);
		ck_assert_int_eq(h->slice[2].from, 60 * SV_MS);
		host_free(h);
	}
}
END_TEST

START_TEST(fifo_runs_each_until_it_blocks)
{
	struct host *h = host_new("fifo", "", 1);

	for (unsigned k = 0; k < 3; k++)
		host_add(h, 0, any, 500 * SV_MS, 10 * SV_MS);
	host_run(h, 30 * SV_S);
	ck_assert_uint_eq(h->slices, 60);
	for (size_t i = 0; i + 1 < h->slices; i++) {
		ck_assert_uint_eq(h->slice[i].task, i % 3);
		ck_assert_int_eq(h->slice[i].to - h->slice[i].from, 500 * SV_MS);
	}
	host_free(h);
}
END_TEST

/* Tasks 0..cpus-1 are the first VM, and so on; VMs have the groups 3, 0, 4095. */
static void add_gangs(struct host *h, unsigned gangs)
{
	static const uint32_t groups[] = { 3, 0, 4095 };

	for (unsigned g = 0; g < gangs; g++)
		for (unsigned cpu = 0; cpu < h->cpus; cpu++)
			host_add(h, cpu, (struct sv_sched_info){ .group = groups[g] }, SV_TIME_MAX,
				SV_TIME_MAX);
}

static unsigned gang_of(const struct host *h, size_t slice)
{
	return h->slice[slice].task / h->cpus;
}

START_TEST(a_gang_runs_on_all_cpus_at_once)
{
	static const unsigned order[] = { 0, 2, 1 }; /* groups 3, 4095, 0 */
	struct host *h = host_new("gang", "slot: 10ms", 4);

	add_gangs(h, 3);
	host_run(h, SV_S);
	ck_assert_uint_eq(h->slices, 400);
	for (size_t i = 0; i < h->slices; i++) {
		ck_assert_uint_eq(gang_of(h, i), order[i / 4 % 3]);
		ck_assert_int_eq(h->slice[i].from, (sv_time)(i / 4) * 10 * SV_MS);
	}
	host_free(h);
}
END_TEST

START_TEST(the_cpu_of_a_blocked_member_idles)
{
	struct host *h = host_new("gang", "slot: 10ms", 2);

	add_gangs(h, 2);
	h->cpu[0].running->left = SV_MS;
	host_run(h, 5 * SV_MS);
	ck_assert_int_eq(host_runs(h, 0), -1);
	ck_assert_int_eq(host_runs(h, 1), 1);
	ck_assert_uint_eq(h->s->length(h->cpu[0].queue), 1);
	host_wake(h, 0, 0);
	ck_assert_int_eq(host_runs(h, 0), 0);
	host_run(h, 12 * SV_MS);
	ck_assert_int_eq(host_runs(h, 0), 2);
	ck_assert_int_eq(host_runs(h, 1), 3);
	host_free(h);
}
END_TEST

START_TEST(a_member_that_wakes_waits_for_its_gang)
{
	struct host *h = host_new("gang", "slot: 10ms", 2);

	add_gangs(h, 2);
	h->cpu[0].running->left = SV_MS;
	host_run(h, 12 * SV_MS);
	host_wake(h, 0, 0);
	ck_assert_int_eq(host_runs(h, 0), 2);
	host_run(h, 21 * SV_MS);
	ck_assert_int_eq(host_runs(h, 0), 0);
	host_free(h);
}
END_TEST

START_TEST(a_gang_without_runnable_members_is_passed_over)
{
	struct host *h = host_new("gang", "slot: 10ms", 2);

	add_gangs(h, 3);
	h->cpu[0].running->left = SV_MS;
	h->cpu[1].running->left = SV_MS;
	host_run(h, 5 * SV_MS);
	ck_assert_int_eq(host_runs(h, 0), -1);
	ck_assert_int_eq(host_runs(h, 1), -1);
	host_run(h, SV_S);
	ck_assert_int_eq(h->task[0].total, SV_MS);
	ck_assert_int_eq(h->task[2].total, 490 * SV_MS);
	ck_assert_int_eq(h->task[5].total, 500 * SV_MS);
	host_free(h);
}
END_TEST

START_TEST(an_idle_machine_starts_a_gang_at_once)
{
	struct host *h = host_new("gang", "slot: 10ms", 2);

	add_gangs(h, 2);
	for (unsigned k = 0; k < 4; k++)
		h->task[k].left = h->task[k].burst = SV_MS;
	host_run(h, 25 * SV_MS);
	ck_assert_int_eq(host_runs(h, 0), -1);
	host_wake(h, 0, 0);
	ck_assert_int_eq(host_runs(h, 0), 0);
	host_wake(h, 3, 1);
	ck_assert_int_eq(host_runs(h, 1), -1);
	host_free(h);
}
END_TEST

START_TEST(members_on_one_cpu_take_turns_slot_by_slot)
{
	struct host *h = host_new("gang", "slot: 10ms", 1);

	for (unsigned k = 0; k < 2; k++)
		host_add(h, 0, (struct sv_sched_info){ .group = 1 }, SV_TIME_MAX, 0);
	host_run(h, 100 * SV_MS);
	ck_assert_uint_eq(h->slices, 10);
	ck_assert_int_eq(h->task[0].total, 50 * SV_MS);
	host_free(h);
}
END_TEST

/* One of gang 1 moves while it waits; both then end. Nobody may be counted who is gone. */
START_TEST(a_member_that_moved_counts_once)
{
	struct host *h = host_new("gang", "slot: 10ms", 2);

	add_gangs(h, 2);
	host_migrate(h, 3, 0);
	h->task[2].left = h->task[3].left = SV_MS;
	host_run(h, 100 * SV_MS);
	/* It has two slots, one for each, on the one CPU; the first gang has the others. */
	ck_assert_int_eq(h->task[3].total, SV_MS);
	ck_assert_int_eq(h->task[1].total, 90 * SV_MS);
	host_free(h);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		slices_are_exact_and_go_round,
		slices_pass_while_nobody_waits,
		a_wake_up_at_the_end_of_a_slice_does_not_prolong_it,
		a_wake_up_waits_for_its_turn_in_rr_and_fifo,
		fifo_runs_each_until_it_blocks,
		a_gang_runs_on_all_cpus_at_once,
		the_cpu_of_a_blocked_member_idles,
		a_member_that_wakes_waits_for_its_gang,
		a_gang_without_runnable_members_is_passed_over,
		an_idle_machine_starts_a_gang_at_once,
		members_on_one_cpu_take_turns_slot_by_slot,
		a_member_that_moved_counts_once,
		NULL,
	};

	return run_tests("sched_rr", tests);
}
