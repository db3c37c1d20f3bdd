/*
 * watch.c - threads that spin on a line
 *
 * When a line is written, every watcher loses its copy, notices at its next poll and
 * fetches the line again. The fetches queue at the home among other requests, in the
 * order in which they arrive: a release must not wait for fetches that come after it.
 * Those that nothing separates are served as a batch, because a batch costs one event
 * however many watchers there are.
 */
#include "machine/coherence_private.h"
#include <string.h>

uint64_t sv_memory_peek(const void *word, unsigned bytes)
{
	uint64_t value = 0;

	/* Constant sizes let the compiler use one move each. */
	switch (bytes) {
	case 1:
		return *(const uint8_t *)word;
	case 2:
		memcpy(&value, word, 2);
		break;
	case 4:
		memcpy(&value, word, 4);
		break;
	default:
		memcpy(&value, word, 8);
		break;
	}
	return value;
}

bool sv_watcher_holds(const struct sv_watcher *w, uint64_t value)
{
	return ((value & w->mask) == w->want) != w->differs;
}

void sv_memory_watch(struct sv_memory *m, struct sv_watcher *w)
{
	struct sv_line *l = &m->line[sv_memory_line(m, w->word)];

	w->stale = false;
	w->received = sv_now(m->lp);
	w->previous = NULL;
	w->next = l->watchers;
	if (l->watchers)
		l->watchers->previous = w;
	l->watchers = w;
}

void sv_memory_unwatch(struct sv_memory *m, struct sv_watcher *w)
{
	if (w->previous)
		w->previous->next = w->next;
	else
		m->line[sv_memory_line(m, w->word)].watchers = w->next;
	if (w->next)
		w->next->previous = w->previous;
}

sv_time sv_memory_poll_time(const struct sv_memory *m)
{
	return m->machine->cost[SV_COST_PAUSE] + m->machine->cost[SV_COST_HIT_LOAD];
}

sv_time sv_memory_phase(struct sv_memory *m, sv_time turn)
{
	uint64_t loop = (uint64_t)turn;

	return (sv_time)((__extension__(unsigned __int128) sv_stream_next(&m->polls) * loop) >> 64);
}

/* A watcher tests, pauses, tests: its copy vanishes at a random point of that loop. */
static sv_time poll_phase(struct sv_memory *m)
{
	return sv_memory_phase(m, sv_memory_poll_time(m));
}

/* Of what a PU has written, or a device. */
static sv_time load_time(const struct sv_memory *m, unsigned writer, const struct sv_watcher *w)
{
	uint32_t line = sv_memory_line(m, w->word);
	enum sv_distance d = sv_machine_distance(m->machine, writer, w->pu);

	if (m->line[line].by_device)
		return sv_coherence_memory(m, line, w->pu);
	/* Who ran there before has left the store behind in the buffer. */
	return d == SV_SAME_PU ? 0 : sv_coherence_cost(m, SV_COST_LOAD_MODIFIED, d);
}

/*
 * The invalidation arrives, then comes the next poll, then the request's way to the home: half
 * of a load. The copy may still have been on its way; it is tested once before the next poll.
 */
static sv_time next_fetch(struct sv_memory *m, unsigned writer, const struct sv_watcher *w)
{
	sv_time poll = sv_now(m->lp) + sv_coherence_invalidation(m, writer, w->pu) + poll_phase(m);
	sv_time tested = w->received + m->machine->cost[SV_COST_PAUSE];

	return (poll > tested ? poll : tested) + load_time(m, writer, w) / 2;
}

/* An event for an earlier fetch makes that for a later one void. */
static void expect_fetch(struct sv_memory *m, uint32_t line, const struct sv_watcher *w)
{
	struct sv_line *l = &m->line[line];

	if (l->fetching || (l->refetch_at && l->refetch_at <= w->arrive))
		return;
	l->refetch_at = w->arrive;
	l->refetch.pu = w->pu;
	sv_schedule(m->lp, w->arrive, SV_EVENT_REFETCH, line);
}

