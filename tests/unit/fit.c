/*
 * fit.c - tests of tools/fit.h, on functions whose best parameters and covariance are known
 */
#include "fit.h"
#include "run_suite.h"
#include <check.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POINTS 8

/* Amdahl's law: rate and serial share, on ranges of three decades and of 0 to 1. */
struct world {
	double noise; /* relative, alternates from call to call of a point */
	bool flat;    /* the second parameter changes nothing */
	bool twins;   /* the parameters only count as their product */
	size_t asked, stop_after, most_at_once;
	double seen[2000][2];
};

static double amdahl(const struct world *w, const double *share, size_t point)
{
	double rate = pow(1000, share[0]), serial = share[1], n = (double)point + 1;

	if (w->twins)
		return n * pow(1000, share[0] + share[1]);
	return rate * n / (1 + (w->flat ? 0.1 : serial) * (n - 1));
}

/* Like the noise of a simulation: it looks random, but depends on the parameters alone. */
static double jitter(const struct world *w, const double *share, size_t point)
{
	double x = sin(12345.678 * share[0] + 87654.321 * share[1] + 3.7 * (double)point);

	return 1 + w->noise * x;
}

static int predict(void *arg, size_t n, const double *share, double *mean, double *noise)
{
	struct world *w = arg;

	w->most_at_once = n > w->most_at_once ? n : w->most_at_once;
	if (w->stop_after && w->asked + n > w->stop_after)
		return -1;
	for (size_t i = 0; i < n; i++) {
		ck_assert(share[2 * i] >= 0 && share[2 * i] <= 1);
		ck_assert(share[2 * i + 1] >= 0 && share[2 * i + 1] <= 1);
		memcpy(w->seen[w->asked++], share + 2 * i, 2 * sizeof(*share));
		for (size_t k = 0; k < POINTS; k++) {
			mean[i * POINTS + k] =
				amdahl(w, share + 2 * i, k) * jitter(w, share + 2 * i, k);
			noise[i * POINTS + k] = mean[i * POINTS + k] * w->noise / sqrt(2);
		}
	}
	return 0;
}

struct trial {
	struct world world;
	double truth[2], measured[POINTS], sigma[POINTS];
	struct sv_fit_task task;
	struct sv_fit_result result;
};

static const double middle[2] = { 0.5, 0.5 };

static void setup(struct trial *t, double rate, double serial)
{
	*t = (struct trial){ .truth = { rate, serial } };
	for (size_t k = 0; k < POINTS; k++) {
		/* Off the curve by a few percent, up and down. */
		t->measured[k] = amdahl(&t->world, t->truth, k) * (k % 2 ? 1.02 : 0.98);
		t->sigma[k] = 0.01 + 0.005 * (double)k;
	}
	t->task = (struct sv_fit_task){ .params = 2,
		.points = POINTS,
		.start = middle,
		.measured = t->measured,
		.sigma = t->sigma,
		.most = 500,
		.predict = predict,
		.arg = &t->world };
	gsl_set_error_handler_off();
}

/* The inverse of the normal matrix at the result, by small differences of the exact function. */
static void expect_covariance(const struct trial *t, double scale, double out[3])
{
	double normal[3] = { 0 }, determinant;
	const double h = 1e-6;

	for (size_t k = 0; k < POINTS; k++) {
		double d[2];

		for (size_t p = 0; p < 2; p++) {
			double low[2] = { t->result.share[0], t->result.share[1] };
			double high[2] = { low[0], low[1] };

			low[p] -= h;
			high[p] += h;
			d[p] = log(amdahl(&t->world, high, k) / amdahl(&t->world, low, k)) /
			       (2 * h) / (t->task.sigma ? t->sigma[k] : 1);
		}
		normal[0] += d[0] * d[0];
		normal[1] += d[0] * d[1];
		normal[2] += d[1] * d[1];
	}
	determinant = normal[0] * normal[2] - normal[1] * normal[1];
	out[0] = scale * normal[2] / determinant;
	out[1] = -scale * normal[1] / determinant;
	out[2] = scale * normal[0] / determinant;
}

static void assert_covariance(const struct trial *t, double scale)
{
	const double *c = t->result.covariance;
	double expected[3];

	expect_covariance(t, scale, expected);
	ck_assert_double_eq_tol(c[0] / expected[0], 1, 0.02);
	ck_assert_double_eq_tol(c[1] / expected[1], 1, 0.02);
	ck_assert_double_eq_tol(c[3] / expected[2], 1, 0.02);
	ck_assert_double_eq_tol(c[1], c[2], 1e-12 * fabs(c[1]));
}

START_TEST(the_logit_is_undone_by_the_logistic_function)
{
	for (int i = 1; i < 1000; i += 37)
		ck_assert_double_eq_tol(sv_fit_logistic(sv_fit_logit(i * 1e-3)), i * 1e-3, 1e-14);
	ck_assert_double_eq_tol(sv_fit_logit(0.5), 0, 1e-15);
	ck_assert(sv_fit_logistic(-1e300) > 0 && sv_fit_logistic(-1e300) < 1e-3);
	ck_assert(sv_fit_logistic(1e300) < 1 && sv_fit_logistic(1e300) > 1 - 1e-3);
	ck_assert(isfinite(sv_fit_logit(0)) && isfinite(sv_fit_logit(1)));
}
END_TEST

