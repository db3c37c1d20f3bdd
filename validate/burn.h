/*
 * burn.h - computing natively for a given time
 *
 * A chain of multiplications that nothing can shorten. How long a step takes is measured
 * once. What `x` comes from must be there before the chain begins, and who uses what it
 * yields waits for its end: so a processor cannot compute ahead of a lock.
 */
#ifndef SV_BURN_H
#define SV_BURN_H

#include "dist.h"

static inline uint64_t sv_burn(unsigned steps, uint64_t x)
{
	for (; steps > 0; steps--) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		__asm__ volatile("" : "+r"(x));
	}
	return x;
}

/* Steps for a time; 0 for none. */
unsigned sv_burn_steps(sv_time time);

/* The same for times of a distribution, drawn beforehand: drawing takes longer than a lock. */
#define SV_BURN_DRAWN 1024
struct sv_burn {
	unsigned n; /* 1 or SV_BURN_DRAWN */
	unsigned steps[SV_BURN_DRAWN];
};
void sv_burn_draw(struct sv_burn *b, const struct sv_dist *dist, uint64_t seed);

/* Nanoseconds that reading the clock takes, and by which an interval between two readings is too
 * long. */
double sv_burn_clock(void);

#endif
