/*
 * result.c - tests of models/world/result.h
 */
#include "world/result.h"
#include "run_suite.h"
#include <check.h>
#include <math.h>
#include <stdlib.h>

static const struct sv_metric rate = { "rate", "1/s", "operations per second", 1 };
static const struct sv_metric delay = { "delay.p99", "s", "99th percentile", 0 };

START_TEST(put_prefixes_the_owner)
{
	struct sv_metrics m;

	sv_metrics_init(&m);
	for (int i = 0; i < 100; i++)
		sv_metrics_put(&m, "other", &delay, i);
	sv_metrics_put(&m, "locks", &rate, 3.5);
	ck_assert_uint_eq(m.n, 101);
	ck_assert_double_eq(sv_metrics_get(&m, "locks.rate")->value, 3.5);
	ck_assert_ptr_eq(sv_metrics_get(&m, "locks.rate")->metric, &rate);
	ck_assert_ptr_null(sv_metrics_get(&m, "rate"));
	sv_metrics_fini(&m);
}
END_TEST

START_TEST(summary_has_students_interval)
{
	const double x[] = { 10, 12, 14 };
	struct sv_metrics m[3];
	struct sv_summary s;

	for (int r = 0; r < 3; r++) {
		sv_metrics_init(&m[r]);
		sv_metrics_put(&m[r], "w", &rate, x[r]);
		m[r].events = 100;
	}
	sv_summary_init(&s, m, 3);
	ck_assert_uint_eq(s.events, 300);
	ck_assert_uint_eq(sv_summary_get(&s, "w.rate")->ci.n, 3);
	ck_assert_double_eq_tol(sv_summary_get(&s, "w.rate")->ci.mean, 12, 1e-12);
	/* t(0.975; 2) = 4.302653, standard deviation 2. */
	ck_assert_double_eq_tol(
		sv_summary_get(&s, "w.rate")->ci.half, 4.302653 * 2 / sqrt(3), 1e-5);
	sv_summary_fini(&s);
	for (int r = 0; r < 3; r++)
		sv_metrics_fini(&m[r]);
}
END_TEST

START_TEST(summary_counts_only_replications_that_observed_the_metric)
{
	struct sv_metrics m[3];
	struct sv_summary s;

	for (int r = 0; r < 3; r++)
		sv_metrics_init(&m[r]);
	sv_metrics_put(&m[0], "w", &rate, NAN);
	sv_metrics_put(&m[0], "w", &delay, NAN);
	/* Another order, and one metric that only the second replication has. */
	sv_metrics_put(&m[1], "w", &delay, NAN);
	sv_metrics_put(&m[1], "w", &rate, 4);
	sv_metrics_put(&m[1], "late", &rate, 7);
	sv_metrics_put(&m[2], "w", &rate, 6);
	sv_summary_init(&s, m, 3);
	ck_assert_uint_eq(s.n, 3);
	ck_assert_str_eq(s.estimate[0].name, "w.rate");
	ck_assert_str_eq(s.estimate[2].name, "late.rate");
	ck_assert_uint_eq(sv_summary_get(&s, "w.rate")->ci.n, 2);
	ck_assert_double_eq_tol(sv_summary_get(&s, "w.rate")->ci.mean, 5, 1e-12);
	ck_assert_uint_eq(sv_summary_get(&s, "w.delay.p99")->ci.n, 0);
	ck_assert(isnan(sv_summary_get(&s, "w.delay.p99")->ci.mean));
	ck_assert_uint_eq(sv_summary_get(&s, "late.rate")->ci.n, 1);
	ck_assert(isnan(sv_summary_get(&s, "late.rate")->ci.half));
	sv_summary_fini(&s);
	for (int r = 0; r < 3; r++)
		sv_metrics_fini(&m[r]);
}
END_TEST

START_TEST(summary_of_nothing_is_empty)
{
	struct sv_summary s;

	sv_summary_init(&s, NULL, 0);
	ck_assert_uint_eq(s.n, 0);
	ck_assert_ptr_null(sv_summary_get(&s, "w.rate"));
	sv_summary_fini(&s);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("result");

	tcase_add_test(tc, put_prefixes_the_owner);
	tcase_add_test(tc, summary_has_students_interval);
	tcase_add_test(tc, summary_counts_only_replications_that_observed_the_metric);
	tcase_add_test(tc, summary_of_nothing_is_empty);
	return run_case("result", tc);
}