START_TEST(residuals_are_logarithms_and_finite)
{
	ck_assert_double_eq_tol(sv_fit_residual(200, 100), log(2), 1e-15);
	ck_assert_double_eq_tol(sv_fit_residual(50, 100), -log(2), 1e-15);
	ck_assert(isfinite(sv_fit_residual(0, 100)));
	ck_assert(isfinite(sv_fit_residual(NAN, 100)));
	ck_assert_double_lt(sv_fit_residual(0, 100), -10);
}
END_TEST

START_TEST(true_parameters_are_found)
{
	static const double truths[][2] = { { 0.3, 0.2 }, { 0.9, 0.05 }, { 0.05, 0.7 } };

	for (size_t i = 0; i < 3; i++) {
		struct trial t;

		setup(&t, truths[i][0], truths[i][1]);
		for (size_t k = 0; k < POINTS; k++)
			t.measured[k] = amdahl(&t.world, t.truth, k);
		sv_fit_run(&t.task, &t.result);
		ck_assert_int_eq(t.result.end, SV_FIT_CONVERGED);
		ck_assert_double_eq_tol(t.result.share[0], t.truth[0], 2e-4);
		ck_assert_double_eq_tol(t.result.share[1], t.truth[1], 2e-4);
		ck_assert_uint_eq(t.result.evaluations, t.world.asked);
		for (size_t k = 0; k < POINTS; k++)
			ck_assert_double_eq_tol(t.result.mean[k] / t.measured[k], 1, 5e-3);
		sv_fit_result_fini(&t.result);
	}
}
END_TEST

START_TEST(covariance_is_the_inverse_of_the_normal_matrix)
{
	struct trial t;

	setup(&t, 0.4, 0.3);
	for (size_t k = 0; k < POINTS; k++)
		t.measured[k] = amdahl(&t.world, t.truth, k);
	sv_fit_run(&t.task, &t.result);
	assert_covariance(&t, 1);
	ck_assert_double_eq_tol(sv_fit_sigma(&t.result, 0), sqrt(t.result.covariance[0]), 1e-15);
	ck_assert_double_gt(sv_fit_correlation(&t.result, 0, 1), 0.3);
	ck_assert_double_eq_tol(sv_fit_correlation(&t.result, 1, 1), 1, 1e-12);
	sv_fit_result_fini(&t.result);
}
END_TEST

START_TEST(errors_of_the_data_are_not_believed_when_the_fit_is_worse)
{
	struct trial t;

	setup(&t, 0.4, 0.3);
	for (size_t k = 0; k < POINTS; k++)
		t.sigma[k] = 0.002;
	sv_fit_run(&t.task, &t.result);
	ck_assert_double_gt(t.result.chi2 / (POINTS - 2), 50);
	assert_covariance(&t, t.result.chi2 / (POINTS - 2));
	sv_fit_result_fini(&t.result);
}
END_TEST

START_TEST(without_errors_the_residuals_tell_the_spread)
{
	struct trial t;

	setup(&t, 0.4, 0.3);
	t.task.sigma = NULL;
	sv_fit_run(&t.task, &t.result);
	ck_assert_double_gt(t.result.chi2, 0);
	assert_covariance(&t, t.result.chi2 / (POINTS - 2));
	sv_fit_result_fini(&t.result);
}
END_TEST

START_TEST(what_changes_nothing_has_no_standard_error)
{
	struct trial t;

	setup(&t, 0.4, 0.3);
	t.world.flat = true;
	sv_fit_run(&t.task, &t.result);
	ck_assert(isnan(sv_fit_sigma(&t.result, 1)));
	ck_assert(isfinite(sv_fit_sigma(&t.result, 0)));
	ck_assert(isnan(sv_fit_correlation(&t.result, 0, 1)));
	sv_fit_result_fini(&t.result);
}
END_TEST

START_TEST(parameters_that_only_count_together_are_dependent)
{
	struct trial t;

	setup(&t, 0.3, 0.2);
	t.world.twins = true;
	for (size_t k = 0; k < POINTS; k++)
		t.measured[k] = amdahl(&t.world, t.truth, k);
	sv_fit_run(&t.task, &t.result);
	ck_assert_double_eq_tol(t.result.share[0] + t.result.share[1], 0.5, 1e-3);
	ck_assert(isnan(sv_fit_correlation(&t.result, 0, 1)));
	sv_fit_result_fini(&t.result);
}
END_TEST

START_TEST(a_value_beyond_the_range_ends_at_its_bound)
{
	struct trial t;

	setup(&t, 1.2, 0.3);
	sv_fit_run(&t.task, &t.result);
	ck_assert_double_gt(t.result.share[0], 0.995);
	sv_fit_result_fini(&t.result);
}
END_TEST

