/*
 * locks_simulated.c - every lock of the list in the simulator
 */
#include "locks.h"
#include "run_suite.h"
#include "sim_host.h"
#include "stats.h"

#define ROUNDS 500

struct shared {
	const struct sv_lock *kind;
	const void *cfg;
	void *lock;
	uint64_t *counter; /* in simulated memory: guarded by the lock */
	int holder;
	unsigned order[TOY_PUS * ROUNDS], n;
	void *percpu[TOY_PUS];
};

struct worker {
	struct sv_sim_thread thread;
	struct shared *s;
	void *node;
	uint64_t done;
	unsigned rounds; /* 0: for ever */
};

static void work(struct sv_sim_thread *self, void *arg)
{
	struct worker *w = arg;
	struct shared *s = w->s;

	while (w->done < w->rounds || !w->rounds) {
		s->kind->acquire(s->lock, w->node, s->cfg);
		ck_assert_int_eq(s->holder, -1);
		s->holder = self->cpu;
		if (s->n < TOY_PUS * ROUNDS)
			s->order[s->n++] = self->cpu;
		sv_sim_store(s->counter, 8, sv_sim_load(s->counter, 8) + 1, SV_RELAXED);
		sv_sim_work(self, 50 * SV_NS);
		s->holder = -1;
		s->kind->release(s->lock, w->node, s->cfg);
		w->done++;
	}
}

/* Every lock's configuration by its own defaults. */
static void *defaults_of(const struct sv_lock *l, struct sv_doc **doc)
{
	void *cfg = NULL;
	struct sv_diag *diag = sv_diag_new();

	*doc = sv_doc_parse("none", "{}", 2, diag);
	ck_assert_ptr_nonnull(*doc);
	if (l->options) {
		cfg = sv_doc_alloc(*doc, l->options->size);
		ck_assert_int_eq(sv_read(l->options, sv_doc_root(*doc), cfg, *doc, diag), 0);
	}
	sv_diag_free(diag);
	return cfg;
}

struct run {
	struct toy_machine toy;
	struct sim_host host;
	struct shared s;
	struct worker w[TOY_PUS];
	struct sv_doc *doc;
	uint64_t events;
};

static void run_lock(struct run *r, const struct sv_lock *kind, unsigned threads, unsigned rounds,
	sv_time until, int flags)
{
	enum { NO_RUN_AHEAD = 1, EXACT = 2 };

	*r = (struct run){ 0 };
	toy_machine_init(&r->toy);
	sim_host_init(&r->host, &r->toy.machine, flags & NO_RUN_AHEAD);
	r->host.system.team.exact_polling = flags & EXACT;
	r->s.kind = kind;
	r->s.holder = -1;
	r->s.cfg = defaults_of(kind, &r->doc);
	r->s.lock = sv_memory_alloc(r->host.memory, kind->lock_bytes, 0);
	r->s.counter = sv_memory_alloc(r->host.memory, 8, 0);
	kind->init(r->s.lock, r->s.cfg);
	for (unsigned i = 0; i < TOY_PUS; i++)
		r->s.percpu[i] = sv_memory_alloc(r->host.memory, kind->percpu_bytes + 1, 0);
	for (unsigned i = 0; i < threads; i++) {
		struct worker *w = &r->w[i];

		w->s = &r->s;
		w->rounds = rounds;
		w->node = sv_memory_alloc(r->host.memory, kind->node_bytes + 1, 0);
		if (kind->node_init)
			kind->node_init(w->node, i);
		sim_host_thread(&r->host, &w->thread, work, w, 0);
		w->thread.percpu = r->s.percpu;
	}
	sim_host_run(&r->host, until);
	r->events = sv_engine_events(r->host.engine);
}

static void run_fini(struct run *r, unsigned threads)
{
	for (unsigned i = 0; i < threads; i++)
		sv_sim_thread_fini(&r->w[i].thread);
	sim_host_fini(&r->host);
	sv_doc_free(r->doc);
}

START_TEST(excludes_others_and_loses_no_wake_up)
{
	const struct sv_lock *kind = sv_locks_simulated[_i];
	struct run r;

	run_lock(&r, kind, TOY_PUS, ROUNDS, SV_S, 0);
	for (unsigned i = 0; i < TOY_PUS; i++)
		ck_assert_msg(r.w[i].done == ROUNDS, "%s: thread %u did %llu rounds and %s",
			kind->name, i, (unsigned long long)r.w[i].done,
			sv_sim_thread_state(&r.w[i].thread));
	ck_assert_uint_eq(*r.s.counter, TOY_PUS * ROUNDS);
	run_fini(&r, TOY_PUS);
}
END_TEST