void sv_coherence_fetches_arrive(struct sv_memory *m, uint32_t line)
{
	struct sv_line *l = &m->line[line];

	if (l->fetching || l->refetch_at != sv_now(m->lp))
		return;
	l->refetch_at = 0;
	l->fetching = true;
	l->refetch.line = line;
	l->refetch.access = SV_REFETCH;
	sv_memory_arrive(m, &l->refetch);
}

void sv_coherence_invalidated(struct sv_memory *m, uint32_t line, unsigned pu)
{
	const struct sv_watcher *first = NULL;

	for (struct sv_watcher *w = m->line[line].watchers; w; w = w->next) {
		if (w->stale)
			continue;
		w->stale = true;
		w->lost = sv_now(m->lp);
		if (w->blind)
			continue;
		w->arrive = next_fetch(m, pu, w);
		if (!first || w->arrive < first->arrive)
			first = w;
	}
	if (first)
		expect_fetch(m, line, first);
}

/* On another PU, or with its copy gone, it has to fetch the line; otherwise it has seen all there
 * is. */
void sv_memory_look_again(struct sv_memory *m, struct sv_watcher *w)
{
	uint32_t line = sv_memory_line(m, w->word);

	if (!w->stale && sv_memory_readable(m, line, w->pu))
		return;
	if (!w->stale)
		w->lost = sv_now(m->lp);
	w->stale = true;
	w->arrive = sv_now(m->lp) + poll_phase(m);
	expect_fetch(m, line, w);
}

static bool before(const struct sv_fetch *a, const struct sv_fetch *b)
{
	return a->arrive < b->arrive || (a->arrive == b->arrive && a->watcher->pu < b->watcher->pu);
}

/* Shell's sort with Ciura's gaps: some hundred records at every hand-over, where qsort() took most
 * of the time. */
static void sort(struct sv_fetch *f, size_t n)
{
	static const size_t gaps[] = { 301, 132, 57, 23, 10, 4, 1 };

	for (size_t g = 0; g < sizeof(gaps) / sizeof(gaps[0]); g++)
		for (size_t i = gaps[g]; i < n; i++) {
			struct sv_fetch x = f[i];
			size_t j = i;

			for (; j >= gaps[g] && before(&x, &f[j - gaps[g]]); j -= gaps[g])
				f[j] = f[j - gaps[g]];
			f[j] = x;
		}
}

static size_t collect_stale(struct sv_memory *m, const struct sv_line *l)
{
	size_t n = 0;

	for (struct sv_watcher *w = l->watchers; w; w = w->next)
		if (w->stale && !w->blind)
			m->batch[n++] = (struct sv_fetch){ w->arrive, w };
	SV_BUG_ON(n > m->machine->pus);
	sort(m->batch, n);
	return n;
}

/* The last arrival that goes before the request that is next in the queue. */
static sv_time served_until(const struct sv_memory *m, const struct sv_line *l)
{
	sv_time now = sv_now(m->lp);

	return l->head && l->head->arrived < now ? l->head->arrived : now;
}

sv_time sv_coherence_refetch(struct sv_memory *m, uint32_t line)
{
	struct sv_line *l = &m->line[line];
	sv_time at = sv_now(m->lp), until = served_until(m, l);
	size_t n = collect_stale(m, l), i;

	l->fetching = false;
	for (i = 0; i < n && m->batch[i].arrive <= until; i++) {
		struct sv_watcher *w = m->batch[i].watcher;
		struct sv_service s = sv_coherence_read(m, line, w->pu);
		uint64_t value = sv_memory_peek(w->word, w->bytes);

		w->stale = false;
		w->received = l->granted = at + s.latency - s.latency / 2;
		if (sv_watcher_holds(w, value)) {
			sv_memory_unwatch(m, w);
			w->wake(w, value, w->received);
		}
		at += s.occupancy;
	}
	if (i < n && m->batch[i].arrive <= sv_now(m->lp))
		sv_coherence_queue_again(m, line, m->batch[i].watcher);
	else if (i < n)
		expect_fetch(m, line, m->batch[i].watcher);
	return at;
}
