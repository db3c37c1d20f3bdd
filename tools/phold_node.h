/*
 * phold_node.h - what a logical process of PHOLD does, the same on every engine compared
 *
 * An event draws one block of Philox: half of it is the increment, half decides where to.
 * The increment is exponential by inversion: -ln(u) with u = 2^-k m and m in [1, 2) is
 * k ln 2 - ln m; ln m is a table's value at the middle of one of 256 intervals and a series to
 * the fourth order for the rest, exact to 10^-14. That takes half of the instructions of
 * libm's log(), and is the same on every CPU, where libm chooses by CPU.
 *
 * C++ may include this file.
 */
#ifndef SV_PHOLD_NODE_H
#define SV_PHOLD_NODE_H

#include "phold.h"
#include "random.h"
#include <math.h>

struct sv_phold_model {
	sv_time lookahead;
	double mean;     /* of the exponential part */
	uint64_t remote; /* share of 2^32 */
	uint64_t lps, seed;
	struct {
		double inverse, minus_log; /* of the middle of the interval */
	} part[256];
};

/* A cache line. */
struct sv_phold_node {
	struct sv_stream stream;
	uint64_t order; /* hash of its events so far */
};

static inline void sv_phold_model_init(struct sv_phold_model *m, const struct sv_phold_config *c)
{
	m->lookahead = c->lookahead;
	m->mean = (double)(c->mean - c->lookahead);
	m->remote = (uint64_t)(c->remote * 0x1p32);
	m->lps = c->lps;
	m->seed = c->seed;
	for (int i = 0; i < 256; i++) {
		double middle = 1 + (i + 0.5) / 256;

		m->part[i].inverse = 1 / middle;
		m->part[i].minus_log = -log(middle);
	}
}

/* Exponential with mean 1 from 64 random bits. */
static inline double sv_phold_exponential(const struct sv_phold_model *m, uint64_t bits)
{
	int zeros = __builtin_clzll(bits | 1);
	uint64_t mantissa = bits << zeros; /* its first bit is m's 1 */
	unsigned i = (unsigned)(mantissa >> 55) & 255;
	double x = (double)(mantissa >> 11) * 0x1p-52 * m->part[i].inverse - 1;
	double log1p = x * (1 - x * (0.5 - x * (1.0 / 3 - x * 0.25)));

	return (zeros + 1) * 0.6931471805599453 + m->part[i].minus_log - log1p;
}

static inline void sv_phold_node_init(
	const struct sv_phold_model *m, struct sv_phold_node *n, uint32_t lp)
{
	sv_stream_init(&n->stream, m->seed, 0, lp, 0);
	n->order = lp;
}

/* Answers an event at `now`: returns when the next is due, and changes *lp to its place. */
static inline sv_time sv_phold_answer(
	const struct sv_phold_model *m, struct sv_phold_node *n, sv_time now, uint32_t *lp)
{
	uint64_t increment = sv_stream_next(&n->stream), to = sv_stream_next(&n->stream);

	n->order = n->order * 0x9e3779b97f4a7c15u + (uint64_t)now;
	if (to >> 32 < m->remote)
		*lp = (uint32_t)((to & UINT32_MAX) * m->lps >> 32);
	return now + m->lookahead + (sv_time)(m->mean * sv_phold_exponential(m, increment));
}

#endif
