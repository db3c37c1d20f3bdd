/*
 * wait.c - threads that sleep until something has happened
 */
#include "wait.h"
#include "run_suite.h"
#include "vm_stack.h"

#define SLEEPERS 3

struct scene {
	struct sim_host host;
	struct sv_wait_queue queue;
	struct sv_sim_thread thread[SLEEPERS + 1];
	struct sv_lp *lp;
	sv_time woken[SLEEPERS];
	unsigned order[SLEEPERS], n;
	unsigned told; /* how many the waker woke */
};

struct sleeper {
	struct scene *scene;
	unsigned number;
	bool leaves; /* without having slept */
};

static void sleep_once(struct sv_sim_thread *self, void *arg)
{
	struct sleeper *one = arg;
	struct scene *s = one->scene;
	struct sv_waiter w;

	sv_wait_join(&s->queue, &w, self);
	if (!one->leaves)
		sv_wait_sleep(&w);
	if (!sv_wait_leave(&s->queue, &w))
		return;
	s->woken[one->number] = sv_now(s->lp);
	s->order[s->n++] = one->number;
}

static void wake_two(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	sv_sim_work(self, 10 * SV_US);
	s->told = sv_wait_wake(&s->queue, 2, self);
}

static void start(struct scene *s, struct sleeper *sleeper, struct toy_machine *toy)
{
	*s = (struct scene){ .n = 0 };
	toy_machine_init(toy);
	sim_host_init(&s->host, &toy->machine, false);
	s->lp = s->host.lp;
	for (unsigned i = 0; i < SLEEPERS; i++) {
		sleeper[i].scene = s;
		sleeper[i].number = i;
		sim_host_thread(&s->host, &s->thread[i], sleep_once, &sleeper[i], i * SV_NS);
	}
	sim_host_thread(&s->host, &s->thread[SLEEPERS], wake_two, s, 0);
}

static void end(struct scene *s)
{
	for (unsigned i = 0; i <= SLEEPERS; i++)
		sv_sim_thread_fini(&s->thread[i]);
	sim_host_fini(&s->host);
}

START_TEST(those_who_came_first_are_woken_and_the_others_sleep_on)
{
	struct sleeper sleeper[SLEEPERS] = { 0 };
	struct toy_machine toy;
	struct scene s;

	start(&s, sleeper, &toy);
	sim_host_run(&s.host, SV_MS);
	ck_assert_uint_eq(s.told, 2);
	ck_assert_uint_eq(s.n, 2);
	ck_assert_uint_eq(s.order[0], 0);
	ck_assert_uint_eq(s.order[1], 1);
	ck_assert_ptr_eq(s.queue.first->thread, &s.thread[2]);
	ck_assert_ptr_eq(s.queue.last, s.queue.first);
	/* The toy's wake-up takes 5 us. */
	ck_assert_int_eq(s.woken[0], 15 * SV_US);
	end(&s);
}
END_TEST

START_TEST(who_leaves_without_sleeping_is_not_woken)
{
	struct sleeper sleeper[SLEEPERS] = { { 0 }, { .leaves = true }, { 0 } };
	struct toy_machine toy;
	struct scene s;

	start(&s, sleeper, &toy);
	sim_host_run(&s.host, SV_MS);
	ck_assert_uint_eq(s.told, 2);
	ck_assert_uint_eq(s.n, 2);
	ck_assert_uint_eq(s.order[1], 2);
	ck_assert_ptr_null(s.queue.first);
	ck_assert_ptr_null(s.queue.last);
	end(&s);
}
END_TEST

static void wake_between(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;
	struct sv_waiter w;

	sv_wait_join(&s->queue, &w, self);
	/* As an interrupt would, between the look and the sleep. */
	s->told = sv_wait_wake(&s->queue, 1, NULL);
	sv_wait_sleep(&w);
	ck_assert(sv_wait_leave(&s->queue, &w));
	s->woken[0] = sv_now(s->lp);
}

START_TEST(a_wake_up_between_look_and_sleep_is_not_lost)
{
	struct toy_machine toy;
	struct scene s = { .n = 0 };

	toy_machine_init(&toy);
	sim_host_init(&s.host, &toy.machine, false);
	s.lp = s.host.lp;
	sim_host_thread(&s.host, &s.thread[0], wake_between, &s, 3 * SV_NS);
	sim_host_run(&s.host, SV_MS);
	ck_assert_uint_eq(s.told, 1);
	ck_assert_int_eq(s.woken[0], 3 * SV_NS);
	sv_sim_thread_fini(&s.thread[0]);
	sim_host_fini(&s.host);
}
END_TEST

START_TEST(a_scheduled_sleeper_leaves_its_cpu_to_others)
{
	struct stack *stack = stack_new((const unsigned[]){ 1 }, 1);
	struct scene s = { .lp = stack->host.lp };
	struct sleeper sleeper = { .scene = &s };

	add_thread(stack, sleep_once, &sleeper);
	add_thread(stack, wake_two, &s);
	sim_host_run(&stack->host, SV_S);
	ck_assert_uint_eq(s.told, 1);
	ck_assert_uint_eq(s.n, 1);
	/* The other one worked for 10 us meanwhile. */
	ck_assert_int_ge(s.woken[0], 10 * SV_US);
	stack_free(stack);
}
END_TEST

int main(void)
{
	return run_tests("wait",
		(const TTest *const[]){ those_who_came_first_are_woken_and_the_others_sleep_on,
			who_leaves_without_sleeping_is_not_woken,
			a_wake_up_between_look_and_sleep_is_not_lost,
			a_scheduled_sleeper_leaves_its_cpu_to_others, NULL });
}
