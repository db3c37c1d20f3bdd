/*
 * engine.h - events, logical processes and conservative windows
 *
 * A model is a set of logical processes (LPs). Each handles its own events in the
 * total order of the key (time, destination, source, sequence of the source), and
 * reaches others only over channels with a declared minimum latency, the lookahead.
 * LPs run in windows on OpenMP threads; one thread runs the same code without
 * barriers. Whatever the number of threads, every LP sees the same events in the
 * same order, and the results are identical.
 *
 *	struct sv_engine *e = sv_engine_new(&(struct sv_engine_config){ .threads = 2 });
 *	struct sv_lp *a = sv_engine_add(e, handle, &state_a, "host 0");
 *	struct sv_lp *b = sv_engine_add(e, handle, &state_b, "host 1");
 *	const struct sv_channel *ab = sv_engine_channel(e, a, b, 2 * SV_US);
 *	sv_schedule(a, 0, MY_START, 0);
 *	if (sv_engine_run(e, 10 * SV_MS, diag) < 0) ...
 *	sv_engine_free(e);
 *
 * Rules. Build the model before the first run; between runs the caller may inspect
 * and schedule. Inside a handler, touch only the state of the LP that runs. A handler
 * never keeps the event's address. An event's type belongs to the model; the types
 * from SV_EVENT_RESERVED up are the engine's (processes use one).
 *
 * Cost: about 15 ns an event and what its handler does, flat in the number of pending
 * events; no allocation in steady state. docs/engine.md has the measurements.
 */
#ifndef SV_ENGINE_H
#define SV_ENGINE_H

#include "bug.h"
#include "diag.h"
#include "simtime.h"
#include <stdatomic.h>
#include <stdbool.h>

struct sv_event {
	sv_time time;
	uint64_t tie; /* source LP << 40 | sequence number of the source */
	uint32_t dst; /* LP */
	uint32_t type;
	uint64_t arg; /* the model's */
};

#define SV_EVENT_RESERVED 0xffffff00u

struct sv_lp;
struct sv_engine;
typedef void sv_handler(struct sv_lp *lp, const struct sv_event *event);

/* What the LPs run by one thread share. Read-only outside engine.c. */
struct sv_clock {
	sv_time now;
	/*
	 * Nothing else on this thread happens before `horizon`: a lower bound of the next
	 * pending event, the window's end and the run's end. See sv_advance().
	 */
	sv_time horizon;
};

/* A cache line of what the event loop touches. Read-only outside the engine but for sv_advance().
 */
struct sv_lp {
	_Alignas(64) struct sv_clock *clock;
	uint64_t tie; /* of the next event it sends */
	sv_handler *handle;
	void *state;
	uint64_t events; /* committed: handled, or run ahead; apart from tie, or gcc adds both as a
			    vector, whose way through memory takes longer */
	uint32_t id;
	struct sv_lp_cold *cold; /* its name */
};

struct sv_engine_config {
	unsigned threads;    /* 0 counts as 1 */
	sv_time merge_below; /* LPs joined by a shorter channel run on one thread; 0: never merge */
	bool no_run_ahead;   /* every operation through the pending set: a test oracle */
	const atomic_bool *cancel; /* stops the run soon after it turns true; may be NULL */
};

/* Making an engine, an LP or a channel returns NULL when no memory is left. */
struct sv_engine *sv_engine_new(const struct sv_engine_config *config);
void sv_engine_free(struct sv_engine *engine);

/* Adds an LP; its id is the count of LPs before it. The name is copied. At most 2^24 LPs. */
struct sv_lp *sv_engine_add(
	struct sv_engine *engine, sv_handler *handle, void *state, const char *name);
struct sv_lp *sv_engine_lp(struct sv_engine *engine, uint32_t id);

/*
 * Declares a channel. from or to may be NULL for "any LP" (a complete graph in one
 * declaration). latency is at least 1 ps. The channel belongs to the engine.
 */
struct sv_channel;
const struct sv_channel *sv_engine_channel(
	struct sv_engine *engine, struct sv_lp *from, struct sv_lp *to, sv_time latency);

/*
 * Runs until no event before `until` is left. Returns 0, or -1 with the reason in
 * diag: cancelled, or an LP sent closer than its declared lookahead (it names the LP and
 * the channel). Events at or after `until` stay pending; a later run continues.
 */
int sv_engine_run(struct sv_engine *engine, sv_time until, struct sv_diag *diag);

/* Committed events of all LPs since the engine was made. */
uint64_t sv_engine_events(const struct sv_engine *engine);

static inline sv_time sv_now(const struct sv_lp *lp)
{
	return lp->clock->now;
}

/* An event of an LP to itself, at any time from now on. */
void sv_schedule(struct sv_lp *lp, sv_time at, uint32_t type, uint64_t arg);

/* An event to another LP; at >= now + latency of the channel. `to` matters when the channel's end
 * is "any". */
void sv_send(struct sv_lp *lp, const struct sv_channel *channel, uint32_t to, sv_time at,
	uint32_t type, uint64_t arg);

/* Refreshes the horizon; true when `at` is now before it. */
bool sv_advance_slow(struct sv_lp *lp, sv_time at);

/*
 * Run-ahead: moves the clock to `at` without an event if nothing else can happen
 * before, strictly. It takes the same sequence number and counts as the same event,
 * so results and event counts do not depend on it. Returns false when the caller must
 * schedule instead.
 */
static inline bool sv_advance(struct sv_lp *lp, sv_time at)
{
	if (sv_unlikely(at >= lp->clock->horizon) && !sv_advance_slow(lp, at))
		return false;
	lp->clock->now = at;
	lp->tie++;
	lp->events++;
	return true;
}

#endif
