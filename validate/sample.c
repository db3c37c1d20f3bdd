/*
 * sample.c - sets of samples and what they say
 */
#include "sample.h"
#include "bug.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_VALUES   5
#define MOST_SPREAD    0.2 /* of the median, between the quartiles, of a stable figure */
#define MOST_DISCARDED 0.5

const char *const sv_quality_name[] = { "stable", "noisy", "unusable", NULL };

void sv_samples_fini(struct sv_samples *s)
{
	free(s->value);
	free(s->context);
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
		s->context = realloc(s->context, s->capacity * sizeof(*s->context));
		SV_BUG_ON(!s->value || !s->context);
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

void sv_samples_tag(struct sv_samples *s, double context)
{
	for (; s->tagged < s->n; s->tagged++)
		s->context[s->tagged] = context;
}

static bool is_near(double a, double b, double ratio)
{
	return isnan(a) || (a <= ratio * b && b <= ratio * a);
}

size_t sv_samples_keep(struct sv_samples *s, double context, double ratio)
{
	size_t before = s->n, left = 0;

	for (size_t i = 0; i < s->tagged; i++)
		left += is_near(s->context[i], context, ratio);
	if (left == 0)
		return 0;
	s->n = 0;
	for (size_t i = 0; i < before; i++) {
		if (i < s->tagged && !is_near(s->context[i], context, ratio))
			continue;
		s->context[s->n] = s->context[i];
		s->value[s->n++] = s->value[i];
	}
	s->tagged = s->n;
	s->discarded += before - s->n;
	return before - s->n;
}
