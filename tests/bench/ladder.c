/*
 * ladder.c - the ladder queue
 *
 * Tang, Goh and Thng, Ladder queue: an O(1) priority queue structure for large-scale
 * discrete event simulation, ACM TOMACS 15(3), 2005: an unsorted top, rungs of
 * ever finer buckets, and a sorted bottom. Buckets are vectors instead of lists.
 */
#include "candidates.h"
#include <stdlib.h>

#define THRESHOLD 50 /* the paper's: a fuller bucket becomes a rung */
#define RUNGS     8

struct vector {
	struct sv_event *event;
	size_t n, capacity;
};

struct rung {
	struct vector *bucket;
	size_t buckets, capacity, current;
	sv_time start, width;
	size_t n;
};

struct ladder {
	struct vector top, bottom; /* bottom is sorted, the first event at its end */
	sv_time top_start, top_min, top_max;
	struct rung rung[RUNGS];
	unsigned rungs;
};

static void append(struct vector *v, const struct sv_event *e)
{
	if (v->n == v->capacity) {
		v->capacity = v->capacity ? 2 * v->capacity : 8;
		v->event = realloc(v->event, v->capacity * sizeof(*v->event));
		if (!v->event)
			abort();
	}
	v->event[v->n++] = *e;
}

static void *ladder_make(void)
{
	struct ladder *l = calloc(1, sizeof(*l));

	if (l)
		l->top_min = SV_TIME_MAX;
	return l;
}

static void put(struct rung *r, const struct sv_event *e)
{
	append(&r->bucket[(e->time - r->start) / r->width], e);
	r->n++;
}

static void insert(struct vector *bottom, const struct sv_event *e)
{
	struct sv_event copy = *e;
	size_t i;

	append(bottom, &copy);
	for (i = bottom->n - 1; i > 0 && sv_event_less(&bottom->event[i - 1], &copy); i--)
		bottom->event[i] = bottom->event[i - 1];
	bottom->event[i] = copy;
}

static void ladder_push(void *set, const struct sv_event *e)
{
	struct ladder *l = set;

	if (e->time >= l->top_start) {
		append(&l->top, e);
		l->top_min = e->time < l->top_min ? e->time : l->top_min;
		l->top_max = e->time > l->top_max ? e->time : l->top_max;
		return;
	}
	for (unsigned i = 0; i < l->rungs; i++) {
		struct rung *r = &l->rung[i];

		if (e->time >= r->start + (sv_time)r->current * r->width) {
			put(r, e);
			return;
		}
	}
	insert(&l->bottom, e);
}

/* Spreads a vector, whose times lie in [start, start + span), over a new rung. */
static void add_rung(struct ladder *l, struct vector *from, sv_time start, sv_time span)
{
	struct rung *r = &l->rung[l->rungs++];

	r->width = span / (sv_time)from->n + 1;
	r->buckets = (size_t)(span / r->width) + 1;
	r->start = start;
	r->current = r->n = 0;
	if (r->buckets > r->capacity) {
		r->bucket = realloc(r->bucket, r->buckets * sizeof(*r->bucket));
		if (!r->bucket)
			abort();
		for (size_t i = r->capacity; i < r->buckets; i++)
			r->bucket[i] = (struct vector){ 0 };
		r->capacity = r->buckets;
	}
	for (size_t i = 0; i < from->n; i++)
		put(r, &from->event[i]);
	from->n = 0;
}

static int last_first(const void *a, const void *b)
{
	return sv_event_less(a, b) ? 1 : -1;
}

static void fill_bottom(struct ladder *l)
{
	if (l->rungs == 0) {
		add_rung(l, &l->top, l->top_min, l->top_max - l->top_min + 1);
		l->top_start = l->rung[0].start + (sv_time)l->rung[0].buckets * l->rung[0].width;
		l->top_min = SV_TIME_MAX;
		l->top_max = 0;
	}
	for (;;) {
		struct rung *r = &l->rung[l->rungs - 1];
		struct vector *b;

		while (r->bucket[r->current].n == 0)
			r->current++;
		b = &r->bucket[r->current++];
		r->n -= b->n;
		if (b->n > THRESHOLD && l->rungs < RUNGS && r->width > 1) {
			add_rung(l, b, r->start + (sv_time)(r->current - 1) * r->width, r->width);
			continue;
		}
		for (size_t i = 0; i < b->n; i++)
			append(&l->bottom, &b->event[i]);
		b->n = 0;
		qsort(l->bottom.event, l->bottom.n, sizeof(*l->bottom.event), last_first);
		while (l->rungs > 0 && l->rung[l->rungs - 1].n == 0)
			l->rungs--;
		return;
	}
}

static struct sv_event ladder_pop(void *set)
{
	struct ladder *l = set;

	if (l->bottom.n == 0)
		fill_bottom(l);
	return l->bottom.event[--l->bottom.n];
}

static void ladder_free(void *set)
{
	struct ladder *l = set;

	for (unsigned i = 0; i < RUNGS; i++) {
		for (size_t b = 0; b < l->rung[i].capacity; b++)
			free(l->rung[i].bucket[b].event);
		free(l->rung[i].bucket);
	}
	free(l->top.event);
	free(l->bottom.event);
	free(l);
}

const struct candidate ladder_candidate = {
	"ladder queue",
	ladder_make,
	ladder_push,
	ladder_pop,
	ladder_free,
};