START_TEST(the_budget_is_kept_but_for_the_last_derivatives)
{
	for (size_t most = 1; most < 40; most += 6) {
		struct trial t;

		setup(&t, 0.3, 0.2);
		t.task.most = most;
		sv_fit_run(&t.task, &t.result);
		ck_assert_int_eq(t.result.end, SV_FIT_UNSETTLED);
		ck_assert(t.result.any);
		ck_assert_uint_le(t.world.asked, most + 4);
		sv_fit_result_fini(&t.result);
	}
}
END_TEST

START_TEST(a_stop_keeps_the_best_so_far)
{
	struct trial t;

	setup(&t, 0.3, 0.2);
	t.world.stop_after = 20;
	sv_fit_run(&t.task, &t.result);
	ck_assert_int_eq(t.result.end, SV_FIT_STOPPED);
	ck_assert(t.result.any);
	ck_assert(isnan(sv_fit_sigma(&t.result, 0)));
	/* Better than where it began. */
	ck_assert_double_lt(fabs(t.result.share[0] - 0.3), 0.15);
	sv_fit_result_fini(&t.result);
	setup(&t, 0.3, 0.2);
	t.world.stop_after = 1;
	t.world.asked = 1;
	sv_fit_run(&t.task, &t.result);
	ck_assert(!t.result.any);
	sv_fit_result_fini(&t.result);
}
END_TEST

START_TEST(nothing_is_predicted_twice)
{
	struct trial t;

	setup(&t, 0.3, 0.2);
	sv_fit_run(&t.task, &t.result);
	for (size_t i = 0; i < t.world.asked; i++)
		for (size_t k = 0; k < i; k++)
			ck_assert_mem_ne(t.world.seen[i], t.world.seen[k], sizeof(t.world.seen[i]));
	/* All differences of the derivatives are asked for at once. */
	ck_assert_uint_eq(t.world.most_at_once, 4);
	sv_fit_result_fini(&t.result);
}
END_TEST

/* The widest step of the second parameter alone that was tried from the result. */
static double widest_step(const struct trial *t)
{
	double widest = 0;

	for (size_t i = 0; i < t->world.asked; i++)
		if (t->world.seen[i][0] == t->result.share[0])
			widest = fmax(widest, fabs(t->world.seen[i][1] - t->result.share[1]));
	return widest;
}

START_TEST(steps_grow_until_they_stand_out_of_the_noise)
{
	struct trial t;
	double expected[3];

	setup(&t, 0.4, 0.3);
	sv_fit_run(&t.task, &t.result);
	ck_assert_double_eq_tol(widest_step(&t), 1.0 / 64, 1e-9);
	sv_fit_result_fini(&t.result);

	setup(&t, 0.4, 0.3);
	for (size_t k = 0; k < POINTS; k++)
		t.measured[k] = amdahl(&t.world, t.truth, k);
	t.world.noise = 0.03;
	sv_fit_run(&t.task, &t.result);
	ck_assert_double_eq_tol(t.result.share[0], 0.4, 0.02);
	ck_assert_double_eq_tol(t.result.share[1], 0.3, 0.06);
	ck_assert_double_gt(widest_step(&t), 1.5 / 64);
	expect_covariance(&t, 1, expected);
	ck_assert_double_eq_tol(sqrt(t.result.covariance[0] / expected[0]), 1, 0.3);
	ck_assert_double_eq_tol(sqrt(t.result.covariance[3] / expected[2]), 1, 0.3);
	sv_fit_result_fini(&t.result);
}
END_TEST

/* From the far corner, where a single round of both methods ends at no minimum in some cases. */
START_TEST(noise_does_not_end_the_search_too_early)
{
	static const double corner[2] = { 0.95, 0.95 };

	for (int i = 0; i < 12; i++) {
		struct trial t;

		setup(&t, 0.1 + 0.03 * i, 0.05 + 0.02 * i);
		t.world.noise = 0.05;
		t.task.start = corner;
		t.task.sigma = NULL;
		for (size_t k = 0; k < POINTS; k++)
			t.measured[k] = amdahl(&t.world, t.truth, k);
		sv_fit_run(&t.task, &t.result);
		ck_assert_double_lt(t.result.chi2 / POINTS, 0.05 * 0.05);
		sv_fit_result_fini(&t.result);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		the_logit_is_undone_by_the_logistic_function,
		residuals_are_logarithms_and_finite,
		true_parameters_are_found,
		covariance_is_the_inverse_of_the_normal_matrix,
		errors_of_the_data_are_not_believed_when_the_fit_is_worse,
		without_errors_the_residuals_tell_the_spread,
		what_changes_nothing_has_no_standard_error,
		parameters_that_only_count_together_are_dependent,
		a_value_beyond_the_range_ends_at_its_bound,
		the_budget_is_kept_but_for_the_last_derivatives,
		a_stop_keeps_the_best_so_far,
		nothing_is_predicted_twice,
		steps_grow_until_they_stand_out_of_the_noise,
		noise_does_not_end_the_search_too_early,
		NULL,
	};

	return run_tests("fit", tests);
}
