/*
 * curves.c - tests of tools/curves.h: break points and the order of series
 */
#include "curves.h"
#include "run_suite.h"
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct sv_metric rate = { "rate", "1/s", "operations per second", 1 };
static const char *const locks[] = { "a", "a", "a", "a", "b", "b", "b", "b" };
static const char *const vcpus[] = { "10", "20", "30", "40", "10", "20", "30", "40" };
static const char *const whole[] = { "1", "1", "1", "1", "1", "1", "1", "1" };
#define POINTS 8

static struct sv_scenario scenario = { .run = { .replications = 1 } };
static struct sv_report report;
static struct sv_curves curves;
static struct sv_reference reference[POINTS];
static const struct sv_reference *all[POINTS];

static void add_param(const char *path, const char *const *value)
{
	struct sv_report_param *p = &report.param[report.params++];

	*p = (struct sv_report_param){ .path = path,
		.value = calloc(POINTS, sizeof(char *)),
		.json = calloc(POINTS, sizeof(json_t *)) };
	for (size_t i = 0; i < POINTS; i++) {
		p->value[i] = value[i];
		p->json[i] = json_string(value[i]);
	}
}

/* Two locks by four numbers of vCPUs; NAN: the point is not done. */
static void predict(const double *value)
{
	report = (struct sv_report){ .param = calloc(3, sizeof(*report.param)) };
	add_param("lock", locks);
	add_param("vcpus", vcpus);
	add_param("whole", whole);
	sv_results_init(&report.results, POINTS);
	for (size_t i = 0; i < POINTS; i++) {
		struct sv_result_point *point = &report.results.point[i];
		struct sv_metrics m;

		point->scenario = &scenario;
		if (isnan(value[i]))
			continue;
		sv_metrics_init(&m);
		sv_metrics_put(&m, "w", &rate, value[i]);
		point->state = SV_POINT_DONE;
		sv_summary_init(&point->summary, &m, 1);
		sv_metrics_fini(&m);
	}
	report.effective = json_object();
	sv_report_name(&report);
}

/* One reference at each point, of a source for each lock. */
static void publish(const double *value, const char *a, const char *b)
{
	for (size_t i = 0; i < POINTS; i++) {
		reference[i] = (struct sv_reference){ i < 4 ? a : b, "w.rate", "1/s", value[i], NAN,
			NAN, i, 0 };
		all[i] = &reference[i];
	}
	report.references = POINTS;
	report.reference = all;
	sv_curves_init(&curves, &report);
}

static void teardown(void)
{
	sv_curves_fini(&curves);
	report.references = 0;
	report.reference = NULL;
	sv_report_fini(&report);
}

START_TEST(a_break_is_the_first_fall_below_nine_tenths_of_the_maximum)
{
	static const double p[] = { 10, 20, 18.1, 17.9, 10, 9.1, 8.3, 30 };
	static const double m[] = { 10, 20, 17.9, 30, 10, 9.1, 9.2, 9.3 };

	predict(p);
	publish(m, "A", "B");
	ck_assert_uint_eq(curves.curves, 2);
	ck_assert_uint_eq(curves.curve[0].param, 1);
	ck_assert_uint_eq(curves.curve[0].n, 4);
	ck_assert_uint_eq(curves.curve[0].predicted, 3);
	ck_assert_uint_eq(curves.curve[0].published, 2);
	ck_assert(sv_curve_agrees(&curves.curve[0]));
	/* What only one has is no agreement. */
	ck_assert_uint_eq(curves.curve[1].predicted, 2);
	ck_assert_uint_eq(curves.curve[1].published, SIZE_MAX);
	ck_assert(!sv_curve_agrees(&curves.curve[1]));
	teardown();
}
END_TEST

START_TEST(breaks_two_values_apart_do_not_agree)
{
	static const double p[] = { 10, 8, 8, 8, 1, 2, 3, 4 };
	static const double m[] = { 10, 10, 10, 8, 1, 2, 3, 4 };

	predict(p);
	publish(m, "A", "B");
	ck_assert_uint_eq(curves.curve[0].predicted, 1);
	ck_assert_uint_eq(curves.curve[0].published, 3);
	ck_assert(!sv_curve_agrees(&curves.curve[0]));
	ck_assert(sv_curve_agrees(&curves.curve[1]));
	teardown();
}
END_TEST

START_TEST(a_curve_with_a_point_that_is_not_done_has_no_predicted_break)
{
	static const double p[] = { 10, NAN, 8, 8, 1, 2, 3, 4 };
	static const double m[] = { 10, 10, 10, 8, 1, 2, 3, 4 };

	predict(p);
	publish(m, "A", "B");
	ck_assert(!curves.curve[0].is_predicted);
	ck_assert(curves.curve[1].is_predicted);
	/* Nor has the point an order: of the pairs at 10, 20, 30 and 40 that at 20 is left out. */
	ck_assert_uint_eq(curves.pairs, 3);
	teardown();
}
END_TEST

