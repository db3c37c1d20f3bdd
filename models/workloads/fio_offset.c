/*
 * fio_offset.c - which blocks a thread of fio chooses
 *
 * Zipf's law is sampled by rejection-inversion, which is exact for every exponent and needs no
 * table: memory does not grow with the disk. Popular blocks are scattered over the range, by a
 * hash as fio does it, so that popularity and locality stay apart.
 *
 * Reference  Hoermann, Derflinger: Rejection-inversion to generate variates from monotone
 *            discrete distributions, ACM TOMACS 6(3), 1996.
 */
#include "workloads/fio.h"
#include <math.h>

/* (exp(x) - 1) / x, also near 0. */
static double expm1_by(double x)
{
	return fabs(x) > 1e-8 ? expm1(x) / x : 1 + x / 2;
}

/* log(1 + x) / x, also near 0. */
static double log1p_by(double x)
{
	return fabs(x) > 1e-8 ? log1p(x) / x : 1 - x / 2;
}

/* The integral of x^-skew, and what it is the integral of, and its inverse. */
static double integral(const struct sv_fio_offsets *o, double x)
{
	double l = log(x);

	return expm1_by((1 - o->skew) * l) * l;
}

static double density(const struct sv_fio_offsets *o, double x)
{
	return exp(-o->skew * log(x));
}

static double inverse(const struct sv_fio_offsets *o, double h)
{
	double t = fmax(h * (1 - o->skew), -1);

	return exp(log1p_by(t) * h);
}

void sv_fio_offsets_init(struct sv_fio_offsets *o, int order, double skew, uint64_t blocks)
{
	*o = (struct sv_fio_offsets){ .order = order, .skew = skew, .blocks = blocks };
	if (order != SV_FIO_ZIPF)
		return;
	o->h_first = integral(o, 1.5) - 1;
	o->h_last = integral(o, (double)blocks + 0.5);
	o->s = 2 - inverse(o, integral(o, 2.5) - density(o, 2));
}

/* From 0, the most popular one. */
static uint64_t zipf(const struct sv_fio_offsets *o, struct sv_stream *stream)
{
	for (;;) {
		double u = o->h_last + sv_stream_uniform(stream) * (o->h_first - o->h_last);
		double x = inverse(o, u), k = floor(x + 0.5);

		k = fmin(fmax(k, 1), (double)o->blocks);
		if (k - x <= o->s || u >= integral(o, k + 0.5) - density(o, k))
			return (uint64_t)k - 1;
	}
}

/* As fio has it: a share h of the blocks gets 1 - h of the I/Os. */
static uint64_t pareto(const struct sv_fio_offsets *o, struct sv_stream *stream)
{
	double power = log(o->skew) / log(1 - o->skew);

	return (uint64_t)((double)(o->blocks - 1) * pow(sv_stream_uniform(stream), power));
}

/* Multiplicative hashing (Knuth): 2^64 by the golden ratio. */
static uint64_t scatter(uint64_t rank, uint64_t blocks)
{
	return (rank * 0x9e3779b97f4a7c15u) % blocks;
}

uint64_t sv_fio_offsets_next(struct sv_fio_offsets *o, struct sv_stream *stream)
{
	switch ((enum sv_fio_order)o->order) {
	case SV_FIO_UNIFORM:
		return (uint64_t)(sv_stream_uniform(stream) * (double)o->blocks);
	case SV_FIO_ZIPF:
		return scatter(zipf(o, stream), o->blocks);
	case SV_FIO_PARETO:
		return scatter(pareto(o, stream), o->blocks);
	case SV_FIO_SEQUENTIAL:
		break;
	}
	o->next = o->next < o->blocks ? o->next : 0;
	return o->next++;
}
