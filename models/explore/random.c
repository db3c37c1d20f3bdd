/*
 * random.c - random schedules for cases that are too large to search
 *
 * Every process has a random priority and the highest that can go on does; at depth - 1 random
 * steps the one that runs falls below all others. A bug that needs d such choices among n
 * processes and k steps is found by one run with a probability of at least 1/(n k^(d-1))
 * (Burckhardt, Kothari, Musuvathi and Nagarakatte, A randomized scheduler with probabilistic
 * guarantees of finding bugs, ASPLOS 2010).
 */
#include "explore_private.h"

/* Steele, Lea and Flood's splitmix64. */
static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

struct priorities {
	uint64_t random;
	uint64_t of[PROCS];
	unsigned lowered; /* so far */
};

static unsigned highest(const struct priorities *p, uint32_t enabled)
{
	unsigned best = PROCS;

	for (unsigned i = 0; i < PROCS; i++)
		if (enabled & sv_x_bit(i) && (best == PROCS || p->of[i] > p->of[best]))
			best = i;
	return best;
}

static void run_once(struct sv_explorer *x, struct priorities *p, uint64_t length)
{
	uint64_t change[64];
	unsigned depth = x->options->depth;

	for (unsigned i = 0; i < PROCS; i++)
		p->of[i] = draw(&p->random) | (uint64_t)1 << 63;
	for (unsigned i = 0; i + 1 < depth; i++)
		change[i] = draw(&p->random) % length;
	p->lowered = 0;
	sv_x_start(x);
	while (!x->fault) {
		uint32_t enabled = sv_x_enabled(x);
		unsigned proc = highest(p, enabled), variants;

		if (!enabled) {
			sv_x_judge_end(x);
			break;
		}
		for (unsigned i = 0; i + 1 < depth; i++)
			if (change[i] == x->depth)
				p->of[proc] = depth - p->lowered++;
		proc = highest(p, enabled);
		variants = sv_x_variants(x, proc);
		sv_x_step(x, proc, variants > 1 ? (unsigned)(draw(&p->random) % variants) : 0);
	}
	sv_x_end(x);
}

void sv_x_random(struct sv_explorer *x)
{
	struct priorities p = { .random = x->options->seed };
	uint64_t length = 100;

	x->result->end = SV_EXPLORE_COMPLETE;
	while (x->result->runs < x->options->runs) {
		run_once(x, &p, length);
		if (x->fault)
			return;
		x->result->runs++;
		if (!sv_x_counted(x))
			return;
		length = x->result->longest;
	}
}
