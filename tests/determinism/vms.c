/*
 * vms.c - virtual machines give the same results however they are run
 */
#include "run_suite.h"
#include "world/world.h"
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const modes[] = { "container", "hvm",
	"hvm, posted-interrupts: true, guest-halt-poll: 100us, kernel: {skew-tick: true}", "pvm" };
static const char *const policies[] = { "cfs", "eevdf", "credit", "rr", "gang" };
#define MODES    4
#define POLICIES 5

static const char scenario[] =
	"simsvirt: 1\n"
	"host: {machine: toy-4, scheduler: %s}\n"
	"vms:\n"
	"  guest: {mode: %s, count: 2, workloads: {locks: {kind: critical, lock: %s, threads: 5,\n"
	"    critical: 2us, think: exponential(20us)}}}\n"
	"run: {warmup: 5ms, duration: 300ms, run-ahead: %s}\n";

static struct sv_metrics run(
	const char *policy, const char *mode, const char *lock, const char *ahead)
{
	struct sv_diag *diag = sv_diag_new();
	char text[1024];
	struct sv_study *study;
	struct sv_metrics m;

	snprintf(text, sizeof(text), scenario, policy, mode, lock, ahead);
	study = sv_study_parse("vms", text, strlen(text), diag);
	sv_diag_print(diag, stderr);
	ck_assert_ptr_nonnull(study);
	sv_metrics_init(&m);
	ck_assert_int_eq(sv_world_run(sv_study_point(study, 0), 0, NULL, &m, diag), 0);
	sv_study_free(study);
	sv_diag_free(diag);
	return m;
}

static void is_equal(struct sv_metrics *a, struct sv_metrics *b)
{
	double x, y;

	ck_assert_uint_eq(a->events, b->events);
	ck_assert_uint_eq(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		ck_assert_str_eq(a->value[i].name, b->value[i].name);
		x = a->value[i].value;
		y = b->value[i].value;
		ck_assert_msg(x == y || (isnan(x) && isnan(y)), "%s: %.17g and %.17g",
			a->value[i].name, x, y);
	}
	sv_metrics_fini(a);
	sv_metrics_fini(b);
}

START_TEST(run_ahead_changes_nothing)
{
	const char *policy = policies[_i % POLICIES], *mode = modes[_i / POLICIES];
	const char *fifo = strcmp(mode, "pvm") ? "ticket" : "pv-ticket, kernel: true";
	const char *lock = _i % 2 ? "mutex" : fifo;
	struct sv_metrics a = run(policy, mode, lock, "true"), b = run(policy, mode, lock, "false");

	ck_assert_uint_gt(a.events, 1000);
	is_equal(&a, &b);
}
END_TEST

START_TEST(a_run_repeats_itself)
{
	struct sv_metrics a = run("cfs", "hvm", "mcs", "true"),
			  b = run("cfs", "hvm", "mcs", "true");

	is_equal(&a, &b);
}
END_TEST

/* What is not running waits or sleeps, and two VMs with five busy threads keep four CPUs busy. */
START_TEST(shares_of_time_add_up)
{
	struct sv_metrics m = run("cfs", "hvm", "tas", "true");
	double running = sv_metrics_get(&m, "guest.running")->value;
	double steal = sv_metrics_get(&m, "guest.steal")->value;
	double halted = sv_metrics_get(&m, "guest.halted")->value;

	ck_assert_double_eq_tol(running + steal + halted, 1, 1e-9);
	ck_assert_double_ge(halted, -1e-9);
	ck_assert_double_eq_tol(running, 0.5, 0.02);
	sv_metrics_fini(&m);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("vms");
	TCase *same = tcase_create("same");

	tcase_set_timeout(same, 120);
	tcase_add_loop_test(same, run_ahead_changes_nothing, 0, MODES * POLICIES);
	tcase_add_test(same, a_run_repeats_itself);
	tcase_add_test(same, shares_of_time_add_up);
	suite_add_tcase(suite, same);
	return run_suite(suite);
}
