/*
 * dist.h - distributions of times and sizes, written in scenarios as one scalar
 *
 *	fixed(2us) or just 2us	exponential(10us)	uniform(1us, 3us)
 *	lognormal(10us, 1.5)	mean, coefficient of variation
 *	erlang(3, 10us)		stages, mean
 *	hyperexponential(0.9, 1us, 50us)	probability of the first mean
 *	pareto(1.5, 1us)	shape, minimum
 *
 * Being one scalar, a distribution can be swept and set like any other value.
 * Sampling is by GSL; results are rounded to the nearest picosecond, never negative,
 * and cut at 2^61 ps (26 days), which only a heavy tail can reach.
 */
#ifndef SV_DIST_H
#define SV_DIST_H

#include "random.h"
#include "simtime.h"

enum sv_dist_kind {
	SV_DIST_FIXED,
	SV_DIST_EXPONENTIAL,
	SV_DIST_UNIFORM,
	SV_DIST_LOGNORMAL,
	SV_DIST_ERLANG,
	SV_DIST_HYPEREXPONENTIAL,
	SV_DIST_PARETO,
};

/* A distribution of times. Parameters are as the grammar above orders them, times in picoseconds.
 */
struct sv_dist {
	enum sv_dist_kind kind;
	double p[3];
};

/* Returns NULL and fills *out, or says what is wrong as a constant string. */
const char *sv_dist_parse(const char *text, struct sv_dist *out);

sv_time sv_dist_sample(const struct sv_dist *d, struct sv_stream *s);

/* The mean in picoseconds; infinity where it does not exist. */
double sv_dist_mean(const struct sv_dist *d);

/*
 * Writes d as sv_dist_parse() reads it, into buf, and returns buf. 160 bytes always
 * suffice. Reading it back gives the same distribution.
 */
char *sv_dist_format(char *buf, size_t size, const struct sv_dist *d);

#endif
