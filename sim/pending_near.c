/*
 * pending_near.c - the events that were scheduled into the open bucket
 *
 * A binary heap of keys over a pool of events. Where the width of buckets suits the
 * model it holds a handful.
 */
#include "pending_internal.h"
#include <stdlib.h>

static bool near_resize(struct sv_pending *p, uint32_t capacity)
{
	uint64_t *keys = realloc(p->near, capacity * sizeof(*keys));
	struct sv_event *events;
	uint32_t *unused;

	if (keys)
		p->near = keys;
	events = realloc(p->near_event, capacity * sizeof(*events));
	if (events)
		p->near_event = events;
	unused = realloc(p->near_free, capacity * sizeof(*unused));
	if (unused)
		p->near_free = unused;
	if (!keys || !events || !unused)
		return false;
	for (uint32_t i = p->near_capacity; i < capacity; i++)
		p->near_free[i] = i;
	p->near_capacity = capacity;
	return true;
}

bool sv_near_init(struct sv_pending *p)
{
	return near_resize(p, 64);
}

void sv_pending_push_near(
	struct sv_pending *p, sv_time time, uint64_t tie, uint32_t dst, uint32_t type, uint64_t arg)
{
	uint64_t *heap;
	uint64_t key;
	uint32_t i;

	if (sv_unlikely(p->near_n == p->near_capacity) &&
		(p->near_n > UINT32_MAX / 2 || !near_resize(p, 2 * p->near_capacity))) {
		p->out_of_memory = true;
		return;
	}
	heap = p->near;
	i = p->near_n++;
	key = (uint64_t)(time - p->open) << 32 | p->near_free[i];
	p->near_event[p->near_free[i]] = (struct sv_event){ time, tie, dst, type, arg };
	if (p->near_n > p->seen.near_most)
		p->seen.near_most = p->near_n;
	while (i > 0 && sv_key_less(p->near_event, key, heap[(i - 1) / 2])) {
		heap[i] = heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	heap[i] = key;
}

void sv_near_pop(struct sv_pending *p)
{
	uint64_t *heap = p->near;
	uint32_t n = --p->near_n, i = 0;
	uint64_t last = heap[n];

	p->current = p->near_event[(uint32_t)heap[0]];
	p->near_free[n] = (uint32_t)heap[0];
	p->seen.near_pops++;
	for (uint32_t child = 1; child < n; child = 2 * i + 1) {
		if (child + 1 < n && sv_key_less(p->near_event, heap[child + 1], heap[child]))
			child++;
		if (!sv_key_less(p->near_event, heap[child], last))
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = n ? last : (uint64_t)(p->open_end - p->open) << 32;
}
