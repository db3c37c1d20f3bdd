/*
 * probe_transfer.c - one way of a line between every two PUs
 *
 * Two threads hand a word to and fro: each waits for the other's number and stores the
 * next. Half of a round trip is one way: it contains the store, the invalidation of the
 * waiter's copy, its poll and its load, so it is no cost of the model by itself; it is what
 * people compare machines by, and it shows in which regime the machine is.
 *
 * On a large machine a part of the PUs is measured, evenly picked.
 */
#include "bug.h"
#include "probe.h"
#include <stdlib.h>

#define MOST_PUS      64
#define ROUND_TRIPS   1000
#define LEAST_SECONDS 2e-3 /* for a pair */

#define METHOD                                                                                     \
	"A word stored to and fro by two threads that poll it, half of a round trip, mean of "     \
	"1000, between PUs at "

struct pair {
	struct sv_reading r;
	struct sv_calibration *c;
	struct sv_samples *by_distance;
	_Alignas(128) _Atomic unsigned turn;
};

static void body(unsigned thread, void *arg)
{
	struct pair *p = arg;
	double start = sv_sample_clock();

	/* Thread 0 waits for even numbers, thread 1 for odd ones. */
	for (unsigned i = thread; i < 2 * ROUND_TRIPS; i += 2) {
		sv_probe_await(&p->turn, i);
		if (i == 2)
			start = sv_sample_clock();
		atomic_store_explicit(&p->turn, i + 1, memory_order_release);
	}
	if (thread == 0) {
		sv_probe_await(&p->turn, 2 * ROUND_TRIPS);
		p->r.value = (sv_sample_clock() - start) / (2.0 * ROUND_TRIPS - 2);
		atomic_store(&p->turn, 0);
	}
}

static void done(void *arg, bool disturbed)
{
	struct pair *p = arg;

	sv_reading_done(arg, disturbed);
	sv_samples_put(p->by_distance, p->r.value, disturbed);
}

/* As many as there is time for in each round. */
static void choose_pus(struct sv_calibration *c, double seconds)
{
	unsigned n = c->pus < MOST_PUS ? c->pus : MOST_PUS;

	while (n > 2 && n * (n - 1) / 2.0 * LEAST_SECONDS > seconds)
		n--;
	c->transfer_pus = n;
	c->transfer_pu = calloc(n, sizeof(*c->transfer_pu));
	c->transfer = calloc((size_t)n * n, sizeof(*c->transfer));
	SV_BUG_ON(!c->transfer_pu || !c->transfer);
	for (unsigned i = 0; i < n; i++)
		c->transfer_pu[i] = (unsigned)((size_t)i * c->pus / n);
	if (n < c->pus)
		sv_probe_note(c, "line transfers were measured between %u of %u PUs, evenly picked",
			n, c->pus);
}

static int measure(struct sv_calibration *c, unsigned i, unsigned k, double seconds)
{
	const unsigned pu[] = { c->transfer_pu[i], c->transfer_pu[k] };
	enum sv_distance d = sv_machine_distance(c->machine, pu[0], pu[1]);
	struct pair p = { .c = c, .r = { .to = &c->transfer[i * c->transfer_pus + k] } };

	p.by_distance = sv_probe_row_at(c, "transfer", d, METHOD "this distance");
	return sv_probe_batches(c, &(struct sv_batches){ .pu = pu,
					   .threads = 2,
					   .body = body,
					   .done = done,
					   .arg = &p,
					   .seconds = seconds,
					   .most = UINT_MAX });
}

static int run(struct sv_calibration *c, double seconds)
{
	unsigned n;

	if (c->pus < 2)
		return 0;
	if (!c->transfer)
		choose_pus(c, seconds);
	n = c->transfer_pus;
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = i + 1; k < n; k++)
			if (measure(c, i, k, seconds / (n * (n - 1) / 2.0)) < 0)
				return -1;
	return 0;
}

const struct sv_probe sv_probe_transfer = { "transfer", "one way of a line from PU to PU", 2, run,
	NULL };
