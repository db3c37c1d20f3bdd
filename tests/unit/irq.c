/*
 * irq.c - interrupt handlers that run code, on CPUs in every state
 */
#include "vm/irq.h"
#include "run_suite.h"
#include "vm_stack.h"
#include "wait.h"

extern const struct sv_sched sv_sched_cfs, sv_sched_eevdf, sv_sched_credit, sv_sched_fifo,
	sv_sched_gang;

enum { ENTRY = 2, HANDLER = 10, EXIT = 4, INJECT = 3, POSTED = 5, EOI = 1 }; /* us */
enum { EVENT_RAISE = 2000 };

struct scene {
	struct stack *stack;
	struct sv_irq irq[2];
	unsigned irqs;
	sv_time began[2][8], work;
	unsigned n[2];
	struct sv_wait_queue queue;
	sv_time woken;
};

static void on_event(struct sv_lp *lp, const struct sv_event *event)
{
	if (event->type == EVENT_RAISE)
		sv_irq_raise((struct sv_irq *)(uintptr_t)event->arg, NULL);
	else
		handle(lp, event);
}

static void work(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;
	unsigned i = self == &s->irq[1].thread;

	s->began[i][s->n[i]++] = sv_now(self->process.lp);
	sv_sim_work(self, s->work);
}

static void set_costs(sv_time *cost)
{
	cost[SV_COST_CONTEXT_SWITCH] = 0;
	cost[SV_COST_SYSCALL] = 0;
	cost[SV_COST_FUTEX_WAKE] = 0;
	cost[SV_COST_VM_EXIT] = EXIT * SV_US;
	cost[SV_COST_VM_INJECT] = INJECT * SV_US;
	cost[SV_COST_VM_POSTED] = POSTED * SV_US;
	cost[SV_COST_VM_EOI] = EOI * SV_US;
	cost[SV_COST_IRQ_ENTRY] = ENTRY * SV_US;
}

static struct scene *scene_new(const unsigned *cpus, unsigned levels)
{
	struct scene *s = calloc(1, sizeof(*s));

	s->stack = stack_new(cpus, levels);
	set_costs(s->stack->toy.machine.cost);
	s->stack->host.lp->handle = on_event;
	s->work = HANDLER * SV_US;
	return s;
}

/* Handler i, on a CPU of a level. */
static struct sv_irq *add_irq(struct scene *s, unsigned level, unsigned cpu,
	void (*handler)(struct sv_sim_thread *, void *))
{
	struct sv_system *system = &s->stack->host.system;
	struct sv_irq *irq = &s->irq[s->irqs++];

	system->domain = &s->stack->level[level].domain;
	ck_assert_int_eq(sv_irq_init(irq, system, cpu, handler, s), 0);
	return irq;
}

static void raise_at(struct scene *s, struct sv_irq *irq, sv_time at)
{
	sv_schedule(s->stack->host.lp, at, EVENT_RAISE, (uintptr_t)irq);
}

static void run(struct scene *s, sv_time until)
{
	sim_host_run(&s->stack->host, until);
}

static void scene_free(struct scene *s)
{
	for (unsigned i = 0; i < s->irqs; i++)
		sv_irq_fini(&s->irq[i]);
	stack_free(s->stack);
	free(s);
}

static void compute(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	sv_sim_work(self, 500 * SV_US);
	s->stack->finished[self - s->stack->thread] = sv_now(self->process.lp);
	sv_sim_thread_end(self);
}

START_TEST(a_handler_delays_the_thread_that_it_interrupts)
{
	struct scene *s = scene_new((const unsigned[]){ 1 }, 1);

	add_thread(s->stack, compute, s);
	raise_at(s, add_irq(s, 0, 0, work), 100 * SV_US);
	run(s, SV_S);
	ck_assert_int_eq(s->began[0][0], (100 + ENTRY) * SV_US);
	ck_assert_int_eq(s->stack->finished[0], (500 + ENTRY + HANDLER) * SV_US);
	ck_assert_int_eq(s->stack->level[0].domain.cpu[0].handled, (ENTRY + HANDLER) * SV_US);
	ck_assert_int_eq(s->stack->task[0].ran, 500 * SV_US);
	scene_free(s);
}
END_TEST

START_TEST(handlers_of_a_cpu_follow_each_other)
{
	struct scene *s = scene_new((const unsigned[]){ 1 }, 1);
	struct sv_irq *a = add_irq(s, 0, 0, work), *b = add_irq(s, 0, 0, work);

	add_thread(s->stack, compute, s);
	raise_at(s, a, 100 * SV_US);
	raise_at(s, b, 105 * SV_US);
	raise_at(s, b, 106 * SV_US); /* has not begun: once */
	raise_at(s, a, 107 * SV_US); /* runs: once more */
	run(s, SV_S);
	ck_assert_uint_eq(s->n[0], 2);
	ck_assert_uint_eq(s->n[1], 1);
	ck_assert_int_eq(s->began[1][0], (100 + 2 * ENTRY + HANDLER) * SV_US);
	ck_assert_int_eq(s->began[0][1], (100 + 3 * ENTRY + 2 * HANDLER) * SV_US);
	ck_assert_int_eq(s->stack->finished[0], (500 + 3 * (ENTRY + HANDLER)) * SV_US);
	scene_free(s);
}
END_TEST

