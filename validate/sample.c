/*
 * sample.c - sets of samples and what they say
 */
#include "sample.h"
#include "bug.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_VALUES       5
#define MOST_SPREAD        0.2 /* of the median, between the quartiles, of a stable figure */
#define LEAST_REGIME_RATIO 1.6
#define LEAST_REGIME_SHARE 0.1
#define MOST_BETWEEN       0.05 /* of the values, in the middle between two regimes */
#define MOST_DISCARDED     0.5

const char *const sv_quality_name[] = { "stable", "noisy", "unusable", NULL };

void sv_samples_fini(struct sv_samples *s)
{
	free(s->value);
	*s = (struct sv_samples){ 0 };
}

void sv_samples_put(struct sv_samples *s, double value, bool disturbed)
{
	if (disturbed) {
		s->discarded++;
		return;
	}
	if (s->n == s->capacity) {
		s->capacity = s->capacity ? 2 * s->capacity : 64;
		s->value = realloc(s->value, s->capacity * sizeof(*s->value));
		SV_BUG_ON(!s->value);
	}
	s->value[s->n++] = value;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(const double *sorted, size_t n, double q)
{
	double at = q * (double)(n - 1);
	size_t i = (size_t)at;

	if (i + 1 >= n)
		return sorted[n - 1];
	return sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]);
}

enum sv_quality sv_quality_of(const struct sv_summary *s)
{
	double spread = s->high - s->low, all = (double)(s->kept + s->discarded);

	if (s->kept < LEAST_VALUES || spread > s->median)
		return SV_UNUSABLE;
	if (spread > MOST_SPREAD * s->median || (double)s->discarded > MOST_DISCARDED * all)
		return SV_NOISY;
	return SV_STABLE;
}

static double *sorted_copy(const struct sv_samples *s)
{
	double *sorted = malloc(s->n * sizeof(*sorted));

	SV_BUG_ON(!sorted);
	memcpy(sorted, s->value, s->n * sizeof(*sorted));
	qsort(sorted, s->n, sizeof(*sorted), by_value);
	return sorted;
}

struct sv_summary sv_samples_summary(const struct sv_samples *s)
{
	struct sv_summary sum = {
		.low = NAN, .median = NAN, .high = NAN, .kept = s->n, .discarded = s->discarded
	};

	if (s->n > 0) {
		double *sorted = sorted_copy(s);

		sum.low = quantile(sorted, s->n, 0.25);
		sum.median = quantile(sorted, s->n, 0.5);
		sum.high = quantile(sorted, s->n, 0.75);
		free(sorted);
	}
	sum.quality = sv_quality_of(&sum);
	return sum;
}

static size_t count_below(const double *sorted, size_t n, double limit)
{
	size_t i = 0;

	while (i < n && sorted[i] < limit)
		i++;
	return i;
}

bool sv_samples_regimes(const struct sv_samples *s, struct sv_regimes *out)
{
	double *sorted;
	size_t n = s->n, fast, between;

	if (n < 2 * LEAST_VALUES)
		return false;
	sorted = sorted_copy(s);
	out->fast = quantile(sorted, n, LEAST_REGIME_SHARE);
	out->slow = quantile(sorted, n, 1 - LEAST_REGIME_SHARE);
	fast = count_below(sorted, n, sqrt(out->fast * out->slow));
	/* The middle half of the way, on the scale of ratios. */
	between = count_below(sorted, n, pow(out->fast, 0.25) * pow(out->slow, 0.75)) -
		  count_below(sorted, n, pow(out->fast, 0.75) * pow(out->slow, 0.25));
	if (out->slow < LEAST_REGIME_RATIO * out->fast ||
		(double)between > MOST_BETWEEN * (double)n) {
		free(sorted);
		return false;
	}
	out->fast = quantile(sorted, fast, 0.5);
	out->slow = quantile(sorted + fast, n - fast, 0.5);
	out->slow_share = (double)(n - fast) / (double)n;
	free(sorted);
	return true;
}
