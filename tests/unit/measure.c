/*
 * measure.c - native cells of validation, measured here; whatever disturbs them
 */
#include "measure.h"
#include "burn.h"
#include "foreign.h"
#include "pinned.h"
#include "run_suite.h"
#include "transfer.h"
#include <math.h>
#include <string.h>

static struct sv_cells *cells_of(const char *lock, const char *threads, const char *think)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_case_host host = {
		.pus = (unsigned)sv_pinned_pus(diag), .online = 64, .kernel = "6.18"
	};
	struct sv_cells *cells = sv_cells_new(sv_case_find("locks"), &host);

	sv_cells_set(cells, "lock", lock, "--lock", diag);
	sv_cells_set(cells, "threads", threads, "--threads", diag);
	sv_cells_set(cells, "critical", "200ns", "--set", diag);
	sv_cells_set(cells, "think", think, "--set", diag);
	ck_assert_int_eq(sv_cells_make(cells, diag), 0);
	sv_diag_free(diag);
	return cells;
}

static size_t steps, lasts;
static atomic_bool cancel;

static void count_steps(void *arg, const struct sv_cell *cell, bool last)
{
	(void)arg, (void)cell;
	steps++;
	lasts += last;
}

static int measure(struct sv_cells *cells, unsigned repeats)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_measure_how how = { .repeats = repeats, .cancel = &cancel, .step = count_steps };
	int result = sv_measure(cells, &how, diag);

	sv_diag_print(diag, stderr);
	sv_diag_free(diag);
	return result;
}

START_TEST(each_repeat_of_each_lock_has_all_metrics)
{
	struct sv_cells *cells = cells_of("ticket,mcs,mutex,qspinlock,pv-ticket", "1,2", "0ns");

	steps = lasts = 0;
	ck_assert_int_eq(measure(cells, 2), 0);
	ck_assert_uint_eq(steps, 2 * cells->n);
	ck_assert_uint_eq(lasts, cells->n);
	for (size_t i = 0; i < cells->n; i++) {
		ck_assert_uint_eq(cells->cell[i].repeats, 2);
		for (size_t k = 0; k < 2; k++) {
			const struct sv_repeat *r = &cells->cell[i].repeat[k];

			ck_assert(r->value[0] > 1000 || r->disturbed);
			ck_assert(r->disturbed || r->value[1] <= r->value[2]);
			ck_assert(r->disturbed || (r->value[3] > 0.49 && r->value[3] < 1.000001));
		}
	}
	sv_cells_free(cells);
}
END_TEST

START_TEST(over_subscribed_contenders_are_measured_too)
{
	struct sv_cells *cells = cells_of("mcs,spin-park", "8", "exponential(1us)");

	ck_assert_int_eq(measure(cells, 1), 0);
	for (size_t i = 0; i < cells->n; i++)
		ck_assert_uint_eq(cells->cell[i].repeats, 1);
	sv_cells_free(cells);
}
END_TEST

START_TEST(spinners_on_one_pu_see_slices_and_gaps)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_case_host host = {
		.pus = (unsigned)sv_pinned_pus(diag), .online = 64, .kernel = "6.18"
	};
	struct sv_cells *cells = sv_cells_new(sv_case_find("scheduler"), &host);
	const struct sv_repeat *r;

	sv_cells_set(cells, "spinners", "1,2", "--set", diag);
	sv_cells_set(cells, "sleep", "5ms", "--set", diag);
	ck_assert_int_eq(sv_cells_make(cells, diag), 0);
	sv_diag_free(diag);
	ck_assert_int_eq(measure(cells, 1), 0);
	/* Two threads have half of the time each, in slices that the kernel chooses. */
	r = &cells->cell[1].repeat[0];
	ck_assert(r->disturbed || (r->value[0] > 100e-6 && r->value[0] < 0.5));
	ck_assert(r->disturbed || (r->value[1] > 100e-6 && r->value[1] < 0.5));
	ck_assert(r->disturbed || r->value[2] <= r->value[3]);
	sv_cells_free(cells);
}
END_TEST

START_TEST(a_cancelled_measurement_keeps_no_half_repeat)
{
	struct sv_cells *cells = cells_of("ticket", "1", "0ns");

	atomic_store(&cancel, true);
	ck_assert_int_eq(measure(cells, 3), 0);
	ck_assert_uint_eq(cells->cell[0].repeats, 0);
	atomic_store(&cancel, false);
	sv_cells_free(cells);
}
END_TEST

START_TEST(computing_takes_more_steps_for_a_longer_time)
{
	struct sv_dist fixed, spread;
	struct sv_burn b;

	ck_assert_uint_eq(sv_burn_steps(0), 0);
	ck_assert_uint_ge(sv_burn_steps(1), 1);
	ck_assert_uint_gt(sv_burn_steps(10 * SV_US), 5 * sv_burn_steps(SV_US));
	ck_assert_ptr_null(sv_dist_parse("1us", &fixed));
	ck_assert_ptr_null(sv_dist_parse("exponential(1us)", &spread));
	sv_burn_draw(&b, &fixed, 1);
	ck_assert_uint_eq(b.n, 1);
	sv_burn_draw(&b, &spread, 1);
	ck_assert_uint_eq(b.n, SV_BURN_DRAWN);
	ck_assert_uint_ne(b.steps[0], b.steps[1]);
}
END_TEST

START_TEST(others_disturb_by_more_than_a_twentieth)
{
	ck_assert(!sv_foreign_disturbs(1.98, 1.95, 1, 2));
	ck_assert(sv_foreign_disturbs(1.98, 1.85, 1, 2));
	/* A team that sleeps is not disturbed by PUs that idle. */
	ck_assert(!sv_foreign_disturbs(0.2, 0.19, 1, 2));
}
END_TEST

START_TEST(a_line_takes_time_from_pu_to_pu)
{
	struct sv_diag *diag = sv_diag_new();
	double seconds;

	if (sv_pinned_pus(diag) > 1 && sv_pinned_may_bind()) {
		ck_assert_int_eq(sv_transfer(0, 1, &seconds, diag), 0);
		ck_assert(isnan(seconds) || (seconds > 1e-9 && seconds < 1e-3));
	}
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("measure");

	tcase_set_timeout(all, 120);
	tcase_add_test(all, each_repeat_of_each_lock_has_all_metrics);
	tcase_add_test(all, over_subscribed_contenders_are_measured_too);
	tcase_add_test(all, spinners_on_one_pu_see_slices_and_gaps);
	tcase_add_test(all, a_cancelled_measurement_keeps_no_half_repeat);
	tcase_add_test(all, computing_takes_more_steps_for_a_longer_time);
	tcase_add_test(all, others_disturb_by_more_than_a_twentieth);
	tcase_add_test(all, a_line_takes_time_from_pu_to_pu);
	return run_case("measure", all);
}
