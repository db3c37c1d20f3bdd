/*
 * exits.c - leaving a guest: how often, for how long, and on whose account
 */
#include "run_suite.h"
#include "vm/halt.h"
#include "vm_stack.h"

static struct sv_cpu *vcpu(struct stack *s, unsigned i)
{
	return &s->level[1].domain.cpu[i];
}

static sv_time sum_exits(struct sv_cpu *c)
{
	sv_time sum = 0;

	sv_cpu_account(c);
	for (int i = 0; i < SV_ABSENCES; i++)
		sum += c->exits.time[i];
	return sum;
}

/* All that a vCPU's task ran is guest, exits or the host's polling for it, to the picosecond. */
static void adds_up(struct stack *s, unsigned i)
{
	struct sv_cpu *c = vcpu(s, i);
	sv_time exits = sum_exits(c);

	sv_cpu_account(c->body->cpu);
	ck_assert_int_eq(c->body->ran, c->busy + c->switching + c->polled + exits);
}

static void call(struct sv_sim_thread *self, void *arg)
{
	struct stack *s = arg;

	sv_sim_work(self, 1 * SV_MS);
	sv_vcpu_exit(self->task->cpu, SV_EXIT_HYPERCALL, 3 * SV_US);
	sv_sim_work(self, 0);
	s->finished[self - s->thread] = sv_now(s->host.lp);
	sv_sim_work(self, 20 * SV_MS);
}

START_TEST(a_thread_waits_for_its_vcpu_to_come_back)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 1 }, 2);

	add_thread(s, call, s);
	sim_host_run(&s->host, 2 * SV_MS);
	/* The guest's switch to the thread takes 1 us. */
	ck_assert_int_eq(s->finished[0], 1 * SV_US + 1 * SV_MS + 3 * SV_US);
	ck_assert_uint_eq(vcpu(s, 0)->exits.count[SV_EXIT_HYPERCALL], 1);
	ck_assert_int_eq(vcpu(s, 0)->exits.time[SV_EXIT_HYPERCALL], 3 * SV_US);
	adds_up(s, 0);
	stack_free(s);
}
END_TEST

/* In the midst of the other one's exit. */
static void disturb(struct sv_sim_thread *self, void *arg)
{
	sv_sim_work(self, 1 * SV_MS + 1 * SV_US);
	sv_vcpu_leave(vcpu(arg, 0));
	sv_sim_work(self, 20 * SV_MS);
}

/* As of an interrupt that asks for no more time. */
START_TEST(leaving_again_does_not_make_an_absence_longer)
{
	struct stack *s = stack_new((const unsigned[]){ 2, 2 }, 2);

	add_thread(s, call, s);
	add_thread(s, disturb, s);
	sim_host_run(&s->host, 2 * SV_MS);
	ck_assert_int_eq(s->finished[0], 1 * SV_US + 1 * SV_MS + 3 * SV_US);
	adds_up(s, 0);
	stack_free(s);
}
END_TEST

static void exit_often(struct sv_sim_thread *self, void *arg)
{
	struct stack *s = arg;

	for (;;) {
		sv_sim_work(self, 90 * SV_US);
		sv_vcpu_exit(self->task->cpu, SV_EXIT_IO, 70 * SV_US);
		sv_vcpu_exit(self->task->cpu, SV_EXIT_MMIO, 40 * SV_US);
		sv_sim_work(self, 0);
		s->finished[self - s->thread] += 90 * SV_US;
	}
}

/* Slices of a millisecond end within exits of 110 us in every 200, and what is left of them is made
 * good. */
