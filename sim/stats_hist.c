/*
 * stats_hist.c - log-linear histograms
 *
 * From 128 on, each octave is cut into 64 equal buckets. A bucket's index is then the
 * exponent and the six bits behind the leading one: two shifts, no logarithm, and the
 * same on every machine.
 */
#include "bug.h"
#include "stats.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EXACT      128 /* values below are their own index */
#define EXACT_LOG2 7
#define PER_OCTAVE 64

static unsigned bucket_of(uint64_t value)
{
	unsigned exponent;

	if (value < EXACT)
		return (unsigned)value;
	exponent = 63 - (unsigned)__builtin_clzll(value);
	return EXACT + (exponent - EXACT_LOG2) * PER_OCTAVE +
	       (unsigned)(value >> (exponent - EXACT_LOG2 + 1)) - PER_OCTAVE;
}

static double bucket_middle(unsigned index)
{
	unsigned octave, step;
	double width;

	if (index < EXACT)
		return index;
	octave = (index - EXACT) / PER_OCTAVE;
	step = (index - EXACT) % PER_OCTAVE;
	width = ldexp(1, (int)octave + 1);
	return (PER_OCTAVE + step) * width + (width - 1) / 2;
}

void sv_hist_init(struct sv_hist *h)
{
	h->bucket = malloc(SV_HIST_BUCKETS * sizeof(*h->bucket));
	SV_BUG_ON(!h->bucket);
	sv_hist_reset(h);
}

void sv_hist_fini(struct sv_hist *h)
{
	free(h->bucket);
	h->bucket = NULL;
}

void sv_hist_reset(struct sv_hist *h)
{
	h->count = 0;
	h->sum = 0;
	h->min = INT64_MAX;
	h->max = INT64_MIN;
	memset(h->bucket, 0, SV_HIST_BUCKETS * sizeof(*h->bucket));
}

void sv_hist_record(struct sv_hist *h, int64_t value)
{
	SV_BUG_ON(value < 0);
	h->count++;
	h->sum += value;
	if (value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
	h->bucket[bucket_of((uint64_t)value)]++;
}

void sv_hist_merge(struct sv_hist *a, const struct sv_hist *b)
{
	a->count += b->count;
	a->sum += b->sum;
	if (b->min < a->min)
		a->min = b->min;
	if (b->max > a->max)
		a->max = b->max;
	for (unsigned i = 0; i < SV_HIST_BUCKETS; i++)
		a->bucket[i] += b->bucket[i];
}

double sv_hist_quantile(const struct sv_hist *h, double q)
{
	uint64_t rank, seen = 0;
	unsigned i;

	if (h->count == 0)
		return NAN;
	rank = (uint64_t)ceil(q * (double)h->count);
	if (rank <= 1)
		return (double)h->min;
	if (rank >= h->count)
		return (double)h->max;
	for (i = 0; seen < rank; i++)
		seen += h->bucket[i];
	return fmin(fmax(bucket_middle(i - 1), (double)h->min), (double)h->max);
}

double sv_hist_mean(const struct sv_hist *h)
{
	return h->count ? (double)h->sum / (double)h->count : NAN;
}
