/*
 * fit.h - least squares within bounds, of predictions that are costly and noisy
 *
 * Finds the shares (0 to 1, of each parameter's range) that minimize the sum over the
 * points of (log(predicted / measured) / sigma)^2. Nelder and Mead's simplex comes near
 * the minimum, Levenberg and Marquardt's method ends there; both move on the logit of
 * the shares, so that the bounds hold. The derivatives are central differences whose
 * step grows until the change stands out of the noise.
 *
 * Predictions must be deterministic: the same shares give the same values (common
 * random numbers). They are kept, so that none is asked for twice; whatever was best is
 * the result, however the search ends.
 */
#ifndef SV_FIT_H
#define SV_FIT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Predicts at n vectors of shares: mean[i * points + k] and its standard error
 * noise[i * points + k] (0 or NAN: unknown). Returns -1 when the fit has to stop.
 */
typedef int sv_fit_predict_fn(
	void *arg, size_t n, const double *share, double *mean, double *noise);

struct sv_fit_task {
	size_t params, points;
	const double *start;    /* by parameter */
	const double *measured; /* by point, above 0 */
	const double *sigma;    /* by point: of the logarithm; NULL: not known */
	size_t most; /* evaluations, a vector each; derivatives at the end may add to them */
	sv_fit_predict_fn *predict;
	void *arg;
};

enum sv_fit_end {
	SV_FIT_CONVERGED,
	SV_FIT_UNSETTLED, /* no evaluations were left, or noise hides the minimum */
	SV_FIT_STOPPED,   /* predict() said so; there is no covariance */
};

struct sv_fit_result {
	enum sv_fit_end end;
	size_t params, points, evaluations;
	bool any;             /* something was evaluated: the rest is filled */
	double *share;        /* by parameter */
	double *covariance;   /* params x params, of the shares; NAN where it is not known */
	double *mean, *noise; /* by point */
	double chi2;
};

void sv_fit_run(const struct sv_fit_task *task, struct sv_fit_result *out);
void sv_fit_result_fini(struct sv_fit_result *result);

/* The square root of a variance: NAN when that is not known. */
double sv_fit_sigma(const struct sv_fit_result *result, size_t param);
/* NAN when one of the two is not known. */
double sv_fit_correlation(const struct sv_fit_result *result, size_t a, size_t b);
/* Log(predicted / measured), finite even for predictions of nothing. */
double sv_fit_residual(double predicted, double measured);

/* The transformation that keeps the bounds. */
double sv_fit_logit(double share);
double sv_fit_logistic(double x);

#endif
