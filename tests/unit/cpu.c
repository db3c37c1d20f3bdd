/*
 * cpu.c - tasks on CPUs, to any depth
 */
#include "run_suite.h"
#include "vm_stack.h"

static void compute(struct sv_sim_thread *self, void *arg)
{
	struct stack *s = arg;

	sv_sim_work(self, 10 * SV_MS);
	s->finished[self - s->thread] = sv_now(s->host.lp);
	sv_sim_thread_end(self);
}

static void ends_between(const struct stack *s, sv_time low, sv_time high)
{
	for (unsigned i = 0; i < s->threads; i++)
		ck_assert_msg(s->finished[i] >= low && s->finished[i] <= high,
			"thread %u finished at %lld us", i, (long long)(s->finished[i] / SV_US));
}

START_TEST(a_thread_alone_takes_its_time)
{
	struct stack *s = stack_new((const unsigned[]){ 1 }, 1);

	add_thread(s, compute, s);
	sim_host_run(&s->host, SV_S);
	ends_between(s, 10 * SV_MS, 10 * SV_MS);
	stack_free(s);
}
END_TEST

START_TEST(two_threads_share_a_cpu)
{
	struct stack *s = stack_new((const unsigned[]){ 1 }, 1);

	add_thread(s, compute, s);
	add_thread(s, compute, s);
	sim_host_run(&s->host, SV_S);
	/* 20 ms of work and a microsecond for each of some 20 switches. */
	ends_between(s, 19 * SV_MS, 20 * SV_MS + 25 * SV_US);
	ck_assert_int_ge(s->finished[1], 20 * SV_MS + 15 * SV_US);
	stack_free(s);
}
END_TEST

START_TEST(two_vcpus_share_a_cpu)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 2 }, 2);

	add_thread(s, compute, s);
	add_thread(s, compute, s);
	sim_host_run(&s->host, SV_S);
	ends_between(s, 19 * SV_MS, 20 * SV_MS + 40 * SV_US);
	stack_free(s);
}
END_TEST

START_TEST(three_levels_share_as_one_does)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 2, 4 }, 3);

	for (int i = 0; i < 4; i++)
		add_thread(s, compute, s);
	sim_host_run(&s->host, SV_S);
	ends_between(s, 30 * SV_MS, 40 * SV_MS + 400 * SV_US);
	stack_free(s);
}
END_TEST

static void work_and_rest(struct sv_sim_thread *self, void *arg)
{
	struct stack *s = arg;

	sv_sim_work(self, 2 * SV_MS);
	sv_sim_sleep(self, 5 * SV_MS);
	s->finished[self - s->thread] = sv_now(s->host.lp);
}

static void rest(struct sv_sim_thread *self, void *arg)
{
	work_and_rest(self, arg);
	sv_sim_thread_end(self);
}

/* The toy's system call takes 200 ns. */
START_TEST(a_sleeper_wakes_when_its_time_has_passed)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 1, 1 }, (unsigned)_i);

	add_thread(s, rest, s);
	sim_host_run(&s->host, SV_S);
	ends_between(s, 7 * SV_MS + 200 * SV_NS, 7 * SV_MS + 5 * SV_US);
	stack_free(s);
}
END_TEST

START_TEST(a_sleeper_leaves_its_cpu_to_others)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 1 }, (unsigned)_i);

	add_thread(s, rest, s);
	add_thread(s, compute, s);
	sim_host_run(&s->host, SV_S);
	/* They take turns by the millisecond until the sleeper, at 3 ms, has done its work. */
	ck_assert_int_ge(s->finished[0], 8 * SV_MS);
	ck_assert_int_le(s->finished[0], 10 * SV_MS + 10 * SV_US);
	ck_assert_int_ge(s->finished[1], 12 * SV_MS);
	ck_assert_int_le(s->finished[1], 12 * SV_MS + 30 * SV_US);
	stack_free(s);
}
END_TEST

START_TEST(a_sleeper_with_a_cpu_of_its_own_pays_the_way_out_of_idleness)
{
	struct sim_host host;
	struct toy_machine toy;
	struct stack s = { 0 };

	toy_machine_init(&toy);
	sim_host_init(&host, &toy.machine, false);
	s.host.lp = host.lp;
	s.threads = 1;
	sim_host_thread(&host, &s.thread[0], work_and_rest, &s, 0);
	sim_host_run(&host, 7 * SV_MS + 10 * SV_US);
	ck_assert_int_eq(s.finished[0], 7 * SV_MS + 200 * SV_NS + 5 * SV_US);
	sv_sim_thread_fini(&s.thread[0]);
	sim_host_fini(&host);
}
END_TEST

/* 5 ms of work that must not be interrupted, in two nested sections, then as much that may. */
static void insist(struct sv_sim_thread *self, void *arg)
{
	struct stack *s = arg;

	sv_sim_preempt_off(self);
	sv_sim_work(self, 2 * SV_MS);
	sv_sim_preempt_off(self);
	sv_sim_work(self, 2 * SV_MS);
	sv_sim_preempt_on(self);
	sv_sim_work(self, 1 * SV_MS);
	s->finished[self - s->thread] = sv_now(s->host.lp);
	sv_sim_preempt_on(self);
	sv_sim_work(self, 5 * SV_MS);
	sv_sim_thread_end(self);
}

