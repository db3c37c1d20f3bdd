/*
 * locks_simulated.c - every lock of the list in the simulator
 */
#include "lock_cases.h"
#include "run_suite.h"
#include "sim_host.h"
#include "stats.h"

#define ROUNDS 500
#define LOCKS  3

struct shared {
	const struct sv_lock *kind;
	const void *cfg;
	void *lock[LOCKS];
	uint64_t *counter[LOCKS]; /* in simulated memory: each guarded by its lock */
	int holder[LOCKS];
	unsigned locks; /* that are used */
	bool by_cpu;    /* each thread keeps to one of them */
	unsigned order[TOY_PUS * ROUNDS], n;
	void *percpu[TOY_PUS];
};

struct worker {
	struct sv_sim_thread thread;
	struct shared *s;
	void *node;
	uint64_t done;
	unsigned rounds; /* 0: for ever */
	sv_time think;   /* at most */
	uint64_t random;
};

/* Marsaglia's xorshift64. */
static uint64_t random_below(struct worker *w, uint64_t limit)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return w->random % limit;
}

static void work(struct sv_sim_thread *self, void *arg)
{
	struct worker *w = arg;
	struct shared *s = w->s;

	while (w->done < w->rounds || !w->rounds) {
		unsigned l = s->by_cpu ? self->cpu % s->locks : (unsigned)random_below(w, s->locks);

		s->kind->acquire(s->lock[l], w->node, s->cfg);
		ck_assert_int_eq(s->holder[l], -1);
		s->holder[l] = self->cpu;
		if (s->n < TOY_PUS * ROUNDS)
			s->order[s->n++] = self->cpu;
		sv_sim_store(s->counter[l], 8, sv_sim_load(s->counter[l], 8) + 1, SV_RELAXED);
		sv_sim_work(self, 50 * SV_NS);
		s->holder[l] = -1;
		s->kind->release(s->lock[l], w->node, s->cfg);
		w->done++;
		if (w->think)
			sv_sim_work(self, (sv_time)random_below(w, (uint64_t)w->think));
	}
}

struct run {
	struct toy_machine toy;
	struct sim_host host;
	struct shared s;
	struct worker w[TOY_PUS];
	struct sv_doc *doc;
	uint64_t events;
};

/* What differs between runs. */
struct setup {
	struct lock_case what;
	unsigned threads, rounds, locks;
	sv_time until, think;
	bool no_run_ahead, exact_polling, by_cpu;
};

static void start_worker(struct run *r, const struct setup *how, unsigned i)
{
	const struct sv_lock *kind = r->s.kind;
	struct worker *w = &r->w[i];

	*w = (struct worker){
		.s = &r->s, .rounds = how->rounds, .think = how->think, .random = i + 1
	};
	w->node = sv_memory_alloc(r->host.memory, kind->node_bytes + 1, 0);
	if (kind->node_init)
		kind->node_init(w->node, i);
	sim_host_thread(&r->host, &w->thread, work, w, 0);
	w->thread.percpu = r->s.percpu;
}

static void run_lock(struct run *r, const struct setup *how)
{
	const struct sv_lock *kind = sv_locks_simulated[how->what.index];

	*r = (struct run){ 0 };
	toy_machine_init(&r->toy);
	sim_host_init(&r->host, &r->toy.machine, how->no_run_ahead);
	r->host.system.team.exact_polling = how->exact_polling;
	r->s.kind = kind;
	r->s.cfg = lock_config(kind, how->what.options, &r->doc);
	r->s.locks = how->locks ? how->locks : 1;
	r->s.by_cpu = how->by_cpu;
	for (unsigned l = 0; l < r->s.locks; l++) {
		r->s.holder[l] = -1;
		r->s.lock[l] = sv_memory_alloc(r->host.memory, kind->lock_bytes, 0);
		r->s.counter[l] = sv_memory_alloc(r->host.memory, 8, 0);
		kind->init(r->s.lock[l], r->s.cfg);
	}
	for (unsigned i = 0; i < TOY_PUS; i++)
		r->s.percpu[i] = sv_memory_alloc(r->host.memory, kind->percpu_bytes + 1, 0);
	for (unsigned i = 0; i < how->threads; i++)
		start_worker(r, how, i);
	sim_host_run(&r->host, how->until);
	r->events = sv_engine_events(r->host.engine);
}

static uint64_t acquisitions(const struct run *r, unsigned threads)
{
	uint64_t done = 0;

	for (unsigned i = 0; i < threads; i++)
		done += r->w[i].done;
	return done;
}

static void run_fini(struct run *r, unsigned threads)
{
	for (unsigned i = 0; i < threads; i++)
		sv_sim_thread_fini(&r->w[i].thread);
	sim_host_fini(&r->host);
	sv_doc_free(r->doc);
}

static void count_together(const struct setup *how)
{
	struct run r;
	uint64_t sum = 0;

	run_lock(&r, how);
	for (unsigned i = 0; i < TOY_PUS; i++)
		ck_assert_msg(r.w[i].done == ROUNDS, "%s %s: thread %u did %llu rounds and %s",
			r.s.kind->name, how->what.options, i, (unsigned long long)r.w[i].done,
			sv_sim_thread_state(&r.w[i].thread));
	for (unsigned l = 0; l < r.s.locks; l++)
		sum += *r.s.counter[l];
	ck_assert_uint_eq(sum, TOY_PUS * ROUNDS);
	run_fini(&r, TOY_PUS);
}

