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

int main(void)
{
	const TTest *const tests[] = {
		a_workload_counts_its_own_traffic_only,
		a_vm_counts_its_own_traffic_only,
		NULL,
	};

	return run_tests("world", tests);
}
