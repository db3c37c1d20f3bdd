/*
 * guest_poll.c - guests that poll before they halt
 */
#include "run_suite.h"
#include "vm/interrupt.h"
#include "vm_stack.h"

#define LIMIT (200 * SV_US)

static struct stack *polling_new(unsigned pcpus, unsigned vcpus)
{
	struct stack *s = stack_new((const unsigned[]){ pcpus, vcpus }, 2);

	s->toy.machine.cost[SV_COST_CONTEXT_SWITCH] = 0;
	s->toy.machine.cost[SV_COST_SYSCALL] = 0;
	s->toy.machine.cost[SV_COST_VM_EXIT] = 4 * SV_US;
	s->toy.machine.cost[SV_COST_VM_IPI] = 7 * SV_US;
	s->level[1].domain.guest_poll = LIMIT;
	return s;
}

static struct sv_cpu *vcpu(struct stack *s, unsigned i)
{
	sv_cpu_account(&s->level[1].domain.cpu[i]);
	return &s->level[1].domain.cpu[i];
}

struct napper {
	struct stack *s;
	sv_time sleep;
};

static void nap(struct sv_sim_thread *self, void *arg)
{
	const struct napper *n = arg;

	for (;;) {
		sv_sim_work(self, 100 * SV_US);
		sv_sim_sleep(self, n->sleep);
	}
}

static struct stack *nap_for(sv_time sleep, sv_time until)
{
	struct stack *s = polling_new(1, 1);
	struct napper n = { s, sleep };

	add_thread(s, nap, &n);
	sim_host_run(&s->host, until);
	return s;
}

/* The first halt, of 150 us, makes the window 50; the second, of the 100 that are left, 100; and
 * the further ones are shorter than that. */
START_TEST(halts_that_are_short_enough_make_it_poll)
{
	struct stack *s = nap_for(150 * SV_US, 10 * SV_MS);
	uint64_t halts = vcpu(s, 0)->exits.count[SV_EXIT_HLT];

	ck_assert_int_eq(vcpu(s, 0)->guest_poll.window, 100 * SV_US);
	ck_assert_uint_ge(halts, 38);
	ck_assert_int_ge(vcpu(s, 0)->idled, (sv_time)(halts - 3) * 100 * SV_US);
	ck_assert_int_le(vcpu(s, 0)->idled, (sv_time)(halts - 1) * 100 * SV_US);
	stack_free(s);
}
END_TEST

START_TEST(halts_that_are_too_long_do_not)
{
	struct stack *s = nap_for(1 * SV_MS, 10 * SV_MS);

	ck_assert_int_eq(vcpu(s, 0)->guest_poll.window, 0);
	ck_assert_int_eq(vcpu(s, 0)->idled, 0);
	ck_assert_uint_ge(vcpu(s, 0)->exits.count[SV_EXIT_HLT], 8);
	stack_free(s);
}
END_TEST

START_TEST(a_window_that_was_too_short_ends_with_a_halt)
{
	struct stack *s = polling_new(1, 1);
	struct napper n = { s, 1 * SV_MS };

	s->level[1].domain.cpu[0].guest_poll.window = 80 * SV_US;
	add_thread(s, nap, &n);
	sim_host_run(&s->host, 1 * SV_MS);
	ck_assert_int_eq(vcpu(s, 0)->idled, 80 * SV_US);
	ck_assert_uint_eq(vcpu(s, 0)->exits.count[SV_EXIT_HLT], 1);
	sim_host_run(&s->host, 1500 * SV_US);
	ck_assert_int_eq(vcpu(s, 0)->guest_poll.window, 40 * SV_US);
	stack_free(s);
}
END_TEST

struct pair {
	struct stack *s;
	sv_u32 *word;
	sv_time woke;
};

static void sleeper(struct sv_sim_thread *self, void *arg)
{
	struct pair *p = arg;

	sv_futex_wait(p->word, 0);
	p->s->finished[1] = sv_now(p->s->host.lp);
	sv_sim_thread_end(self);
}

static void waker(struct sv_sim_thread *self, void *arg)
{
	struct pair *p = arg;

	sv_sim_work(self, 100 * SV_US);
	p->woke = sv_now(p->s->host.lp);
	sv_futex_wake(p->word, 1);
	sv_sim_thread_end(self);
}

/* Also not while an exit keeps it from looking: from 98 to 158 us after it began to poll. */
START_TEST(who_polls_needs_no_interrupt)
{
	struct stack *s = polling_new(2, 2);
	struct pair p = { .s = s, .word = sv_memory_alloc(s->host.memory, 64, 0) };

	s->level[1].domain.cpu[1].guest_poll.window = LIMIT;
	if (_i) {
		s->level[1].domain.pause_window = 10 * SV_US;
		s->toy.machine.cost[SV_COST_VM_EXIT] = 60 * SV_US;
	}
	add_thread(s, waker, &p);
	add_thread(s, sleeper, &p);
	sim_host_run(&s->host, 190 * SV_US);
	if (_i == 0)
		ck_assert_int_eq(s->finished[1], p.woke);
	ck_assert_int_ge(s->finished[1] - p.woke, _i ? 50 * SV_US : 0);
	ck_assert_uint_eq(vcpu(s, 0)->exits.count[SV_EXIT_APIC], 0);
	ck_assert_uint_eq(vcpu(s, 1)->exits.count[SV_EXIT_HLT], 0);
	ck_assert_int_eq(vcpu(s, 1)->polled, 0);
	stack_free(s);
}
END_TEST

/* Its host takes it for a spinner. */
START_TEST(polling_makes_pause_exits)
{
	struct stack *s = polling_new(1, 1);
	struct napper n = { s, 1 * SV_MS };

	s->level[1].domain.pause_window = 10 * SV_US;
	s->level[1].domain.cpu[0].guest_poll.window = LIMIT;
	add_thread(s, nap, &n);
	sim_host_run(&s->host, 1 * SV_MS);
	/* After 10, 20, 40 and 80 us of polling, with exits of 4 us in between. */
	ck_assert_uint_eq(vcpu(s, 0)->exits.count[SV_EXIT_PAUSE], 4);
	ck_assert_int_eq(vcpu(s, 0)->idled, LIMIT - 4 * 4 * SV_US);
	stack_free(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("guest_poll");
	TCase *poll = tcase_create("poll");

	tcase_add_test(poll, halts_that_are_short_enough_make_it_poll);
	tcase_add_test(poll, halts_that_are_too_long_do_not);
	tcase_add_test(poll, a_window_that_was_too_short_ends_with_a_halt);
	tcase_add_loop_test(poll, who_polls_needs_no_interrupt, 0, 2);
	tcase_add_test(poll, polling_makes_pause_exits);
	suite_add_tcase(suite, poll);
	return run_suite(suite);
}
