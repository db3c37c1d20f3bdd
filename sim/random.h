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
 * gsl_rng holds a pointer to its state, which is the stream itself: do not copy or
 * move an initialised stream. 56 bytes, so that one per LP stays within a cache line.
 * Cost: about 4 ns per 64 bits; a block of 128 bits is computed at a time.
 */
#ifndef SV_RANDOM_H
#define SV_RANDOM_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

struct sv_stream {
	gsl_rng gsl;        /* type and state, as GSL wants them */
	uint64_t seed;      /* the key */
	uint64_t block;     /* of the next refill; low half of the counter */
	uint32_t lp;        /* third word of the counter */
	uint32_t use;       /* fourth word: replication << 16 | use */
	uint64_t spare;     /* second half of the last block */
	uint32_t has_spare; /* spare has not been given yet */
};

/* Full 64-bit range from gsl_rng_get(), 53 bits in [0, 1) from gsl_rng_uniform(). */
extern const gsl_rng_type *const sv_rng_philox;

/* use: what the numbers decide, below 2^16; replication below 2^16. */
void sv_stream_init(
	struct sv_stream *s, uint64_t seed, uint32_t replication, uint32_t lp, uint32_t use);

static inline gsl_rng *sv_stream_gsl(struct sv_stream *s)
{
	return &s->gsl;
}

/* Computes a block, keeps its second half and returns its first. */
uint64_t sv_stream_refill(struct sv_stream *s);

/* The next 64 bits. */
static inline uint64_t sv_stream_next(struct sv_stream *s)
{
	if (!s->has_spare)
		return sv_stream_refill(s);
	s->has_spare = 0;
	return s->spare;
}

/* The next number in [0, 1), a multiple of 2^-53. */
static inline double sv_stream_uniform(struct sv_stream *s)
{
	return (double)(sv_stream_next(s) >> 11) * 0x1p-53;
}

#endif
