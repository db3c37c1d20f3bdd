/*
 * random.c - Philox 4x32-10 as named streams and as a gsl_rng_type
 *
 * The name of a stream is its key (seed) and the upper half of its counter (LP, use,
 * replication); the lower half counts blocks. No two streams of a run share a counter
 * before 2^64 blocks, so they cannot overlap.
 */
#include "random.h"
#include "bug.h"
#include <Random123/philox.h>

_Static_assert(sizeof(struct sv_stream) <= 64, "a stream fits a cache line");
_Static_assert(sizeof(unsigned long) == 8, "gsl_rng_get() carries 64 bits");

uint64_t sv_stream_refill(struct sv_stream *s)
{
	const philox4x32_key_t key = { { (uint32_t)s->seed, (uint32_t)(s->seed >> 32) } };
	const philox4x32_ctr_t counter = { { (uint32_t)s->block, (uint32_t)(s->block >> 32), s->lp,
		s->use } };
	const philox4x32_ctr_t r = philox4x32_R(10, counter, key);

	s->block++;
	s->spare = (uint64_t)r.v[3] << 32 | r.v[2];
	s->has_spare = 1;
	return (uint64_t)r.v[1] << 32 | r.v[0];
}

static void philox_set(void *state, unsigned long seed)
{
	struct sv_stream *s = state;

	s->seed = seed;
	s->block = 0;
	s->lp = 0;
	s->use = 0;
	s->has_spare = 0;
}

static unsigned long philox_get(void *state)
{
	return sv_stream_next(state);
}

static double philox_get_double(void *state)
{
	return sv_stream_uniform(state);
}

/* The state is a whole stream: gsl_rng_alloc() and gsl_rng_clone() then work as for GSL's own. */
static const gsl_rng_type philox_type = {
	.name = "philox4x32-10",
	.max = UINT64_MAX,
	.min = 0,
	.size = sizeof(struct sv_stream),
	.set = philox_set,
	.get = philox_get,
	.get_double = philox_get_double,
};

const gsl_rng_type *const sv_rng_philox = &philox_type;

void sv_stream_init(
	struct sv_stream *s, uint64_t seed, uint32_t replication, uint32_t lp, uint32_t use)
{
	SV_BUG_ON(replication >> 16 || use >> 16);
	philox_set(s, seed);
	s->gsl.type = sv_rng_philox;
	s->gsl.state = s;
	s->lp = lp;
	s->use = replication << 16 | use;
}