START_TEST(one_series_has_a_curve_for_each_of_its_other_values)
{
	static const double p[] = { 1, 2, 3, 1, 1, 2, 3, 4 };

	predict(p);
	publish(p, "A", "A");
	ck_assert_uint_eq(curves.curves, 2);
	ck_assert(sv_curve_is_one_of_many(&curves, &report, &curves.curve[0], 0));
	ck_assert(!sv_curve_is_one_of_many(&curves, &report, &curves.curve[0], 1));
	ck_assert(!sv_curve_is_one_of_many(&curves, &report, &curves.curve[0], 2));
	ck_assert_uint_eq(curves.curve[0].predicted, 3);
	ck_assert_uint_eq(curves.curve[1].predicted, SIZE_MAX);
	/* A series has no order with itself. */
	ck_assert_uint_eq(curves.pairs, 0);
	teardown();
}
END_TEST

START_TEST(series_are_ordered_where_they_are_more_than_a_tenth_apart)
{
	static const double p[] = { 10, 10, 10, 10, 9, 11, 10, 9 };
	static const double m[] = { 10, 10, 10, 10, 9.1, 20, 20, 20 };

	predict(p);
	publish(m, "A", "B");
	/* At 10 they are as good as equal. */
	ck_assert_uint_eq(curves.pairs, 3);
	ck_assert_uint_eq(curves.wrongs, 2);
	ck_assert_uint_eq(curves.wrong[0].higher, 6);
	ck_assert_uint_eq(curves.wrong[0].lower, 2);
	ck_assert_uint_eq(curves.wrong[1].higher, 7);
	teardown();
}
END_TEST

static char *printed(void)
{
	char *text = NULL;
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);

	ck_assert_ptr_nonnull(to);
	sv_report_table_curves(&report, to, 120);
	fclose(to);
	return text;
}

START_TEST(the_table_names_breaks_and_what_is_in_the_wrong_order)
{
	static const double p[] = { 10, 10, 10, 10, 9, 11, 10, 9 };
	static const double m[] = { 10, 10, 10, 5, 9.1, 20, 20, 20 };
	char *text;

	predict(p);
	publish(m, "A", "B");
	text = printed();
	ck_assert_ptr_nonnull(strstr(text, "A, rate  none       vcpus=40   NO\n"));
	ck_assert_ptr_nonnull(strstr(text, "B, rate  vcpus=40   none       NO\n"));
	ck_assert_ptr_nonnull(strstr(text, "apart: 1 of 3 pairs as published\n"));
	ck_assert_ptr_nonnull(strstr(text, "vcpus=40 whole=1  B 9.000 1/s"));
	free(text);
	teardown();
}
END_TEST

START_TEST(json_has_points_series_breaks_and_order)
{
	static const double p[] = { 10, 10, 10, 10, 9, 11, 10, 9 };
	static const double m[] = { 10, 10, 10, 5, 9.1, 20, 20, 20 };
	json_t *object, *series, *breaks, *order;

	predict(p);
	publish(m, "A", "B");
	object = sv_report_json_references(&report);
	ck_assert_uint_eq(json_array_size(json_object_get(object, "points")), POINTS);
	series = json_array_get(json_object_get(object, "series"), 0);
	ck_assert_double_eq(json_real_value(json_object_get(series, "worst_error")), 1);
	breaks = json_array_get(json_object_get(object, "breaks"), 0);
	ck_assert(json_is_null(json_object_get(breaks, "predicted")));
	ck_assert_str_eq(json_string_value(json_object_get(breaks, "published")), "40");
	ck_assert(json_is_false(json_object_get(breaks, "within_one_step")));
	order = json_object_get(object, "order");
	ck_assert_int_eq(json_integer_value(json_object_get(order, "pairs")), 3);
	ck_assert_int_eq(json_integer_value(json_object_get(order, "right")), 1);
	ck_assert_uint_eq(json_array_size(json_object_get(order, "wrong")), 2);
	json_decref(object);
	teardown();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_break_is_the_first_fall_below_nine_tenths_of_the_maximum,
		breaks_two_values_apart_do_not_agree,
		a_curve_with_a_point_that_is_not_done_has_no_predicted_break,
		one_series_has_a_curve_for_each_of_its_other_values,
		series_are_ordered_where_they_are_more_than_a_tenth_apart,
		the_table_names_breaks_and_what_is_in_the_wrong_order,
		json_has_points_series_breaks_and_order,
		NULL,
	};

	return run_tests("curves", tests);
}
