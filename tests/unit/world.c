/*
 * world.c - what one replication counts, and for whom
 */
#include "run_suite.h"
#include "test_world.h"

START_TEST(a_workload_counts_its_own_traffic_only)
{
	static const char two[] =
		"simsvirt: 1\n"
		"host: {machine: toy-4}\n"
		"vms:\n"
		"  noisy: {vcpus: 2, workloads: {n: {kind: counters, stride: 8B}}}\n"
		"  quiet: {workloads: {q: {kind: counters}}}\n"
		"run: {warmup: 10us, duration: 100us}\n";

	ck_assert_double_gt(value_of(two, "n.transfers"), 0);
	ck_assert_double_eq(value_of(two, "q.transfers"), 0);
	ck_assert_double_eq(value_of(two, "q.invalidations"), 0);
}
END_TEST

/* Threads of two VMs take turns on the same PUs. */
START_TEST(a_vm_counts_its_own_traffic_only)
{
	static const char two[] =
		"simsvirt: 1\n"
		"host: {machine: toy-4}\n"
		"vms:\n"
		"  noisy: {mode: hvm, workloads: {n: {kind: counters, stride: 8B, work: 1us}}}\n"
		"  quiet: {mode: hvm, workloads: {q: {kind: counters, work: 1us}}}\n"
		"run: {warmup: 50ms, duration: 50ms}\n";

	ck_assert_double_gt(value_of(two, "n.transfers"), 0.5);
	/* Those of a vCPU that moves to another core. */
	ck_assert_double_lt(value_of(two, "q.transfers"), 0.01);
}
END_TEST

#define FIVE_ON_FOUR(pin)                                                                          \
	"simsvirt: 1\n"                                                                            \
	"host: {machine: toy-4, scheduler: eevdf}\n"                                               \
	"vms: {team: {mode: container, pin: " pin                                                  \
	", workloads: {burn: {kind: cpu-burn, threads: 5}}}}\n"                                    \
	"run: {warmup: 100ms, duration: 2s}\n"

/* Two of the five share a PU for ever: (3 * 1 + 2 * 0.5)^2 / (5 * (3 * 1 + 2 * 0.25)). */
START_TEST(threads_of_a_container_stay_where_they_are_dealt_out)
{
	ck_assert_double_eq_tol(value_of(FIVE_ON_FOUR("round-robin"), "burn.jain"), 0.914, 0.01);
	ck_assert_double_gt(value_of(FIVE_ON_FOUR("none"), "burn.jain"), 0.96);
	/* The two have a tick each in turn. */
	ck_assert_double_eq_tol(value_of(FIVE_ON_FOUR("round-robin"), "burn.gap.p50"), 4e-3, 1e-4);
	ck_assert_double_eq_tol(
		value_of(FIVE_ON_FOUR("round-robin"), "burn.slice.p50"), 4e-3, 1e-4);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_workload_counts_its_own_traffic_only,
		a_vm_counts_its_own_traffic_only,
		threads_of_a_container_stay_where_they_are_dealt_out,
		NULL,
	};

	return run_tests("world", tests);
}
