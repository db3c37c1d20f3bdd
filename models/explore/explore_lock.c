/*
 * explore_lock.c - a lock under the explorer
 */
#include "explore_lock.h"
#include "substrate/words.h"

struct run {
	const struct sv_explore_lock *what;
	void *lock[SV_EXPLORE_LOCKS];
	void *node[SV_EXPLORE_THREADS];
};

static void init(struct sv_explorer *x, void *arg)
{
	struct run *r = arg;
	const struct sv_lock *kind = r->what->lock;

	for (unsigned i = 0; i < r->what->locks; i++) {
		r->lock[i] = sv_explore_alloc(
			x, kind->lock_bytes, "lock", r->what->locks > 1 ? (int)i : -1);
		kind->init(r->lock[i], r->what->config);
	}
	for (unsigned i = 0; i < r->what->threads; i++) {
		r->node[i] = sv_explore_alloc(x, kind->node_bytes, "node", (int)i);
		if (kind->node_init)
			kind->node_init(r->node[i], i);
		sv_explore_percpu(x, i, sv_explore_alloc(x, kind->percpu_bytes, "cpu", (int)i));
	}
}

static void body(unsigned thread, void *arg)
{
	const struct run *r = arg;
	const struct sv_lock *kind = r->what->lock;
	const void *cfg = r->what->config;
	void *node = r->node[thread];

	for (unsigned i = 0; i < r->what->acquisitions; i++) {
		unsigned l = (thread + i) % r->what->locks;

		if (r->what->tries && kind->try_acquire && (thread + i) % 2) {
			if (!kind->try_acquire(r->lock[l], node, cfg))
				continue;
		} else {
			sv_explore_want(l);
			kind->acquire(r->lock[l], node, cfg);
		}
		sv_explore_enter(l);
		sv_explore_touch(l);
		sv_explore_leave(l);
		kind->release(r->lock[l], node, cfg);
	}
}

static size_t bytes_needed(const struct sv_explore_lock *w)
{
	const size_t around = 3 * SV_LINE_BYTES;

	return w->locks * (w->lock->lock_bytes + around) +
	       w->threads * (w->lock->node_bytes + w->lock->percpu_bytes + 2 * around);
}

int sv_explore_lock(const struct sv_explore_lock *what, const struct sv_explore_options *options,
	struct sv_explore_result *result, struct sv_diag *diag)
{
	struct run r = { .what = what };
	struct sv_explore_program program = { .threads = what->threads,
		.fifo = (what->lock->traits & SV_LOCK_FIFO) != 0,
		.init = init,
		.body = body,
		.arg = &r };
	size_t bytes = bytes_needed(what);

	if (bytes > SV_EXPLORE_BYTES)
		return sv_error(diag, NULL,
			"%s: too large to explore: %u locks and the nodes of %u threads take %zu "
			"bytes, and %u is the most",
			what->lock->name, what->locks, what->threads, bytes, SV_EXPLORE_BYTES);
	return sv_explore(&program, options, result, diag);
}
