/*
 * expect.c - expectations and references held against the results
 */
#include "expect.h"
#include "bug.h"
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

static struct sv_ci observed(const struct sv_results *results, size_t point, const char *metric)
{
	const struct sv_estimate *e = sv_results_get(results, point, metric);

	return e ? e->ci : (struct sv_ci){ .mean = NAN, .half = NAN };
}

static bool related(double a, double b, enum sv_relation relation)
{
	switch (relation) {
	case SV_AT_LEAST:
		return a >= b;
	case SV_AT_MOST:
		return a <= b;
	case SV_GREATER:
		return a > b;
	case SV_LESS:
		return a < b;
	}
	SV_BUG_ON(true);
	return false;
}

struct sv_expect_result sv_expect_check(
	const struct sv_expectation *e, const struct sv_results *results)
{
	bool bounded = e->other_point == SIZE_MAX;
	double factor = bounded ? 1 : e->factor;
	struct sv_expect_result r = {
		.left = observed(results, e->point, e->metric),
		.right = bounded ? (struct sv_ci){ .mean = e->bound, .half = NAN }
				 : observed(results, e->other_point, e->other_metric),
	};

	if (results->point[e->point].state != SV_POINT_DONE ||
		(!bounded && results->point[e->other_point].state != SV_POINT_DONE))
		r.verdict = SV_UNCHECKED;
	else if (related(r.left.mean, factor * r.right.mean, e->relation))
		r.verdict = SV_HOLDS;
	else
		r.verdict = SV_BROKEN;
	return r;
}

const char *sv_expect_sign(const struct sv_expectation *e)
{
	static const char *const signs[] = { ">=", "<=", ">", "<" };

	return signs[e->relation];
}

double sv_reference_error(const struct sv_reference *reference, const struct sv_results *results)
{
	double predicted = observed(results, reference->point, reference->metric).mean;

	return (predicted - reference->value) / reference->value;
}

double sv_reference_beyond(const struct sv_reference *reference, const struct sv_results *results)
{
	double predicted = observed(results, reference->point, reference->metric).mean;

	if (isnan(predicted) || isnan(reference->low) || isnan(reference->high))
		return NAN;
	return fmax(0, fmax(reference->low - predicted, predicted - reference->high)) /
	       fabs(reference->value);
}

struct sv_error_summary sv_error_summarize(double *error, size_t n)
{
	for (size_t i = 0; i < n; i++)
		error[i] = fabs(error[i]);
	gsl_sort(error, 1, n);
	return (struct sv_error_summary){
		.median = gsl_stats_median_from_sorted_data(error, 1, n),
		.worst = error[n - 1],
	};
}
