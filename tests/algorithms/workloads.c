/*
 * workloads.c - every workload of the list, with its defaults, on the toy machine
 */
#include "run_suite.h"
#include "workloads/workload.h"
#include "world/scenario.h"
#include "world/world.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const modes[] = { "bare", "container", "hvm", "pvm", "nested" };
#define MODES 5

/* What a workload needs that reads and writes. */
static const char *disks_for(const char *vm, const char *kind)
{
	if (strcmp(kind, "fio") != 0)
		return "";
	return !strcmp(vm, "bare") || !strcmp(vm, "container")
		       ? ", disks: {vda: {device: ssd, path: host}}"
		       : ", disks: {vda: {device: ssd, path: virtio-blk}}";
}

/* vm: the VM's mode and more; kind: the workload and its options. */
static struct sv_study *study_of(
	const char *vm, const char *kind, const char *run, struct sv_diag *diag)
{
	char text[512];
	struct sv_study *study;

	snprintf(text, sizeof(text),
		"simsvirt: 1\n"
		"host: {machine: " SV_SOURCE_DIR
		"/scenarios/machines/toy-4.yaml, factors: {nested-paging: 1, nested.exit: 1}}\n"
		"devices: {ssd: {kind: null, latency: 1us}}\n"
		"vms: {guest: {mode: %s, workloads: {%s%s}%s}}\n"
		"run: {%s}\n",
		vm, strchr(kind, ':') ? "" : "w: ", kind, disks_for(vm, kind), run);
	study = sv_study_parse("workloads", text, strlen(text), diag);
	ck_assert_ptr_nonnull(study);
	return study;
}

/* Runs one replication and returns what it yields. */
static struct sv_metrics run(
	const char *vm, const char *kind, const char *options, unsigned replication)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = study_of(vm, kind, options, diag);
	struct sv_metrics m;
	int status;

	sv_metrics_init(&m);
	status = sv_world_run(sv_study_point(study, 0), replication, NULL, &m, diag);
	sv_diag_print(diag, stderr);
	ck_assert_int_eq(status, 0);
	sv_study_free(study);
	sv_diag_free(diag);
	return m;
}

/* What was not observed is NAN in both. */
static bool same_value(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static bool same(const struct sv_metrics *a, const struct sv_metrics *b)
{
	if (a->n != b->n || a->events != b->events)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!same_value(a->value[i].value, b->value[i].value))
			return false;
	return true;
}

#define BRIEF "warmup: 10us, duration: 100us"

/* The first wake-ups of those that do I/O find CPUs that have been idle for long. */
static const char *brief(const struct sv_workload *w)
{
	return w->costs ? "warmup: 10us, duration: 5ms" : BRIEF;
}

/* A VM's own metrics come before those of its workload. */
static size_t first_of(const struct sv_metrics *m, const struct sv_metric *metric)
{
	size_t i = 0;

	while (i < m->n && m->value[i].metric != metric)
		i++;
	return i;
}

/* In a brief run nobody is interrupted: there are neither slices nor gaps. Nobody writes. */
static bool may_be_unobserved(const struct sv_metric *metric)
{
	return !strcmp(metric->name, "slice.p50") || !strcmp(metric->name, "gap.p50") ||
	       !strncmp(metric->name, "write.", 6);
}

START_TEST(reports_each_of_its_metrics_once_and_in_order_in_every_mode)
{
	const struct sv_workload *w = sv_workload_kinds.at((size_t)_i / MODES).object;
	const char *mode = modes[_i % MODES];
	struct sv_metrics m = run(mode, w->name, brief(w), 0);
	size_t first = first_of(&m, &w->metrics[0]), n = 0;

	for (; w->metrics[n].name; n++) {
		ck_assert_uint_lt(first + n, m.n);
		ck_assert_ptr_eq(m.value[first + n].metric, &w->metrics[n]);
		ck_assert_msg(
			isfinite(m.value[first + n].value) || may_be_unobserved(&w->metrics[n]),
			"%s, %s: %s", w->name, mode, m.value[first + n].name);
	}
	/* Then come only those of the VM and the host. */
	for (size_t i = first + n; i < m.n; i++)
		ck_assert(m.value[i].metric < w->metrics || m.value[i].metric > &w->metrics[n]);
	ck_assert_uint_gt(m.events, 0);
	sv_metrics_fini(&m);
}
END_TEST

