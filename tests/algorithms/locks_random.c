/*
 * locks_random.c - every lock of the list at random times on random machines
 *
 * Rounds of equal length let threads meet in few ways. Here think times are random, costs
 * differ fourfold either way, some threads only try, and siblings share a core.
 */
#include "lock_sim.h"
#include "random.h"
#include "run_suite.h"

#define ROUNDS 400
#define SEEDS  24

struct worker {
	struct sv_sim_thread thread;
	struct lock_sim *s;
	void *node;
	struct sv_stream random;
	sv_time think; /* at most */
	unsigned done;
};

struct run {
	struct toy_machine toy;
	struct sim_host host;
	struct lock_sim s;
	struct worker w[TOY_PUS];
};

static sv_time at_most(struct sv_stream *random, sv_time limit)
{
	return (sv_time)(sv_stream_next(random) % (uint64_t)(limit + 1));
}

static void work(struct sv_sim_thread *self, void *arg)
{
	struct worker *w = arg;
	struct lock_sim *s = w->s;

	while (w->done < ROUNDS) {
		bool try = s->kind->try_acquire && sv_stream_next(&w->random) % 4 == 0;

		sv_sim_work(self, at_most(&w->random, w->think));
		if (!try)
			s->kind->acquire(s->lock, w->node, s->cfg);
		else if (!s->kind->try_acquire(s->lock, w->node, s->cfg))
			continue;
		lock_sim_count(s, self, w->node, at_most(&w->random, w->think / 8));
		w->done++;
	}
}

/* Threads come one after the other and keep the lock. */
static void hold_for_long(struct sv_sim_thread *self, void *arg)
{
	struct worker *w = arg;

	sv_sim_work(self, w->think);
	w->s->kind->acquire(w->s->lock, w->node, w->s->cfg);
	sv_sim_work(self, 100 * SV_MS);
}

static void vary_machine(struct toy_machine *t, struct sv_stream *random, bool siblings)
{
	for (unsigned c = 0; c < SV_COSTS; c++) {
		t->machine.cost[c] += at_most(random, 15 * t->machine.cost[c]);
		t->machine.cost[c] = t->machine.cost[c] / 4 + 1;
	}
	if (!siblings)
		return;
	t->machine.cores = TOY_PUS / 2;
	for (unsigned i = 0; i < TOY_PUS; i++) {
		t->core[i] = (uint16_t)(i / 2);
		t->distance[i * TOY_PUS + (i ^ 1)] = SV_SMT;
	}
}

static void start_worker(
	struct run *r, unsigned i, void (*body)(struct sv_sim_thread *, void *), sv_time think)
{
	struct worker *w = &r->w[i];

	w->s = &r->s;
	w->think = think;
	w->node = lock_sim_node(&r->s, &r->host, i);
	sim_host_thread(&r->host, &w->thread, body, w, 0);
	w->thread.percpu = r->s.percpu;
}

/* Without a seed the machine is the toy itself. */
static void run_init(struct run *r, struct lock_case what, unsigned seed)
{
	struct sv_stream random;

	memset(r, 0, sizeof(*r));
	toy_machine_init(&r->toy);
	sv_stream_init(&random, seed, 0, 0, 0);
	if (seed)
		vary_machine(&r->toy, &random, seed % 2);
	sim_host_init(&r->host, &r->toy.machine, false);
	lock_sim_init(&r->s, what, &r->host);
	for (unsigned i = 0; i < TOY_PUS; i++)
		sv_stream_init(&r->w[i].random, seed, 0, 0, 1 + i);
}

static void run_fini(struct run *r, unsigned threads)
{
	for (unsigned i = 0; i < threads; i++)
		sv_sim_thread_fini(&r->w[i].thread);
	sim_host_fini(&r->host);
	lock_sim_fini(&r->s);
}

START_TEST(excludes_others_and_loses_no_wake_up)
{
	const char *name = sv_locks_simulated[lock_case(_i).index]->name;
	struct run r;

	for (unsigned seed = 1; seed <= SEEDS; seed++) {
		run_init(&r, lock_case(_i), seed);
		for (unsigned i = 0; i < TOY_PUS; i++)
			start_worker(&r, i, work, (sv_time)1 << (10 + seed % 12)); /* to 2 us */
		sim_host_run(&r.host, SV_S);
		for (unsigned i = 0; i < TOY_PUS; i++)
			ck_assert_msg(r.w[i].done == ROUNDS,
				"%s, seed %u: thread %u did %u rounds and %s", name, seed, i,
				r.w[i].done, sv_sim_thread_state(&r.w[i].thread));
		ck_assert_uint_eq(*r.s.counter, TOY_PUS * ROUNDS);
		run_fini(&r, TOY_PUS);
	}
}
END_TEST

/* Where options say how long a waiter spins first, that may be for ever. */
START_TEST(waiters_of_a_blocking_lock_sleep)
{
	const struct sv_lock *kind = sv_locks_simulated[lock_case(_i).index];
	struct run r;

	if (!(kind->traits & SV_LOCK_BLOCKING) || kind->options)
		return;
	run_init(&r, lock_case(_i), 0);
	for (unsigned i = 0; i < 2; i++)
		start_worker(&r, i, hold_for_long, i * SV_US);
	sim_host_run(&r.host, 50 * SV_MS);
	ck_assert_str_eq(sv_sim_thread_state(&r.w[1].thread), "sleeps");
	run_fini(&r, 2);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each lock");
	int n = lock_cases();

	tcase_set_timeout(each, 60);
	tcase_add_loop_test(each, excludes_others_and_loses_no_wake_up, 0, n);
	tcase_add_loop_test(each, waiters_of_a_blocking_lock_sleep, 0, n);
	return run_case("locks_random", each);
}
