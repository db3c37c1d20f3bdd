/*
 * engine_internal.h - what the files of the engine share
 */
#ifndef SV_ENGINE_INTERNAL_H
#define SV_ENGINE_INTERNAL_H

#include "barrier.h"
#include "engine.h"
#include "pending.h"

#define SV_LP_CHUNK_BITS 10
#define SV_LP_CHUNK      (1u << SV_LP_CHUNK_BITS)
#define SV_LPS_MOST      (1u << 24)
#define SV_TIE_BITS      40 /* of the sequence number; the source LP is above */

struct sv_lp_cold {
	char *name;
};

struct sv_channel {
	sv_time latency;
	uint32_t from, to; /* SV_ANY_LP, or an id */
	uint32_t index;
};
#define SV_ANY_LP UINT32_MAX

/* Messages from one shard to another, in the order they were sent. */
struct sv_outbox {
	struct sv_event *event;
	size_t n, capacity;
};

/* An LP that sent closer than its channel allows. */
struct sv_violation {
	const struct sv_channel *channel; /* NULL: none */
	uint32_t from, to;
	sv_time now, at;
};

/* What one thread owns. */
struct sv_shard {
	_Alignas(128) struct sv_clock clock; /* first: an LP finds its shard by it */
	struct sv_engine *engine;
	sv_time limit;       /* of the window or the run; 0 once the shard must stop */
	sv_time ahead_limit; /* the same; always 0 when running ahead is switched off */
	sv_time sent_first;  /* of the messages to other shards in this window */
	uint32_t id;
	unsigned parity;          /* which outboxes this window fills */
	struct sv_outbox *out[2]; /* [destination shard] */
	struct sv_violation violation;
	bool out_of_memory;
	struct sv_pending pending;
};

/* What a shard tells the others at the end of a window. */
struct sv_report {
	_Alignas(128) sv_time first; /* nothing of it happens before */
	bool stop;
};

struct sv_engine {
	struct sv_engine_config config;
	struct sv_shard *shard; /* one until the model is split */
	unsigned shards;
	bool split;         /* the first run has begun */
	bool running;       /* cross-shard messages go through the outboxes */
	uint16_t *shard_of; /* by LP; NULL while there is one shard */
	sv_time lookahead;  /* least latency between shards */
	struct sv_report *report[2];
	struct sv_barrier barrier;

	uint32_t lps;
	struct sv_lp *chunk[SV_LPS_MOST / SV_LP_CHUNK];
	struct sv_channel **channel;
	uint32_t channels, channel_capacity;
};

static inline struct sv_lp *sv_lp_at(const struct sv_engine *e, uint32_t id)
{
	return &e->chunk[id >> SV_LP_CHUNK_BITS][id % SV_LP_CHUNK];
}

static inline struct sv_shard *sv_shard_of(const struct sv_lp *lp)
{
	return (struct sv_shard *)lp->clock;
}

static inline bool sv_cancelled(const struct sv_engine *e)
{
	return e->config.cancel && atomic_load_explicit(e->config.cancel, memory_order_relaxed);
}

/* Makes a shard run no further event. */
static inline void sv_shard_stop(struct sv_shard *s)
{
	s->limit = s->ahead_limit = s->clock.horizon = 0;
}

/* engine_split.c: spreads LPs and pending events over shards. Returns -1 when no memory is left. */
int sv_engine_split(struct sv_engine *e);
int sv_shard_init(struct sv_shard *s, struct sv_engine *e, uint32_t id);
void sv_shard_fini(struct sv_shard *s);

#endif