START_TEST(a_thread_that_forbids_it_is_not_preempted)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 1 }, (unsigned)_i);

	add_thread(s, insist, s);
	add_thread(s, compute, s);
	sim_host_run(&s->host, SV_S);
	ck_assert_int_ge(s->finished[0], 5 * SV_MS);
	ck_assert_int_le(s->finished[0], 5 * SV_MS + 10 * SV_US);
	/* What was overdue happened when the section ended: from then on they take turns. */
	ck_assert_int_ge(s->finished[1], 19 * SV_MS);
	ck_assert_uint_ge(s->task[0].preemptions, 4);
	stack_free(s);
}
END_TEST

START_TEST(a_host_preempts_a_vcpu_whose_thread_forbids_it)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 2 }, 2);

	add_thread(s, insist, s);
	add_thread(s, insist, s);
	sim_host_run(&s->host, SV_S);
	/* Each sixth slice is for the microsecond of the guest's own switch. */
	ends_between(s, 9 * SV_MS, 11 * SV_MS + 20 * SV_US);
	stack_free(s);
}
END_TEST

struct contest {
	struct stack *s;
	const struct sv_lock *kind;
	const void *cfg;
	void *lock, *node[MOST], *percpu[MOST];
	int holder;
	unsigned rounds;
	uint64_t done[MOST];
};

static void contend(struct sv_sim_thread *self, void *arg)
{
	struct contest *c = arg;
	unsigned me = (unsigned)(self - c->s->thread);

	for (unsigned i = 0; i < c->rounds; i++) {
		c->kind->acquire(c->lock, c->node[me], c->cfg);
		ck_assert_int_eq(c->holder, -1);
		c->holder = (int)me;
		sv_sim_work(self, 20 * SV_US);
		c->holder = -1;
		c->kind->release(c->lock, c->node[me], c->cfg);
		c->done[me]++;
		sv_sim_work(self, 20 * SV_US);
	}
	sv_sim_thread_end(self);
}

static void contest(
	const struct sv_lock *kind, const unsigned *cpus, unsigned levels, unsigned threads)
{
	struct stack *s = stack_new(cpus, levels);
	struct contest c = { .s = s, .kind = kind, .holder = -1, .rounds = 100 };
	struct sv_diag *diag = sv_diag_new();
	void *cfg = NULL;

	if (kind->options) {
		cfg = sv_doc_alloc(s->doc, kind->options->size);
		ck_assert_int_eq(sv_read(kind->options, NULL, cfg, s->doc, diag), 0);
	}
	c.cfg = cfg;
	c.lock = sv_memory_alloc(s->host.memory, kind->lock_bytes, 0);
	kind->init(c.lock, cfg);
	for (unsigned i = 0; i < threads; i++) {
		c.node[i] = sv_memory_alloc(s->host.memory, kind->node_bytes + 1, 0);
		c.percpu[i] = sv_memory_alloc(s->host.memory, kind->percpu_bytes + 1, 0);
		if (kind->node_init)
			kind->node_init(c.node[i], i);
		add_thread(s, contend, &c);
		s->thread[i].percpu = c.percpu;
	}
	sim_host_run(&s->host, 100 * SV_S);
	for (unsigned i = 0; i < threads; i++)
		ck_assert_msg(c.done[i] == c.rounds, "%s: thread %u did %llu rounds and %s",
			kind->name, i, (unsigned long long)c.done[i],
			sv_sim_thread_state(&s->thread[i]));
	sv_diag_free(diag);
	stack_free(s);
}

/* A qspinlock's waiter uses its CPU's node, so only one thread of a CPU may wait: as many vCPUs as
 * threads. */
START_TEST(locks_work_on_preempted_vcpus)
{
	contest(sv_locks_simulated[_i], (const unsigned[]){ 2, 4 }, 2, 4);
}
END_TEST

START_TEST(locks_work_on_preempted_threads)
{
	const struct sv_lock *kind = sv_locks_simulated[_i];

	if (!kind->percpu_bytes)
		contest(kind, (const unsigned[]){ 2 }, 1, 4);
}
END_TEST

static char described[128];

static void describe(struct sv_sim_thread *self, void *arg)
{
	(void)self, (void)arg;
	sv_sim_describe(described, sizeof(described));
	sv_sim_thread_end(self);
}

START_TEST(a_defect_names_the_thread_that_ran)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 2 }, 2);

	add_thread(s, describe, s);
	sim_host_run(&s->host, SV_S);
	ck_assert_str_eq(described, "thread on CPU 0, PU 0, which runs");
	stack_free(s);
}
END_TEST