START_TEST(excludes_others_and_loses_no_wake_up)
{
	struct setup how = {
		.what = lock_case(_i), .threads = TOY_PUS, .rounds = ROUNDS, .until = SV_S
	};

	for (how.think = 0; how.think <= 20 * SV_US; how.think += 5 * SV_US)
		count_together(&how);
}
END_TEST

/* What locks of one kind share, by CPU, must not mix them up: neither when a CPU goes from one to
 * the other, nor when the same happens to two at the same time. */
START_TEST(keeps_several_locks_apart)
{
	struct setup how = {
		.what = lock_case(_i), .threads = TOY_PUS, .rounds = ROUNDS, .until = SV_S
	};

	for (how.think = 0; how.think <= SV_US; how.think += 100 * SV_NS) {
		how.by_cpu = false;
		how.locks = LOCKS;
		count_together(&how);
		how.by_cpu = true;
		how.locks = 2;
		count_together(&how);
	}
}
END_TEST

START_TEST(is_the_same_with_run_ahead_on_and_off)
{
	struct setup how = { .what = lock_case(_i), .threads = TOY_PUS, .until = 300 * SV_US };
	struct run *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));

	run_lock(a, &how);
	how.no_run_ahead = true;
	run_lock(b, &how);
	ck_assert_uint_gt(a->s.n, 40);
	ck_assert_uint_eq(a->s.n, b->s.n);
	ck_assert_mem_eq(a->s.order, b->s.order, a->s.n * sizeof(a->s.order[0]));
	ck_assert_uint_eq(a->events, b->events);
	run_fini(a, TOY_PUS);
	run_fini(b, TOY_PUS);
	free(a);
	free(b);
}
END_TEST

/*
 * Parked waiters stand for polling ones: the oracle simulates every poll. The threads think
 * for random times, because threads in lock-step fall into one of several rhythms, and a
 * nanosecond decides into which.
 */
START_TEST(parked_waiters_cost_what_polling_ones_do)
{
	struct setup how = {
		.what = lock_case(_i), .threads = TOY_PUS, .until = 6 * SV_MS, .think = SV_US
	};
	struct run *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));
	double parked, polled;

	run_lock(a, &how);
	how.exact_polling = true;
	run_lock(b, &how);
	parked = (double)acquisitions(a, TOY_PUS);
	polled = (double)acquisitions(b, TOY_PUS);
	ck_assert_msg(parked > 0.97 * polled && parked < 1.03 * polled,
		"%s %s: parked %g, polled %g", a->s.kind->name, how.what.options, parked, polled);
	run_fini(a, TOY_PUS);
	run_fini(b, TOY_PUS);
	free(a);
	free(b);
}
END_TEST

START_TEST(never_exceeds_one_critical_section_at_a_time)
{
	struct setup how = { .what = lock_case(_i), .until = SV_MS };
	struct run r;

	for (how.threads = 1; how.threads <= TOY_PUS; how.threads++) {
		uint64_t done;

		run_lock(&r, &how);
		done = acquisitions(&r, how.threads);
		ck_assert_uint_gt(done, 100);
		ck_assert_uint_lt(done, (uint64_t)(SV_MS / (50 * SV_NS)));
		run_fini(&r, how.threads);
	}
}
END_TEST

START_TEST(fifo_locks_are_fair)
{
	struct setup how = { .what = lock_case(_i), .threads = TOY_PUS, .until = 2 * SV_MS };
	double done[TOY_PUS];
	struct run r;

	if (!(sv_locks_simulated[how.what.index]->traits & SV_LOCK_FIFO))
		return;
	run_lock(&r, &how);
	for (unsigned i = 0; i < TOY_PUS; i++)
		done[i] = (double)r.w[i].done;
	ck_assert_double_gt(sv_jain(done, TOY_PUS), 0.99);
	run_fini(&r, TOY_PUS);
}
END_TEST

/* Or the tests above would not meet the slow paths. */
START_TEST(hurry_makes_a_difference)
{
	struct lock_case hurried = lock_case(_i), usual = { hurried.index, "{}" };
	struct setup how = { .what = hurried, .threads = TOY_PUS, .until = 2 * SV_MS };
	uint64_t done[2];
	struct run r;

	for (int i = 0; i < 2; i++) {
		how.what = i ? hurried : usual;
		run_lock(&r, &how);
		done[i] = acquisitions(&r, TOY_PUS);
		run_fini(&r, TOY_PUS);
	}
	ck_assert_msg(done[0] != done[1], "%s %s: %llu acquisitions in either case",
		sv_locks_simulated[hurried.index]->name, hurried.options,
		(unsigned long long)done[0]);
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
	int cases = lock_cases(), locks = cases - (int)LOCK_HURRIES;

	tcase_set_timeout(each, 60);
	tcase_add_loop_test(each, is_listed_once_with_the_same_sizes_natively, 0, locks);
	tcase_add_loop_test(each, excludes_others_and_loses_no_wake_up, 0, cases);
	tcase_add_loop_test(each, keeps_several_locks_apart, 0, cases);
	tcase_add_loop_test(each, is_the_same_with_run_ahead_on_and_off, 0, cases);
	tcase_add_loop_test(each, parked_waiters_cost_what_polling_ones_do, 0, cases);
	tcase_add_loop_test(each, never_exceeds_one_critical_section_at_a_time, 0, cases);
	tcase_add_loop_test(each, fifo_locks_are_fair, 0, cases);
	tcase_add_loop_test(each, hurry_makes_a_difference, locks, cases);
	return run_case("locks_simulated", each);
}