START_TEST(depends_on_the_replication_and_not_on_running_ahead)
{
	const struct sv_workload *w = sv_workload_kinds.at((size_t)_i / MODES).object;
	const char *mode = modes[_i % MODES];
	struct sv_metrics a = run(mode, w->name, brief(w), 0), b, other;
	char options[64];

	snprintf(options, sizeof(options), "%s, run-ahead: false", brief(w));
	b = run(mode, w->name, options, 0);
	other = run(mode, w->name, brief(w), 1);
	ck_assert_msg(same(&a, &b), "%s, %s: running ahead changes it", w->name, mode);
	ck_assert_msg(!same(&a, &other), "%s, %s: replications repeat each other", w->name, mode);
	sv_metrics_fini(&a);
	sv_metrics_fini(&b);
	sv_metrics_fini(&other);
}
END_TEST

#define LONG "warmup: 100ms, duration: 400ms"

static double value(const struct sv_metrics *m, const char *name)
{
	const struct sv_metric_value *v = sv_metrics_get(m, name);

	ck_assert_msg(v != NULL, "%s", name);
	return v->value;
}

START_TEST(burning_alone_is_not_slowed_down)
{
	struct sv_metrics m = run("bare", "cpu-burn", BRIEF, 0);

	ck_assert_double_eq_tol(value(&m, "w.slowdown"), 1, 1e-12);
	sv_metrics_fini(&m);
}
END_TEST

START_TEST(burning_threads_share_the_cpus)
{
	struct sv_metrics m =
		run(modes[_i], "w: {kind: cpu-burn, threads: 12, burst: 100us}", LONG, 0);

	/* Twelve threads on four CPUs, and a little for switching. */
	ck_assert_double_eq_tol(value(&m, "w.slowdown"), 3, 0.1);
	ck_assert_double_eq_tol(value(&m, "w.cpu"), 4, 0.1);
	/* Bursts that began before the window count as a whole. */
	ck_assert_double_le(value(&m, "w.cpu"), 4 + 12 * 100e-6 / 400e-3);
	sv_metrics_fini(&m);
}
END_TEST

/* The toy's system call and wake-up take 100 ns and 2 us. */
START_TEST(a_sleeper_with_its_own_cpu_is_as_late_as_a_wake_up_takes)
{
	struct sv_metrics m = run("bare", "w: {kind: mixed, burst: 7.9us, sleep: 10us}", LONG, 0);

	ck_assert_double_eq_tol(value(&m, "w.lateness.mean"), 2.1e-6, 1e-9);
	ck_assert_double_eq_tol(value(&m, "w.rate"), 4 / 20e-6, 100);
	sv_metrics_fini(&m);
}
END_TEST

START_TEST(sleepers_leave_their_cpus_to_others)
{
	struct sv_metrics m = run(modes[_i],
		"io: {kind: mixed, burst: 100us, sleep: 900us}, w: {kind: cpu-burn}", LONG, 0);

	/* The sleepers want a tenth of the CPUs; the others get the rest. */
	ck_assert_double_ge(value(&m, "w.cpu"), 3.2);
	ck_assert_double_le(value(&m, "w.cpu"), 4 - 100e-6 * value(&m, "io.rate"));
	ck_assert_double_ge(value(&m, "io.rate"), 1000);
	sv_metrics_fini(&m);
}
END_TEST

