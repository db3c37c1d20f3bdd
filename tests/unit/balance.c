/*
 * balance.c - tasks that move between CPUs
 */
#include "run_suite.h"
#include "test_world.h"
#include <stdio.h>

static double burn(const char *scheduler, const char *threads, const char *metric)
{
	char text[400];

	snprintf(text, sizeof(text),
		"simsvirt: 1\n"
		"host: {machine: toy-4, scheduler: %s}\n"
		"vms: {c: {mode: container, workloads: {burn: {kind: cpu-burn, burst: 1ms, %s}}}}\n"
		"run: {warmup: 100ms, duration: 4s}\n",
		scheduler, threads);
	return value_of(text, metric);
}

/* Threads start at random times on CPUs that may be taken: some CPUs have more of them. */
START_TEST(busy_cpus_share_out_their_tasks)
{
	static const char *const fair[] = { "cfs", "eevdf", "credit" };
	static const char *const unfair[] = { "{kind: cfs, balance_interval: 0s}",
		"{kind: eevdf, balance_interval: 0s}", "rr" };

	for (size_t i = 0; i < sizeof(fair) / sizeof(fair[0]); i++) {
		ck_assert_double_gt(burn(fair[i], "threads: 12", "burn.jain"), 0.98);
		ck_assert_double_gt(burn(fair[i], "threads: 9", "burn.jain"), 0.98);
	}
	for (size_t i = 0; i < sizeof(unfair) / sizeof(unfair[0]); i++)
		ck_assert_double_lt(burn(unfair[i], "threads: 12", "burn.jain"), 0.9);
}
END_TEST

START_TEST(a_task_that_ran_lately_stays_where_it_is)
{
	ck_assert_double_lt(
		burn("{kind: cfs, migration_cost: 1s}", "threads: 9", "burn.jain"), 0.9);
}
END_TEST

START_TEST(an_imbalance_within_the_bound_stays)
{
	ck_assert_double_lt(burn("{kind: cfs, imbalance: 1000}", "threads: 12", "burn.jain"), 0.9);
}
END_TEST

/* A boosted one waits for the rate limit of who runs, and without a limit for nobody. */
START_TEST(a_woken_one_without_a_debt_is_boosted)
{
	static const char text[] =
		"simsvirt: 1\n"
		"host: {machine: toy-4, scheduler: {kind: credit, rate_limit: %s}}\n"
		"vms:\n"
		"  c:\n"
		"    mode: container\n"
		"    workloads:\n"
		"      io: {kind: mixed, threads: 4, burst: 100us, sleep: exponential(5ms)}\n"
		"      burn: {kind: cpu-burn, threads: 4}\n"
		"run: {warmup: 200ms, duration: 1s}\n";
	char limited[400], free[400];

	snprintf(limited, sizeof(limited), text, "1ms");
	snprintf(free, sizeof(free), text, "0s");
	ck_assert_double_lt(value_of(limited, "io.lateness.mean"), 600e-6);
	ck_assert_double_lt(value_of(free, "io.lateness.mean"), 50e-6);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		busy_cpus_share_out_their_tasks,
		a_task_that_ran_lately_stays_where_it_is,
		an_imbalance_within_the_bound_stays,
		a_woken_one_without_a_debt_is_boosted,
		NULL,
	};

	return run_tests("balance", tests);
}
