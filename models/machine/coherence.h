/*
 * coherence.h - cache lines, who has them, and what it costs to get one
 *
 * One struct sv_memory is the coherent memory of one host. Its arena holds the bytes
 * of simulated words at the offsets they have natively, so that false sharing is the
 * same. Each line has an owner or sharers, a home, and a queue.
 *
 * A request for a line that the core does not have travels to the line's home (half of
 * its latency), waits there for its turn, and gets the data after the other half. The
 * home serves one request after the other: a request occupies it for a time that is
 * shorter than the latency and has its own row in the profile. A request takes effect
 * when it is served, so the order of service is the order of memory.
 *
 * Cost: a hit is an array access; a miss two events. docs/coherence.md has the model.
 */
#ifndef SV_COHERENCE_H
#define SV_COHERENCE_H

#include "engine.h"
#include "machine/machine.h"
#include "random.h"
#include "words.h"

enum sv_memory_event { SV_EVENT_ARRIVE = 1, SV_EVENT_SERVE, SV_EVENT_REFETCH, SV_EVENT_MEMORY_END };
enum sv_access { SV_READ, SV_WRITE, SV_REFETCH };

/* A request under way. The sender owns it until serve() has been called. */
struct sv_line_request {
	struct sv_line_request *next;
	sv_time arrived; /* at the home */
	uint32_t line;
	uint16_t pu;
	uint8_t access;
	/* Takes effect now; the requester has the data at `done`. */
	void (*serve)(struct sv_line_request *request, sv_time done);
};

struct sv_line {
	sv_time busy; /* the home serves the next request from here on */
	struct sv_line_request *head, *last;
	struct sv_watcher *watchers;
	struct sv_line_request refetch; /* the watchers' fetches */
	sv_time refetch_at;             /* the next of them arrives, while they are stale; else 0 */
	sv_time granted;                /* when the last requester has, or will have, the data */
	sv_time written;                /* when the last write was served */
	uint16_t writer;                /* PU that modified it, while `modified` */
	uint16_t home;                  /* NUMA node */
	uint16_t sole;                  /* 1 + the only core with a copy; 0: none, or several */
	bool modified, by_device;       /* the latter: no core has had it since a device wrote it */
	bool serving;                   /* an SV_EVENT_SERVE is pending */
	bool fetching;                  /* `refetch` is queued */
};

struct sv_traffic {
	uint64_t transfers, invalidations; /* lines fetched, copies that had to go */
};

struct sv_memory {
	struct sv_lp *lp;
	const struct sv_machine *machine;
	char *arena;
	size_t used_bytes;
	struct sv_line *line;
	uint64_t *sharers; /* `words` for each line: a bit for each core */
	uint64_t *leaving; /* likewise: copies that the last write has invalidated */
	unsigned words;
	uint16_t *node_pu; /* a PU of each NUMA node, which stands for it */
	uint64_t *at;      /* for each core and distance, `words`: the cores that far from it */
	struct sv_fetch *batch; /* scratch of a refetch: one for each PU */
	struct sv_stream polls; /* where in its loop a watcher is when its copy goes */
	struct sv_traffic **traffic, nobodys; /* for each PU: the account of who runs on it */
};

/* NULL when no memory is left. The lp's handler must pass events on to sv_memory_handle(). */
struct sv_memory *sv_memory_new(
	struct sv_lp *lp, const struct sv_machine *machine, uint64_t seed, unsigned replication);
void sv_memory_free(struct sv_memory *m);

/* Zeroed lines of their own, home on a NUMA node. NULL when the arena (64 MiB) is full. */
void *sv_memory_alloc(struct sv_memory *m, size_t bytes, unsigned node);

static inline uint32_t sv_memory_line(const struct sv_memory *m, const void *p)
{
	size_t offset = (size_t)((const char *)p - m->arena);

	SV_BUG_ON(offset >= m->used_bytes);
	return (uint32_t)(offset / SV_LINE_BYTES);
}

/*
 * Whether the line is about to be taken away by a request that waits at the home: its owner
 * keeps it for the profile's retention after the data has come, and no longer.
 */
static inline bool sv_memory_promised(const struct sv_memory *m, const struct sv_line *l)
{
	return sv_now(m->lp) > l->granted + m->machine->cost[SV_COST_RETENTION];
}

/* The PU's core has a copy, and no writer waits for it. */
static inline bool sv_memory_readable(const struct sv_memory *m, uint32_t line, unsigned pu)
{
	const struct sv_line *l = &m->line[line];
	unsigned core = m->machine->core_of[pu];

	if (sv_unlikely(l->head && l->head->access == SV_WRITE) && sv_memory_promised(m, l))
		return false;
	return m->sharers[(size_t)line * m->words + core / 64] >> (core % 64) & 1;
}

/* The PU's core has the only copy, and nobody waits for it. */
static inline bool sv_memory_writable(const struct sv_memory *m, uint32_t line, unsigned pu)
{
	const struct sv_line *l = &m->line[line];

	if (sv_unlikely(l->head) && sv_memory_promised(m, l))
		return false;
	return l->sole == m->machine->core_of[pu] + 1u;
}

/* The sibling of a PU wrote the line last: its data is in the shared cache, not in the core. */
static inline bool sv_memory_sibling_wrote(const struct sv_memory *m, uint32_t line, unsigned pu)
{
	return m->line[line].modified && m->line[line].writer != pu;
}

/*
 * The last write's invalidation has not reached the PU yet: it would still hit the old
 * copy. Only simulated polling asks (parked watchers are told when to look again).
 */
bool sv_memory_leaving(const struct sv_memory *m, uint32_t line, unsigned pu);

/* Tells the watchers that a PU which had the only copy has written to it. */
void sv_memory_wrote(struct sv_memory *m, uint32_t line, unsigned pu);

/* One turn of the loop in which a thread spins on its copy of a line: a test and a pause. */
sv_time sv_memory_poll_time(const struct sv_memory *m);

/* The way of a request to the home, as things stand. */
sv_time sv_memory_flight(const struct sv_memory *m, const struct sv_line_request *request);

/* The request reaches the home now: serves it, or queues it. */
void sv_memory_arrive(struct sv_memory *m, struct sv_line_request *request);

/* Sends a request: it arrives by an event. */
void sv_memory_send(struct sv_memory *m, struct sv_line_request *request);

/* True when the event was the memory's, and has been handled. */
bool sv_memory_handle(struct sv_memory *m, const struct sv_event *event);

#endif
