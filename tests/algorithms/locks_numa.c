/*
 * locks_numa.c - every lock of the list with many threads on eight NUMA nodes
 *
 * Locks that reorder their queues do so only when a queue is long: a waiter moves past
 * others, and neither may be last. The four threads of the toy machine are too few.
 */
#include "lock_sim.h"
#include "random.h"
#include "run_suite.h"
#include "world/scenario.h"

#define THREADS 24
#define ROUNDS  150

struct worker {
	struct sv_sim_thread thread;
	struct lock_sim *s;
	void *node;
	struct sv_stream random;
	sv_time think; /* at most */
	unsigned done;
};

struct run {
	struct sv_diag *diag;
	struct sv_study *study; /* owns the machine */
	struct sim_host host;
	struct lock_sim s;
	struct worker w[THREADS];
};

static void work(struct sv_sim_thread *self, void *arg)
{
	struct worker *w = arg;
	struct lock_sim *s = w->s;

	for (; w->done < ROUNDS; w->done++) {
		sv_sim_work(self, (sv_time)(sv_stream_next(&w->random) % (uint64_t)w->think));
		s->kind->acquire(s->lock, w->node, s->cfg);
		lock_sim_count(s, self, w->node, 0);
	}
}

static void start_worker(struct run *r, unsigned i, sv_time think)
{
	struct worker *w = &r->w[i];

	w->s = &r->s;
	w->think = think;
	sv_stream_init(&w->random, 1, 0, 0, i);
	w->node = lock_sim_node(&r->s, &r->host, i);
	/* Packages take turns: three threads on each. */
	sv_system_thread(&r->host.system, &w->thread, sv_system_take_cpu(&r->host.system, true));
	w->thread.percpu = r->s.percpu;
	ck_assert_int_eq(sv_sim_thread_start(&w->thread, work, w, 0), 0);
}

static void run_init(struct run *r, struct lock_case what)
{
	static const char scenario[] =
		"simsvirt: 1\n"
		"host: {machine: " SV_SOURCE_DIR "/scenarios/machines/ivybridge-ex-120.yaml}\n"
		"vms: {host: {workloads: {w: {kind: critical}}}}\n"
		"run: {duration: 1ms}\n";

	memset(r, 0, sizeof(*r));
	r->diag = sv_diag_new();
	r->study = sv_study_parse("numa", scenario, strlen(scenario), r->diag);
	ck_assert_ptr_nonnull(r->study);
	sim_host_init(&r->host, sv_study_point(r->study, 0)->host.machine, false);
	lock_sim_init(&r->s, what, &r->host);
}

static void run_fini(struct run *r)
{
	for (unsigned i = 0; i < THREADS; i++)
		sv_sim_thread_fini(&r->w[i].thread);
	sim_host_fini(&r->host);
	sv_study_free(r->study);
	sv_diag_free(r->diag);
	lock_sim_fini(&r->s);
}

START_TEST(serves_all_waiters_of_a_long_queue)
{
	struct run *r = malloc(sizeof(*r));

	for (sv_time think = 100 * SV_NS; think < 100 * SV_US; think *= 8) {
		run_init(r, lock_case(_i));
		for (unsigned i = 0; i < THREADS; i++)
			start_worker(r, i, think);
		sim_host_run(&r->host, SV_S);
		for (unsigned i = 0; i < THREADS; i++)
			ck_assert_msg(r->w[i].done == ROUNDS, "%s: thread %u did %u rounds and %s",
				r->s.kind->name, i, r->w[i].done,
				sv_sim_thread_state(&r->w[i].thread));
		ck_assert_uint_eq(*r->s.counter, THREADS * ROUNDS);
		run_fini(r);
	}
	free(r);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each lock");

	tcase_set_timeout(each, 120);
	tcase_add_loop_test(each, serves_all_waiters_of_a_long_queue, 0, lock_cases());
	return run_case("locks_numa", each);
}