/* Jobs of 1 ms have 20 page faults, half of which the host has to see to. */
START_TEST(new_pages_make_a_guest_exit)
{
	struct sv_metrics m =
		run(modes[_i], "w: {kind: gmake, cpu: 1ms, faults: 20, ept-share: 0.5}", LONG, 0);

	ck_assert_double_gt(value(&m, "w.jobs"), 500);
	if (_i == 1)
		ck_assert_double_eq(value(&m, "guest.exits.ept"), 0);
	else
		ck_assert_double_eq_tol(
			value(&m, "guest.exits.ept") / value(&m, "w.jobs"), 10, 0.7);
	sv_metrics_fini(&m);
}
END_TEST

START_TEST(an_operation_takes_as_many_locks_as_it_needs)
{
	struct sv_metrics m =
		run(modes[_i], "w: {kind: lock-storm, threads: 8, nested: 3, locks: 4, zipf: 3}",
			"warmup: 10ms, duration: 20ms", 0);

	ck_assert_double_gt(value(&m, "w.rate"), 1e5);
	/* But for those that the window cuts. */
	ck_assert_double_eq_tol(value(&m, "w.throughput"), 3 * value(&m, "w.rate"), 8 * 3 / 20e-3);
	sv_metrics_fini(&m);
}
END_TEST

/* Twelve threads on four vCPUs that have their CPUs to themselves. */
START_TEST(only_sections_of_a_kernel_are_not_preempted_by_the_guest)
{
	static const char *const kinds[] = {
		"w: {kind: critical, threads: 12, critical: 50us, lock: tas}",
		"w: {kind: critical, threads: 12, critical: 50us, lock: tas, kernel: true}",
		"w: {kind: lock-storm, threads: 12, section: 50us, locks: 1}",
	};

	for (int i = 0; i < 3; i++) {
		struct sv_metrics m = run("hvm", kinds[i], "warmup: 20ms, duration: 100ms", 0);

		ck_assert_int_eq(value(&m, "guest.preempted.holders") > 0, i == 0);
		sv_metrics_fini(&m);
	}
}
END_TEST

START_TEST(a_kernels_spinlock_is_what_its_workloads_use)
{
	struct sv_metrics unset = run("bare", "lock-storm", BRIEF, 0);
	struct sv_metrics same_lock = run("bare, kernel: {spinlock: ticket}",
		"w: {kind: lock-storm, lock: qspinlock}", BRIEF, 0);
	struct sv_metrics other = run("bare, kernel: {spinlock: ticket}", "lock-storm", BRIEF, 0);

	ck_assert(same(&unset, &same_lock));
	ck_assert(!same(&unset, &other));
	sv_metrics_fini(&unset);
	sv_metrics_fini(&same_lock);
	sv_metrics_fini(&other);
}
END_TEST

/* 100 us to make it, 1 ms to compile, 100 us to end it; a build is 80 s of that and 10 s alone. */
START_TEST(a_build_takes_the_time_of_its_jobs_and_its_serial_part)
{
	struct sv_metrics m = run("bare",
		"w: {kind: gmake, jobs: 2, cpu: 1ms, lock-rate: 0/s, create: {cpu: 100us, locks: "
		"0},"
		" faults: 0, exit: {cpu: 100us, locks: 9}, section: 0s, cpu-per-build: 80s}",
		LONG, 0);

	ck_assert_double_eq_tol(value(&m, "w.jobs"), 2 / 1.2e-3, 10);
	ck_assert_double_eq_tol(value(&m, "w.work"), 2, 0.01);
	ck_assert_double_eq_tol(value(&m, "w.rate"), 3600 / (10 + 80 / value(&m, "w.work")), 1e-6);
	ck_assert_double_eq_tol(value(&m, "w.lock.throughput"), 9 * value(&m, "w.jobs"), 50);
	sv_metrics_fini(&m);
}
END_TEST

#define PAGES                                                                                      \
	"w: {kind: gmake, cpu: 5ms, cpu-per-build: 300ms, serial: 0s, pages: {rate: 100000/s}}"

