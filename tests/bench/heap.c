/*
 * heap.c - a 4-ary heap of 16-byte keys over a pool of events
 *
 * Four children share a cache line. The key holds the time and the event's slot; only
 * events at the same time are looked at.
 */
#include "candidates.h"
#include <stdlib.h>

struct key {
	sv_time time;
	uint64_t slot;
};

struct heap {
	struct key *key; /* from FIRST on, so that siblings are aligned */
	struct sv_event *event;
	uint64_t *unused;
	size_t n, capacity;
};

#define FIRST 3

static bool less(const struct heap *h, struct key a, struct key b)
{
	if (sv_likely(a.time != b.time))
		return a.time < b.time;
	return sv_event_less(&h->event[a.slot], &h->event[b.slot]);
}

static void *heap_make(void)
{
	return calloc(1, sizeof(struct heap));
}

static void grow(struct heap *h)
{
	size_t capacity = h->capacity ? 2 * h->capacity : 1024;
	struct key *key = aligned_alloc(64, (capacity + 4) * sizeof(*key));

	h->event = realloc(h->event, capacity * sizeof(*h->event));
	h->unused = realloc(h->unused, capacity * sizeof(*h->unused));
	if (!key || !h->event || !h->unused)
		abort();
	for (size_t i = FIRST; i < FIRST + h->n; i++)
		key[i] = h->key[i];
	for (size_t i = h->capacity; i < capacity; i++)
		h->unused[i] = i;
	free(h->key);
	h->key = key;
	h->capacity = capacity;
}

static void heap_push(void *set, const struct sv_event *e)
{
	struct heap *h = set;
	struct key k;
	size_t i;

	if (h->n == h->capacity)
		grow(h);
	k = (struct key){ e->time, h->unused[h->n] };
	h->event[k.slot] = *e;
	for (i = FIRST + h->n++; i > FIRST; i = i / 4 + 2) {
		if (!less(h, k, h->key[i / 4 + 2]))
			break;
		h->key[i] = h->key[i / 4 + 2];
	}
	h->key[i] = k;
}

static struct sv_event heap_pop(void *set)
{
	struct heap *h = set;
	struct key first = h->key[FIRST], last = h->key[FIRST + --h->n];
	size_t i = FIRST, end = FIRST + h->n, child;

	h->unused[h->n] = first.slot;
	while ((child = 4 * (i - 2)) < end) {
		size_t least = child;

		for (size_t c = child + 1; c < child + 4 && c < end; c++)
			if (less(h, h->key[c], h->key[least]))
				least = c;
		if (!less(h, h->key[least], last))
			break;
		h->key[i] = h->key[least];
		i = least;
	}
	h->key[i] = last;
	return h->event[first.slot];
}

static void heap_free(void *set)
{
	struct heap *h = set;

	free(h->key);
	free(h->event);
	free(h->unused);
	free(h);
}

const struct candidate heap_candidate = { "4-ary heap", heap_make, heap_push, heap_pop, heap_free };
