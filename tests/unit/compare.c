/*
 * compare.c - predicted beside measured, by what was recorded on a machine of two CPUs
 */
#include "compare.h"
#include "record.h"
#include "run_suite.h"
#include "validate_predict.h"
#include <math.h>
#include <string.h>
#include <unistd.h>

#define RECORDED  SV_SOURCE_DIR "/tests/recorded/"
#define DISTURBED 2 /* of its cells were, too often to be judged */

static struct sv_cells *recorded_of(const char *path)
{
	struct sv_diag *diag = sv_diag_new();
	char *host = NULL;
	struct sv_cells *cells = sv_record_read(path, &host, diag);

	sv_diag_print(diag, stderr);
	ck_assert_ptr_nonnull(cells);
	ck_assert_ptr_nonnull(strstr(host, "EPYC"));
	free(host);
	sv_diag_free(diag);
	return cells;
}

static struct sv_cells *recorded(void)
{
	return recorded_of(RECORDED "two-cpus-locks.json");
}

/* By the profile of the machine that was recorded. */
static double predict(struct sv_cells *cells)
{
	struct sv_diag *diag = sv_diag_new();
	atomic_bool cancel = false;
	struct sv_predict_how how = { .machine = RECORDED "two-cpus.yaml",
		.option = "--costs",
		.host = "AMD EPYC, Linux 6.18, a virtual machine",
		.threads = 2,
		.cancel = &cancel };
	double line = NAN;
	int result = sv_validate_predict(cells, &how, &line, diag);

	sv_diag_print(diag, stderr);
	ck_assert_int_eq(result, 0);
	sv_diag_free(diag);
	return line;
}

START_TEST(errors_are_predicted_by_measured)
{
	struct sv_cells *cells = recorded();
	struct sv_comparison c;

	/* Each cell 10 % too high, the second one twice as high. */
	for (size_t i = 0; i < cells->n; i++)
		cells->cell[i].predicted[0] =
			(i == 1 ? 2 : 1.1) * sv_cell_figure(&cells->cell[i], 0, NAN).median;
	sv_comparison_init(&c, cells, NAN);
	ck_assert_double_eq_tol(c.median[0], 0.1, 1e-9);
	ck_assert_double_eq_tol(c.worst[0], 1, 1e-9);
	ck_assert_uint_eq(c.worst_cell[0], 1);
	ck_assert_uint_eq(c.judged, cells->n - DISTURBED);
	ck_assert(isnan(c.median[1]));
	ck_assert_uint_gt(c.pairs, 10);
	sv_comparison_fini(&c);
	sv_cells_free(cells);
}
END_TEST

START_TEST(a_reversed_order_is_counted)
{
	struct sv_cells *cells = recorded();
	struct sv_comparison right, wrong;

	for (size_t i = 0; i < cells->n; i++)
		cells->cell[i].predicted[0] = sv_cell_figure(&cells->cell[i], 0, NAN).median;
	sv_comparison_init(&right, cells, NAN);
	for (size_t i = 0; i < cells->n; i++)
		cells->cell[i].predicted[0] = 1 / cells->cell[i].predicted[0];
	sv_comparison_init(&wrong, cells, NAN);
	ck_assert_uint_eq(right.ordered, right.pairs);
	ck_assert_uint_eq(wrong.pairs, right.pairs);
	ck_assert_uint_eq(wrong.ordered, 0);
	sv_comparison_fini(&right);
	sv_comparison_fini(&wrong);
	sv_cells_free(cells);
}
END_TEST

START_TEST(cells_with_too_few_repeats_are_marked_and_not_judged)
{
	struct sv_cells *cells = recorded();
	struct sv_comparison c;

	for (size_t i = 0; i < cells->n; i++)
		cells->cell[i].predicted[0] = sv_cell_figure(&cells->cell[i], 0, NAN).median;
	cells->cell[0].predicted[0] *= 100;
	for (size_t k = 0; k + 2 < cells->cell[0].repeats; k++)
		cells->cell[0].repeat[k].disturbed = true;
	sv_comparison_init(&c, cells, NAN);
	ck_assert_str_eq(c.cell[0].mark, SV_MARK_DISTURBED);
	ck_assert_double_eq(c.worst[0], 0);
	ck_assert_uint_eq(c.judged, cells->n - DISTURBED - 1);
	sv_comparison_fini(&c);
	/* A profile of another regime leaves none of those with two threads. */
	sv_comparison_init(&c, cells, 1e-9);
	for (size_t i = 1; i < cells->n; i++)
		if (!strcmp(cells->cell[i].value[1], "2"))
			ck_assert_str_eq(c.cell[i].mark, SV_MARK_MOVED);
	sv_comparison_fini(&c);
	sv_cells_free(cells);
}
END_TEST