START_TEST(a_run_until_done_is_a_build_long)
{
	struct sv_metrics all = run("bare", PAGES, LONG, 0);
	struct sv_metrics one = run("bare", PAGES, LONG ", until-done: true", 0);

	/* 300 ms of work on four CPUs, seen every 10 ms; the rest of the window changes nothing. */
	ck_assert_double_eq(value(&one, "w.rate"), value(&all, "w.rate"));
	ck_assert_double_gt(value(&one, "w.rate"), 3600 / 0.08);
	ck_assert_double_lt(value(&one, "w.rate"), 3600 / 0.075);
	ck_assert_uint_lt(one.events, all.events);
	sv_metrics_fini(&all);
	sv_metrics_fini(&one);
}
END_TEST

/* A page that comes into use is 1/14 operation on the lists of reclaim and 1/31 on the zone, and
 * its release 1/32 and 1/31; the CPUs' own lists save a few of those on the zone. */
START_TEST(memory_comes_and_goes_by_two_locks)
{
	struct sv_metrics m = run("hvm",
		"w: {kind: gmake, cpu: 20ms, pages: {rate: 100000/s, section: 0s, release: 0s}, "
		"lock-rate: 0/s, create: {cpu: 0s, locks: 0}, exit: {cpu: 0s, locks: 0}, faults: "
		"0}",
		LONG, 0);
	double pages = 100000 * value(&m, "w.work");
	double most = pages * (1 / 14. + 2 / 31. + 1 / 32.);

	ck_assert_double_eq_tol(value(&m, "w.lock.throughput"), 0.95 * most, 0.05 * most);
	sv_metrics_fini(&m);
}
END_TEST

#define COMPUTING                                                                                  \
	"w: {kind: gmake, cpu: 1ms, lock-rate: 0/s, create: {locks: 0}, exit: {locks: 0}, "        \
	"faults: "                                                                                 \
	"0, "

/* What is done in a second, and the time of a build that serial work alone takes. */
START_TEST(a_fast_cpu_does_more)
{
	struct sv_metrics m = run("bare", COMPUTING "speed: 2, cpu-per-build: 1us}", LONG, 0);

	ck_assert_double_eq_tol(value(&m, "w.rate"), 3600 / 5., 0.01);
	sv_metrics_fini(&m);
	m = run("bare", COMPUTING "speed: 2, cpu-per-build: 1h}", LONG, 0);
	ck_assert_double_eq_tol(value(&m, "w.work"), 8, 0.05);
	sv_metrics_fini(&m);
}
END_TEST

/* Two nodes, remote memory as far again as local: a guest that sees one has half of its memory far
 * away. */
START_TEST(a_guest_that_knows_of_no_nodes_waits_for_far_memory)
{
	static const char *const vms[] = { "hvm, pin: one-to-one", "hvm, pin: one-to-one, kernel: "
								   "{numa-nodes: 2}" };
	double work[2][2];

	for (int nodes = 0; nodes < 2; nodes++)
		for (int bound = 0; bound < 2; bound++) {
			struct sv_metrics m = run(vms[nodes],
				bound ? COMPUTING "memory-bound: 0.5, cpu-per-build: 1h}"
				      : COMPUTING "cpu-per-build: 1h}",
				LONG, 0);

			work[nodes][bound] = value(&m, "w.work");
			sv_metrics_fini(&m);
		}
	ck_assert_double_eq_tol(work[0][0] / work[0][1], 1 + 0.5 * 0.5 * 1, 0.01);
	ck_assert_double_eq_tol(work[1][0] / work[1][1], 1, 0.001);
}
END_TEST

START_TEST(jobs_enter_the_kernel_at_their_rate)
{
	struct sv_metrics m = run(modes[_i],
		"w: {kind: gmake, jobs-per-cpu: 3, lock-rate: 100000/s, section: 100ns}", LONG, 0);

	/* Of the work, a hundredth is in the sections. */
	ck_assert_double_gt(value(&m, "w.work"), 3.7);
	ck_assert_double_le(value(&m, "w.work"), 4.01);
	ck_assert_double_eq_tol(value(&m, "w.lock.throughput") / value(&m, "w.work"), 1e5, 3e3);
	ck_assert_double_eq(value(&m, "guest.preempted.holders"), 0);
	ck_assert_double_gt(value(&m, "w.lock.wait"), 0);
	sv_metrics_fini(&m);
}
END_TEST

