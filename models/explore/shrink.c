/*
 * shrink.c - the same fault by a schedule that is easier to follow
 *
 * Blocks of steps of one thread are left out, or swapped with the next; what still shows the
 * fault with fewer switches, or as many and fewer steps, is kept. This goes on until
 * nothing helps.
 */
#include "explore_private.h"
#include <stdlib.h>
#include <string.h>

/* Long runs are not worth it. */
#define STEPS 2000000

struct shrink {
	struct sv_explorer *x;
	enum sv_fault fault;
	struct sv_x_choice *best, *trial;
	size_t n;
	uint64_t steps; /* played so far */
};

static size_t block_end(const struct sv_x_choice *c, size_t n, size_t start)
{
	size_t end = start + 1;

	while (end < n && c[end].proc % THREADS == c[start].proc % THREADS)
		end++;
	return end;
}

/* Plays the trial; keeps what it did when that is better. */
static bool better(struct shrink *s, size_t n)
{
	struct sv_explorer *x = s->x;
	struct sv_x_choice *taken;
	unsigned mine, others;
	bool better;

	sv_x_play(x, s->trial, n);
	s->steps += x->depth;
	taken = sv_x_taken(x);
	if (!taken)
		return false;
	mine = sv_x_switches(taken, x->depth);
	others = sv_x_switches(s->best, s->n);
	better = x->fault == s->fault && (mine < others || (mine == others && x->depth < s->n));
	if (better) {
		memcpy(s->best, taken, x->depth * sizeof(*taken));
		s->n = x->depth;
	}
	free(taken);
	return better;
}

static bool try_without(struct shrink *s, size_t start, size_t end)
{
	memcpy(s->trial, s->best, start * sizeof(*s->trial));
	memcpy(s->trial + start, s->best + end, (s->n - end) * sizeof(*s->trial));
	return better(s, s->n - (end - start));
}

static bool try_swapped(struct shrink *s, size_t start, size_t middle, size_t end)
{
	memcpy(s->trial, s->best, s->n * sizeof(*s->trial));
	memcpy(s->trial + start, s->best + middle, (end - middle) * sizeof(*s->trial));
	memcpy(s->trial + start + (end - middle), s->best + start,
		(middle - start) * sizeof(*s->trial));
	return better(s, s->n);
}

static bool improve(struct shrink *s)
{
	for (size_t start = 0, middle, end; start < s->n && s->steps < STEPS; start = middle) {
		middle = block_end(s->best, s->n, start);
		if (try_without(s, start, middle))
			return true;
		if (middle == s->n)
			break;
		end = block_end(s->best, s->n, middle);
		if (try_swapped(s, start, middle, end))
			return true;
	}
	for (size_t i = 0; i < s->n && s->steps < STEPS; i++)
		if (try_without(s, i, i + 1))
			return true;
	return false;
}

size_t sv_x_shrink(struct sv_explorer *x, struct sv_x_choice *choice, size_t n)
{
	struct shrink s = { .x = x, .fault = x->fault, .best = choice, .n = n };

	s.trial = calloc(SV_EXPLORE_STEPS, sizeof(*s.trial));
	while (s.trial && s.steps < STEPS && improve(&s))
		;
	free(s.trial);
	return s.n;
}
