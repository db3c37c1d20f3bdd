/*
 * stats.c - histograms, levels, stations, intervals and fairness
 */
#include "stats.h"
#include "random.h"
#include "run_suite.h"
#include <check.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Values over all magnitudes: the exponent is uniform, then the bits below it. */
static int64_t any_value(struct sv_stream *s)
{
	return (int64_t)(sv_stream_next(s) >> (1 + sv_stream_next(s) % 63));
}

enum { N = 20000 };

START_TEST(every_quantile_is_within_one_percent)
{
	static double sorted[N];
	struct sv_stream s;
	struct sv_hist h;

	sv_stream_init(&s, 1, 0, 0, 0);
	sv_hist_init(&h);
	for (int i = 0; i < N; i++) {
		int64_t v = any_value(&s);

		sorted[i] = (double)v;
		sv_hist_record(&h, v);
	}
	gsl_sort(sorted, 1, N);
	for (int i = 0; i < N; i++) {
		double q = (i + 0.5) / N, truth = sorted[i];

		ck_assert_double_le(fabs(sv_hist_quantile(&h, q) - truth), 0.01 * truth);
	}
	ck_assert_double_eq(sv_hist_quantile(&h, 0), sorted[0]);
	ck_assert_double_eq(sv_hist_quantile(&h, 1), sorted[N - 1]);
	sv_hist_fini(&h);
}
END_TEST

START_TEST(small_values_and_sums_are_exact)
{
	struct sv_hist h;

	sv_hist_init(&h);
	for (int v = 0; v < 128; v++)
		sv_hist_record(&h, v);
	for (int v = 0; v < 128; v++)
		ck_assert_double_eq(sv_hist_quantile(&h, (v + 0.5) / 128), v);
	ck_assert_double_eq(sv_hist_mean(&h), 63.5);
	sv_hist_fini(&h);
}
END_TEST

START_TEST(the_largest_value_and_its_sum_fit)
{
	struct sv_hist h;

	sv_hist_init(&h);
	for (int i = 0; i < 4; i++)
		sv_hist_record(&h, INT64_MAX);
	ck_assert_uint_eq(h.bucket[SV_HIST_BUCKETS - 1], 4);
	ck_assert_double_eq(sv_hist_mean(&h), (double)INT64_MAX);
	ck_assert_double_eq(sv_hist_quantile(&h, 0.5), (double)INT64_MAX);
	sv_hist_fini(&h);
}
END_TEST

START_TEST(merging_is_seeing_it_all)
{
	struct sv_hist a, b, all;
	struct sv_stream s;

	sv_stream_init(&s, 2, 0, 0, 0);
	sv_hist_init(&a);
	sv_hist_init(&b);
	sv_hist_init(&all);
	for (int i = 0; i < N; i++) {
		int64_t v = any_value(&s);

		sv_hist_record(i % 3 ? &a : &b, v);
		sv_hist_record(&all, v);
	}
	sv_hist_merge(&a, &b);
	ck_assert_uint_eq(a.count, all.count);
	ck_assert(a.sum == all.sum);
	ck_assert_int_eq(a.min, all.min);
	ck_assert_int_eq(a.max, all.max);
	ck_assert_mem_eq(a.bucket, all.bucket, SV_HIST_BUCKETS * sizeof(*a.bucket));
	sv_hist_fini(&a);
	sv_hist_fini(&b);
	sv_hist_fini(&all);
}
END_TEST

START_TEST(an_empty_or_reset_histogram_has_no_quantile)
{
	struct sv_hist h, empty;

	sv_hist_init(&h);
	sv_hist_init(&empty);
	ck_assert(isnan(sv_hist_mean(&h)) && isnan(sv_hist_quantile(&h, 0.5)));
	sv_hist_record(&h, 1000);
	sv_hist_merge(&h, &empty);
	ck_assert_int_eq(h.min, 1000);
	ck_assert_double_eq(sv_hist_quantile(&h, 0.5), 1000);
	sv_hist_reset(&h);
	ck_assert(isnan(sv_hist_mean(&h)) && isnan(sv_hist_quantile(&h, 1)));
	sv_hist_record(&h, 5);
	ck_assert_double_eq(sv_hist_quantile(&h, 0.5), 5);
	sv_hist_fini(&h);
	sv_hist_fini(&empty);
}
END_TEST

