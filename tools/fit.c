/*
 * fit.c - least squares within bounds, of predictions that are costly and noisy
 */
#include "fit.h"
#include "fit_search.h"
#include "memory.h"
#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define FARTHEST     7.0  /* logit: a share of 0.0009 is the bound for all that can be seen */
#define WALL         0.1  /* of the sum of squares, for each step beyond: leads the simplex back */
#define FIRST_SIZE   1.0  /* of the simplex, on the logit */
#define LAST_SIZE    0.15 /* from here on derivatives do better */
#define SIMPLEX_PART 0.6  /* of the evaluations left that a simplex may use up */
#define NEAR_BOUND   4.0  /* logit: from here on a step has to be longer to be one of the value */
#define LONGER       3.0
#define SETTLED      0.95 /* a round that leaves that much of the sum of squares was in vain */
#define PERFECT      1e-8 /* a sum of squares by point, in logarithms, not worth less */
#define LM_STEPS     20
#define LM_ENOUGH    1e-3 /* relative step and gradient at which the search ends */
#define DEPENDENT    1e-6 /* a diagonal of R that small: the column depends on the others */

double sv_fit_logit(double share)
{
	return fmin(fmax(log(share / (1 - share)), -FARTHEST), FARTHEST);
}

double sv_fit_logistic(double x)
{
	return 1 / (1 + exp(-fmin(fmax(x, -FARTHEST), FARTHEST)));
}

static void to_shares(const gsl_vector *x, double *share)
{
	for (size_t p = 0; p < x->size; p++)
		share[p] = sv_fit_logistic(gsl_vector_get(x, p));
}

/* The sum of squares for the simplex, which calls it until it is told to end. */
static double sum_of_squares(const gsl_vector *x, void *arg)
{
	struct sv_fit_search *s = arg;
	double *share = sv_array(x->size, sizeof(*share));
	double chi2 = GSL_DBL_MAX, beyond = 0;
	size_t index;

	to_shares(x, share);
	for (size_t p = 0; p < x->size; p++)
		beyond += fmax(fabs(gsl_vector_get(x, p)) - FARTHEST, 0);
	if (sv_fit_search_at(s, 1, share, &index, false) == 0)
		chi2 = sv_fit_search_residuals(s, index, NULL) * (1 + WALL * beyond);
	free(share);
	return chi2;
}

/* Returns whether it came to its end, from x on. */
static bool search_simplex(struct sv_fit_search *s, gsl_vector *x)
{
	size_t params = s->task->params, iterations = 0;
	double limit = (double)s->n + SIMPLEX_PART * ((double)s->task->most - (double)s->n);
	gsl_multimin_function f = { sum_of_squares, params, s };
	gsl_multimin_fminimizer *m =
		sv_must(gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, params));
	gsl_vector *size = sv_must(gsl_vector_alloc(params));
	bool ended;

	/* Towards the middle: the bounds are where least can be learnt. */
	for (size_t p = 0; p < params; p++) {
		double at = gsl_vector_get(x, p);

		gsl_vector_set(size, p,
			copysign(fabs(at) > NEAR_BOUND ? LONGER * FIRST_SIZE : FIRST_SIZE, -at));
	}
	gsl_multimin_fminimizer_set(m, &f, x, size);
	/* Iterations count too: behind a bound they may ask for nothing new. */
	while (!s->stopped && !s->exhausted && iterations++ < s->task->most &&
		(double)s->n < limit && gsl_multimin_fminimizer_iterate(m) == GSL_SUCCESS &&
		gsl_multimin_fminimizer_size(m) > LAST_SIZE)
		continue;
	ended = gsl_multimin_fminimizer_size(m) <= LAST_SIZE;
	gsl_multimin_fminimizer_free(m);
	gsl_vector_free(size);
	return ended;
}

static int residuals(const gsl_vector *x, void *arg, gsl_vector *out)
{
	struct sv_fit_search *s = arg;
	double *share = sv_array(x->size, sizeof(*share));
	size_t index;
	int status;

	to_shares(x, share);
	status = sv_fit_search_at(s, 1, share, &index, false);
	if (status == 0)
		sv_fit_search_residuals(s, index, out->data);
	free(share);
	return status == 0 ? GSL_SUCCESS : GSL_EBADFUNC;
}

static int derivatives(const gsl_vector *x, void *arg, gsl_matrix *out)
{
	struct sv_fit_search *s = arg;
	double *share = sv_array(x->size, sizeof(*share));
	int status;

	to_shares(x, share);
	status = sv_fit_jacobian(s, share, out, false);
	/* d share / d logit */
	for (size_t p = 0; p < x->size && status == 0; p++)
		for (size_t k = 0; k < out->size1; k++)
			*gsl_matrix_ptr(out, k, p) *= share[p] * (1 - share[p]);
	free(share);
	return status == 0 ? GSL_SUCCESS : GSL_EBADFUNC;
}

static void search_derivatives(struct sv_fit_search *s, const gsl_vector *x)
{
	const struct sv_fit_task *t = s->task;
	gsl_multifit_nlinear_parameters how = gsl_multifit_nlinear_default_parameters();
	gsl_multifit_nlinear_fdf fdf = {
		.f = residuals, .df = derivatives, .n = t->points, .p = t->params, .params = s
	};
	gsl_multifit_nlinear_workspace *w = sv_must(
		gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &how, t->points, t->params));
	int info;

	/* However it ends, the best evaluation is kept. */
	if (gsl_multifit_nlinear_init(x, &fdf, w) == GSL_SUCCESS)
		gsl_multifit_nlinear_driver(
			LM_STEPS, LM_ENOUGH, LM_ENOUGH * LM_ENOUGH, 0, NULL, NULL, &info, w);
	gsl_multifit_nlinear_free(w);
}

