/*
 * burn.c - how long a step of computing takes
 *
 * The shortest of many runs counts: what disturbs a loop only makes it longer.
 */
#include "burn.h"
#include "sample.h"
#include <math.h>
#include <pthread.h>

#define TRIES 200

static double step_ns, offset_ns, clock_ns;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static volatile uint64_t sink;

static double shortest(unsigned steps)
{
	double best = INFINITY;

	for (unsigned i = 0; i < TRIES; i++) {
		double start = sv_sample_clock(), took;

		sink = sv_burn(steps, sink);
		took = sv_sample_clock() - start;
		best = took < best ? took : best;
	}
	return best;
}

/* A chain that ends surprises the branch predictor once: what 100 steps take beyond 100 steps. */
static void measure(void)
{
	clock_ns = shortest(0);
	step_ns = (shortest(4000) - shortest(2000)) / 2000;
	offset_ns = shortest(100) - clock_ns - 100 * step_ns;
}

unsigned sv_burn_steps(sv_time time)
{
	double ns = (double)time / (double)SV_NS;

	pthread_once(&once, measure);
	if (time == 0)
		return 0;
	ns -= offset_ns;
	return ns < step_ns ? 1 : (unsigned)lround(ns / step_ns);
}

void sv_burn_draw(struct sv_burn *b, const struct sv_dist *dist, uint64_t seed)
{
	struct sv_stream stream;

	sv_stream_init(&stream, seed, 0, 0, 0);
	b->n = dist->kind == SV_DIST_FIXED ? 1 : SV_BURN_DRAWN;
	for (unsigned i = 0; i < b->n; i++)
		b->steps[i] = sv_burn_steps(sv_dist_sample(dist, &stream));
}

double sv_burn_clock(void)
{
	pthread_once(&once, measure);
	return clock_ns;
}
