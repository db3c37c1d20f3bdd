/*
 * pending_sort.c - sorting a bucket when it is opened
 *
 * Keys of 8 bytes (offset in the bucket, index) are sorted, not events of 32. Times in a
 * bucket are mostly spread evenly, so they are dealt into as many piles as there
 * are events and the rest is an insertion sort. When it is not (many equal times, a
 * cluster), the insertions run out of their budget and a merge sort takes over.
 */
#include "pending_internal.h"
#include <stdlib.h>
#include <string.h>

#define DIRECT_MOST    8 /* up to here insertion sort alone is faster */
#define MOST_PILE_BITS 16

static bool reserve(struct sv_pending *p, uint32_t n)
{
	uint32_t capacity = p->sort_capacity ? p->sort_capacity : 64;
	uint64_t *keys;
	uint32_t *counts;

	if (n <= p->sort_capacity)
		return true;
	while (capacity < n && capacity <= UINT32_MAX / 2)
		capacity *= 2;
	keys = realloc(p->run, ((size_t)capacity + SV_PENDING_AHEAD) * sizeof(*keys));
	if (keys)
		p->run = keys;
	free(p->sort);
	p->sort = malloc(
		((size_t)capacity + SV_PENDING_AHEAD) * sizeof(*keys)); /* run's turn may come */
	/* One more, where the first pile's count is gathered. */
	counts = realloc(p->sort_count, (2 * (size_t)capacity + 1) * sizeof(*counts));
	if (counts)
		p->sort_count = counts;
	p->sort_capacity = keys && p->sort && counts ? capacity : 0;
	return p->sort_capacity > 0;
}

/* Returns false, with the keys permuted but all there, when it gives up. */
static bool insertion_sort(const struct sv_event *event, uint64_t *key, uint32_t n)
{
	uint64_t budget = 64 + 16 * (uint64_t)n;

	for (uint32_t i = 1; i < n; i++) {
		uint64_t k = key[i];
		uint32_t j = i;

		if (sv_likely(key[i - 1] >> 32 < k >> 32))
			continue;
		for (; j > 0 && sv_key_less(event, k, key[j - 1]); j--)
			key[j] = key[j - 1];
		key[j] = k;
		if (i - j > budget)
			return false;
		budget -= i - j;
	}
	return true;
}

static void merge(
	const struct sv_event *event, const uint64_t *from, uint32_t mid, uint32_t n, uint64_t *to)
{
	uint32_t a = 0, b = mid;

	for (uint32_t i = 0; i < n; i++) {
		if (a < mid && (b == n || !sv_key_less(event, from[b], from[a])))
			to[i] = from[a++];
		else
			to[i] = from[b++];
	}
}

/* Sorts *key using *spare; exchanges the two arrays as often as it must. */
static void merge_sort(const struct sv_event *event, uint64_t **key, uint64_t **spare, uint32_t n)
{
	for (uint64_t width = 1; width < n; width *= 2) {
		uint64_t *from = *key, *to = *spare;

		for (uint64_t at = 0; at < n; at += 2 * width) {
			uint64_t len = n - at < 2 * width ? n - at : 2 * width;
			uint64_t mid = len < width ? len : width;

			/* Events often come in order, such as the starts of all LPs. */
			if (mid == len || !sv_key_less(event, from[at + mid], from[at + mid - 1]))
				memcpy(to + at, from + at, len * sizeof(*to));
			else
				merge(event, from + at, (uint32_t)mid, (uint32_t)len, to + at);
		}
		*key = to;
		*spare = from;
	}
}

/* Deals the keys into piles by the top bits of their offset. */
static void deal(struct sv_pending *p, const struct sv_event *v, uint32_t n)
{
	unsigned bits = sv_log2(n) + 1, drop;
	uint32_t *count = p->sort_count;

	bits = bits < MOST_PILE_BITS ? bits : MOST_PILE_BITS;
	bits = bits < p->shift ? bits : p->shift;
	drop = 32 + p->shift - bits;
	memset(count, 0, (((size_t)1 << bits) + 1) * sizeof(*count));
	for (uint32_t i = 0; i < n; i++) {
		uint64_t key = (uint64_t)(v[i].time - p->open) << 32 | i;

		p->sort[i] = key;
		count[(key >> drop) + 1]++;
	}
	for (uint32_t b = 1; b < 1u << bits; b++)
		count[b] += count[b - 1];
	for (uint32_t i = 0; i < n; i++)
		p->run[count[p->sort[i] >> drop]++] = p->sort[i];
}

bool sv_pending_sort(struct sv_pending *p)
{
	const struct sv_event *v = p->opened.event;
	uint32_t n = p->opened.n;

	if (!reserve(p, n))
		return false;
	if (n <= DIRECT_MOST)
		for (uint32_t i = 0; i < n; i++)
			p->run[i] = (uint64_t)(v[i].time - p->open) << 32 | i;
	else
		deal(p, v, n);
	if (!insertion_sort(v, p->run, n))
		merge_sort(v, &p->run, &p->sort, n);
	return true;
}
