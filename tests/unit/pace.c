/*
 * pace.c - how fast threads compute
 */
#include "pace.h"
#include "run_suite.h"
#include "sim_host.h"
#include "test_world.h"
#include <stdio.h>

#define TWO_THREADS "machine: {base: toy-4, topology: 'package:1 core:2 pu:2'}"

/* toy-4 with two cores of two threads: a busy pair gets 0.6 of a core each. */
static double on_siblings(const char *vms, const char *run, const char *metric)
{
	char text[600];

	snprintf(text, sizeof(text),
		"simsvirt: 1\n"
		"host: {" TWO_THREADS "}\n"
		"vms: %s\n"
		"run: {warmup: 0s, duration: 50ms%s}\n",
		vms, run);
	return value_of(text, metric);
}

START_TEST(what_a_time_is_enough_for_takes_that_time)
{
	static const double factors[] = { 1, 1.05, 1 / 0.62, 1.5, 10 };

	for (size_t i = 0; i < sizeof(factors) / sizeof(factors[0]); i++)
		for (sv_time work = 1; work < 2 * SV_S; work = work * 3 + 1) {
			int64_t pace = sv_pace_of(factors[i]);
			sv_time takes = sv_pace_takes(work, pace);

			ck_assert_int_eq(sv_pace_does(takes, pace), work);
			ck_assert_double_eq_tol(
				(double)takes, (double)work * factors[i], 1 + (double)work * 1e-9);
		}
}
END_TEST

START_TEST(busy_siblings_share_a_core)
{
	static const char *const modes[] = { "bare", "container" };
	char vms[200];

	for (size_t i = 0; i < 2; i++) {
		snprintf(vms, sizeof(vms),
			"{s: {mode: %s, workloads: {w: {kind: cpu-burn, threads: %%d, burst: "
			"100us}}}}",
			modes[i]);
		for (int threads = 1; threads <= 4; threads++) {
			char text[220];
			/* Compact bare threads fill a core first, scheduled ones the cores. */
			int pairs = i == 0 ? threads / 2 : threads > 2 ? threads - 2 : 0;
			double cpus = threads - 2 * pairs + 1.2 * pairs;

			snprintf(text, sizeof(text), vms, threads);
			ck_assert_double_eq_tol(on_siblings(text, "", "w.cpu"), cpus, 0.03);
		}
	}
}
END_TEST

START_TEST(scattered_threads_take_free_cores_first)
{
	ck_assert_double_eq_tol(
		on_siblings("{s: {workloads: {w: {kind: cpu-burn, threads: 2, placement: "
			    "scatter, burst: 100us}}}}",
			"", "w.cpu"),
		2, 0.03);
}
END_TEST

struct timeline {
	sv_time work[2], end[2];
};

static void work(struct sv_sim_thread *self, void *arg)
{
	struct timeline *line = arg;

	sv_sim_work(self, line->work[self->pu]);
	line->end[self->pu] = sv_clock();
	/* Asleep, it leaves its PU idle. */
	sv_sim_sleep(self, SV_S);
}

/* Alone until 4 ms, at half speed beside the other until that has done its 2 ms, alone again. */
START_TEST(what_is_left_of_work_goes_on_at_the_new_pace)
{
	struct timeline line = { .work = { 10 * SV_MS, 2 * SV_MS } };
	struct toy_machine toy;
	struct sim_host h;
	struct sv_sim_thread thread[2];

	toy_machine_init(&toy);
	toy.core[1] = 0;
	toy.core[2] = toy.core[3] = 1;
	toy.machine.cores = 2;
	toy.machine.factor[SV_FACTOR_SMT_THROUGHPUT] = 0.5;
	sim_host_init(&h, &toy.machine, false);
	h.system.team.smt = sv_smt_new(&toy.machine);
	for (int i = 0; i < 2; i++)
		sim_host_thread(&h, &thread[i], work, &line, i * 4 * SV_MS);
	sim_host_run(&h, 100 * SV_MS);
	/* The other's system call on its way to sleep takes its core for a little longer. */
	ck_assert_int_eq(line.end[1], 8 * SV_MS);
	ck_assert_int_eq(line.end[0], 12 * SV_MS + toy.machine.cost[SV_COST_SYSCALL] / 2);
	for (int i = 0; i < 2; i++)
		sv_sim_thread_fini(&thread[i]);
	sv_smt_free(h.system.team.smt);
	sim_host_fini(&h);
}
END_TEST

