/*
 * irq_policies.c - interrupt handlers and threads that share a lock, under every policy
 */
#include "irq_scene.h"
#include "run_suite.h"

extern const struct sv_sched sv_sched_cfs, sv_sched_eevdf, sv_sched_credit, sv_sched_fifo,
	sv_sched_gang;

struct contest {
	struct scene *scene;
	void *lock, *node[3];
	const struct sv_lock *kind;
	bool held;
	uint64_t done;
};
static struct contest contest;

static void section(struct sv_sim_thread *self, void *node)
{
	sv_sim_preempt_off(self);
	sv_sim_irqs_off(self);
	contest.kind->acquire(contest.lock, node, NULL);
	ck_assert(!contest.held);
	contest.held = true;
	sv_sim_work(self, 3 * SV_US);
	contest.held = false;
	contest.kind->release(contest.lock, node, NULL);
	sv_sim_irqs_on(self);
	sv_sim_preempt_on(self);
	contest.done++;
}

static void lock_in_handler(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	section(self, contest.node[2]);
	s->n[0]++;
}

static void lock_in_thread(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;
	unsigned me = (unsigned)(self - s->stack->thread);

	for (int i = 0; i < 200; i++) {
		section(self, contest.node[me]);
		sv_sim_work(self, 5 * SV_US);
	}
	s->stack->finished[me] = sv_now(self->process.lp);
	sv_sim_thread_end(self);
}

static const struct {
	const struct sv_sched *policy;
	const char *options;
} policies[] = { { &sv_sched_rr, "{slice: 1ms}" }, { &sv_sched_cfs, "{hz: 1000}" },
	{ &sv_sched_eevdf, "{hz: 1000}" }, { &sv_sched_credit, "{}" }, { &sv_sched_fifo, "{}" },
	{ &sv_sched_gang, "{}" } };

/* Two threads on two vCPUs of one CPU, or on two CPUs, and a handler that takes their lock. */
static sv_time play(unsigned policy, unsigned cpus, bool no_run_ahead, uint64_t *events)
{
	struct scene *s = calloc(1, sizeof(*s));
	sv_time last = 0;

	s->stack = stack_make(policies[policy].policy, policies[policy].options,
		(const unsigned[]){ cpus, 2 }, 2, no_run_ahead);
	set_costs(s->stack->toy.machine.cost);
	s->stack->host.lp->handle = on_event;
	contest = (struct contest){ .scene = s, .kind = sv_locks_simulated[0] };
	for (int i = 0; sv_locks_simulated[i]; i++)
		if (!strcmp(sv_locks_simulated[i]->name, "mcs"))
			contest.kind = sv_locks_simulated[i];
	contest.lock = sv_memory_alloc(s->stack->host.memory, contest.kind->lock_bytes, 0);
	contest.kind->init(contest.lock, NULL);
	for (int i = 0; i < 3; i++)
		contest.node[i] =
			sv_memory_alloc(s->stack->host.memory, contest.kind->node_bytes, 0);
	for (int i = 0; i < 2; i++)
		add_thread(s->stack, lock_in_thread, s);
	add_irq(s, 1, 0, lock_in_handler);
	add_irq(s, 0, 0, work);
	for (int i = 0; i < 100; i++) {
		raise_at(s, &s->irq[0], (37 * i + 5) * SV_US);
		if (i % 13 == 0)
			raise_at(s, &s->irq[1], (37 * i + 15) * SV_US);
	}
	run(s, 10 * SV_S);
	ck_assert_uint_eq(contest.done, 400 + s->irq[0].count);
	ck_assert_uint_gt(s->irq[0].count, 20);
	ck_assert_uint_eq(s->irq[1].count, 8);
	for (int i = 0; i < 2; i++)
		last = s->stack->finished[i] > last ? s->stack->finished[i] : last;
	*events = sv_engine_events(s->stack->host.engine);
	scene_free(s);
	return last;
}

START_TEST(handlers_work_with_every_policy_and_however_it_is_run)
{
	for (unsigned cpus = 1; cpus <= 2; cpus++) {
		uint64_t events[2];
		sv_time last = play((unsigned)_i, cpus, false, &events[0]);

		ck_assert_int_gt(last, 0);
		ck_assert_int_eq(play((unsigned)_i, cpus, true, &events[1]), last);
		ck_assert_uint_eq(events[0], events[1]);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("irq_policies");
	TCase *tc = tcase_create("irq_policies");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, handlers_work_with_every_policy_and_however_it_is_run, 0,
		(int)(sizeof(policies) / sizeof(policies[0])));
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
