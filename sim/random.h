/*
 * random.h - counter-based random streams that GSL's distributions use
 *
 * A stream is named by (seed, replication, LP, use): the same name gives the same
 * numbers whatever else runs, in any order, on any number of threads. The generator
 * is Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as
 * 1, 2, 3; SC 2011), by Random123, wrapped as a gsl_rng_type.
 *
 *	struct sv_stream s;
 *	sv_stream_init(&s, seed, replication, lp, SV_USE_ARRIVALS);
 *	double gap = gsl_ran_exponential(sv_stream_gsl(&s), mean);
 *
 * A stream holds no pointer to itself but the one gsl_rng needs: do not copy or move
 * an initialised stream. Cost: about 3 ns per 64 bits.
 */
#ifndef SV_RANDOM_H
#define SV_RANDOM_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

struct sv_stream {
	gsl_rng gsl; /* type and state, as GSL wants them */
	uint32_t key[2];
	uint32_t counter[4]; /* [0..1] draws so far, [2] lp, [3] use and replication */
	uint64_t buffer[2];
	uint32_t left; /* values in buffer not yet given */
};

extern const gsl_rng_type *const sv_rng_philox;

/* use: what the numbers decide, below 2^16; replication below 2^16. */
void sv_stream_init(
	struct sv_stream *s, uint64_t seed, uint32_t replication, uint32_t lp, uint32_t use);

static inline gsl_rng *sv_stream_gsl(struct sv_stream *s)
{
	return &s->gsl;
}

/* The next 64 bits. */
uint64_t sv_stream_next(struct sv_stream *s);

#endif
