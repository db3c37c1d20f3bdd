/*
 * expect.c - tests of tools/expect.h
 */
#include "expect.h"
#include "run_suite.h"
#include <check.h>
#include <math.h>
#include <stdlib.h>

static const struct sv_metric rate = { "rate", "1/s", "operations per second", 1 };
static const struct sv_metric delay = { "delay", "s", "never observed", 1 };
static struct sv_results results;

/* Three points with rates 10, 20 and none: the last did not run. */
static void setup(void)
{
	sv_results_init(&results, 3);
	for (int i = 0; i < 2; i++) {
		struct sv_metrics m;

		sv_metrics_init(&m);
		sv_metrics_put(&m, "w", &rate, 10 * (i + 1));
		sv_metrics_put(&m, "w", &delay, NAN);
		sv_summary_init(&results.point[i].summary, &m, 1);
		results.point[i].state = SV_POINT_DONE;
		sv_metrics_fini(&m);
	}
}

static void teardown(void)
{
	sv_results_fini(&results);
}

static enum sv_verdict bound(
	size_t point, const char *metric, enum sv_relation relation, double value)
{
	struct sv_expectation e = { .metric = metric,
		.point = point,
		.other_point = SIZE_MAX,
		.bound = value,
		.factor = 1,
		.relation = relation };

	return sv_expect_check(&e, &results).verdict;
}

static enum sv_verdict order(size_t a, enum sv_relation relation, double factor, size_t b)
{
	struct sv_expectation e = { .metric = "w.rate",
		.other_metric = "w.rate",
		.point = a,
		.other_point = b,
		.factor = factor,
		.relation = relation };

	return sv_expect_check(&e, &results).verdict;
}

START_TEST(bounds_include_equality_only_when_they_say_so)
{
	ck_assert_int_eq(bound(0, "w.rate", SV_GREATER, 9.9), SV_HOLDS);
	ck_assert_int_eq(bound(0, "w.rate", SV_GREATER, 10), SV_BROKEN);
	ck_assert_int_eq(bound(0, "w.rate", SV_AT_LEAST, 10), SV_HOLDS);
	ck_assert_int_eq(bound(0, "w.rate", SV_LESS, 10), SV_BROKEN);
	ck_assert_int_eq(bound(0, "w.rate", SV_AT_MOST, 10), SV_HOLDS);
	ck_assert_int_eq(bound(0, "w.rate", SV_LESS, 11), SV_HOLDS);
}
END_TEST

START_TEST(factors_apply_to_the_right_side)
{
	ck_assert_int_eq(order(1, SV_GREATER, 1, 0), SV_HOLDS);
	ck_assert_int_eq(order(1, SV_GREATER, 2, 0), SV_BROKEN);
	ck_assert_int_eq(order(1, SV_AT_LEAST, 2, 0), SV_HOLDS);
	ck_assert_int_eq(order(0, SV_LESS, 0.4, 1), SV_BROKEN);
}
END_TEST

START_TEST(what_was_not_observed_breaks_an_expectation)
{
	ck_assert_int_eq(bound(0, "w.delay", SV_LESS, 1), SV_BROKEN);
	ck_assert_int_eq(bound(0, "w.delay", SV_GREATER, 1), SV_BROKEN);
	ck_assert_int_eq(bound(0, "w.unheard", SV_AT_MOST, 1), SV_BROKEN);
}
END_TEST

START_TEST(points_that_are_not_done_leave_it_unchecked)
{
	ck_assert_int_eq(bound(2, "w.rate", SV_GREATER, 1), SV_UNCHECKED);
	ck_assert_int_eq(order(0, SV_LESS, 1, 2), SV_UNCHECKED);
}
END_TEST

START_TEST(signs_are_those_of_the_scenario)
{
	struct sv_expectation e = { .relation = SV_LESS };

	ck_assert_str_eq(sv_expect_sign(&e), "<");
	e.relation = SV_AT_LEAST;
	ck_assert_str_eq(sv_expect_sign(&e), ">=");
}
END_TEST

START_TEST(reference_errors_are_relative_to_what_was_published)
{
	struct sv_reference r = {
		.metric = "w.rate", .value = 16, .low = 16, .high = 16, .point = 1
	};

	ck_assert_double_eq_tol(sv_reference_error(&r, &results), 0.25, 1e-12);
	/* What lies between its bounds is no error. */
	ck_assert_double_eq_tol(sv_reference_beyond(&r, &results), 0.25, 1e-12);
	r.low = 15;
	r.high = 18;
	ck_assert_double_eq_tol(sv_reference_beyond(&r, &results), 0.125, 1e-12);
	r.high = 21;
	ck_assert_double_eq(sv_reference_beyond(&r, &results), 0);
	r.high = NAN;
	ck_assert(isnan(sv_reference_beyond(&r, &results)));
	r.point = 2;
	ck_assert(isnan(sv_reference_error(&r, &results)));
	ck_assert(isnan(sv_reference_beyond(&r, &results)));
}
END_TEST

START_TEST(error_summary_takes_absolute_values)
{
	double odd[] = { -0.5, 0.1, 0.2 }, even[] = { 0.1, -0.3, 0.2, -0.9 };

	ck_assert_double_eq_tol(sv_error_summarize(odd, 3).median, 0.2, 1e-12);
	ck_assert_double_eq_tol(sv_error_summarize(odd, 3).worst, 0.5, 1e-12);
	ck_assert_double_eq_tol(sv_error_summarize(even, 4).median, 0.25, 1e-12);
	ck_assert_double_eq_tol(sv_error_summarize(even, 4).worst, 0.9, 1e-12);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("expect");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, bounds_include_equality_only_when_they_say_so);
	tcase_add_test(tc, factors_apply_to_the_right_side);
	tcase_add_test(tc, what_was_not_observed_breaks_an_expectation);
	tcase_add_test(tc, points_that_are_not_done_leave_it_unchecked);
	tcase_add_test(tc, signs_are_those_of_the_scenario);
	tcase_add_test(tc, reference_errors_are_relative_to_what_was_published);
	tcase_add_test(tc, error_summary_takes_absolute_values);
	return run_case("expect", tc);
}
