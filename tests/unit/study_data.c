/*
 * study_data.c - tests of world/data.h: references whose values stand in a CSV file
 */
#include "run_suite.h"
#include "test_study.h"
#include <math.h>
#include <unistd.h>

#define TABLE                                                                                      \
	"# measured\n"                                                                             \
	"series,n,kind,rate,error\n"                                                               \
	"a,1,ticket,3600,360\n"                                                                    \
	"a,4,ticket,7200,360\n"                                                                    \
	"a,4,mcs,10800,360\n"                                                                      \
	"a,16,mcs,14400,360\n"                                                                     \
	"b,2,mcs,1,1\n"

static char csv[64];

static void write_table(void)
{
	int fd;

	strcpy(csv, "/tmp/simsvirt-data-XXXXXX");
	fd = mkstemp(csv);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, TABLE, strlen(TABLE)), (int)strlen(TABLE));
	close(fd);
}

static struct sv_study *study_of(const char *rest, struct sv_diag *diag)
{
	struct sv_study *study;
	char text[2000];

	write_table();
	snprintf(text, sizeof(text),
		HEAD SWEEP "reference:\n  - {source: paper, data: %s, metric: locks.throughput, "
			   "unit: 1/h, value: rate, %s}\n",
		csv, rest);
	study = must_parse(text, diag);
	unlink(csv);
	return study;
}

#define X "x: {" LOCKS "threads: n, " LOCKS "lock: kind}, "

START_TEST(each_row_is_a_reference_at_its_point)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = study_of(X "select: {series: a}", diag);
	static const size_t point[] = { 0, 4, 5 };

	ck_assert_uint_eq(sv_study_references(study), 3);
	for (size_t i = 0; i < 3; i++) {
		const struct sv_reference *r = sv_study_reference(study, i);

		ck_assert_uint_eq(r->point, point[i]);
		ck_assert_str_eq(r->source, "paper");
		ck_assert_str_eq(r->unit, "1/s");
		ck_assert_double_eq_tol(r->value, (double)i + 1, 1e-12);
		ck_assert_double_eq_tol(r->low, (double)i + 0.9, 1e-12);
		ck_assert_double_eq_tol(r->high, (double)i + 1.1, 1e-12);
	}
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(an_error_may_be_the_same_for_all_rows)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = study_of(X "select: {series: a, error: 360}, error: 720", diag);

	ck_assert_uint_eq(sv_study_references(study), 3);
	for (size_t i = 0; i < 3; i++) {
		const struct sv_reference *r = sv_study_reference(study, i);

		ck_assert_double_eq_tol(r->low, r->value - 0.2, 1e-12);
		ck_assert_double_eq_tol(r->high, r->value + 0.2, 1e-12);
	}
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(rows_at_no_point_are_left_out_and_counted)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = study_of(X "select: {series: a}", diag);

	for (size_t i = 0; i < sv_study_references(study); i++)
		ck_assert_uint_eq(sv_study_reference(study, i)->left_out, 1);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(where_and_rows_hold_together)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study =
		study_of(X "select: {series: a}, where: {" LOCKS "lock: mcs}", diag);

	ck_assert_uint_eq(sv_study_references(study), 1);
	ck_assert_uint_eq(sv_study_reference(study, 0)->point, 5);
	ck_assert_uint_eq(sv_study_reference(study, 0)->left_out, 3);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

static size_t selected(const char *select)
{
	struct sv_diag *diag = sv_diag_new();
	char rest[256];
	struct sv_study *study;
	size_t n;

	snprintf(rest, sizeof(rest), X "select: {%s}", select);
	study = study_of(rest, diag);
	n = sv_study_references(study) + sv_study_reference(study, 0)->left_out;
	sv_study_free(study);
	sv_diag_free(diag);
	return n;
}

START_TEST(rows_are_selected_by_text_comparison_and_range)
{
	ck_assert_uint_eq(selected("series: b"), 1);
	ck_assert_uint_eq(selected("series: a"), 4);
	ck_assert_uint_eq(selected("series: a, n: 4"), 2);
	ck_assert_uint_eq(selected("series: a, n: <= 4"), 3);
	ck_assert_uint_eq(selected("series: a, n: <4"), 1);
	ck_assert_uint_eq(selected("series: a, n: '>= 4'"), 3);
	ck_assert_uint_eq(selected("series: a, n: '> 1'"), 3);
	ck_assert_uint_eq(selected("series: a, n: 2..4"), 2);
}
END_TEST

/* What --set takes out of the sweep may leave no row. */
START_TEST(a_table_needs_no_row_at_a_point_after_an_override)
{
	struct sv_override set = { LOCKS "threads", "3", { .source = "--set" } };
	struct sv_diag *diag = sv_diag_new();
	char yaml[] = "/tmp/simsvirt-study-XXXXXX";
	struct sv_study *study;
	FILE *f = fdopen(mkstemp(yaml), "w");

	ck_assert_ptr_nonnull(f);
	write_table();
	/* The table's path is relative to the scenario. */
	fprintf(f,
		HEAD SWEEP "reference:\n  - {source: paper, data: %s, metric: locks.throughput, "
			   "unit: 1/h, value: rate, " X "select: {series: a}}\n",
		csv + strlen("/tmp/"));
	fclose(f);
	study = sv_study_load(yaml, &set, 1, diag);
	unlink(yaml);
	unlink(csv);
	test_no_errors(diag);
	ck_assert_uint_eq(sv_study_references(study), 0);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		each_row_is_a_reference_at_its_point,
		an_error_may_be_the_same_for_all_rows,
		rows_at_no_point_are_left_out_and_counted,
		where_and_rows_hold_together,
		rows_are_selected_by_text_comparison_and_range,
		a_table_needs_no_row_at_a_point_after_an_override,
		NULL,
	};

	return run_tests("study_data", tests);
}
