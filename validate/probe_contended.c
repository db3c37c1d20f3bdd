/*
 * probe_contended.c - a line that several cores want all the time
 *
 * Every thread adds to one word as fast as it can. What an addition returns tells whether
 * somebody else came between: so the runs in which a core keeps the line can be counted.
 * The time of a run is split as the model splits it: what the owner does beyond its first
 * operation is `retention`, the rest of the time between two owners is `occupancy.write`.
 *
 * Two cores alone cannot show an occupancy that is shorter than half of their latency: the line
 * is then on its way most of the time. The row is then an upper bound, and says so.
 */
#include "probe.h"
#include <math.h>
#include <stdint.h>

#define MOST_THREADS 64
#define CHUNK        64

struct contended {
	double elapsed_ns, own_ns;
	unsigned threads;
	struct sv_samples *operation, *run, *occupancy, *retention;
	struct tally {
		_Alignas(128) uint64_t operations, runs;
	} tally[MOST_THREADS];
	_Alignas(128) uint64_t word;
	_Alignas(128) _Atomic unsigned here, ended;
};

static void add_chunk(uint64_t *word, uint64_t *last, struct tally *t)
{
	for (unsigned i = 0; i < CHUNK; i++) {
		uint64_t seen = __atomic_fetch_add(word, 1, __ATOMIC_SEQ_CST);

		t->runs += seen != *last + 1;
		*last = seen;
	}
	t->operations += CHUNK;
}

/* Thread 0 takes the time; all end when it is over, and nothing counts after that. */
static void body(unsigned thread, void *arg)
{
	struct contended *c = arg;
	struct tally t = { 0 };
	uint64_t last = UINT64_MAX - 1;
	double start;

	atomic_fetch_add(&c->here, 1);
	sv_probe_await(&c->here, c->threads);
	start = sv_sample_clock();
	do
		add_chunk(&c->word, &last, &t);
	while (thread == 0 ? sv_sample_clock() - start < SV_PROBE_BATCH_NS
			   : !atomic_load_explicit(&c->ended, memory_order_relaxed));
	if (thread == 0) {
		c->elapsed_ns = sv_sample_clock() - start;
		atomic_store(&c->ended, 1);
	}
	c->tally[thread] = t;
}

static void done(void *arg, bool disturbed)
{
	struct contended *c = arg;
	double operations = 0, runs = 0, operation, run, retention;

	for (unsigned i = 0; i < c->threads; i++) {
		operations += (double)c->tally[i].operations;
		runs += (double)c->tally[i].runs;
	}
	operation = c->elapsed_ns / operations;
	run = operations / runs;
	retention = (run - 1) * c->own_ns;
	sv_samples_put(c->operation, operation, disturbed);
	sv_samples_put(c->run, run * operation, disturbed);
	if (c->retention)
		sv_samples_put(c->retention, retention, disturbed);
	if (c->occupancy)
		sv_samples_put(c->occupancy, fmax(0, run * operation - retention), disturbed);
	c->word = 0;
	atomic_store(&c->here, 0);
	atomic_store(&c->ended, 0);
}

/*
 * PUs that are no further apart than `d`, the first two at just that distance, one of each core
 * unless d is that of siblings.
 */
static unsigned choose(const struct sv_calibration *c, enum sv_distance d, unsigned *pu)
{
	struct sv_pair pair;
	unsigned n = 2;

	if (sv_probe_pairs(c, d, &pair, 1) == 0)
		return 0;
	pu[0] = pair.a;
	pu[1] = pair.b;
	for (unsigned i = 0; i < c->pus && n < MOST_THREADS && d != SV_SMT; i++) {
		bool fits = true;

		for (unsigned k = 0; k < n; k++) {
			enum sv_distance to = sv_machine_distance(c->machine, i, pu[k]);

			fits = fits && to > SV_SMT && to <= d;
		}
		if (fits)
			pu[n++] = i;
	}
	return n;
}

static int run_at(struct sv_calibration *c, enum sv_distance d, bool nearest, double seconds)
{
	unsigned pu[MOST_THREADS];
	struct contended x = { .threads = choose(c, d, pu),
		.own_ns = sv_probe_median(c, "hit.rmw") };

	if (x.threads == 0)
		return 0;
	x.operation = sv_probe_row_at(c, "contended.faa", d,
		"Fetch-and-add on one word by all cores within this distance, time by operations");
	x.run = sv_probe_row_at(c, "contended.run", d,
		"Fetch-and-add on one word by all cores within this distance, time by runs of "
		"operations of one core that no other came between");
	if (!isnan(x.own_ns))
		x.occupancy = sv_probe_row_at(c, "occupancy.write", d,
			"Fetch-and-add on one word by all cores within this distance: time from "
			"owner to "
			"owner, less retention; with two cores an upper bound, because the line is "
			"mostly "
			"under way");
	if (nearest && !isnan(x.own_ns))
		x.retention = sv_probe_row(c, "retention",
			"Fetch-and-add on one word by the nearest cores: operations beyond the "
			"first of "
			"an owner before another comes between, each taken as hit.rmw");
	return sv_probe_batches(c, &(struct sv_batches){ .pu = pu,
					   .threads = x.threads,
					   .body = body,
					   .done = done,
					   .arg = &x,
					   .seconds = seconds,
					   .most = UINT_MAX });
}

static int run(struct sv_calibration *c, double seconds)
{
	struct sv_pair pair;
	unsigned distances = 0;
	bool nearest = true;

	for (enum sv_distance d = SV_SMT; d < SV_DISTANCES; d++)
		distances += sv_probe_pairs(c, d, &pair, 1);
	for (enum sv_distance d = SV_SMT; d < SV_DISTANCES; d++) {
		if (sv_probe_pairs(c, d, &pair, 1) == 0)
			continue;
		/* Siblings share their cache: nobody takes a line from the other. */
		if (run_at(c, d, nearest && d != SV_SMT, seconds / distances) < 0)
			return -1;
		nearest = nearest && d == SV_SMT;
	}
	return 0;
}

const struct sv_probe sv_probe_contended = { "contended", "a line that many want", 1, run };
