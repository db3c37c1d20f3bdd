/*
 * engine_split.c - which LP runs on which thread
 *
 * LPs joined by a channel that is shorter than merge_below form a group. Groups, in
 * the order of their first LP, are dealt to shards in contiguous stretches of about
 * equally many LPs. With one shard left the run is serial.
 */
#include "engine_internal.h"
#include <stdlib.h>

int sv_shard_init(struct sv_shard *s, struct sv_engine *e, uint32_t id)
{
	*s = (struct sv_shard){ .engine = e, .id = id, .sent_first = SV_TIME_MAX };
	return sv_pending_init(&s->pending);
}

void sv_shard_fini(struct sv_shard *s)
{
	for (unsigned parity = 0; parity < 2; parity++) {
		if (s->out[parity])
			for (unsigned to = 0; to < s->engine->shards; to++)
				free(s->out[parity][to].event);
		free(s->out[parity]);
	}
	sv_pending_fini(&s->pending);
}

static uint32_t root_of(uint32_t *parent, uint32_t lp)
{
	while (parent[lp] != lp) {
		parent[lp] = parent[parent[lp]];
		lp = parent[lp];
	}
	return lp;
}

/* The smaller id becomes the root, so that a group is known by its first LP. */
static void join(uint32_t *parent, uint32_t a, uint32_t b)
{
	a = root_of(parent, a);
	b = root_of(parent, b);
	if (a < b)
		parent[b] = a;
	else
		parent[a] = b;
}

static void join_groups(const struct sv_engine *e, uint32_t *parent)
{
	for (uint32_t i = 0; i < e->lps; i++)
		parent[i] = i;
	for (uint32_t i = 0; i < e->channels; i++) {
		const struct sv_channel *c = e->channel[i];

		if (c->latency >= e->config.merge_below)
			continue;
		if (c->from != SV_ANY_LP && c->to != SV_ANY_LP)
			join(parent, c->from, c->to);
		else
			for (uint32_t lp = 1; lp < e->lps; lp++)
				join(parent, 0, lp);
	}
}

/* Fills shard_of from the groups; returns the number of shards. */
static unsigned deal(const struct sv_engine *e, uint32_t *parent, uint32_t *lps, uint16_t *shard_of)
{
	unsigned threads = e->config.threads < UINT16_MAX ? e->config.threads : UINT16_MAX;
	uint64_t before = 0;
	unsigned shard = 0;
	bool used = false;

	for (uint32_t i = 0; i < e->lps; i++)
		lps[i] = 0;
	for (uint32_t i = 0; i < e->lps; i++)
		lps[root_of(parent, i)]++;
	for (uint32_t i = 0; i < e->lps; i++) {
		if (parent[i] == i) {
			/* By the middle of the group, on to the next shard at most. */
			if (used && (2 * before + lps[i]) * threads / (2ull * e->lps) > shard)
				shard++;
			used = true;
			before += lps[i];
			shard_of[i] = (uint16_t)shard;
		} else {
			shard_of[i] = shard_of[root_of(parent, i)];
		}
	}
	return shard + 1;
}

static sv_time least_latency(const struct sv_engine *e, const uint16_t *shard_of)
{
	sv_time least = SV_TIME_MAX;

	for (uint32_t i = 0; i < e->channels; i++) {
		const struct sv_channel *c = e->channel[i];

		if (c->from != SV_ANY_LP && c->to != SV_ANY_LP &&
			shard_of[c->from] == shard_of[c->to])
			continue;
		least = c->latency < least ? c->latency : least;
	}
	return least;
}

static int make_shards(struct sv_engine *e, unsigned shards)
{
	struct sv_shard *shard = aligned_alloc(128, shards * sizeof(*shard));
	unsigned made = 0;

	if (!shard)
		return -1;
	e->report[0] = aligned_alloc(128, shards * sizeof(*e->report[0]));
	e->report[1] = aligned_alloc(128, shards * sizeof(*e->report[1]));
	if (!e->report[0] || !e->report[1])
		goto fail;
	for (; made < shards; made++) {
		struct sv_shard *s = &shard[made];

		if (sv_shard_init(s, e, made) < 0)
			goto fail;
		s->clock = e->shard[0].clock;
		s->out[0] = calloc(shards, sizeof(*s->out[0]));
		s->out[1] = calloc(shards, sizeof(*s->out[1]));
		if (!s->out[0] || !s->out[1]) {
			made++;
			goto fail;
		}
	}
	e->shard = shard; /* the caller has the old one */
	e->shards = shards;
	return 0;
fail:
	while (made > 0)
		sv_shard_fini(&shard[--made]);
	free(shard);
	free(e->report[0]);
	free(e->report[1]);
	e->report[0] = e->report[1] = NULL;
	return -1;
}

/* Moves LPs and what they have scheduled from the one shard of the build to theirs. */
static int move_to_shards(struct sv_engine *e, unsigned shards)
{
	struct sv_shard *whole = e->shard;
	const struct sv_event *event;

	if (make_shards(e, shards) < 0)
		return -1;
	for (uint32_t i = 0; i < e->lps; i++)
		sv_lp_at(e, i)->clock = &e->shard[e->shard_of[i]].clock;
	while ((event = sv_pending_pop(&whole->pending, SV_TIME_MAX)))
		sv_pending_push(&e->shard[e->shard_of[event->dst]].pending, *event);
	sv_pending_fini(&whole->pending);
	free(whole);
	return 0;
}

int sv_engine_split(struct sv_engine *e)
{
	uint32_t *parent, *lps;
	unsigned shards = 1;
	int result = 0;

	e->split = true;
	e->lookahead = SV_TIME_MAX;
	if (e->config.threads == 1 || e->lps < 2)
		return 0;
	parent = malloc(e->lps * sizeof(*parent));
	lps = malloc(e->lps * sizeof(*lps));
	e->shard_of = malloc(e->lps * sizeof(*e->shard_of));
	if (parent && lps && e->shard_of) {
		join_groups(e, parent);
		shards = deal(e, parent, lps, e->shard_of);
	} else {
		result = -1;
	}
	if (shards > 1) {
		e->lookahead = least_latency(e, e->shard_of);
		result = move_to_shards(e, shards);
	}
	if (shards == 1 || result < 0) {
		free(e->shard_of);
		e->shard_of = NULL;
		e->split = result == 0;
	}
	free(lps);
	free(parent);
	return result;
}