START_TEST(an_exit_that_is_cut_off_keeps_its_remainder)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 2 }, 2);

	add_thread(s, exit_often, s);
	add_thread(s, exit_often, s);
	sim_host_run(&s->host, 100 * SV_MS + 30 * SV_US);
	for (unsigned i = 0; i < 2; i++) {
		const struct sv_exits *e = &vcpu(s, i)->exits;
		sv_time rounds = s->finished[i] / (90 * SV_US);

		adds_up(s, i);
		ck_assert_int_ge(rounds, 200);
		ck_assert_int_ge(e->time[SV_EXIT_IO], rounds * 70 * SV_US);
		ck_assert_int_le(e->time[SV_EXIT_IO], (rounds + 1) * 70 * SV_US);
		ck_assert_int_ge(e->time[SV_EXIT_MMIO], rounds * 40 * SV_US);
		ck_assert_int_le(e->time[SV_EXIT_MMIO], (rounds + 1) * 40 * SV_US);
		ck_assert_uint_ge(e->count[SV_EXIT_IO], (uint64_t)rounds);
		ck_assert_uint_le(e->count[SV_EXIT_IO], (uint64_t)rounds + 1);
	}
	stack_free(s);
}
END_TEST

/* Who loses the CPU during an exit stops against its will; who only exits does not. */
START_TEST(an_exit_is_no_preemption)
{
	struct stack *s = stack_new((const unsigned[]){ 1, (unsigned)_i }, 2);
	uint64_t preempted = 0;

	for (int i = 0; i < _i; i++)
		add_thread(s, exit_often, s);
	sim_host_run(&s->host, 100 * SV_MS);
	for (int i = 0; i < _i; i++)
		preempted += s->level[1].body[i].preemptions;
	ck_assert_uint_ge(preempted, _i == 1 ? 0 : 90);
	ck_assert_uint_eq(s->host.system.team.preempted[SV_LOCK_NONE], preempted);
	stack_free(s);
}
END_TEST

static void nap(struct sv_sim_thread *self, void *arg)
{
	(void)arg;
	for (;;) {
		sv_sim_work(self, 100 * SV_US);
		sv_sim_sleep(self, 50 * SV_US);
	}
}

/* With polling the vCPU keeps its CPU while it halts; without, the CPU is idle then. */
START_TEST(a_halt_is_an_exit_and_then_polling_or_nothing)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 1 }, 2);
	struct sv_cpu *c = vcpu(s, 0);

	s->toy.machine.cost[SV_COST_VM_EXIT] = 2 * SV_US;
	s->toy.machine.cost[SV_COST_VM_INJECT] = 4 * SV_US;
	c->domain->poll_limit = _i ? 200 * SV_US : 0;
	add_thread(s, nap, s);
	sim_host_run(&s->host, 10 * SV_MS);
	adds_up(s, 0);
	ck_assert_uint_ge(c->exits.count[SV_EXIT_HLT], 60);
	if (_i == 0) {
		ck_assert_int_eq(c->polled, 0);
		ck_assert_int_ge(c->exits.time[SV_EXIT_HLT],
			(sv_time)(c->exits.count[SV_EXIT_HLT] - 1) * 6 * SV_US);
	} else {
		ck_assert_int_ge(
			c->polled, (sv_time)(c->exits.count[SV_EXIT_HLT] - 10) * 47 * SV_US);
	}
	stack_free(s);
}
END_TEST

START_TEST(a_new_window_begins_with_no_exits)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 1 }, 2);

	add_thread(s, exit_often, s);
	sim_host_run(&s->host, 120 * SV_US);
	sv_domain_reset(&s->level[1].domain);
	ck_assert_uint_eq(vcpu(s, 0)->exits.count[SV_EXIT_IO], 0);
	sim_host_run(&s->host, 1 * SV_MS);
	/* From 91 us on, 110 of every 200 us: the first began before, the last one goes on. */
	ck_assert_int_eq(sum_exits(vcpu(s, 0)), (81 + 3 * 110 + 109) * SV_US);
	stack_free(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("exits");
	TCase *exits = tcase_create("exits");

	tcase_add_test(exits, a_thread_waits_for_its_vcpu_to_come_back);
	tcase_add_test(exits, leaving_again_does_not_make_an_absence_longer);
	tcase_add_test(exits, an_exit_that_is_cut_off_keeps_its_remainder);
	tcase_add_loop_test(exits, an_exit_is_no_preemption, 1, 3);
	tcase_add_loop_test(exits, a_halt_is_an_exit_and_then_polling_or_nothing, 0, 2);
	tcase_add_test(exits, a_new_window_begins_with_no_exits);
	suite_add_tcase(suite, exits);
	return run_suite(suite);
}
