/*
 * pending.c - the engine's pending set beside the candidates it was chosen from
 *
 * The hold model: pop the first event, push one an exponential time later, from a table.
 * All go through the same indirect calls and must pop the same events.
 * Usage: bench_pending [REPEATS]. Prints a Markdown table.
 */
#include "bench.h"
#include "candidates.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void *buckets_make(void)
{
	struct sv_pending *p = aligned_alloc(64, (sizeof(*p) + 63) / 64 * 64);

	if (p && sv_pending_init(p) < 0)
		abort();
	return p;
}

static void buckets_push(void *set, const struct sv_event *event)
{
	sv_pending_push(set, *event);
}

static struct sv_event buckets_pop(void *set)
{
	return *sv_pending_pop(set, SV_TIME_MAX);
}

static void buckets_free(void *set)
{
	sv_pending_fini(set);
	free(set);
}

const struct candidate buckets_candidate = {
	"time buckets (the engine's)",
	buckets_make,
	buckets_push,
	buckets_pop,
	buckets_free,
};

enum { CANDIDATES = 3, TABLE = 1 << 14, MOST_REPEATS = 101 };

static const struct candidate *const candidates[CANDIDATES] = {
	&buckets_candidate,
	&ladder_candidate,
	&heap_candidate,
};
static sv_time increment[TABLE];

/* One set under measurement. */
struct run {
	void *set;
	uint64_t state, order;
	double ns[MOST_REPEATS];
};

static void hold(const struct candidate *c, struct run *r, unsigned holds)
{
	for (unsigned i = 0; i < holds; i++) {
		struct sv_event e = c->pop(r->set);

		r->order = r->order * 31 + e.tie;
		r->state *= 0xd1342543de82ef95u;
		e.time += increment[r->state >> 50];
		c->push(r->set, &e);
	}
}

static void start(const struct candidate *c, struct run *r, unsigned size)
{
	r->set = c->make();
	r->state = 1;
	r->order = 0;
	for (unsigned i = 0; i < size; i++) {
		struct sv_event e = { .tie = i, .dst = i };

		r->state *= 0xd1342543de82ef95u;
		e.time = increment[r->state >> 50];
		c->push(r->set, &e);
	}
	hold(c, r, 2 * size + 100000);
}

static void compare(unsigned size, unsigned repeats, struct sv_bench_sample *sample)
{
	static struct run run[CANDIDATES];
	const unsigned holds = size < 100000 ? 300000 : 1000000;

	for (int c = 0; c < CANDIDATES; c++)
		start(candidates[c], &run[c], size);
	for (unsigned k = 0; k < repeats; k++) {
		for (int c = 0; c < CANDIDATES; c++) {
			double begin = sv_bench_cpu_clock();

			hold(candidates[c], &run[c], holds);
			run[c].ns[k] = 1e9 * (sv_bench_cpu_clock() - begin) / holds;
		}
	}
	for (int c = 0; c < CANDIDATES; c++) {
		if (run[c].order != run[0].order) {
			fprintf(stderr, "%s: another order\n", candidates[c]->name);
			exit(EXIT_FAILURE);
		}
		sample[c] = sv_bench_sample(run[c].ns, repeats);
		candidates[c]->free(run[c].set);
	}
}

int main(int argc, char **argv)
{
	unsigned repeats = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 15;

	if (repeats < 1 || repeats > MOST_REPEATS) {
		fputs("usage: bench_pending [REPEATS, at most 101]\n", stderr);
		return 2;
	}
	for (unsigned i = 0; i < TABLE; i++)
		increment[i] = (sv_time)(-log((i + 0.5) / TABLE) * (double)SV_US) + 1;
	printf("| pending |");
	for (int c = 0; c < CANDIDATES; c++)
		printf(" %s |", candidates[c]->name);
	printf("\n|--:|--:|--:|--:|\n");
	for (unsigned size = 1; size <= 1000000; size *= 10) {
		struct sv_bench_sample sample[CANDIDATES];

		compare(size, repeats, sample);
		printf("| %u |", size);
		for (int c = 0; c < CANDIDATES; c++)
			printf(" %.1f (%.1f-%.1f) |", sample[c].median, sample[c].low,
				sample[c].high);
		printf("\n");
		fflush(stdout);
	}
	return EXIT_SUCCESS;
}
