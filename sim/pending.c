/*
 * pending.c - the pending event set: ring of buckets and the open bucket
 *
 * A bucket is opened only when its first event is about to be popped. So whatever is
 * pushed later lies at or behind the open bucket's start, and the near set's keys can
 * be offsets from it.
 */
#include "pending_internal.h"
#include <stdlib.h>
#include <string.h>

static struct sv_event no_event; /* what sv_pending_ahead() reads when nothing is open */

static void set_empty_keys(struct sv_pending *p)
{
	uint64_t key = (uint64_t)(p->open_end - p->open) << 32;

	for (unsigned i = 0; i < SV_PENDING_AHEAD; i++)
		p->run[p->run_n + i] = key;
	if (p->near_n == 0)
		p->near[0] = key;
}

int sv_pending_init(struct sv_pending *p)
{
	*p = (struct sv_pending){ .shift = 20, .idle_next = SV_TIME_MAX };
	p->span = (uint64_t)SV_PENDING_SLOTS << p->shift;
	p->event = &no_event;
	p->ring = calloc(SV_PENDING_SLOTS, sizeof(*p->ring));
	p->run = malloc(SV_PENDING_AHEAD * sizeof(*p->run));
	if (!p->ring || !p->run || !sv_near_init(p)) {
		sv_pending_fini(p);
		return -1;
	}
	set_empty_keys(p);
	return 0;
}

void sv_pending_fini(struct sv_pending *p)
{
	free(p->ring);
	free(p->run);
	free(p->sort);
	free(p->sort_count);
	free(p->near);
	free(p->near_event);
	free(p->near_free);
	sv_pool_fini(&p->pool);
}

void sv_pending_push_full(
	struct sv_pending *p, sv_time time, uint64_t tie, uint32_t dst, uint32_t type, uint64_t arg)
{
	uint64_t slot = (uint64_t)(time - p->base) >> p->shift;
	struct sv_bucket *b = &p->ring[slot];
	unsigned class = b->capacity ? sv_log2(b->capacity) : 2;
	struct sv_event *larger = sv_pool_get(&p->pool, class + 1);

	if (!larger) {
		p->out_of_memory = true;
		p->waiting--;
		return;
	}
	if (b->capacity) {
		memcpy(larger, b->event, b->n * sizeof(*larger));
		sv_pool_put(&p->pool, b->event, class);
	} else {
		p->ring_bits[slot / 64] |= 1ull << slot % 64;
		p->ring_words |= 1ull << slot / 64;
	}
	b->event = larger;
	b->capacity = 2u << class;
	b->event[b->n++] = (struct sv_event){ time, tie, dst, type, arg };
}

unsigned sv_ring_first(const struct sv_pending *p)
{
	unsigned word = (unsigned)__builtin_ctzll(p->ring_words);

	return word * 64 + (unsigned)__builtin_ctzll(p->ring_bits[word]);
}

struct sv_bucket sv_ring_take(struct sv_pending *p, unsigned slot)
{
	struct sv_bucket b = p->ring[slot];

	p->ring[slot] = (struct sv_bucket){ 0 };
	p->ring_bits[slot / 64] &= p->ring_bits[slot / 64] - 1;
	if (p->ring_bits[slot / 64] == 0)
		p->ring_words &= p->ring_words - 1;
	return b;
}

void sv_pending_close(struct sv_pending *p)
{
	if (p->opened.capacity)
		sv_pool_put(&p->pool, p->opened.event, sv_log2(p->opened.capacity));
	p->opened = (struct sv_bucket){ 0 };
	p->event = &no_event;
	p->head = p->run_n = 0;
	set_empty_keys(p);
}

static sv_time slot_start(const struct sv_pending *p, unsigned slot)
{
	return p->base + ((sv_time)slot << p->shift);
}

/* The first time in ring and far set, found by looking at the first bucket's events. */
static sv_time idle_next(struct sv_pending *p)
{
	if (p->idle_next == INT64_MIN && p->ring_words) {
		const struct sv_bucket *b = &p->ring[sv_ring_first(p)];
		sv_time first = SV_TIME_MAX;

		for (uint32_t i = 0; i < b->n; i++)
			first = b->event[i].time < first ? b->event[i].time : first;
		p->idle_next = first;
	} else if (p->idle_next == INT64_MIN) {
		p->idle_next = sv_far_first(p);
	}
	return p->idle_next;
}

static void open_slot(struct sv_pending *p, unsigned slot)
{
	const sv_time width = (sv_time)1 << p->shift;

	p->opened = sv_ring_take(p, slot);
	p->event = p->opened.event;
	p->open = slot_start(p, slot);
	p->open_end = width > SV_TIME_MAX - p->open ? SV_TIME_MAX : p->open + width;
	p->waiting -= p->opened.n;
	p->idle_next = p->waiting ? INT64_MIN : SV_TIME_MAX;
	p->seen.opens++;
	p->seen.opened += p->opened.n;
	if (sv_pending_sort(p))
		p->run_n = p->opened.n;
	else
		p->out_of_memory = true;
	set_empty_keys(p);
}

/* Opens the first bucket if it has an event before limit. */
static bool open_next(struct sv_pending *p, sv_time limit)
{
	unsigned slot;

	sv_pending_close(p);
	if (sv_pending_adapt_due(p))
		sv_pending_adapt(p);
	if (p->ring_words == 0) {
		if (p->far_bits == 0 || idle_next(p) >= limit)
			return false;
		sv_far_rebase(p);
	}
	slot = sv_ring_first(p);
	if (limit - slot_start(p, slot) < (sv_time)1 << p->shift && idle_next(p) >= limit)
		return false;
	open_slot(p, slot);
	return true;
}

const struct sv_event *sv_pending_pop_slow(struct sv_pending *p, sv_time limit)
{
	for (;;) {
		uint64_t run = p->run[p->head];
		bool near_first = p->near_n > 0;

		if (near_first && p->head < p->run_n && run >> 32 == p->near[0] >> 32)
			near_first = sv_event_less(
				&p->near_event[(uint32_t)p->near[0]], &p->event[(uint32_t)run]);
		else if (p->head < p->run_n && run < p->near[0])
			near_first = false;

		if (!near_first && p->head == p->run_n) {
			if (p->waiting == 0 || !open_next(p, limit))
				return NULL;
		} else if (sv_pending_bound(p) >= limit) {
			return NULL;
		} else if (!near_first) {
			p->head++;
			return &p->event[(uint32_t)run];
		} else if (sv_pending_adapt_due(p)) {
			sv_pending_adapt(p);
		} else {
			sv_near_pop(p);
			return &p->current;
		}
	}
}

sv_time sv_pending_bound_slow(const struct sv_pending *p)
{
	unsigned bit;

	if (p->head < p->run_n || p->near_n > 0)
		return sv_pending_bound(p);
	if (p->idle_next != INT64_MIN)
		return p->idle_next;
	if (p->ring_words)
		return slot_start(p, sv_ring_first(p));
	bit = (unsigned)__builtin_ctzll(p->far_bits);
	return ((p->base >> bit) | 1) << bit;
}

sv_time sv_pending_next(struct sv_pending *p)
{
	if (p->head < p->run_n || p->near_n > 0)
		return sv_pending_bound(p);
	return idle_next(p);
}