/* The toy is given a state that takes 40 us to leave; the CPU has been idle for long. */
START_TEST(an_idle_cpu_leaves_its_idle_state_and_goes_idle_again)
{
	struct scene *s = scene_new((const unsigned[]){ 1 }, 1);
	struct sv_idle_state deep = { .exit = 40 * SV_US, .residency = 100 * SV_US };
	struct sv_irq *irq = add_irq(s, 0, 0, work);
	struct sv_cpu *c = &s->stack->level[0].domain.cpu[0];

	s->stack->toy.machine.idle_state = &deep;
	s->stack->toy.machine.idle_states = 1;
	add_thread(s->stack, compute, s);
	raise_at(s, irq, SV_MS);
	run(s, 10 * SV_MS);
	ck_assert_int_eq(s->stack->finished[0], 500 * SV_US);
	ck_assert_int_eq(s->began[0][0], SV_MS + (40 + ENTRY) * SV_US);
	sv_cpu_account(c);
	ck_assert_int_eq(c->handled, (40 + ENTRY + HANDLER) * SV_US);
	ck_assert_int_eq(c->idled + c->busy + c->handled + c->switching, 10 * SV_MS);
	ck_assert(c->idle.asleep);
	scene_free(s);
}
END_TEST

static void sleep_in_queue(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;
	struct sv_waiter w;

	sv_wait_join(&s->queue, &w, self);
	sv_wait_sleep(&w);
	sv_wait_leave(&s->queue, &w);
	s->woken = sv_now(self->process.lp);
	sv_sim_thread_end(self);
}

static void wake(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	sv_wait_wake(&s->queue, 1, self);
	work(self, arg);
}

/* Who is woken on the same CPU runs when the handler has ended, after a switch and no wake-up. */
START_TEST(a_task_that_a_handler_wakes_runs_when_the_handler_has_ended)
{
	struct scene *s = scene_new((const unsigned[]){ 1, 1 }, 1 + (unsigned)_i);
	sv_time *cost = s->stack->toy.machine.cost;

	cost[SV_COST_CONTEXT_SWITCH] = 6 * SV_US;
	cost[SV_COST_WAKE_UP] = 50 * SV_US;
	add_thread(s->stack, sleep_in_queue, s);
	raise_at(s, add_irq(s, (unsigned)_i, 0, wake), SV_MS);
	run(s, 10 * SV_MS);
	if (_i == 0)
		ck_assert_int_eq(s->woken, SV_MS + (ENTRY + HANDLER + 6) * SV_US);
	else /* it was halted: woken, injected, handler and its end, switch */
		ck_assert_int_eq(
			s->woken, SV_MS + (50 + INJECT + ENTRY + HANDLER + EOI + 6) * SV_US);
	scene_free(s);
}
END_TEST

START_TEST(a_running_vcpu_exits_for_a_handler_unless_it_is_posted)
{
	struct scene *s = scene_new((const unsigned[]){ 1, 1 }, 2);
	struct sv_cpu *c = &s->stack->level[1].domain.cpu[0];
	sv_time start = (INJECT + EOI) * SV_US, before, after;

	s->stack->level[1].domain.posted = _i;
	if (_i)
		start = INJECT * SV_US;
	add_thread(s->stack, compute, s);
	raise_at(s, add_irq(s, 1, 0, work), 100 * SV_US);
	run(s, SV_S);
	before = (_i ? POSTED : INJECT) * SV_US;
	after = _i ? 0 : EOI * SV_US;
	ck_assert_int_eq(s->began[0][0], (100 + ENTRY) * SV_US + before);
	ck_assert_int_eq(
		s->stack->finished[0], start + (500 + ENTRY + HANDLER) * SV_US + before + after);
	ck_assert_uint_eq(c->exits.count[SV_EXIT_INTERRUPT], _i ? 0 : 1);
	ck_assert_int_eq(c->handled, (ENTRY + HANDLER) * SV_US);
	scene_free(s);
}
END_TEST

static void insist(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	sv_sim_irqs_off(self);
	sv_sim_work(self, 200 * SV_US);
	sv_sim_irqs_on(self);
	s->woken = sv_now(self->process.lp);
	sv_sim_work(self, 300 * SV_US);
	s->stack->finished[0] = sv_now(self->process.lp);
	sv_sim_thread_end(self);
}

