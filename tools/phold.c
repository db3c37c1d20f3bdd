/*
 * phold.c - PHOLD through the engine's public interface
 */
#include "phold.h"
#include "engine.h"
#include "phold_node.h"
#include <stdlib.h>

struct sv_phold {
	struct sv_phold_model model;
	const struct sv_channel *channel;
	struct sv_phold_node *node;
	struct sv_engine *engine;
	struct sv_diag *diag;
	sv_time now;
};

static void handle(struct sv_lp *lp, const struct sv_event *e)
{
	const struct sv_phold *p = (const struct sv_phold *)(uintptr_t)e->arg;
	uint64_t arg = e->arg;
	uint32_t to = lp->id;
	sv_time at = sv_phold_answer(&p->model, lp->state, e->time, &to);

	if (to != lp->id)
		sv_send(lp, p->channel, to, at, 0, arg);
	else
		sv_schedule(lp, at, 0, arg);
}

static int build(struct sv_phold *p, const struct sv_phold_config *c)
{
	for (uint32_t i = 0; i < c->lps; i++) {
		struct sv_phold_node *n = &p->node[i];
		struct sv_lp *lp = sv_engine_add(p->engine, handle, n, "phold");

		if (!lp)
			return -1;
		sv_phold_node_init(&p->model, n, i);
		for (uint32_t k = 0; k < c->population; k++) {
			uint32_t to = i;

			sv_schedule(lp, sv_phold_answer(&p->model, n, 0, &to), 0,
				(uint64_t)(uintptr_t)p);
		}
	}
	p->channel = sv_engine_channel(p->engine, NULL, NULL, c->lookahead);
	return p->channel ? 0 : -1;
}

struct sv_phold *sv_phold_new(const struct sv_phold_config *c)
{
	struct sv_phold *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	sv_phold_model_init(&p->model, c);
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

	for (uint32_t i = 0; i < p->model.lps; i++)
		sum ^= p->node[i].order * (2 * (uint64_t)i + 1);
	return sum;
}