START_TEST(is_the_same_with_run_ahead_on_and_off)
{
	const struct sv_lock *kind = sv_locks_simulated[_i];
	struct run *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));

	run_lock(a, kind, TOY_PUS, 0, 300 * SV_US, 0);
	run_lock(b, kind, TOY_PUS, 0, 300 * SV_US, 1);
	ck_assert_uint_gt(a->s.n, 50);
	ck_assert_uint_eq(a->s.n, b->s.n);
	ck_assert_mem_eq(a->s.order, b->s.order, a->s.n * sizeof(a->s.order[0]));
	ck_assert_uint_eq(a->events, b->events);
	run_fini(a, TOY_PUS);
	run_fini(b, TOY_PUS);
	free(a);
	free(b);
}
END_TEST

/* Parked waiters stand for polling ones: the oracle simulates every poll. */
START_TEST(parked_waiters_cost_what_polling_ones_do)
{
	const struct sv_lock *kind = sv_locks_simulated[_i];
	struct run *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));
	double parked = 0, polled = 0;

	run_lock(a, kind, TOY_PUS, 0, 5 * SV_MS, 0);
	run_lock(b, kind, TOY_PUS, 0, 5 * SV_MS, 2);
	for (unsigned i = 0; i < TOY_PUS; i++) {
		parked += (double)a->w[i].done;
		polled += (double)b->w[i].done;
	}
	ck_assert_msg(parked > 0.97 * polled && parked < 1.03 * polled, "%s: parked %g, polled %g",
		kind->name, parked, polled);
	run_fini(a, TOY_PUS);
	run_fini(b, TOY_PUS);
	free(a);
	free(b);
}
END_TEST

START_TEST(never_exceeds_one_critical_section_at_a_time)
{
	const struct sv_lock *kind = sv_locks_simulated[_i];
	struct run r;

	for (unsigned threads = 1; threads <= TOY_PUS; threads++) {
		uint64_t done = 0;

		run_lock(&r, kind, threads, 0, SV_MS, 0);
		for (unsigned i = 0; i < threads; i++)
			done += r.w[i].done;
		ck_assert_uint_gt(done, 100);
		ck_assert_uint_lt(done, (uint64_t)(SV_MS / (50 * SV_NS)));
		run_fini(&r, threads);
	}
}
END_TEST

START_TEST(fifo_locks_are_fair)
{
	const struct sv_lock *kind = sv_locks_simulated[_i];
	double done[TOY_PUS];
	struct run r;

	if (!(kind->traits & SV_LOCK_FIFO))
		return;
	run_lock(&r, kind, TOY_PUS, 0, 5 * SV_MS, 0);
	for (unsigned i = 0; i < TOY_PUS; i++)
		done[i] = (double)r.w[i].done;
	ck_assert_double_gt(sv_jain(done, TOY_PUS), 0.99);
	run_fini(&r, TOY_PUS);
}
END_TEST

START_TEST(is_listed_once_with_the_same_sizes_natively)
{
	const struct sv_lock *s = sv_locks_simulated[_i], *n = sv_locks_native[_i];

	ck_assert_str_eq(s->name, n->name);
	ck_assert_uint_eq(s->lock_bytes, n->lock_bytes);
	ck_assert_uint_eq(s->node_bytes, n->node_bytes);
	ck_assert_uint_eq(s->percpu_bytes, n->percpu_bytes);
	ck_assert_uint_eq(s->traits, n->traits);
	for (int i = 0; i < _i; i++)
		ck_assert_str_ne(s->name, sv_locks_simulated[i]->name);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each lock");
	int n = 0;

	while (sv_locks_simulated[n])
		n++;
	tcase_set_timeout(each, 60);
	tcase_add_loop_test(each, is_listed_once_with_the_same_sizes_natively, 0, n);
	tcase_add_loop_test(each, excludes_others_and_loses_no_wake_up, 0, n);
	tcase_add_loop_test(each, is_the_same_with_run_ahead_on_and_off, 0, n);
	tcase_add_loop_test(each, parked_waiters_cost_what_polling_ones_do, 0, n);
	tcase_add_loop_test(each, never_exceeds_one_critical_section_at_a_time, 0, n);
	tcase_add_loop_test(each, fifo_locks_are_fair, 0, n);
	return run_case("locks_simulated", each);
}
