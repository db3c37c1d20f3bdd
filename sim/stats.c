/*
 * stats.c - what replications and threads say together: intervals and fairness
 */
#include "stats.h"
#include "bug.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct sv_ci sv_ci(const double *x, unsigned n, double level)
{
	struct sv_ci ci = { .mean = NAN, .half = NAN, .n = n };

	if (n > 0)
		ci.mean = gsl_stats_mean(x, 1, n);
	if (n > 1)
		ci.half = gsl_cdf_tdist_Pinv((1 + level) / 2, n - 1) *
			  gsl_stats_sd_m(x, 1, n, ci.mean) / sqrt(n);
	return ci;
}

double sv_jain(const double *x, unsigned n)
{
	double sum = 0, square = 0;

	for (unsigned i = 0; i < n; i++) {
		sum += x[i];
		square += x[i] * x[i];
	}
	return square > 0 ? sum * sum / (n * square) : NAN;
}

double sv_top_half_share(const double *x, unsigned n)
{
	double *sorted, sum = 0, top = 0;

	if (n == 0)
		return NAN;
	sorted = malloc(n * sizeof(*sorted));
	SV_BUG_ON(!sorted);
	memcpy(sorted, x, n * sizeof(*sorted));
	gsl_sort(sorted, 1, n);
	for (unsigned i = 0; i < n; i++)
		sum += sorted[i];
	for (unsigned i = n - n / 2; i < n; i++)
		top += sorted[i];
	/* The middle one of an odd count belongs to both halves, so that equal shares give 0.5. */
	if (n % 2)
		top += sorted[n / 2] / 2;
	free(sorted);
	return sum > 0 ? top / sum : NAN;
}
