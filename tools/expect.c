/*
 * expect.c - expectations and references held against the results
 */
#include "expect.h"
#include "bug.h"
#include <math.h>
#include <stdlib.h>

#define OR_EQUAL 256

static struct sv_ci observed(const struct sv_results *results, size_t point, const char *metric)
{
	const struct sv_estimate *e = sv_results_get(results, point, metric);

	return e ? e->ci : (struct sv_ci){ .mean = NAN, .half = NAN };
}

static bool related(double a, double b, int relation)
{
	switch (relation) {
	case '<':
		return a < b;
	case '>':
		return a > b;
	case '<' + OR_EQUAL:
		return a <= b;
	case '>' + OR_EQUAL:
		return a >= b;
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
	if (e->relation & OR_EQUAL)
		return (e->relation & ~OR_EQUAL) == '<' ? "<=" : ">=";
	return e->relation == '<' ? "<" : ">";
}

double sv_reference_error(const struct sv_reference *reference, const struct sv_results *results)
{
	double predicted = observed(results, reference->point, reference->metric).mean;

	return (predicted - reference->value) / reference->value;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct sv_error_summary sv_error_summarize(double *error, size_t n)
{
	for (size_t i = 0; i < n; i++)
		error[i] = fabs(error[i]);
	qsort(error, n, sizeof(*error), by_size);
	return (struct sv_error_summary){
		.median = n % 2 ? error[n / 2] : (error[n / 2 - 1] + error[n / 2]) / 2,
		.worst = error[n - 1],
	};
}
