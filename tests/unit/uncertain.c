/*
 * uncertain.c - tests of world/uncertain.h: values that replications draw
 */
#include "world/uncertain.h"
#include "run_suite.h"
#include "test_study.h"
#include <math.h>
#include <unistd.h>

#define RUN       "run: {replications: 8, seed: 3}\n"
#define UNCERTAIN "uncertain:\n  " LOCKS

static double drawn(const struct sv_study *study, size_t i, size_t point, unsigned replication)
{
	char text[SV_FIT_TEXT];
	sv_time time;

	sv_uncertain_text(study, i, sv_study_point(study, point), replication, text);
	ck_assert_ptr_null(sv_time_parse(text, &time));
	return (double)time;
}

/* How many of the n replications drew from the k-th of n equal parts of the range. */
static unsigned in_part(
	const struct sv_study *study, double low, double high, unsigned n, unsigned k)
{
	unsigned hits = 0;

	for (unsigned r = 0; r < n; r++) {
		double share = (drawn(study, 0, 0, r) - low) / (high - low);

		hits += share >= (double)k / n && share < (double)(k + 1) / n;
	}
	return hits;
}

START_TEST(each_part_of_a_range_is_drawn_from_once)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study =
		must_parse(HEAD RUN UNCERTAIN "critical: {low: 100ns, high: 900ns}\n", diag);

	ck_assert_uint_eq(sv_study_uncertain(study, 0), 1);
	ck_assert_str_eq(sv_uncertain_path(study, 0), LOCKS "critical");
	for (unsigned k = 0; k < 8; k++)
		ck_assert_uint_eq(in_part(study, 100e3, 900e3, 8, k), 1);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(a_log_scale_has_parts_of_equal_ratio)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = must_parse(HEAD "run: {replications: 4}\n" UNCERTAIN
						 "critical: {low: 10ns, high: 100us, scale: log}\n",
		diag);

	for (unsigned k = 0; k < 4; k++) {
		unsigned hits = 0;

		for (unsigned r = 0; r < 4; r++)
			hits += (unsigned)log10(drawn(study, 0, 0, r) / 10e3) == k;
		ck_assert_uint_eq(hits, 1);
	}
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(an_error_spreads_normally_around_the_value)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = must_parse(
		HEAD "run: {replications: 200}\n" UNCERTAIN "critical: {error: 10ns}\n", diag);
	double sum = 0, squares = 0;

	for (unsigned r = 0; r < 200; r++) {
		double z = (drawn(study, 0, 0, r) - 100e3) / 10e3;

		sum += z;
		squares += z * z;
	}
	/* Stratified, so that mean and variance are nearly exact. */
	ck_assert_double_eq_tol(sum / 200, 0, 0.02);
	ck_assert_double_eq_tol(squares / 200, 1, 0.05);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(bounds_cut_off_what_an_error_allows)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study =
		must_parse(HEAD RUN UNCERTAIN "critical: {error: 1us, high: 110ns}\n", diag);

	for (unsigned r = 0; r < 8; r++) {
		ck_assert_double_ge(drawn(study, 0, 0, r), 1);
		ck_assert_double_le(drawn(study, 0, 0, r), 110e3);
	}
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(all_points_draw_the_same_and_each_seed_others)
{
	struct sv_diag *diag = sv_diag_new();
	const char *text = HEAD SWEEP RUN UNCERTAIN "critical: {low: 1ns, high: 1us}\n";
	struct sv_study *study = must_parse(text, diag), *other;

	for (size_t i = 1; i < sv_study_points(study); i++)
		for (unsigned r = 0; r < 8; r++)
			ck_assert_double_eq(drawn(study, 0, i, r), drawn(study, 0, 0, r));
	other = must_parse(HEAD "run: {replications: 8, seed: 4}\n" UNCERTAIN
				"critical: {low: 1ns, high: 1us}\n",
		diag);
	ck_assert_double_ne(drawn(study, 0, 0, 0), drawn(other, 0, 0, 0));
	sv_study_free(other);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(two_values_are_not_drawn_in_step)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study =
		must_parse(HEAD RUN UNCERTAIN "critical: {low: 100ns, high: 900ns}\n  "
					      "host.halt-poll: {low: 100ns, high: 900ns}\n",
			diag);
	unsigned together = 0;

	for (unsigned r = 0; r < 8; r++)
		together += (int)(drawn(study, 0, 0, r) / 100e3) ==
			    (int)(drawn(study, 1, 0, r) / 100e3);
	ck_assert_uint_lt(together, 8);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(a_trial_is_the_point_with_its_draws)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study =
		must_parse(HEAD SWEEP RUN UNCERTAIN "think: {low: 1us, high: 2us}\n", diag);
	struct sv_trial *trial = sv_uncertain_trial(study, 3, 2, diag);
	const struct sv_node *root;
	char text[SV_FIT_TEXT];

	ck_assert_ptr_nonnull(trial);
	root = sv_doc_root(sv_trial_scenario(trial)->doc);
	sv_uncertain_text(study, 0, sv_study_point(study, 3), 2, text);
	ck_assert_str_eq(sv_node_find(root, LOCKS "think")->text, text);
	ck_assert_str_eq(sv_node_find(root, LOCKS "threads")->text, "2");
	ck_assert_str_eq(sv_node_find(root, LOCKS "lock")->text, "mcs");
	sv_trial_free(trial);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(run_uncertain_switches_it_off)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = must_parse(HEAD "sweep: {run.uncertain: [true, false]}\n" UNCERTAIN
						 "critical: {low: 1ns, high: 1us}\n",
		diag);

	ck_assert_uint_eq(sv_study_uncertain(study, 0), 1);
	ck_assert_uint_eq(sv_study_uncertain(study, 1), 0);
	sv_study_free(study);
	study = must_parse(HEAD, diag);
	ck_assert_uint_eq(sv_study_uncertain(study, 0), 0);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(a_value_that_is_set_is_certain)
{
	struct sv_override set = { LOCKS "critical", "50ns", { .source = "--set" } };
	struct sv_diag *diag = sv_diag_new();
	char yaml[] = "/tmp/simsvirt-study-XXXXXX";
	struct sv_study *study;
	FILE *f = fdopen(mkstemp(yaml), "w");

	ck_assert_ptr_nonnull(f);
	fprintf(f, HEAD UNCERTAIN "critical: {low: 1ns, high: 1us}\n  " LOCKS
				  "think: {low: 1ns, high: 1us}\n");
	fclose(f);
	study = sv_study_load(yaml, &set, 1, diag);
	unlink(yaml);
	test_no_errors(diag);
	ck_assert_uint_eq(sv_study_uncertain(study, 0), 1);
	ck_assert_str_eq(sv_uncertain_path(study, 0), LOCKS "think");
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		each_part_of_a_range_is_drawn_from_once,
		a_log_scale_has_parts_of_equal_ratio,
		an_error_spreads_normally_around_the_value,
		bounds_cut_off_what_an_error_allows,
		all_points_draw_the_same_and_each_seed_others,
		two_values_are_not_drawn_in_step,
		a_trial_is_the_point_with_its_draws,
		run_uncertain_switches_it_off,
		a_value_that_is_set_is_certain,
		NULL,
	};

	return run_tests("uncertain", tests);
}
