/*
 * probe_readers.c - how fast readers of a line that was just written get it one after another
 *
 * A word is polled by cores that are all as far from its writer. When it is written, each of them
 * notes the time at which it sees the new value. The way from the first to the last, by
 * the readers behind the first, is what serving one reader takes: `occupancy.read`.
 */
#include "probe.h"
#include <math.h>

#define MOST_READERS 15
#define WRITES       64
#define REST_NS      500 /* so that all poll their own copies again */

struct readers {
	struct sv_reading r;
	unsigned threads; /* 0 writes */
	struct stamp {
		_Alignas(128) double ns;
	} stamp[1 + MOST_READERS];
	_Alignas(128) _Atomic unsigned word;
	_Alignas(128) _Atomic unsigned seen;
};

static void rest(void)
{
	double start = sv_sample_clock();

	while (sv_sample_clock() - start < REST_NS)
		;
}

static double spread(const struct readers *r)
{
	double first = INFINITY, last = -INFINITY;

	for (unsigned i = 1; i < r->threads; i++) {
		first = fmin(first, r->stamp[i].ns);
		last = fmax(last, r->stamp[i].ns);
	}
	return (last - first) / (r->threads - 2);
}

static void body(unsigned thread, void *arg)
{
	struct readers *r = arg;
	double sum_ns = 0;

	for (unsigned i = 1; i <= WRITES; i++) {
		if (thread > 0) {
			sv_probe_await(&r->word, i);
			r->stamp[thread].ns = sv_sample_clock();
			atomic_fetch_add_explicit(&r->seen, 1, memory_order_release);
			continue;
		}
		rest();
		atomic_store_explicit(&r->word, i, memory_order_release);
		sv_probe_await(&r->seen, i * (r->threads - 1));
		sum_ns += spread(r);
	}
	if (thread == 0) {
		r->r.value = sum_ns / WRITES;
		atomic_store(&r->word, 0);
		atomic_store(&r->seen, 0);
	}
}

/* The writer, then one PU of each core at this distance from it. */
static unsigned choose(const struct sv_calibration *c, enum sv_distance d, unsigned *pu)
{
	const uint16_t *core = c->machine->core_of;
	unsigned n = 1;

	pu[0] = 0;
	for (unsigned i = 1; i < c->pus && n < 1 + MOST_READERS; i++)
		if (sv_machine_distance(c->machine, 0, i) == d &&
			(n == 1 || core[i] != core[pu[n - 1]]))
			pu[n++] = i;
	return n;
}

static int run_at(struct sv_calibration *c, enum sv_distance d, double seconds)
{
	unsigned pu[1 + MOST_READERS];
	struct readers r = { .threads = choose(c, d, pu) };

	if (r.threads < 3) {
		char name[64];

		snprintf(name, sizeof(name), "occupancy.read.%s", sv_distance_name[d]);
		sv_probe_cannot(c, name, "it takes two cores at this distance from the first PU");
		return 0;
	}
	r.r.to = sv_probe_row_at(c, "occupancy.read", d,
		"Cores at this distance from a writer poll its word: from the first to the last "
		"that "
		"sees a new value, by the readers behind the first, mean of 64 writes");
	return sv_probe_batches(c, &(struct sv_batches){ .pu = pu,
					   .threads = r.threads,
					   .body = body,
					   .done = sv_reading_done,
					   .arg = &r,
					   .seconds = seconds,
					   .most = UINT_MAX });
}

static int run(struct sv_calibration *c, double seconds)
{
	struct sv_pair pair;
	unsigned distances = 0;

	for (enum sv_distance d = SV_SMT; d < SV_DISTANCES; d++)
		distances += sv_probe_pairs(c, d, &pair, 1);
	for (enum sv_distance d = SV_SMT; d < SV_DISTANCES; d++)
		if (sv_probe_pairs(c, d, &pair, 1) && run_at(c, d, seconds / distances) < 0)
			return -1;
	return 0;
}

const struct sv_probe sv_probe_readers = { "readers", "readers of one line", 0.5, run, NULL };
