/*
 * table.c - tests of tools/digits.h, tools/grid.h and of what tools/report.h prints
 */
#include "digits.h"
#include "grid.h"
#include "report.h"
#include "run_suite.h"
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct sv_metric rate = { "rate", "1/s", "operations per second", 1 };
static const struct sv_metric delay = { "delay", "s", "a, \"quoted\" text", 1 };
static const struct sv_metric hidden = { "hidden", "1", "no headline", 0 };

static const char *const locks[] = { "ticket", "ticket", "mcs", "mcs" };
static const char *const threads[] = { "1", "80", "1", "80" };
static struct sv_machine machine = { .name = "toy", .packages = 1, .cores = 4, .pus = 4 };
static struct sv_scenario scenario = { .host.machine = &machine,
	.run = { .warmup = SV_MS, .duration = 10 * SV_MS, .replications = 2 } };
static struct sv_report_param *params;
static struct sv_report report;

static void set_params(void)
{
	static const char *const paths[] = { "vms.a.workloads.w.lock.kind",
		"vms.a.workloads.w.threads" };

	report.param = params = calloc(2, sizeof(*params));
	for (int p = 0; p < 2; p++)
		params[p] = (struct sv_report_param){ .path = paths[p],
			.value = calloc(4, sizeof(char *)),
			.json = calloc(4, sizeof(json_t *)) };
	for (size_t i = 0; i < 4; i++) {
		params[0].value[i] = locks[i];
		params[1].value[i] = threads[i];
		params[0].json[i] = json_string(locks[i]);
		params[1].json[i] = json_integer(strtol(threads[i], NULL, 10));
	}
}

/* Two locks by two numbers of threads, two replications. */
static void setup(void)
{
	report = (struct sv_report){ .title = "Two locks", .seed = 1, .params = 2 };
	set_params();
	sv_results_init(&report.results, 4);
	for (size_t i = 0; i < 4; i++) {
		struct sv_result_point *point = &report.results.point[i];
		struct sv_metrics m[2];

		for (int r = 0; r < 2; r++) {
			sv_metrics_init(&m[r]);
			sv_metrics_put(&m[r], "w", &rate, 1e6 * (double)(i + 1) + 1e4 * r);
			sv_metrics_put(&m[r], "w", &delay, i == 3 ? NAN : 1e-6 * (double)(i + 1));
			sv_metrics_put(&m[r], "w", &hidden, 7);
		}
		point->scenario = &scenario;
		point->state = SV_POINT_DONE;
		sv_summary_init(&point->summary, m, 2);
		for (int r = 0; r < 2; r++)
			sv_metrics_fini(&m[r]);
	}
	report.results.done = 4;
	report.effective = json_object();
	sv_report_name(&report);
}

static void teardown(void)
{
	report.references = report.expectations = 0;
	report.reference = NULL;
	report.expectation = NULL;
	sv_report_fini(&report);
}

static char *digits(double mean, double half, const char *unit)
{
	static char text[80];
	struct sv_scale scale = sv_scale_choose(unit, &mean, 1);
	struct sv_digits d = sv_digits(mean, half, &scale);

	snprintf(text, sizeof(text), "%s%s", d.mean, d.half);
	return text;
}

START_TEST(digits_follow_the_interval)
{
	ck_assert_str_eq(digits(12.3456e6, 0.234e6, "1/s"), "12.35±0.23");
	ck_assert_str_eq(digits(12.3456e6, 0.534e6, "1/s"), "12.3±0.5");
	ck_assert_str_eq(digits(12.3456e6, 0.0961e6, "1/s"), "12.35±0.10");
	ck_assert_str_eq(digits(3, 12, "1"), "3±12");
	ck_assert_str_eq(digits(-0.5, 0.01, "1"), "-0.500±0.010");
}
END_TEST

START_TEST(digits_never_pretend_more_than_five)
{
	ck_assert_str_eq(digits(0.99998123, 1e-9, "1"), "0.99998±0.00001");
	ck_assert_str_eq(digits(12.3456789e6, 1, "1/s"), "12.346±0.001");
	ck_assert_str_eq(digits(1, 0, "1"), "1±0");
	ck_assert_str_eq(digits(12.5e6, 0, "1/s"), "12.5±0");
}
END_TEST

START_TEST(a_single_replication_has_four_digits_and_no_interval)
{
	ck_assert_str_eq(digits(12.3456e6, NAN, "1/s"), "12.35");
	ck_assert_str_eq(digits(NAN, NAN, "1/s"), "-");
	ck_assert_str_eq(digits(INFINITY, NAN, "s"), "inf");
	ck_assert_str_eq(digits(0, NAN, "s"), "0");
}
END_TEST

