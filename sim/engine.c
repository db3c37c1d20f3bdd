/*
 * engine.c - building a model, and sending events
 */
#include "engine_internal.h"
#include <stdlib.h>
#include <string.h>

#define LEASH SV_MS /* running ahead looks at the cancel flag at least so often */

struct sv_engine *sv_engine_new(const struct sv_engine_config *config)
{
	struct sv_engine *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->config = *config;
	if (e->config.threads == 0)
		e->config.threads = 1;
	e->shards = 1;
	e->shard = aligned_alloc(128, sizeof(*e->shard));
	if (!e->shard || sv_shard_init(e->shard, e, 0) < 0) {
		free(e->shard);
		free(e);
		return NULL;
	}
	return e;
}

void sv_engine_free(struct sv_engine *e)
{
	if (!e)
		return;
	for (unsigned s = 0; s < e->shards; s++)
		sv_shard_fini(&e->shard[s]);
	for (uint32_t i = 0; i < e->lps; i++)
		free(sv_lp_at(e, i)->cold);
	for (uint32_t i = 0; i < e->lps; i += SV_LP_CHUNK)
		free(e->chunk[i >> SV_LP_CHUNK_BITS]);
	for (uint32_t i = 0; i < e->channels; i++)
		free(e->channel[i]);
	free(e->channel);
	free(e->shard_of);
	free(e->report[0]);
	free(e->report[1]);
	free(e->shard);
	free(e);
}

static struct sv_lp_cold *cold_new(const char *name)
{
	size_t bytes = strlen(name) + 1;
	struct sv_lp_cold *cold = malloc(sizeof(*cold) + bytes);

	if (cold)
		cold->name = memcpy(cold + 1, name, bytes);
	return cold;
}

struct sv_lp *sv_engine_add(struct sv_engine *e, sv_handler *handle, void *state, const char *name)
{
	struct sv_lp **chunk = &e->chunk[e->lps >> SV_LP_CHUNK_BITS];
	struct sv_lp_cold *cold;
	struct sv_lp *lp;

	SV_BUG_ON(e->split || e->lps == SV_LPS_MOST);
	if (e->lps % SV_LP_CHUNK == 0)
		*chunk = aligned_alloc(64, SV_LP_CHUNK * sizeof(**chunk));
	if (!*chunk)
		return NULL;
	cold = cold_new(name);
	if (!cold) {
		if (e->lps % SV_LP_CHUNK == 0)
			free(*chunk);
		return NULL;
	}
	lp = &(*chunk)[e->lps % SV_LP_CHUNK];
	*lp = (struct sv_lp){
		.clock = &e->shard[0].clock,
		.handle = handle,
		.state = state,
		.tie = (uint64_t)e->lps << SV_TIE_BITS,
		.id = e->lps++,
		.cold = cold,
	};
	return lp;
}

struct sv_lp *sv_engine_lp(struct sv_engine *e, uint32_t id)
{
	SV_BUG_ON(id >= e->lps);
	return sv_lp_at(e, id);
}

const struct sv_channel *sv_engine_channel(
	struct sv_engine *e, struct sv_lp *from, struct sv_lp *to, sv_time latency)
{
	struct sv_channel *c;

	SV_BUG_ON(e->split || latency < 1);
	if (e->channels == e->channel_capacity) {
		uint32_t capacity = e->channels ? 2 * e->channels : 16;
		struct sv_channel **larger = realloc(e->channel, capacity * sizeof(*larger));

		if (!larger)
			return NULL;
		e->channel = larger;
		e->channel_capacity = capacity;
	}
	c = malloc(sizeof(*c));
	if (!c)
		return NULL;
	c->latency = latency;
	c->from = from ? from->id : SV_ANY_LP;
	c->to = to ? to->id : SV_ANY_LP;
	c->index = e->channels;
	e->channel[e->channels++] = c;
	return c;
}

uint64_t sv_engine_events(const struct sv_engine *e)
{
	uint64_t events = 0;

	for (uint32_t i = 0; i < e->lps; i++)
		events += sv_lp_at(e, i)->events;
	return events;
}

static inline void push(struct sv_shard *s, struct sv_event event)
{
	if (event.time < s->clock.horizon)
		s->clock.horizon = event.time;
	sv_pending_push(&s->pending, event);
}

static inline struct sv_event make_event(
	struct sv_lp *lp, uint32_t to, sv_time at, uint32_t type, uint64_t arg)
{
	struct sv_event event = { .time = at, .tie = lp->tie, .dst = to, .type = type, .arg = arg };

	SV_BUG_ON(lp->tie >> SV_TIE_BITS != lp->id); /* 10^12 events sent by one LP */
	lp->tie++;
	return event;
}

void sv_schedule(struct sv_lp *lp, sv_time at, uint32_t type, uint64_t arg)
{
	struct sv_event event = make_event(lp, lp->id, at, type, arg);

	SV_BUG_ON(at < lp->clock->now);
	push(sv_shard_of(lp), event);
}

static void violate(
	struct sv_shard *s, struct sv_lp *lp, const struct sv_channel *c, uint32_t to, sv_time at)
{
	if (!s->violation.channel)
		s->violation = (struct sv_violation){
			.channel = c, .from = lp->id, .to = to, .now = s->clock.now, .at = at
		};
	sv_shard_stop(s);
}

static void post(struct sv_shard *s, uint32_t to, struct sv_event event)
{
	struct sv_outbox *out = &s->out[s->parity][to];

	if (sv_unlikely(out->n == out->capacity)) {
		size_t capacity = out->capacity ? 2 * out->capacity : 64;
		struct sv_event *larger = realloc(out->event, capacity * sizeof(*larger));

		if (!larger) {
			s->out_of_memory = true;
			return;
		}
		out->event = larger;
		out->capacity = capacity;
	}
	out->event[out->n++] = event;
	if (event.time < s->sent_first)
		s->sent_first = event.time;
}

void sv_send(struct sv_lp *lp, const struct sv_channel *c, uint32_t to, sv_time at, uint32_t type,
	uint64_t arg)
{
	struct sv_shard *s = sv_shard_of(lp);
	struct sv_engine *e = s->engine;
	struct sv_event event;
	uint32_t shard;

	SV_BUG_ON(c->from != SV_ANY_LP && c->from != lp->id);
	SV_BUG_ON(c->to != SV_ANY_LP && c->to != to);
	SV_BUG_ON(to >= e->lps);
	if (sv_unlikely(at - s->clock.now < c->latency)) {
		violate(s, lp, c, to, at);
		return;
	}
	event = make_event(lp, to, at, type, arg);
	shard = e->shard_of ? e->shard_of[to] : 0;
	if (shard == s->id)
		push(s, event);
	else if (e->running)
		post(s, shard, event);
	else
		push(&e->shard[shard], event);
}

bool sv_advance_slow(struct sv_lp *lp, sv_time at)
{
	struct sv_shard *s = sv_shard_of(lp);
	sv_time horizon = sv_pending_bound_slow(&s->pending);

	SV_BUG_ON(at < s->clock.now || lp->tie >> SV_TIE_BITS != lp->id);
	if (sv_cancelled(s->engine))
		sv_shard_stop(s);
	if (horizon > s->ahead_limit)
		horizon = s->ahead_limit;
	if (horizon - LEASH > at)
		horizon = at + LEASH;
	s->clock.horizon = horizon;
	return at < horizon;
}