/* In turns of 1 ms, 18 of the 20 are not the first. */
START_TEST(a_thread_loads_what_others_have_evicted)
{
	for (unsigned levels = 1; levels <= 3; levels++) {
		struct stack *s = stack_new((const unsigned[]){ 1, 1, 1 }, levels);

		s->toy.machine.cost[SV_COST_COLD_CACHE] = 100 * SV_US;
		add_thread(s, compute, s);
		add_thread(s, compute, s);
		sim_host_run(&s->host, SV_S);
		ends_between(s, 20 * SV_MS + 16 * 100 * SV_US, 20 * SV_MS + 20 * 102 * SV_US);
		for (unsigned i = 0; i < 2; i++)
			ck_assert_int_ge(s->task[i].cache.refilled, 8 * 100 * SV_US);
		stack_free(s);
	}
}
END_TEST

/* Two vCPUs take turns, each with a thread of its own: the same cache. */
START_TEST(a_vcpu_evicts_what_the_thread_of_another_had)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 2 }, 2);

	s->toy.machine.cost[SV_COST_COLD_CACHE] = 100 * SV_US;
	add_thread(s, compute, s);
	add_thread(s, compute, s);
	sim_host_run(&s->host, SV_S);
	for (unsigned i = 0; i < 2; i++)
		ck_assert_int_ge(s->task[i].cache.refilled, 8 * 100 * SV_US);
	stack_free(s);
}
END_TEST

static void sleep_and_compute(struct sv_sim_thread *self, void *arg)
{
	struct stack *s = arg;

	for (int i = 0; i < 100; i++) {
		sv_sim_sleep(self, SV_MS);
		sv_sim_work(self, SV_US);
	}
	s->finished[self - s->thread] = sv_now(s->host.lp);
	sv_sim_thread_end(self);
}

START_TEST(idle_time_evicts_nothing)
{
	struct stack *s = stack_new((const unsigned[]){ 1 }, 1);

	s->toy.machine.cost[SV_COST_COLD_CACHE] = 100 * SV_US;
	add_thread(s, sleep_and_compute, s);
	sim_host_run(&s->host, SV_S);
	ck_assert_int_gt(s->finished[0], 0);
	ck_assert_int_eq(s->task[0].cache.refilled, 0);
	stack_free(s);
}
END_TEST

/* Each finds evicted what the other needed a microsecond, and its system call, to evict. */
START_TEST(who_works_briefly_evicts_little)
{
	struct stack *s = stack_new((const unsigned[]){ 1 }, 1);

	s->toy.machine.cost[SV_COST_COLD_CACHE] = 100 * SV_US;
	add_thread(s, sleep_and_compute, s);
	add_thread(s, sleep_and_compute, s);
	sim_host_run(&s->host, SV_S);
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_int_gt(s->task[i].cache.refilled, 0);
		ck_assert_int_lt(s->task[i].cache.refilled, 100 * 2 * SV_US);
	}
	stack_free(s);
}
END_TEST

static unsigned forgotten;

static void forget(void *entity)
{
	(void)entity;
	forgotten++;
}

START_TEST(a_policy_forgets_a_task_that_ends)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 1 }, 2);
	struct sv_sched forgetful = sv_sched_rr;

	forgetful.entity_fini = forget;
	s->level[1].domain.sched = &forgetful;
	add_thread(s, compute, s);
	add_thread(s, compute, s);
	sim_host_run(&s->host, 15 * SV_MS);
	ck_assert_uint_eq(forgotten, 0);
	sim_host_run(&s->host, SV_S);
	ck_assert_uint_eq(forgotten, 2);
	stack_free(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cpu");
	TCase *share = tcase_create("sharing"), *locks = tcase_create("locks");
	int n = 0;

	tcase_add_test(share, a_thread_alone_takes_its_time);
	tcase_add_test(share, two_threads_share_a_cpu);
	tcase_add_test(share, two_vcpus_share_a_cpu);
	tcase_add_test(share, three_levels_share_as_one_does);
	tcase_add_test(share, a_defect_names_the_thread_that_ran);
	tcase_add_test(share, a_thread_loads_what_others_have_evicted);
	tcase_add_test(share, a_vcpu_evicts_what_the_thread_of_another_had);
	tcase_add_test(share, idle_time_evicts_nothing);
	tcase_add_test(share, who_works_briefly_evicts_little);
	tcase_add_test(share, a_policy_forgets_a_task_that_ends);
	tcase_add_loop_test(share, a_sleeper_wakes_when_its_time_has_passed, 1, 4);
	tcase_add_loop_test(share, a_sleeper_leaves_its_cpu_to_others, 1, 3);
	tcase_add_test(share, a_sleeper_with_a_cpu_of_its_own_pays_the_way_out_of_idleness);
	tcase_add_loop_test(share, a_thread_that_forbids_it_is_not_preempted, 1, 3);
	tcase_add_test(share, a_host_preempts_a_vcpu_whose_thread_forbids_it);
	while (sv_locks_simulated[n])
		n++;
	tcase_set_timeout(locks, 60);
	tcase_add_loop_test(locks, locks_work_on_preempted_vcpus, 0, n);
	tcase_add_loop_test(locks, locks_work_on_preempted_threads, 0, n);
	suite_add_tcase(suite, share);
	suite_add_tcase(suite, locks);
	return run_suite(suite);
}
