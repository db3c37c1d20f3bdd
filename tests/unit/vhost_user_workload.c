/*
 * vhost_user_workload.c - the workload vhost-user: who tells whom follows from who is faster
 */
#include "run_suite.h"
#include "test_world.h"
#include <math.h>
#include <stdio.h>

#define OTHER "host: {machine: toy-4%s}\nvms: {team: {mode: bare"
#define SAME                                                                                       \
	"host: {machine: {base: toy-4, topology: \"core:1 pu:1\"}%s}\n"                            \
	"vms: {team: {mode: container"

/* A metric of the workload with these options, on a host with these further keys. */
static double metric_of(
	const char *where, const char *host, const char *options, const char *metric)
{
	char format[256], text[1024], before[512];

	snprintf(format, sizeof(format), "simsvirt: 1\n%s", where);
	snprintf(before, sizeof(before), format, host);
	snprintf(text, sizeof(text),
		"%s, workloads: {ring: {kind: vhost-user, %s}}}}\n"
		"run: {warmup: 1ms, duration: 10ms, replications: 1, seed: 1}\n",
		before, options);
	return value_of(text, metric);
}

START_TEST(a_single_request_is_kicked_and_notified_once)
{
	ck_assert_double_eq_tol(
		metric_of(OTHER, "", "depth: 1, wait: event", "ring.kicks"), 1, 0.01);
	ck_assert_double_eq_tol(
		metric_of(OTHER, "", "depth: 1, wait: event", "ring.interrupts"), 1, 0.01);
}
END_TEST

START_TEST(a_driver_that_polls_is_not_notified)
{
	ck_assert_double_eq_tol(
		metric_of(OTHER, "", "depth: 1, wait: poll", "ring.kicks"), 1, 0.01);
	ck_assert_double_eq(metric_of(OTHER, "", "depth: 1, wait: poll", "ring.interrupts"), 0);
}
END_TEST

START_TEST(a_back_end_that_never_catches_up_is_never_kicked)
{
	ck_assert_double_eq(metric_of(OTHER, "", "depth: 16, wait: poll", "ring.kicks"), 0);
}
END_TEST

START_TEST(on_one_pu_requests_are_kicked_together)
{
	ck_assert_double_eq_tol(
		metric_of(SAME, "", "depth: 16, wait: poll", "ring.kicks"), 1.0 / 16, 0.001);
}
END_TEST

/* One after the other, each with its kick, wake-up, turn and request. */
START_TEST(a_single_request_takes_at_least_its_parts)
{
	const double parts = 1 / (0.5e-6 /* kick: futex.wake */ + 2e-6 /* wake-up */ +
					 0.5e-6 /* turn */ + 2e-6 /* request */);
	double rate = metric_of(OTHER, "", "depth: 1, wait: poll", "ring.rate");

	ck_assert_double_lt(rate, parts);
	ck_assert_double_gt(rate, 0.7 * parts);
}
END_TEST

START_TEST(a_kick_by_an_exit_costs_the_exit)
{
	const char *slow = ", costs: {vm.ioeventfd: 50us}";
	double by_exit = metric_of(OTHER, slow, "depth: 1, wait: poll, kick: exit", "ring.rate");

	ck_assert_double_lt(by_exit, 1 / 50e-6);
	ck_assert_double_gt(
		metric_of(OTHER, slow, "depth: 1, wait: poll, kick: eventfd", "ring.rate"),
		4 * by_exit);
}
END_TEST

/* On one CPU nobody is told by an interrupt, which is what makes futex.wake dear. */
START_TEST(waking_on_the_own_cpu_has_a_cost_of_its_own)
{
	const char *dear = ", costs: {futex.wake: 100us, wake.local: 100us}";
	const char *cheap = ", costs: {futex.wake: 100us, wake.local: 100ns}";
	const char *options = "depth: 1, wait: poll";

	ck_assert_double_lt(metric_of(SAME, dear, options, "ring.rate"), 10000);
	ck_assert_double_gt(metric_of(SAME, cheap, options, "ring.rate"), 20000);
	ck_assert_double_lt(metric_of(OTHER, cheap, options, "ring.rate"), 10000);
}
END_TEST

START_TEST(a_packed_ring_serves_as_well)
{
	ck_assert_double_gt(
		metric_of(OTHER, "", "queue: vring-packed, depth: 4, wait: event", "ring.rate"),
		10000);
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("vhost_user_workload");

	tcase_add_test(all, a_single_request_is_kicked_and_notified_once);
	tcase_add_test(all, a_driver_that_polls_is_not_notified);
	tcase_add_test(all, a_back_end_that_never_catches_up_is_never_kicked);
	tcase_add_test(all, on_one_pu_requests_are_kicked_together);
	tcase_add_test(all, a_single_request_takes_at_least_its_parts);
	tcase_add_test(all, a_kick_by_an_exit_costs_the_exit);
	tcase_add_test(all, waking_on_the_own_cpu_has_a_cost_of_its_own);
	tcase_add_test(all, a_packed_ring_serves_as_well);
	return run_case("vhost_user_workload", all);
}