START_TEST(a_handler_waits_until_interrupts_are_on)
{
	for (unsigned level = 0; level < 2; level++) {
		struct scene *s = scene_new((const unsigned[]){ 1, 1 }, 1 + level);
		sv_time start = level ? (INJECT + EOI) * SV_US : 0;
		/* A guest exits when it comes, and when it can be taken. */
		sv_time exit = level ? EXIT * SV_US : 0, take = level ? INJECT * SV_US : 0;
		sv_time end = level ? EOI * SV_US : 0;

		add_thread(s->stack, insist, s);
		raise_at(s, add_irq(s, level, 0, work), 100 * SV_US);
		run(s, SV_S);
		ck_assert_int_eq(s->began[0][0], start + exit + take + (200 + ENTRY) * SV_US);
		/* Before anything else that the thread does. */
		ck_assert_int_eq(s->woken, s->began[0][0] + HANDLER * SV_US + end);
		ck_assert_int_eq(s->stack->finished[0], s->woken + 300 * SV_US);
		scene_free(s);
	}
}
END_TEST

START_TEST(a_handler_of_the_host_makes_the_vcpu_that_it_finds_exit)
{
	struct scene *s = scene_new((const unsigned[]){ 1, 1 }, 2);
	struct sv_cpu *c = &s->stack->level[1].domain.cpu[0];

	add_thread(s->stack, compute, s);
	raise_at(s, add_irq(s, 0, 0, work), 100 * SV_US);
	run(s, SV_S);
	ck_assert_int_eq(s->began[0][0], (100 + ENTRY) * SV_US);
	ck_assert_int_eq(
		s->stack->finished[0], (INJECT + EOI + 500 + ENTRY + HANDLER + EXIT) * SV_US);
	ck_assert_uint_eq(c->exits.count[SV_EXIT_INTERRUPT], 1);
	ck_assert_int_eq(c->exits.time[SV_EXIT_INTERRUPT], EXIT * SV_US);
	/* What the vCPU's task ran is what the vCPU did; then it halts. */
	ck_assert_int_eq(c->body->ran, (INJECT + EOI + 500 + 2 * EXIT) * SV_US);
	scene_free(s);
}
END_TEST

/* Two vCPUs share a CPU by the millisecond; the second one is preempted when it comes. */
START_TEST(a_preempted_vcpu_takes_it_when_it_runs_again)
{
	struct scene *s = scene_new((const unsigned[]){ 1, 2 }, 2);

	for (int i = 0; i < 2; i++)
		add_thread(s->stack, compute, s);
	raise_at(s, add_irq(s, 1, 1, work), 100 * SV_US);
	run(s, SV_S);
	ck_assert_int_ge(s->began[0][0], 500 * SV_US);
	ck_assert_int_le(s->began[0][0], 550 * SV_US);
	scene_free(s);
}
END_TEST

static void raise_on_own_cpu(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	sv_sim_work(self, 50 * SV_US);
	sv_irq_raise(&s->irq[0], self);
	s->woken = sv_now(self->process.lp);
	sv_sim_thread_end(self);
}

START_TEST(who_raises_it_on_its_own_cpu_goes_on_when_it_has_run)
{
	struct scene *s = scene_new((const unsigned[]){ 1 }, 1);

	add_irq(s, 0, 0, work);
	add_thread(s->stack, raise_on_own_cpu, s);
	run(s, SV_S);
	ck_assert_int_eq(s->woken, (50 + ENTRY + HANDLER) * SV_US);
	scene_free(s);
}
END_TEST

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
	Suite *suite = suite_create("irq");
	TCase *tc = tcase_create("irq");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_handler_delays_the_thread_that_it_interrupts);
	tcase_add_test(tc, handlers_of_a_cpu_follow_each_other);
	tcase_add_test(tc, an_idle_cpu_leaves_its_idle_state_and_goes_idle_again);
	tcase_add_loop_test(tc, a_task_that_a_handler_wakes_runs_when_the_handler_has_ended, 0, 2);
	tcase_add_loop_test(tc, a_running_vcpu_exits_for_a_handler_unless_it_is_posted, 0, 2);
	tcase_add_test(tc, a_handler_waits_until_interrupts_are_on);
	tcase_add_test(tc, a_handler_of_the_host_makes_the_vcpu_that_it_finds_exit);
	tcase_add_test(tc, a_preempted_vcpu_takes_it_when_it_runs_again);
	tcase_add_test(tc, who_raises_it_on_its_own_cpu_goes_on_when_it_has_run);
	tcase_add_loop_test(tc, handlers_work_with_every_policy_and_however_it_is_run, 0,
		(int)(sizeof(policies) / sizeof(policies[0])));
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