START_TEST(a_record_is_read_as_it_was_written)
{
	struct sv_cells *cells = recorded(), *again;
	struct sv_diag *diag = sv_diag_new();
	struct sv_comparison c;
	char path[] = "record-XXXXXX", *host;
	json_t *record;
	int fd = mkstemp(path);
	FILE *to = fdopen(fd, "w");

	sv_comparison_init(&c, cells, NAN);
	record = sv_record_write(&c, "0", "somewhere", "some profile");
	json_dumpf(record, to, 0);
	fclose(to);
	again = sv_record_read(path, &host, diag);
	ck_assert_ptr_nonnull(again);
	ck_assert_str_eq(host, "somewhere");
	ck_assert_uint_eq(again->n, cells->n);
	ck_assert_str_eq(again->host.kernel, cells->host.kernel);
	for (size_t i = 0; i < cells->n; i++) {
		struct sv_figure a = sv_cell_figure(&cells->cell[i], 2, 200e-9),
				 b = sv_cell_figure(&again->cell[i], 2, 200e-9);

		ck_assert_double_eq_tol(a.median, b.median, 1e-12);
		ck_assert_uint_eq(a.kept, b.kept);
	}
	unlink(path);
	free(host);
	json_decref(record);
	sv_comparison_fini(&c);
	sv_cells_free(again);
	sv_cells_free(cells);
	sv_diag_free(diag);
}
END_TEST

START_TEST(the_recorded_profile_predicts_most_cells_well)
{
	struct sv_cells *cells = recorded();
	double line = predict(cells);
	struct sv_comparison c;

	ck_assert_double_eq_tol(line, 127e-9, 1e-12);
	sv_comparison_init(&c, cells, line);
	ck_assert_uint_eq(c.unpredicted, 0);
	ck_assert_double_lt(c.median[0], 0.25);
	sv_comparison_fini(&c);
	sv_cells_free(cells);
}
END_TEST

/* Slices, gaps and the lateness of all but the quickest wake-ups; a spinner alone with a sleeper
 * has no slices. */
START_TEST(slices_and_gaps_are_predicted_within_a_twentieth)
{
	struct sv_cells *cells = recorded_of(RECORDED "two-cpus-scheduler.json");
	struct sv_comparison c;

	sv_comparison_init(&c, cells, predict(cells));
	ck_assert_uint_ge(c.judged, 6);
	ck_assert_double_lt(c.worst[0], 0.05);
	ck_assert_double_lt(c.median[1], 0.05);
	ck_assert_double_lt(c.median[3], 0.10);
	sv_comparison_fini(&c);
	sv_cells_free(cells);
}
END_TEST

START_TEST(a_smaller_machine_predicts_what_fits_on_it)
{
	struct sv_cells *cells = recorded();
	struct sv_diag *diag = sv_diag_new();
	atomic_bool cancel = false;
	struct sv_predict_how how = { .machine = "toy-4",
		.option = "--costs",
		.host = "another",
		.threads = 2,
		.cancel = &cancel };
	double line;

	/* Four PUs instead of two: over-subscribed cells would not be so there. */
	ck_assert_int_eq(sv_validate_predict(cells, &how, &line, diag), 0);
	ck_assert(isnan(line));
	for (size_t i = 0; i < cells->n; i++)
		ck_assert_int_eq(
			isnan(cells->cell[i].predicted[0]), !strcmp(cells->cell[i].value[1], "4"));
	sv_cells_free(cells);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("compare");

	tcase_set_timeout(all, 60);
	tcase_add_test(all, errors_are_predicted_by_measured);
	tcase_add_test(all, a_reversed_order_is_counted);
	tcase_add_test(all, cells_with_too_few_repeats_are_marked_and_not_judged);
	tcase_add_test(all, a_record_is_read_as_it_was_written);
	tcase_add_test(all, the_recorded_profile_predicts_most_cells_well);
	tcase_add_test(all, slices_and_gaps_are_predicted_within_a_twentieth);
	tcase_add_test(all, a_smaller_machine_predicts_what_fits_on_it);
	return run_case("compare", all);
}
