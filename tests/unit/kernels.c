/*
 * kernels.c - presets by kernel version
 */
#include "run_suite.h"
#include "sched/sched.h"
#include "test_study.h"

#define VMS "vms: {g: {mode: hvm, workloads: {w: {kind: cpu-burn}}}}\n"

static struct sv_study *load(const char *host, const char *rest, struct sv_diag *diag)
{
	char text[600];

	snprintf(
		text, sizeof(text), "simsvirt: 1\nhost: {machine: toy-4%s}\n" VMS "%s", host, rest);
	return must_parse(text, diag);
}

static void check(const struct sv_host *host, const char *scheduler, sv_time halt_poll)
{
	ck_assert_str_eq(((const struct sv_sched *)host->scheduler.object)->name, scheduler);
	ck_assert_int_eq(host->halt_poll, halt_poll);
}

static void check_host(const char *host, const char *scheduler, sv_time halt_poll)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = load(host, "", diag);

	check(&sv_study_point(study, 0)->host, scheduler, halt_poll);
	sv_study_free(study);
	sv_diag_free(diag);
}

START_TEST(a_kernel_decides_what_is_not_written)
{
	check_host("", "cfs", 200 * SV_US);
	check_host(", kernel: none", "cfs", 200 * SV_US);
	check_host(", kernel: 4.0", "cfs", 0);
	check_host(", kernel: 4.5", "cfs", 500 * SV_US);
	check_host(", kernel: 6.15", "eevdf", 200 * SV_US);
}
END_TEST

START_TEST(what_is_written_stays)
{
	check_host(", kernel: 6.6, scheduler: rr", "rr", 200 * SV_US);
	check_host(", kernel: 4.0, halt-poll: 7us", "cfs", 7 * SV_US);
	check_host(", kernel: 6.6, halt-poll: 0s", "eevdf", 0);
}
END_TEST

START_TEST(a_kernel_may_be_swept_and_what_it_decides_too)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = load("", "sweep: {host.kernel: [4.5, 6.6]}\n", diag);

	check(&sv_study_point(study, 0)->host, "cfs", 500 * SV_US);
	check(&sv_study_point(study, 1)->host, "eevdf", 200 * SV_US);
	sv_study_free(study);
	study = load(", kernel: 6.6", "sweep: {host.scheduler.base_slice: [1ms, 3ms]}\n", diag);
	check(&sv_study_point(study, 1)->host, "eevdf", 200 * SV_US);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_kernel_decides_what_is_not_written,
		what_is_written_stays,
		a_kernel_may_be_swept_and_what_it_decides_too,
		NULL,
	};

	return run_tests("kernels", tests);
}
