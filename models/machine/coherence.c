/*
 * coherence.c - requests, service and copies of cache lines
 */
#include "machine/coherence.h"
#include "machine/coherence_private.h"
#include "machine/streams.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Reserved, not used: pages of the arena and of the tables cost nothing until touched. */
#define ARENA_BYTES ((size_t)64 << 20)
#define LINES       (ARENA_BYTES / SV_LINE_BYTES)

static void *reserve(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void release(void *p, size_t bytes)
{
	if (p)
		munmap(p, bytes);
}

static uint64_t *cores_at(const struct sv_memory *m, unsigned core, enum sv_distance d)
{
	return m->at + ((size_t)core * SV_DISTANCES + d) * m->words;
}

/* Any PU of a core stands for it: all of them are equally far from another core. */
static void map_distances(struct sv_memory *m)
{
	const struct sv_machine *machine = m->machine;

	for (unsigned a = 0; a < machine->pus; a++)
		for (unsigned b = 0; b < machine->pus; b++) {
			unsigned core = machine->core_of[b];

			cores_at(m, machine->core_of[a],
				sv_machine_distance(machine, a, b))[core / 64] |= (uint64_t)1
										  << (core % 64);
		}
}

struct sv_memory *sv_memory_new(
	struct sv_lp *lp, const struct sv_machine *machine, uint64_t seed, unsigned replication)
{
	struct sv_memory *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->lp = lp;
	m->machine = machine;
	m->words = (machine->cores + 63) / 64;
	m->batch = calloc(machine->pus, sizeof(*m->batch));
	m->traffic = calloc(machine->pus, sizeof(*m->traffic));
	m->arena = reserve(ARENA_BYTES);
	m->line = reserve(LINES * sizeof(*m->line));
	m->sharers = reserve(LINES * m->words * sizeof(*m->sharers));
	m->leaving = reserve(LINES * m->words * sizeof(*m->leaving));
	m->at = calloc((size_t)machine->cores * SV_DISTANCES * m->words, sizeof(*m->at));
	m->node_pu = calloc(machine->numa_nodes, sizeof(*m->node_pu));
	if (!m->batch || !m->node_pu || !m->traffic || !m->at || !m->arena || !m->line ||
		!m->sharers || !m->leaving) {
		sv_memory_free(m);
		return NULL;
	}
	for (unsigned pu = machine->pus; pu-- > 0;) {
		m->traffic[pu] = &m->nobodys;
		m->node_pu[machine->node_of[pu]] = (uint16_t)pu;
	}
	map_distances(m);
	sv_stream_init(&m->polls, seed, replication, lp->id, SV_USE_POLLS);
	return m;
}

void sv_memory_free(struct sv_memory *m)
{
	if (!m)
		return;
	free(m->batch);
	free(m->node_pu);
	free(m->traffic);
	free(m->at);
	release(m->arena, ARENA_BYTES);
	release(m->line, LINES * sizeof(*m->line));
	release(m->sharers, LINES * m->words * sizeof(*m->sharers));
	release(m->leaving, LINES * m->words * sizeof(*m->leaving));
	free(m);
}

void *sv_memory_alloc(struct sv_memory *m, size_t bytes, unsigned node)
{
	size_t lines = (bytes + SV_LINE_BYTES - 1) / SV_LINE_BYTES;
	size_t first = m->used_bytes / SV_LINE_BYTES;

	if (lines > LINES - first)
		return NULL;
	for (size_t i = first; i < first + lines; i++)
		m->line[i].home = (uint16_t)node;
	m->used_bytes += lines * SV_LINE_BYTES;
	return m->arena + first * SV_LINE_BYTES;
}

static uint64_t *sharers_of(const struct sv_memory *m, uint32_t line)
{
	return m->sharers + (size_t)line * m->words;
}

static bool has_copy(const struct sv_memory *m, uint32_t line, unsigned pu)
{
	unsigned core = m->machine->core_of[pu];

	return sharers_of(m, line)[core / 64] >> (core % 64) & 1;
}

static bool copied_at(const struct sv_memory *m, uint32_t line, unsigned pu, enum sv_distance d)
{
	const uint64_t *at = cores_at(m, m->machine->core_of[pu], d);

	for (unsigned w = 0; w < m->words; w++)
		if (sharers_of(m, line)[w] & at[w])
			return true;
	return false;
}

/* The distance of the nearest other core with a copy; SV_DISTANCES: there is none. */
static enum sv_distance nearest_copy(const struct sv_memory *m, uint32_t line, unsigned pu)
{
	enum sv_distance d = SV_L2;

	while (d < SV_DISTANCES && !copied_at(m, line, pu, d))
		d++;
	return d;
}

/* How many other cores have a copy, and how far the farthest is. */
struct others {
	unsigned count;
	enum sv_distance farthest;
};

static unsigned count_copies(const struct sv_memory *m, uint32_t line)
{
	unsigned n = 0;

	/* Of most lines there are one or two. */
	for (unsigned w = 0; w < m->words; w++)
		for (uint64_t rest = sharers_of(m, line)[w]; rest; rest &= rest - 1)
			n++;
	return n;
}

static struct others other_copies(const struct sv_memory *m, uint32_t line, unsigned pu)
{
	struct others o = { .count = count_copies(m, line) - has_copy(m, line, pu),
		.farthest = SV_DISTANCES - 1 };

	while (o.count > 0 && !copied_at(m, line, pu, o.farthest))
		o.farthest--;
	return o;
}

sv_time sv_coherence_cost(const struct sv_memory *m, enum sv_cost family, enum sv_distance d)
{
	return m->machine->cost[(unsigned)family + (unsigned)d - SV_SMT];
}

sv_time sv_coherence_invalidation(const struct sv_memory *m, unsigned writer, unsigned pu)
{
	enum sv_distance d = sv_machine_distance(m->machine, writer, pu);

	return d == SV_SAME_PU ? 0 : sv_coherence_cost(m, SV_COST_RMW, d) / 2;
}

sv_time sv_coherence_memory(const struct sv_memory *m, uint32_t line, unsigned pu)
{
	const sv_time *cost = m->machine->cost;
	bool local = m->machine->node_of[pu] == m->line[line].home;
	sv_time time = cost[local ? SV_COST_MEMORY_LOCAL : SV_COST_MEMORY_REMOTE];

	if (m->line[line].by_device && cost[SV_COST_DMA_LOAD] >= 0)
		time += cost[SV_COST_DMA_LOAD] - cost[SV_COST_MEMORY_LOCAL];
	return time;
}

static struct sv_service read_service(const struct sv_memory *m, uint32_t line, unsigned pu)
{
	const struct sv_line *l = &m->line[line];
	enum sv_cost family = l->modified ? SV_COST_LOAD_MODIFIED : SV_COST_LOAD_SHARED;
	enum sv_distance d;

	if (l->modified) {
		d = sv_machine_distance(m->machine, pu, l->writer);
		if (d == SV_SAME_PU)
			return (struct sv_service){ 0 };
	} else {
		if (has_copy(m, line, pu))
			return (struct sv_service){ 0 };
		d = nearest_copy(m, line, pu);
		if (d == SV_DISTANCES)
			return (struct sv_service){ .latency = sv_coherence_memory(m, line, pu) };
	}
	return (struct sv_service){ .latency = sv_coherence_cost(m, family, d),
		.occupancy = sv_coherence_cost(m, SV_COST_OCCUPY_READ, d) };
}

/*
 * A write waits for the farthest copy; each further copy adds its invalidation. The new
 * owner keeps the line for the profile's retention before the next request is served.
 */
static struct sv_service write_service(const struct sv_memory *m, uint32_t line, unsigned pu)
{
	struct others o = other_copies(m, line, pu);
	const sv_time *cost = m->machine->cost;
	sv_time more;

	if (o.count == 0) {
		if (has_copy(m, line, pu))
			return (struct sv_service){ 0 };
		return (struct sv_service){ .latency = sv_coherence_memory(m, line, pu) };
	}
	more = (o.count - 1) * cost[SV_COST_INVALIDATE];
	return (struct sv_service){ .latency = sv_coherence_cost(m, SV_COST_RMW, o.farthest) + more,
		.occupancy = sv_coherence_cost(m, SV_COST_OCCUPY_WRITE, o.farthest) + more +
			     cost[SV_COST_RETENTION],
		.invalidated = o.count };
}

static struct sv_service service_of(const struct sv_memory *m, const struct sv_line_request *r)
{
	return r->access == SV_READ ? read_service(m, r->line, r->pu)
				    : write_service(m, r->line, r->pu);
}

static bool copied(const struct sv_memory *m, uint32_t line)
{
	for (unsigned w = 0; w < m->words; w++)
		if (sharers_of(m, line)[w])
			return true;
	return false;
}

struct sv_service sv_coherence_read(struct sv_memory *m, uint32_t line, unsigned pu)
{
	struct sv_service s = read_service(m, line, pu);
	struct sv_line *l = &m->line[line];
	unsigned core = m->machine->core_of[pu];

	/* A sibling reads out of the common cache: the core keeps what it has. */
	if (!has_copy(m, line, pu)) {
		l->sole = copied(m, line) ? 0 : (uint16_t)(core + 1);
		l->modified = l->by_device = false;
		m->traffic[pu]->transfers++;
	}
	sharers_of(m, line)[core / 64] |= (uint64_t)1 << (core % 64);
	return s;
}

static struct sv_service write_line(struct sv_memory *m, uint32_t line, unsigned pu)
{
	struct sv_service s = write_service(m, line, pu);
	uint64_t *sharers = sharers_of(m, line);
	unsigned core = m->machine->core_of[pu];

	if (s.latency)
		m->traffic[pu]->transfers++;
	m->traffic[pu]->invalidations += s.invalidated;
	memcpy(m->leaving + (size_t)line * m->words, sharers, m->words * sizeof(*sharers));
	memset(sharers, 0, m->words * sizeof(*sharers));
	sharers[core / 64] = (uint64_t)1 << (core % 64);
	m->line[line].modified = true;
	m->line[line].by_device = false;
	m->line[line].writer = (uint16_t)pu;
	m->line[line].written = sv_now(m->lp);
	m->line[line].sole = (uint16_t)(core + 1);
	return s;
}

static void serve(struct sv_memory *m, struct sv_line_request *r)
{
	struct sv_line *l = &m->line[r->line];
	sv_time now = sv_now(m->lp);
	struct sv_service s;

	if (r->access == SV_REFETCH) {
		l->busy = sv_coherence_refetch(m, r->line);
		return;
	}
	s = r->access == SV_READ ? sv_coherence_read(m, r->line, r->pu)
				 : write_line(m, r->line, r->pu);
	l->busy = now + s.occupancy;
	l->granted = now + s.latency - s.latency / 2;
	r->serve(r, l->granted);
	if (r->access == SV_WRITE)
		sv_coherence_invalidated(m, r->line, r->pu);
}

/* Lets the home go on with the queue when its time comes. */
static void schedule_service(struct sv_memory *m, uint32_t line)
{
	struct sv_line *l = &m->line[line];
	sv_time now = sv_now(m->lp);

	if (!l->head || l->serving)
		return;
	l->serving = true;
	sv_schedule(m->lp, l->busy > now ? l->busy : now, SV_EVENT_SERVE, line);
}

static void serve_next(struct sv_memory *m, uint32_t line)
{
	struct sv_line *l = &m->line[line];
	struct sv_line_request *r = l->head;

	l->serving = false;
	l->head = r->next;
	serve(m, r);
	schedule_service(m, line);
}

sv_time sv_memory_flight(const struct sv_memory *m, const struct sv_line_request *r)
{
	const struct sv_line *l = &m->line[r->line];
	sv_time latency = service_of(m, r).latency;
	enum sv_distance d;

	/* Who still has the line and asks again, because it is promised to another, asks as if from
	 * there. */
	if (latency == 0 && l->head) {
		d = sv_machine_distance(m->machine, r->pu, l->last->pu);
		latency = d == SV_SAME_PU ? 0 : sv_coherence_cost(m, SV_COST_RMW, d);
	}
	return latency / 2;
}

void sv_memory_arrive(struct sv_memory *m, struct sv_line_request *r)
{
	struct sv_line *l = &m->line[r->line];

	r->arrived = sv_now(m->lp);
	if (!l->head && l->busy <= sv_now(m->lp)) {
		serve(m, r);
		return;
	}
	r->next = NULL;
	if (l->head)
		l->last->next = r;
	else
		l->head = r;
	l->last = r;
	schedule_service(m, r->line);
}

void sv_coherence_queue_again(struct sv_memory *m, uint32_t line, const struct sv_watcher *first)
{
	struct sv_line *l = &m->line[line];
	struct sv_line_request *r = &l->refetch, **p = &l->head;

	while (*p && (*p)->arrived <= first->arrive)
		p = &(*p)->next;
	r->arrived = first->arrive;
	r->pu = first->pu;
	r->next = *p;
	*p = r;
	if (!r->next)
		l->last = r;
	l->fetching = true;
}

void sv_memory_send(struct sv_memory *m, struct sv_line_request *r)
{
	sv_schedule(m->lp, sv_now(m->lp) + sv_memory_flight(m, r), SV_EVENT_ARRIVE, (uintptr_t)r);
}

bool sv_memory_leaving(const struct sv_memory *m, uint32_t line, unsigned pu)
{
	const struct sv_line *l = &m->line[line];
	unsigned core = m->machine->core_of[pu];

	return (m->leaving[(size_t)line * m->words + core / 64] >> (core % 64) & 1) &&
	       sv_now(m->lp) < l->written + sv_coherence_invalidation(m, l->writer, pu);
}

void sv_memory_wrote(struct sv_memory *m, uint32_t line, unsigned pu)
{
	m->line[line].modified = true;
	m->line[line].writer = (uint16_t)pu;
	if (m->line[line].watchers)
		sv_coherence_invalidated(m, line, pu);
}

bool sv_memory_handle(struct sv_memory *m, const struct sv_event *event)
{
	switch (event->type) {
	case SV_EVENT_ARRIVE:
		sv_memory_arrive(m, (struct sv_line_request *)(uintptr_t)event->arg);
		return true;
	case SV_EVENT_SERVE:
		serve_next(m, (uint32_t)event->arg);
		return true;
	case SV_EVENT_REFETCH:
		sv_coherence_fetches_arrive(m, (uint32_t)event->arg);
		return true;
	default:
		return false;
	}
}
