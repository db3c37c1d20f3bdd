/*
 * submitter_threads.c - a pool of threads that make blocking calls (aio=threads of QEMU)
 *
 * Submitting puts the request on the pool's list and wakes a thread that waits, which reads or
 * writes, sleeps until that is done, and tells the loop by an eventfd. QEMU makes threads as it
 * needs them, 64 at most; here all that can be needed are there from the start.
 *
 * Reference     QEMU, util/thread-pool.c, block/file-posix.c.
 */
#include "block/submitter.h"
#include "wait.h"
#include <stdlib.h>

#define MOST 64

struct worker {
	struct sv_sim_thread thread;
	struct threads *pool;
	struct sv_submitter_request *request; /* that its call is for, until that ends */
	struct sv_wait_queue sleeping;
};

struct threads {
	struct sv_submitter engine;
	struct worker *worker;
	unsigned workers;
	struct sv_wait_queue idle;
	struct sv_submitter_request *first, **last;
	char *list; /* the line of the list */
};

static struct sv_submitter_request *next_of(struct threads *t)
{
	struct sv_submitter_request *r;

	sv_sim_rmw(t->list, 8, SV_RMW_FAA, 1, 0);
	r = t->first;
	if (!r)
		return NULL;
	t->first = r->next;
	if (!t->first)
		t->last = &t->first;
	return r;
}

/* Waits for one on the list, as for a condition. */
static struct sv_submitter_request *wait_for_one(struct threads *t, struct sv_sim_thread *self)
{
	struct sv_submitter_request *r;
	struct sv_waiter waiter;

	while (!(r = next_of(t))) {
		sv_wait_join(&t->idle, &waiter, self);
		if (!t->first) {
			sv_sim_work(self, sv_submitter_cost(&t->engine, SV_COST_SYSCALL));
			sv_wait_sleep(&waiter);
		}
		sv_wait_leave(&t->idle, &waiter);
	}
	return r;
}

static void call(struct worker *w, struct sv_submitter_request *r, struct sv_sim_thread *self)
{
	struct sv_submitter *e = &w->pool->engine;
	struct sv_waiter waiter;

	w->request = r;
	r->own = w;
	sv_sim_work(self, sv_submitter_cost(e, SV_COST_SYSCALL));
	sv_submitter_enter_kernel(e, self, 1);
	sv_submitter_to_disk(e, self, &r, 1);
	sv_wait_join(&w->sleeping, &waiter, self);
	while (w->request)
		sv_wait_sleep_for_io(&waiter);
	sv_wait_leave(&w->sleeping, &waiter);
}

static void work(struct sv_sim_thread *self, void *arg)
{
	struct worker *w = arg;
	struct sv_submitter *e = &w->pool->engine;

	for (;;) {
		struct sv_submitter_request *r = wait_for_one(w->pool, self);

		call(w, r, self);
		sv_submitter_put(e, r);
		sv_eventfd_write(&e->source.efd, self);
	}
}

static void threads_ended(struct sv_submitter *engine, struct sv_submitter_request *request,
	struct sv_sim_thread *self)
{
	struct worker *w = request->own;

	(void)engine;
	w->request = NULL;
	sv_wait_wake(&w->sleeping, 1, self);
}

static void threads_submit(struct sv_submitter *engine, struct sv_sim_thread *self,
	struct sv_submitter_request **request, unsigned n)
{
	struct threads *t = (struct threads *)engine;

	for (unsigned i = 0; i < n; i++) {
		sv_sim_rmw(t->list, 8, SV_RMW_FAA, 1, 0);
		request[i]->next = NULL;
		*t->last = request[i];
		t->last = &request[i]->next;
		if (sv_wait_wake(&t->idle, 1, self))
			sv_sim_work(self, sv_submitter_cost(engine, SV_COST_SYSCALL));
	}
}

static int threads_start(struct sv_submitter *engine, struct sv_diag *diag)
{
	struct threads *t = (struct threads *)engine;
	struct sv_system *host = engine->config.host;
	unsigned n = engine->config.depth < MOST ? engine->config.depth : MOST;

	t->last = &t->first;
	t->list = sv_memory_alloc(host->memory, SV_LINE_BYTES, 0);
	t->worker = calloc(n, sizeof(*t->worker));
	if (!t->list || !t->worker)
		return sv_error(diag, NULL, "out of memory");
	for (; t->workers < n; t->workers++) {
		struct worker *w = &t->worker[t->workers];

		w->pool = t;
		if (sv_system_thread(host, &w->thread, t->workers % host->team.cpus) < 0 ||
			sv_sim_thread_start(&w->thread, work, w, 0) < 0)
			return sv_error(diag, NULL, "out of memory");
	}
	return 0;
}

static void threads_free(struct sv_submitter *engine)
{
	struct threads *t = (struct threads *)engine;

	for (unsigned i = 0; i < t->workers; i++)
		sv_sim_thread_fini(&t->worker[i].thread);
	free(t->worker);
}

const struct sv_submitter_kind sv_submitter_threads = { .name = "threads",
	.bytes = sizeof(struct threads),
	.start = threads_start,
	.submit = threads_submit,
	.ended = threads_ended,
	.reap = SV_COSTS,
	.free = threads_free };