START_TEST(who_computes_beside_a_busy_sibling_is_slow)
{
	static const char vms[] =
		"{s: {mode: %s, workloads: {io: {kind: mixed, threads: 1, burst: 6ms, sleep: 6ms}, "
		"w: {kind: cpu-burn, threads: 3, burst: 100us}}}}";
	static const char *const modes[] = { "bare", "container" };
	char text[300];

	for (size_t i = 0; i < 2; i++) {
		snprintf(text, sizeof(text), vms, modes[i]);
		ck_assert_double_eq_tol(on_siblings(text, "", "io.slowdown"), 1 / 0.6, 0.02);
		/* 10 ms beside it, and 6 ms alone. */
		ck_assert_double_eq_tol(
			on_siblings(text, "", "w.cpu"), 2 * 0.6 + (10 * 0.6 + 6) / 16, 0.08);
	}
}
END_TEST

START_TEST(running_ahead_does_not_change_what_siblings_do)
{
	static const char vms[] =
		"{s: {mode: %s, workloads: {io: {kind: mixed, threads: 3, burst: "
		"exponential(100us), sleep: exponential(100us)}, w: {kind: critical, "
		"threads: %d}}}}";
	static const char *const modes[] = { "bare", "container", "hvm" };
	char text[300];

	for (int i = 0; i < 3; i++) {
		snprintf(text, sizeof(text), vms, modes[i], i == 0 ? 1 : 4);
		ck_assert_double_eq(on_siblings(text, "", "io.slowdown"),
			on_siblings(text, ", run-ahead: false", "io.slowdown"));
		ck_assert_double_eq(on_siblings(text, "", "w.throughput"),
			on_siblings(text, ", run-ahead: false", "w.throughput"));
	}
}
END_TEST

START_TEST(guests_compute_longer_by_nested_paging)
{
	static const char text[] =
		"simsvirt: 1\n"
		"host: {machine: toy-4}\n"
		"vms: {g: {mode: %s, workloads: {w: {kind: cpu-burn, threads: 1, burst: 1ms}}}}\n"
		"run: {warmup: 1ms, duration: 100ms}\n";
	char guest[300], container[300], nested[300], emulated[300];

	snprintf(guest, sizeof(guest), text, "pvm");
	snprintf(container, sizeof(container), text, "container");
	snprintf(nested, sizeof(nested), text, "nested");
	snprintf(emulated, sizeof(emulated), text, "emulated");
	/* Merged tables are walked once for both levels. */
	ck_assert_double_eq_tol(value_of(nested, "w.slowdown"), 1.1, 3e-2);
	ck_assert_double_eq_tol(value_of(emulated, "w.slowdown"), 10, 5e-2);
	ck_assert_double_eq_tol(value_of(guest, "w.slowdown"), 1.1, 5e-3);
	ck_assert_double_eq_tol(value_of(container, "w.slowdown"), 1, 1e-3);
}
END_TEST

/* One thread sleeps and wakes: what its exits cost makes it late. */
START_TEST(exits_cost_what_the_mode_says)
{
	static const char text[] =
		"simsvirt: 1\n"
		"host: {machine: toy-4, halt-poll: 0s, factors: {nested-paging: 1, emulation: 1}}\n"
		"vms:\n"
		"  g:\n"
		"    mode: %s\n"
		"    workloads: {w: {kind: mixed, threads: 1, burst: 10us, sleep: 1ms}}\n"
		"run: {warmup: 10ms, duration: 100ms}\n";
	static const char *const modes[] = { "emulated", "hvm", "nested" };
	double late[3];
	char one[300];

	for (int i = 0; i < 3; i++) {
		snprintf(one, sizeof(one), text, modes[i]);
		late[i] = value_of(one, "w.lateness.mean");
	}
	ck_assert_double_lt(late[0] + 200e-9, late[1]);
	ck_assert_double_gt(late[2], late[1] + 5e-6);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		what_a_time_is_enough_for_takes_that_time,
		busy_siblings_share_a_core,
		scattered_threads_take_free_cores_first,
		what_is_left_of_work_goes_on_at_the_new_pace,
		who_computes_beside_a_busy_sibling_is_slow,
		running_ahead_does_not_change_what_siblings_do,
		guests_compute_longer_by_nested_paging,
		exits_cost_what_the_mode_says,
		NULL,
	};

	return run_tests("pace", tests);
}
