/*
 * transfer.c - two threads hand a word to and fro
 */
#include "transfer.h"
#include "sample.h"
#include <math.h>

#define ROUND_TRIPS 400
#define ATTEMPTS    8

struct pair {
	_Alignas(128) atomic_uint turn;
	_Alignas(128) double ns, best;
	atomic_bool done;
};

/* Spinning for long without a switch would keep off a partner that shares the PU: they do not. */
static void await(const atomic_uint *turn, unsigned mine)
{
	while (atomic_load_explicit(turn, memory_order_acquire) != mine)
		;
}

static void hand_over(unsigned thread, void *arg)
{
	struct pair *p = arg;
	double start = sv_sample_clock();

	for (unsigned i = thread; i < 2 * ROUND_TRIPS; i += 2) {
		await(&p->turn, i);
		if (i == 2)
			start = sv_sample_clock();
		atomic_store_explicit(&p->turn, i + 1, memory_order_release);
	}
	if (thread == 0) {
		await(&p->turn, 2 * ROUND_TRIPS);
		p->ns = (sv_sample_clock() - start) / (2 * ROUND_TRIPS - 2);
		atomic_store(&p->turn, 0);
	}
}

static void keep(void *arg, bool disturbed)
{
	struct pair *p = arg;

	if (disturbed)
		return;
	p->best = p->ns;
	atomic_store(&p->done, true);
}

int sv_transfer(unsigned pu, unsigned other, double *seconds, struct sv_diag *diag)
{
	const unsigned pus[] = { pu, other };
	struct pair p = { .best = NAN };
	struct sv_batches b = { .pu = pus,
		.threads = 2,
		.body = hand_over,
		.done = keep,
		.arg = &p,
		.seconds = 0.05,
		.most = ATTEMPTS,
		.cancel = &p.done };

	if (sv_batches_run(&b, diag) < 0)
		return -1;
	*seconds = 1e-9 * p.best;
	return 0;
}