START_TEST(a_level_is_weighted_by_time)
{
	struct sv_level l;

	sv_level_init(&l, 100, 2);
	ck_assert_double_eq(sv_level_mean(&l, 100), 2);
	sv_level_set(&l, 110, 6);
	sv_level_set(&l, 130, 0);
	ck_assert_double_eq(sv_level_mean(&l, 140), (2 * 10 + 6 * 20) / 40.0);
	sv_level_set(&l, 140, 3);
	sv_level_reset(&l, 150);
	ck_assert_double_eq(sv_level_mean(&l, 160), 3);
}
END_TEST

/* Random comings and goings in any order; enough to fall empty and to be full. */
static void wander(struct sv_station *s, sv_time *now, sv_time *inside, int *n, int steps)
{
	struct sv_stream r;

	sv_stream_init(&r, 7, 0, 0, 0);
	for (int i = 0; i < steps; i++) {
		*now += (sv_time)(sv_stream_next(&r) % 1000);
		if (*n == 0 || (*n < 10 && sv_stream_next(&r) % 2)) {
			sv_station_enter(s, *now);
			inside[(*n)++] = *now;
		} else {
			int who = (int)(sv_stream_next(&r) % (unsigned)*n);

			sv_station_leave(s, *now, inside[who]);
			inside[who] = inside[--*n];
		}
	}
}

START_TEST(identities_hold_over_a_random_run_and_a_reset)
{
	struct sv_station s;
	sv_time now = 5000, inside[10];
	int n = 0;

	sv_station_init(&s, "queue", now);
	wander(&s, &now, inside, &n, 2001);
	ck_assert_int_gt(n, 0);
	ck_assert_ptr_null(sv_station_check(&s, now + 77));
	sv_station_reset(&s, now + 100);
	now += 100;
	ck_assert_int_eq(s.inside_at_start, n);
	wander(&s, &now, inside, &n, 2000);
	ck_assert_ptr_null(sv_station_check(&s, now));
	while (n > 0)
		sv_station_leave(&s, ++now, inside[--n]);
	ck_assert_ptr_null(sv_station_check(&s, now));
	ck_assert(s.entries == 0 && s.sojourn == s.population.area);
}
END_TEST

START_TEST(a_forgotten_entry_breaks_conservation)
{
	struct sv_station s;

	sv_station_init(&s, "queue", 0);
	sv_station_enter(&s, 10);
	sv_station_leave(&s, 20, 10);
	sv_station_leave(&s, 30, 10);
	sv_station_enter(&s, 30);
	ck_assert_ptr_nonnull(strstr(sv_station_check(&s, 40), "conservation"));
}
END_TEST

START_TEST(a_lost_customer_breaks_conservation)
{
	struct sv_station s;

	sv_station_init(&s, "queue", 0);
	sv_station_enter(&s, 10);
	sv_level_set(&s.population, 15, 0);
	ck_assert_ptr_nonnull(strstr(sv_station_check(&s, 40), "conservation"));
}
END_TEST

START_TEST(a_wrong_entry_time_breaks_littles_law)
{
	struct sv_station s;

	sv_station_init(&s, "queue", 0);
	sv_station_enter(&s, 10);
	sv_station_leave(&s, 20, 11);
	ck_assert_ptr_nonnull(strstr(sv_station_check(&s, 20), "Little"));
	/* It stays broken, whatever comes. */
	sv_station_enter(&s, 30);
	sv_station_leave(&s, 40, 29);
	ck_assert_ptr_nonnull(strstr(sv_station_check(&s, 40), "Little"));
}
END_TEST

/* A station that never falls empty: the sums must still be possible. */
START_TEST(wrong_entry_times_show_though_somebody_stays)
{
	struct sv_station s;

	sv_station_init(&s, "queue", 1000);
	sv_station_enter(&s, 1010);
	for (sv_time t = 2000; t < 5000; t += 100) {
		sv_station_enter(&s, t);
		sv_station_leave(&s, t + 50, 1000);
	}
	ck_assert_ptr_nonnull(strstr(sv_station_check(&s, 6000), "Little"));
}
END_TEST

START_TEST(time_running_backwards_is_seen)
{
	struct sv_station s;

	sv_station_init(&s, "queue", 0);
	sv_station_enter(&s, 10);
	sv_station_enter(&s, 5);
	ck_assert_ptr_nonnull(strstr(sv_station_check(&s, 10), "backwards"));
}
END_TEST