START_TEST(a_column_has_one_prefix_unless_it_spans_many_decades)
{
	const double near[] = { 5e5, 2e7, NAN, 0 }, far[] = { 80e-9, 5 };
	struct sv_scale scale = sv_scale_choose("1/s", near, 4);
	char buf[32];

	ck_assert_str_eq(sv_scale_heading(&scale, buf), "M/s");
	ck_assert_str_eq(sv_digits(5e5, NAN, &scale).mean, "0.5000");
	scale = sv_scale_choose("s", far, 2);
	ck_assert_str_eq(sv_scale_heading(&scale, buf), "s");
	ck_assert_str_eq(sv_digits(80e-9, 1e-9, &scale).mean, "80.0n");
	ck_assert_str_eq(sv_digits(80e-9, 1e-9, &scale).half, "±1.0n");
	ck_assert_str_eq(sv_digits(5, NAN, &scale).mean, "5.000");
}
END_TEST

START_TEST(prefixes_are_those_people_use)
{
	double seconds = 5000, count = 4200, share = 0.00012;
	char buf[64];

	ck_assert_str_eq(sv_digits_text(seconds, NAN, "s", buf), "5000 s");
	ck_assert_str_eq(sv_digits_text(count, NAN, "1", buf), "4200");
	ck_assert_str_eq(sv_digits_text(share, NAN, "1", buf), "0.0001200");
	ck_assert_str_eq(sv_digits_text(81.2e-9, 1e-10, "s", buf), "81.20 ±0.10 ns");
	ck_assert_str_eq(sv_digits_text(2.5e9, NAN, "B/s", buf), "2.500 GB/s");
}
END_TEST

static char *printed(void (*print)(const struct sv_report *, FILE *))
{
	static char text[8192];
	FILE *f = fmemopen(text, sizeof(text), "w");

	print(&report, f);
	fclose(f);
	return text;
}

static void print_table(const struct sv_report *r, FILE *to)
{
	sv_report_table(r, to, 120);
}

static void print_narrow(const struct sv_report *r, FILE *to)
{
	sv_report_table(r, to, 32);
}

START_TEST(points_align_and_headings_are_short)
{
	/* t(0.975; 1) = 12.706: the interval of two values 10 000 apart is 63 531 wide. */
	ck_assert_str_eq(printed(print_table),
		"Two locks\n"
		"toy: 1 package, 4 cores, 4 PUs\n"
		"2 replications of 10ms after a warm-up of 1ms, seed 1; ± is the 95 % confidence "
		"interval\n"
		"\n"
		"  lock    threads        rate  delay\n"
		"                          M/s     us\n"
		"  ticket        1  1.00 ±0.06   1 ±0\n"
		"  ticket       80  2.00 ±0.06   2 ±0\n"
		"\n"
		"  mcs           1  3.00 ±0.06   3 ±0\n"
		"  mcs          80  4.00 ±0.06   -\n");
}
END_TEST

START_TEST(a_swept_seed_stands_in_the_rows_only)
{
	params[1].path = "run.seed";
	ck_assert_ptr_nonnull(strstr(printed(print_table), "after a warm-up of 1ms; ±"));
}
END_TEST

START_TEST(metrics_that_do_not_fit_go_below)
{
	const char *text = printed(print_narrow);
	const char *first = strstr(text, "rate"), *second = strstr(text, "delay");

	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_nonnull(second);
	ck_assert_ptr_nonnull(memchr(first, '\n', (size_t)(second - first)));
}
END_TEST

START_TEST(the_scenario_chooses_metrics)
{
	static const char *chosen[] = { "w.hidden" };
	const char **names;

	report.output.metrics = (struct sv_list){ 1, chosen, sizeof(chosen[0]) };
	ck_assert_uint_eq(sv_report_metrics(&report, &names), 1);
	ck_assert_str_eq(names[0], "w.hidden");
	free(names);
	ck_assert_ptr_null(strstr(printed(print_table), "rate"));
}
END_TEST

START_TEST(missing_points_are_counted_not_shown)
{
	report.results.point[3].state = SV_POINT_MISSING;
	report.results.point[2].state = SV_POINT_FAILED;
	report.results.done = 2;
	report.results.failed = 1;
	ck_assert_ptr_null(strstr(printed(print_table), "mcs"));
	ck_assert_ptr_nonnull(strstr(printed(print_table),
		"2 of 4 points are complete; 1 failed; the run was interrupted."));
}
END_TEST

START_TEST(references_stand_beside_predictions)
{
	static const struct sv_reference refs[] = {
		{ "A 2012", "w.rate", "1/s", 2e6, NAN, NAN, 0, 5 },
		{ "A 2012", "w.rate", "1/s", 2e6, 1.5e6, 2.5e6, 1, 5 },
	};
	const struct sv_reference *all[] = { &refs[0], &refs[1] };
	const char *text;

	report.references = 2;
	report.reference = all;
	text = printed(print_table);
	ck_assert_ptr_nonnull(strstr(text, "rate, M/s  ticket        1  1.00 ±0.06"));
	ck_assert_ptr_nonnull(strstr(text, "-50 %  A 2012"));
	ck_assert_ptr_nonnull(strstr(text, "2 (1.5 to 2.5)"));
	ck_assert_ptr_nonnull(
		strstr(text, "A 2012, rate: error 25.0 % in the median, 49.8 % at worst, of 2; "
			     "beyond the published bounds 0.0 % in the median, 0.0 % at worst; 5 "
			     "more at no point of the sweep"));
}
END_TEST

