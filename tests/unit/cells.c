/*
 * cells.c - the cells of a validation: settings, repeats that count, records
 */
#include "cells.h"
#include "run_suite.h"
#include <math.h>
#include <string.h>

static const struct sv_case_host host = { .pus = 2, .online = 2, .kernel = "6.18.1" };

/* The cells of the case locks with one lock, or NULL; reports into *diag. */
static struct sv_cells *cells_with(const char *axis, const char *values, struct sv_diag *diag)
{
	struct sv_cells *cells = sv_cells_new(sv_case_find("locks"), &host);

	sv_cells_set(cells, "lock", "ticket,mcs", "--lock ticket,mcs", diag);
	if (axis)
		sv_cells_set(cells, axis, values, "--set", diag);
	return cells;
}

static char *messages(struct sv_diag *diag)
{
	char *text = NULL;
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);

	sv_diag_print(diag, to);
	fclose(to);
	sv_diag_free(diag);
	return text;
}

START_TEST(every_combination_is_a_cell)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_cells *cells = cells_with("threads", "1,2", diag);
	char *label;

	ck_assert_int_eq(sv_cells_make(cells, diag), 0);
	ck_assert_uint_eq(cells->n, 2 * 2 * 2 * 2 * 2);
	label = sv_cell_label(cells, &cells->cell[cells->n - 1]);
	ck_assert_str_eq(
		label, "lock=mcs threads=2 critical=200ns think=exponential(1us) layout=packed");
	free(label);
	sv_cells_free(cells);
	sv_diag_free(diag);
}
END_TEST

START_TEST(threads_go_to_four_on_each_pu_unless_given)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_cells *cells = cells_with(NULL, NULL, diag);

	ck_assert_int_eq(sv_cells_make(cells, diag), 0);
	ck_assert_uint_eq(cells->axis[1].n, 4);
	ck_assert_str_eq(cells->axis[1].text[0], "1");
	ck_assert_str_eq(cells->axis[1].text[3], "8");
	sv_cells_free(cells);
	sv_diag_free(diag);
}
END_TEST

START_TEST(what_does_not_fit_is_left_out_and_counted)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_cells *cells = cells_with("threads", "4", diag);

	ck_assert_int_eq(sv_cells_make(cells, diag), 0);
	ck_assert_uint_eq(cells->n, 4);
	ck_assert_uint_eq(cells->unfits, 2);
	ck_assert_uint_eq(cells->unfit[0].cells + cells->unfit[1].cells, 12);
	sv_cells_free(cells);
	sv_diag_free(diag);
}
END_TEST

START_TEST(commas_within_parentheses_separate_nothing)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_cells *cells = cells_with("think", "uniform(1us, 3us),2us", diag);

	ck_assert_uint_eq(cells->axis[3].n, 2);
	ck_assert_str_eq(cells->axis[3].text[0], "uniform(1us, 3us)");
	ck_assert_int_eq(sv_cells_make(cells, diag), 0);
	sv_cells_free(cells);
	sv_diag_free(diag);
}
END_TEST

START_TEST(a_wrong_value_and_a_wrong_name_are_reported)
{
	static const struct {
		const char *axis, *values, *message;
	} wrong[] = {
		{ "lock", "tiket", "did you mean 'ticket'" },
		{ "threads", "0", "outside 1 to 1024" },
		{ "think", "5", "unit" },
		{ "critcal", "1us", "did you mean 'critical'" },
		{ "layout", ",", "no value is given" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct sv_diag *diag = sv_diag_new();
		struct sv_cells *cells = cells_with(wrong[i].axis, wrong[i].values, diag);
		char *text;

		if (sv_diag_errors(diag) == 0)
			ck_assert_int_eq(sv_cells_make(cells, diag), -1);
		text = messages(diag);
		ck_assert_msg(strstr(text, wrong[i].message) != NULL, "%s", text);
		free(text);
		sv_cells_free(cells);
	}
}
END_TEST

/* Throughputs of 1 to n, the line's way as given, every third disturbed if wanted. */
static void put(struct sv_cell *cell, int n, double transfer, bool disturbed)
{
	for (int i = 1; i <= n; i++)
		sv_cell_put(cell, &(struct sv_repeat){ .value = { i, NAN, NAN, 1 },
					  .transfer = transfer,
					  .disturbed = disturbed });
}

START_TEST(only_undisturbed_repeats_in_the_profile_s_regime_count)
{
	struct sv_cell cell = { 0 };
	struct sv_figure f;
	size_t undisturbed;

	put(&cell, 3, 30e-9, false);
	put(&cell, 5, 30e-9, true);
	put(&cell, 9, 160e-9, false);
	f = sv_cell_figure(&cell, 0, 25e-9);
	ck_assert_uint_eq(f.kept, 3);
	ck_assert_uint_eq(sv_cell_kept(&cell, 25e-9, &undisturbed), 3);
	ck_assert_uint_eq(undisturbed, 12);
	ck_assert_double_eq(f.median, 2);
	ck_assert_double_eq(sv_cell_figure(&cell, 0, 200e-9).median, 5);
	/* A profile that knows no regime takes all. */
	ck_assert_uint_eq(sv_cell_figure(&cell, 0, NAN).kept, 12);
	ck_assert(isnan(sv_cell_figure(&cell, 1, NAN).median));
	free(cell.repeat);
}
END_TEST

START_TEST(what_does_not_count_is_shown_when_nothing_else_is_there)
{
	struct sv_cell cell = { 0 };
	struct sv_figure f;

	put(&cell, 5, 160e-9, true);
	f = sv_cell_figure(&cell, 0, 25e-9);
	ck_assert_uint_eq(f.kept, 0);
	ck_assert_double_eq(f.median, 3);
	free(cell.repeat);
}
END_TEST

static void check_scheduler(const char *kernel, unsigned cpus, const char *expected)
{
	char text[SV_CASE_LINUX];

	ck_assert_str_eq(sv_case_linux(kernel, cpus, text, sizeof(text)), expected);
}

START_TEST(the_scheduler_follows_from_the_kernel)
{
	check_scheduler("5.10.0-30-amd64", 8, "{kind: cfs}");
	check_scheduler("6.5.13", 2, "{kind: cfs}");
	check_scheduler("6.6.0", 8, "{kind: eevdf, base_slice: 3000us, scaling: none}");
	check_scheduler("6.18.1", 4, "{kind: eevdf, base_slice: 2100us, scaling: none}");
	check_scheduler("7.0", 2, "{kind: eevdf, base_slice: 1400us, scaling: none}");
	check_scheduler("7.0", 7, "{kind: eevdf, base_slice: 2100us, scaling: none}");
	check_scheduler("7.0", 64, "{kind: eevdf, base_slice: 2800us, scaling: none}");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { every_combination_is_a_cell,
		threads_go_to_four_on_each_pu_unless_given,
		what_does_not_fit_is_left_out_and_counted,
		commas_within_parentheses_separate_nothing,
		a_wrong_value_and_a_wrong_name_are_reported,
		only_undisturbed_repeats_in_the_profile_s_regime_count,
		what_does_not_count_is_shown_when_nothing_else_is_there,
		the_scheduler_follows_from_the_kernel, NULL };

	return run_tests("cells", tests);
}