/* Standard t tables: 12.706 for 1 degree of freedom at 95 %, 4.604 for 4 at 99 %. */
START_TEST(interval_is_students)
{
	const double two[] = { 1, 3 }, five[] = { 1, 2, 3, 4, 5 };
	struct sv_ci ci = sv_ci(two, 2, 0.95);

	ck_assert_double_eq(ci.mean, 2);
	ck_assert_double_eq_tol(ci.half, 12.706, 0.001);
	ci = sv_ci(five, 5, 0.99);
	ck_assert_uint_eq(ci.n, 5);
	ck_assert_double_eq_tol(ci.half, 4.604 * sqrt(2.5 / 5), 0.001);
	ci = sv_ci(two, 1, 0.95);
	ck_assert(ci.mean == 1 && isnan(ci.half));
	ck_assert(isnan(sv_ci(NULL, 0, 0.95).mean));
}
END_TEST

/* 95 of 100 intervals shall hold the true mean; of 2000 binomial trials within 4 sigma. */
START_TEST(interval_covers_as_often_as_it_says)
{
	struct sv_stream s;
	int covered = 0;

	sv_stream_init(&s, 4, 0, 0, 0);
	for (int trial = 0; trial < 2000; trial++) {
		double x[5];
		struct sv_ci ci;

		for (int i = 0; i < 5; i++)
			x[i] = gsl_ran_gaussian_ziggurat(sv_stream_gsl(&s), 3) + 1;
		ci = sv_ci(x, 5, 0.95);
		covered += fabs(ci.mean - 1) <= ci.half;
	}
	ck_assert_int_gt(covered, 1900 - 39);
	ck_assert_int_lt(covered, 1900 + 39);
}
END_TEST

START_TEST(fairness_has_its_known_values)
{
	const double equal[] = { 3, 3, 3, 3 }, one[] = { 0, 8, 0, 0 }, none[] = { 0, 0 },
		     half[] = { 1, 0, 1, 0 };

	ck_assert_double_eq(sv_jain(equal, 4), 1);
	ck_assert_double_eq(sv_jain(one, 4), 0.25);
	ck_assert_double_eq(sv_jain(half, 4), 0.5);
	ck_assert(isnan(sv_jain(none, 2)) && isnan(sv_jain(none, 0)));
}
END_TEST

START_TEST(top_half_share_is_half_when_fair)
{
	const double equal[] = { 3, 3, 3, 3, 3 }, one[] = { 0, 8, 0, 0 }, none[] = { 0, 0 },
		     some[] = { 1, 4, 2, 3 };

	ck_assert_double_eq(sv_top_half_share(equal, 4), 0.5);
	ck_assert_double_eq(sv_top_half_share(equal, 5), 0.5);
	ck_assert_double_eq(sv_top_half_share(equal, 1), 0.5);
	ck_assert_double_eq(sv_top_half_share(one, 4), 1);
	ck_assert_double_eq(sv_top_half_share(some, 4), 0.7);
	ck_assert(isnan(sv_top_half_share(none, 2)) && isnan(sv_top_half_share(none, 0)));
}
END_TEST

static void add_tests(TCase *tc)
{
	tcase_add_test(tc, every_quantile_is_within_one_percent);
	tcase_add_test(tc, small_values_and_sums_are_exact);
	tcase_add_test(tc, the_largest_value_and_its_sum_fit);
	tcase_add_test(tc, merging_is_seeing_it_all);
	tcase_add_test(tc, an_empty_or_reset_histogram_has_no_quantile);
	tcase_add_test(tc, a_level_is_weighted_by_time);
	tcase_add_test(tc, identities_hold_over_a_random_run_and_a_reset);
	tcase_add_test(tc, a_forgotten_entry_breaks_conservation);
	tcase_add_test(tc, a_lost_customer_breaks_conservation);
	tcase_add_test(tc, a_wrong_entry_time_breaks_littles_law);
	tcase_add_test(tc, wrong_entry_times_show_though_somebody_stays);
	tcase_add_test(tc, time_running_backwards_is_seen);
	tcase_add_test(tc, interval_is_students);
	tcase_add_test(tc, interval_covers_as_often_as_it_says);
	tcase_add_test(tc, fairness_has_its_known_values);
	tcase_add_test(tc, top_half_share_is_half_when_fair);
}

int main(void)
{
	TCase *tc = tcase_create("stats");

	add_tests(tc);
	return run_case("stats", tc);
}
