/*
 * probe_contended.c - a line that several cores want all the time
 *
 * Every thread adds to one word as fast as it can. What an addition returns tells whether
 * somebody else came between: so the runs in which a core keeps the line can be counted.
 *
 * Two rows follow from the time t that an addition takes on average, by what the model does (see
 * docs/coherence.md). Half of the latency of `rmw`, L, passes from the service of a request
 * until its data are there. Then the core hits, each time for h, until `retention` R is over;
 * one more hit has begun or has not. The home is kept for X, `occupancy.write` and R together, with
 * 1.5 + R / h additions in it. Of the nearest cores the data come just in time, X = L + R:
 *
 *	t (1.5 + R / h) = L + R,  R = h (L - 1.5 t) / (t - h)
 *
 * Where that is negative there are no hits: the row is t, below L, so that the line is gone when
 * the next operation comes. Of farther cores R is given, and X = t (1.5 + R / h).
 */
#include "probe.h"
#include <math.h>
#include <stdint.h>

#define MOST_THREADS 64
#define CHUNK        64

struct contended {
	double elapsed_ns;
	unsigned threads;
	struct sv_samples *operation, *run;
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
	double operations = 0, runs = 0;

	for (unsigned i = 0; i < c->threads; i++) {
		operations += (double)c->tally[i].operations;
		runs += (double)c->tally[i].runs;
	}
	sv_samples_put(c->operation, c->elapsed_ns / operations, disturbed);
	sv_samples_put(c->run, c->elapsed_ns / runs, disturbed);
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

static int run_at(struct sv_calibration *c, enum sv_distance d, double seconds)
{
	unsigned pu[MOST_THREADS];
	struct contended x = { .threads = choose(c, d, pu) };

	if (x.threads == 0)
		return 0;
	x.operation = sv_probe_row_at(c, "contended.faa", d,
		"Fetch-and-add on one word by all cores within this distance, time by operations");
	x.run = sv_probe_row_at(c, "contended.run", d,
		"Fetch-and-add on one word by all cores within this distance, time by runs of "
		"operations "
		"of one core that no other came between");
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

	for (enum sv_distance d = SV_SMT; d < SV_DISTANCES; d++)
		distances += sv_probe_pairs(c, d, &pair, 1);
	for (enum sv_distance d = SV_SMT; d < SV_DISTANCES; d++)
		if (sv_probe_pairs(c, d, &pair, 1) && run_at(c, d, seconds / distances) < 0)
			return -1;
	return 0;
}

#define OCCUPANCY                                                                                  \
	"Fetch-and-add on one word by all cores within this distance: the time from service to "   \
	"service that yields its throughput, by rmw and hit.rmw, less retention"

#define MEAN_FIRST  1.5 /* additions besides those of retention */
#define JUST_BEFORE 0.9

/* Retention of an addition's time, half a latency and a hit; negative: there is none. */
static double retention_of(double t, double half, double hit)
{
	return hit * (half - MEAN_FIRST * t) / (t - hit);
}

static double without_hits(double t, double half)
{
	return fmin(t, JUST_BEFORE * half);
}

/* Of the nearest cores: half of a latency, or without hits the time of an addition. */
static void derive_nearest(struct sv_calibration *c, enum sv_distance d, double hit, double half)
{
	const struct sv_samples *t = sv_probe_row_at(c, "contended.faa", d, "");
	const struct sv_samples *rmw = sv_probe_row_at(c, "rmw", d, "");
	struct sv_samples *occupancy = sv_probe_row_at(c, "occupancy.write", d, OCCUPANCY);
	struct sv_samples *retention = sv_probe_row(c, "retention",
		"Fetch-and-add on one word by the nearest cores: the time of hits between two "
		"services "
		"that yields its throughput, by rmw and hit.rmw");
	double median = sv_samples_summary(t).median;
	bool hits = median > hit && retention_of(median, half, hit) > 0;

	for (size_t i = 0; i < t->n && t->value[i] > hit; i++) {
		double r = hits ? retention_of(t->value[i], half, hit) : 0;

		sv_samples_put(retention, fmax(0, r), false);
		if (!hits)
			sv_samples_put(occupancy, without_hits(t->value[i], half), false);
	}
	for (size_t i = 0; hits && i < rmw->n; i++)
		sv_samples_put(occupancy, rmw->value[i] / 2, false);
	retention->discarded = t->discarded;
	occupancy->discarded = hits ? rmw->discarded : t->discarded;
}

static double farther(double t, double half, double hit, double retention)
{
	double x = t * (MEAN_FIRST + retention / hit), own = retention_of(t, half, hit);

	if (retention == 0)
		return without_hits(t, half);
	/* The data would come too late: as if the retention were another one. */
	if (x < half + retention)
		x = half + fmax(0, own);
	return fmax(0, x - retention);
}

static void derive_farther(struct sv_calibration *c, enum sv_distance d, double hit, double half)
{
	const struct sv_samples *t = sv_probe_row_at(c, "contended.faa", d, "");
	struct sv_samples *occupancy = sv_probe_row_at(c, "occupancy.write", d, OCCUPANCY);
	double retention = sv_probe_median(c, "retention");

	for (size_t i = 0; i < t->n && t->value[i] > hit && !isnan(retention); i++)
		sv_samples_put(occupancy, farther(t->value[i], half, hit, retention), false);
	occupancy->discarded = t->discarded;
}

/* Siblings share their cache: nobody takes a line from the other, and retention is not theirs. */
static void finish(struct sv_calibration *c)
{
	double hit = sv_probe_median(c, "hit.rmw");
	struct sv_pair pair;
	bool nearest = true;

	for (unsigned i = 0; i < SV_DISTANCES - SV_SMT; i++) {
		/* Siblings last. */
		enum sv_distance d = SV_SMT + (i + 1) % (SV_DISTANCES - SV_SMT);
		double half = sv_probe_median_at(c, "rmw", d) / 2;

		if (sv_probe_pairs(c, d, &pair, 1) == 0 || isnan(hit) || isnan(half))
			continue;
		if (nearest)
			derive_nearest(c, d, hit, half);
		else
			derive_farther(c, d, hit, half);
		nearest = false;
	}
}

const struct sv_probe sv_probe_contended = { "contended", "a line that many want", 1, run, finish };