START_TEST(memory_that_nobody_shares_stays_where_it_is)
{
	struct sv_metrics m = run("bare", "w: {kind: memory-stress, sharing: 0}",
		"warmup: 100us, duration: 100us", 0);

	ck_assert_double_eq(value(&m, "w.transfers"), 0);
	/* The toy's loads that hit take 1 ns. */
	ck_assert_double_eq_tol(value(&m, "w.read.mean"), 1e-9, 1e-15);
	sv_metrics_fini(&m);
}
END_TEST

START_TEST(memory_that_is_only_read_stays_in_every_cache)
{
	struct sv_metrics m = run("bare", "w: {kind: memory-stress, sharing: 1, writes: 0}",
		"warmup: 100us, duration: 100us", 0);

	ck_assert_double_eq(value(&m, "w.transfers"), 0);
	ck_assert_double_eq(value(&m, "w.invalidations"), 0);
	sv_metrics_fini(&m);
}
END_TEST

START_TEST(memory_that_all_write_moves_with_most_writes)
{
	struct sv_metrics m = run("bare",
		"w: {kind: memory-stress, sharing: 1, writes: 1, shared: 64B, think: 10us}",
		"warmup: 100us, duration: 2ms", 0);

	/* The load of a write and its store ask for the line, unless the thread was the last. */
	ck_assert_double_ge(value(&m, "w.transfers"), 1);
	ck_assert_double_le(value(&m, "w.transfers"), 2);
	sv_metrics_fini(&m);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each workload"), *some = tcase_create("single ones");
	Suite *suite = suite_create("workloads");
	int n = 0;

	while (sv_workload_kinds.at((size_t)n).name)
		n++;
	tcase_set_timeout(each, 60);
	tcase_set_timeout(some, 60);
	tcase_add_loop_test(
		each, reports_each_of_its_metrics_once_and_in_order_in_every_mode, 0, n * MODES);
	tcase_add_loop_test(
		each, depends_on_the_replication_and_not_on_running_ahead, 0, n * MODES);
	tcase_add_test(some, burning_alone_is_not_slowed_down);
	tcase_add_loop_test(some, burning_threads_share_the_cpus, 1, MODES);
	tcase_add_test(some, a_sleeper_with_its_own_cpu_is_as_late_as_a_wake_up_takes);
	tcase_add_loop_test(some, sleepers_leave_their_cpus_to_others, 1, MODES);
	/* Bare threads have CPUs of their own, and there are but four. */
	tcase_add_loop_test(some, an_operation_takes_as_many_locks_as_it_needs, 1, MODES);
	tcase_add_loop_test(some, new_pages_make_a_guest_exit, 1, MODES);
	tcase_add_test(some, only_sections_of_a_kernel_are_not_preempted_by_the_guest);
	tcase_add_test(some, a_kernels_spinlock_is_what_its_workloads_use);
	tcase_add_test(some, a_build_takes_the_time_of_its_jobs_and_its_serial_part);
	tcase_add_test(some, a_run_until_done_is_a_build_long);
	tcase_add_test(some, a_fast_cpu_does_more);
	tcase_add_test(some, a_guest_that_knows_of_no_nodes_waits_for_far_memory);
	tcase_add_test(some, memory_comes_and_goes_by_two_locks);
	tcase_add_loop_test(some, jobs_enter_the_kernel_at_their_rate, 1, MODES);
	tcase_add_test(some, memory_that_nobody_shares_stays_where_it_is);
	tcase_add_test(some, memory_that_is_only_read_stays_in_every_cache);
	tcase_add_test(some, memory_that_all_write_moves_with_most_writes);
	suite_add_tcase(suite, each);
	suite_add_tcase(suite, some);
	return run_suite(suite);
}
