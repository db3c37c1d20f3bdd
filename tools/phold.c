/*
 * phold.c - PHOLD through the engine's public interface
 */
#include "phold.h"
#include "engine.h"
#include "random.h"
#include <math.h>
#include <stdlib.h>

/* All that an event touches besides its LP: one cache line. */
struct node {
	_Alignas(64) struct sv_stream stream;
	uint64_t order; /* hash of its events so far */
};

struct sv_phold {
	const struct sv_channel *channel;
	sv_time lookahead;
	double mean;     /* of the exponential part */
	uint64_t remote; /* share of 2^32 */
	uint32_t lps;
	struct node *node;
	struct sv_engine *engine;
	struct sv_diag *diag;
	sv_time now;
};

/* gsl_ran_exponential()'s inverse, on (0, 1], without its indirect call. */
static sv_time increment(const struct sv_phold *p, uint64_t bits)
{
	double u = (double)((bits >> 11) + 1) * 0x1p-53;

	return p->lookahead + (sv_time)(-p->mean * log(u));
}

static void handle(struct sv_lp *lp, const struct sv_event *e)
{
	struct node *n = lp->state;
	const struct sv_phold *p = (const struct sv_phold *)(uintptr_t)e->arg;
	uint64_t r = sv_stream_next(&n->stream), to = sv_stream_next(&n->stream);
	sv_time at = e->time + increment(p, r);

	n->order = n->order * 0x9e3779b97f4a7c15u + (uint64_t)e->time;
	if (to >> 32 < p->remote)
		sv_send(lp, p->channel, (uint32_t)((to & UINT32_MAX) * p->lps >> 32), at, 0,
			e->arg);
	else
		sv_schedule(lp, at, 0, e->arg);
}

static int build(struct sv_phold *p, const struct sv_phold_config *c)
{
	for (uint32_t i = 0; i < c->lps; i++) {
		struct node *n = &p->node[i];
		struct sv_lp *lp = sv_engine_add(p->engine, handle, n, "phold");

		if (!lp)
			return -1;
		n->order = i;
		sv_stream_init(&n->stream, c->seed, 0, i, 0);
		for (uint32_t k = 0; k < c->population; k++) {
			sv_time at = increment(p, sv_stream_next(&n->stream));

			sv_schedule(lp, at, 0, (uint64_t)(uintptr_t)p);
		}
		n->stream.has_spare = 0; /* from here on a block is an event */
	}
	p->channel = sv_engine_channel(p->engine, NULL, NULL, c->lookahead);
	return p->channel ? 0 : -1;
}

struct sv_phold *sv_phold_new(const struct sv_phold_config *c)
{
	struct sv_phold *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->lookahead = c->lookahead;
	p->mean = (double)(c->mean - c->lookahead);
	p->remote = (uint64_t)(c->remote * 0x1p32);
	p->lps = c->lps;
	p->diag = sv_diag_new();
	p->node = aligned_alloc(64, c->lps * sizeof(*p->node));
	p->engine = sv_engine_new(&(struct sv_engine_config){ .threads = c->threads });
	if (!p->diag || !p->node || !p->engine || build(p, c) < 0) {
		sv_phold_free(p);
		return NULL;
	}
	return p;
}

void sv_phold_free(struct sv_phold *p)
{
	if (!p)
		return;
	sv_engine_free(p->engine);
	sv_diag_free(p->diag);
	free(p->node);
	free(p);
}

uint64_t sv_phold_run(struct sv_phold *p, sv_time duration)
{
	uint64_t before = sv_engine_events(p->engine);

	p->now += duration;
	if (sv_engine_run(p->engine, p->now, p->diag) < 0) {
		sv_diag_print(p->diag, stderr);
		return 0;
	}
	return sv_engine_events(p->engine) - before;
}

uint64_t sv_phold_checksum(const struct sv_phold *p)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < p->lps; i++)
		sum ^= p->node[i].order * (2 * (uint64_t)i + 1);
	return sum;
}
