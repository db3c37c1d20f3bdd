/*
 * ring.c - the workload `ring`: what batches, layout and notification do to a queue
 */
#include "queues.h"
#include "run_suite.h"
#include "test_world.h"
#include "world/study.h"
#include "world/world.h"
#include <math.h>
#include <string.h>

/* Runs the workload with these options on the toy machine. */
static struct sv_metrics run(const char *options)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study;
	struct sv_metrics m;
	char text[600];

	snprintf(text, sizeof(text),
		"simsvirt: 1\n"
		"host: {machine: " SV_SOURCE_DIR "/scenarios/machines/toy-4.yaml}\n"
		"vms: {host: {mode: bare, workloads: {w: {kind: ring, %s}}}}\n"
		"run: {warmup: 100us, duration: 2ms, seed: 1}\n",
		options);
	study = sv_study_parse("ring", text, strlen(text), diag);
	sv_diag_print(diag, stderr);
	ck_assert_ptr_nonnull(study);
	sv_metrics_init(&m);
	ck_assert_int_eq(sv_world_run(sv_study_point(study, 0), 0, NULL, &m, diag), 0);
	sv_study_free(study);
	sv_diag_free(diag);
	return m;
}

static double value(const char *options, const char *metric)
{
	struct sv_metrics m = run(options);
	double result = sv_metrics_get(&m, metric)->value;

	sv_metrics_fini(&m);
	return result;
}

START_TEST(carries_requests_through_every_queue)
{
	const struct sv_queue *q = sv_queues_simulated[_i];
	char options[100];

	snprintf(options, sizeof(options), "queue: %s, batch: 3, batches: 2, size: 16", q->name);
	ck_assert_double_gt(value(options, "w.throughput"), 1e5);
	ck_assert_double_gt(value(options, "w.transfers"), 1);
}
END_TEST

START_TEST(larger_batches_carry_more_and_take_longer)
{
	static const char *const batch[] = { "batch: 1", "batch: 4", "batch: 32" };

	for (int i = 0; i < 2; i++) {
		ck_assert_double_lt(
			value(batch[i], "w.throughput"), value(batch[i + 1], "w.throughput"));
		ck_assert_double_lt(value(batch[i], "w.round-trip.p50"),
			value(batch[i + 1], "w.round-trip.p50"));
		ck_assert_double_gt(
			value(batch[i], "w.transfers"), value(batch[i + 1], "w.transfers"));
	}
}
END_TEST

START_TEST(polling_sides_are_never_told)
{
	ck_assert_double_eq(value("notify: polling", "w.kicks"), 0);
	ck_assert_double_eq(value("notify: polling", "w.interrupts"), 0);
}
END_TEST

START_TEST(sides_that_are_always_told_are_told_once_a_batch)
{
	const char *options = "notify: always, batch: 4, batches: 4";

	ck_assert_double_eq_tol(value(options, "w.kicks"), 0.25, 0.01);
	ck_assert_double_ge(value(options, "w.interrupts"), 0.25 - 0.01);
}
END_TEST

START_TEST(a_device_that_is_busy_is_not_told_when_it_says_so)
{
	ck_assert_double_lt(value("notify: suppressed, batches: 32, work: 2us", "w.kicks"), 0.05);
	ck_assert_double_gt(value("notify: always, batches: 32, work: 2us", "w.kicks"), 0.9);
}
END_TEST

START_TEST(who_sleeps_pays_for_the_system_calls_and_the_wake_up)
{
	/* Twice a round trip: a wake-up of toy-4 takes 2 us. */
	ck_assert_double_gt(value("notify: always", "w.round-trip.p50"),
		value("notify: polling", "w.round-trip.p50") + 2 * 2e-6);
}
END_TEST

START_TEST(data_of_a_batch_that_share_lines_save_transfers)
{
	const char *apart = "batch: 32, stride: 64B", *together = "batch: 32, stride: 16B";

	ck_assert_double_lt(value(together, "w.transfers"), value(apart, "w.transfers") - 1);
	ck_assert_double_gt(value(together, "w.throughput"), value(apart, "w.throughput"));
}
END_TEST

START_TEST(two_queues_carry_twice_as_much_as_one)
{
	ck_assert_double_eq_tol(value("queues: 2, notify: always", "w.throughput") /
					value("queues: 1, notify: always", "w.throughput"),
		2, 0.1);
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("ring");
	int queues = 0;

	while (sv_queues_simulated[queues])
		queues++;
	tcase_set_timeout(all, 60);
	tcase_add_loop_test(all, carries_requests_through_every_queue, 0, queues);
	tcase_add_test(all, larger_batches_carry_more_and_take_longer);
	tcase_add_test(all, polling_sides_are_never_told);
	tcase_add_test(all, sides_that_are_always_told_are_told_once_a_batch);
	tcase_add_test(all, a_device_that_is_busy_is_not_told_when_it_says_so);
	tcase_add_test(all, who_sleeps_pays_for_the_system_calls_and_the_wake_up);
	tcase_add_test(all, data_of_a_batch_that_share_lines_save_transfers);
	tcase_add_test(all, two_queues_carry_twice_as_much_as_one);
	return run_case("ring", all);
}