static void to_best(const struct sv_fit_search *s, gsl_vector *x)
{
	for (size_t p = 0; p < x->size; p++)
		gsl_vector_set(x, p, sv_fit_logit(s->share[s->best * x->size + p]));
}

static bool is_perfect(const struct sv_fit_search *s)
{
	const struct sv_fit_task *t = s->task;
	double square = 0;

	for (size_t k = 0; k < t->points; k++)
		square += pow(sv_fit_residual(s->mean[s->best * t->points + k], t->measured[k]), 2);
	return square < PERFECT * (double)t->points;
}

/*
 * Noise can end either method too early, at a place that is no minimum. So they begin
 * anew at the best place until a whole round finds nothing better.
 */
static void search(struct sv_fit_search *s)
{
	gsl_vector *x = sv_must(gsl_vector_alloc(s->task->params));

	for (size_t p = 0; p < x->size; p++)
		gsl_vector_set(x, p, sv_fit_logit(fmin(fmax(s->task->start[p], 0.01), 0.99)));
	while (!s->settled && !s->stopped && !s->exhausted) {
		double before = s->best_chi2;
		size_t known = s->n;
		bool ended = search_simplex(s, x);

		if (s->stopped || s->best == SIZE_MAX)
			break;
		to_best(s, x);
		search_derivatives(s, x);
		to_best(s, x);
		/* Behind a bound there may be nothing left to ask for. */
		s->settled = (s->best_chi2 >= SETTLED * before && (ended || s->n == known)) ||
			     is_perfect(s);
	}
	gsl_vector_free(x);
}

/*
 * The scale of the covariance. Errors that the data give are believed unless the fit is
 * worse than they allow (the rule of the Particle Data Group); without them the
 * residuals tell.
 */
static double spread(const struct sv_fit_task *t, double chi2)
{
	double freedom = (double)t->points - (double)t->params;

	if (t->sigma)
		return freedom > 0 ? fmax(chi2 / freedom, 1) : 1;
	return freedom > 0 ? chi2 / freedom : NAN;
}

static void find_covariance(struct sv_fit_search *s, struct sv_fit_result *r)
{
	size_t params = r->params;
	gsl_matrix *jacobian = sv_must(gsl_matrix_calloc(r->points, params));
	gsl_matrix *c = sv_must(gsl_matrix_calloc(params, params));
	double scale = spread(s->task, r->chi2);

	if (sv_fit_jacobian(s, r->share, jacobian, true) == 0 &&
		gsl_multifit_nlinear_covar(jacobian, DEPENDENT, c) == GSL_SUCCESS)
		for (size_t a = 0; a < params; a++)
			for (size_t b = 0; b < params; b++)
				/* GSL leaves the rows of dependent columns zero. */
				if (gsl_matrix_get(c, a, a) > 0 && gsl_matrix_get(c, b, b) > 0)
					r->covariance[a * params + b] =
						scale * gsl_matrix_get(c, a, b);
	gsl_matrix_free(jacobian);
	gsl_matrix_free(c);
}

static void keep_best(const struct sv_fit_search *s, struct sv_fit_result *r)
{
	r->any = s->best != SIZE_MAX;
	if (!r->any)
		return;
	r->chi2 = s->best_chi2;
	memcpy(r->share, s->share + s->best * r->params, r->params * sizeof(double));
	memcpy(r->mean, s->mean + s->best * r->points, r->points * sizeof(double));
	memcpy(r->noise, s->noise + s->best * r->points, r->points * sizeof(double));
}

void sv_fit_run(const struct sv_fit_task *task, struct sv_fit_result *out)
{
	struct sv_fit_search s;
	size_t params = task->params;

	*out = (struct sv_fit_result){ .params = params,
		.points = task->points,
		.share = sv_array(params, sizeof(double)),
		.covariance = sv_array(params * params, sizeof(double)),
		.mean = sv_array(task->points, sizeof(double)),
		.noise = sv_array(task->points, sizeof(double)) };
	for (size_t i = 0; i < params * params; i++)
		out->covariance[i] = NAN;
	sv_fit_search_init(&s, task);
	search(&s);
	keep_best(&s, out);
	if (!s.stopped && out->any)
		find_covariance(&s, out);
	out->end = s.stopped                   ? SV_FIT_STOPPED
		   : s.settled && !s.exhausted ? SV_FIT_CONVERGED
					       : SV_FIT_UNSETTLED;
	out->evaluations = s.n;
	sv_fit_search_fini(&s);
}

void sv_fit_result_fini(struct sv_fit_result *r)
{
	free(r->share);
	free(r->covariance);
	free(r->mean);
	free(r->noise);
}

double sv_fit_sigma(const struct sv_fit_result *r, size_t p)
{
	return sqrt(r->covariance[p * r->params + p]);
}

double sv_fit_correlation(const struct sv_fit_result *r, size_t a, size_t b)
{
	return r->covariance[a * r->params + b] / (sv_fit_sigma(r, a) * sv_fit_sigma(r, b));
}