START_TEST(expectations_show_what_was_found)
{
	static const struct sv_expectation e[] = {
		{ .metric = "w.rate",
			.point = 1,
			.other_point = SIZE_MAX,
			.bound = 1e6,
			.factor = 1,
			.relation = SV_GREATER },
		{ .metric = "w.rate",
			.other_metric = "w.rate",
			.point = 1,
			.other_point = 3,
			.factor = 3,
			.relation = SV_AT_LEAST },
	};
	const struct sv_expectation *all[] = { &e[0], &e[1] };
	const char *text;

	report.expectations = 2;
	report.expectation = all;
	ck_assert_uint_eq(sv_report_broken(&report), 1);
	text = printed(print_table);
	ck_assert_ptr_nonnull(strstr(text, "Expectations: 1 of 2 hold"));
	ck_assert_ptr_nonnull(
		strstr(text, "holds   rate at lock=ticket threads=80: 2.00 ±0.06 M/s > 1 M/s"));
	ck_assert_ptr_nonnull(strstr(text, "BROKEN  rate at lock=ticket threads=80: 2.00 ±0.06 "
					   "M/s >= 3 x rate at lock=mcs"));
}
END_TEST

START_TEST(csv_quotes_and_leaves_unobserved_values_empty)
{
	const char *text;

	params[0].value[0] = "a \"b\", c";
	text = printed(sv_report_csv);
	ck_assert_ptr_eq(
		strstr(text, "vms.a.workloads.w.lock.kind,vms.a.workloads.w.threads,metric,"
			     "unit,mean,ci95,n\r\n"),
		text);
	ck_assert_ptr_nonnull(strstr(text, "\r\n\"a \"\"b\"\", c\",1,w.rate,1/s,1005000,"));
	ck_assert_ptr_nonnull(strstr(text, "\r\nmcs,80,w.delay,s,,,0\r\n"));
}
END_TEST

START_TEST(json_keys_keep_their_order_and_nan_is_null)
{
	const char *text = printed(sv_report_json);
	const char *keys[] = { "\"simsvirt\"", "\"scenario\"", "\"seed\"", "\"points\"",
		"\"events\"", "\"wall_s\"" };
	const char *at = text;
	json_t *all = json_loads(text, 0, NULL), *point, *value;

	for (size_t i = 0; i < 6; i++)
		ck_assert_ptr_nonnull(at = strstr(at, keys[i]));
	ck_assert_ptr_nonnull(all);
	ck_assert_uint_eq(json_array_size(json_object_get(all, "points")), 4);
	point = json_array_get(json_object_get(all, "points"), 3);
	value = json_object_get(json_object_get(point, "params"), "vms.a.workloads.w.threads");
	ck_assert_int_eq(json_integer_value(value), 80);
	value = json_object_get(json_object_get(point, "metrics"), "w.delay");
	ck_assert(json_is_null(json_object_get(value, "mean")));
	ck_assert(json_is_null(json_object_get(value, "ci95")));
	json_decref(all);
}
END_TEST

START_TEST(grid_counts_characters_and_wraps_the_last_column)
{
	char text[400] = "";
	FILE *f = fmemopen(text, sizeof(text), "w");
	struct sv_grid g;

	sv_grid_init(&g, 2);
	sv_grid_put(&g, "±1");
	sv_grid_put(&g, "short");
	sv_grid_put(&g, "abc");
	sv_grid_put(&g, "one two three four five six seven eight nine ten");
	sv_grid_print(&g, f, 38);
	fclose(f);
	sv_grid_fini(&g);
	ck_assert_str_eq(text, "  ±1   short\n"
			       "  abc  one two three four five six\n"
			       "       seven eight nine ten\n");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("table");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, digits_follow_the_interval);
	tcase_add_test(tc, digits_never_pretend_more_than_five);
	tcase_add_test(tc, a_single_replication_has_four_digits_and_no_interval);
	tcase_add_test(tc, a_column_has_one_prefix_unless_it_spans_many_decades);
	tcase_add_test(tc, prefixes_are_those_people_use);
	tcase_add_test(tc, points_align_and_headings_are_short);
	tcase_add_test(tc, a_swept_seed_stands_in_the_rows_only);
	tcase_add_test(tc, metrics_that_do_not_fit_go_below);
	tcase_add_test(tc, the_scenario_chooses_metrics);
	tcase_add_test(tc, missing_points_are_counted_not_shown);
	tcase_add_test(tc, references_stand_beside_predictions);
	tcase_add_test(tc, expectations_show_what_was_found);
	tcase_add_test(tc, csv_quotes_and_leaves_unobserved_values_empty);
	tcase_add_test(tc, json_keys_keep_their_order_and_nan_is_null);
	tcase_add_test(tc, grid_counts_characters_and_wraps_the_last_column);
	return run_case("table", tc);
}
