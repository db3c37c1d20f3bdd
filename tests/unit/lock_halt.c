/*
 * lock_halt.c - locks that tell the host what their vCPU halts for
 *
 * VM 0 waits for a lock, VM 1 wants the same CPUs: vCPU i of both is pinned to CPU i. The
 * host gives turns of a millisecond. A hypercall takes 3 us, a switch 1 us.
 */
#include "vm/lock_halt.h"
#include "run_suite.h"
#include "vm/guest.h"
#include "vm_stack.h"

#define CPUS  3
#define NEVER (-1)

struct vm {
	struct sv_guest guest;
	struct sv_system system;
	struct sv_sim_thread thread[CPUS];
	sv_time started[CPUS], finished[CPUS];
};

struct pair {
	struct stack *host;
	struct vm vm[2];
	const struct sv_pv_hint *hint;
};

static const struct sv_lock_yield all_off = { .real_time = SV_REAL_TIME_OFF };

static struct pair *pair_new(const struct sv_lock_yield *yield)
{
	struct pair *p = calloc(1, sizeof(*p));

	p->host = stack_new((const unsigned[]){ CPUS }, 1);
	p->host->toy.machine.cost[SV_COST_VM_HYPERCALL] = 3 * SV_US;
	for (unsigned i = 0; i < 2; i++) {
		struct vm *vm = &p->vm[i];

		ck_assert_int_eq(sv_guest_init(&vm->guest,
					 &(struct sv_guest_config){ .name = "vm",
						 .host = &p->host->level[0].domain,
						 .machine = p->host->level[0].domain.machine,
						 .sched = &sv_sched_rr,
						 .options = p->host->options,
						 .vcpus = CPUS,
						 .lock_yield = *yield,
						 .pinned = true }),
			0);
		ck_assert_int_eq(sv_system_init(&vm->system, p->host->host.memory, 0, CPUS), 0);
		vm->system.domain = &vm->guest.domain;
		for (unsigned j = 0; j < CPUS; j++)
			vm->started[j] = vm->finished[j] = NEVER;
	}
	return p;
}

static void pair_free(struct pair *p)
{
	for (unsigned i = 0; i < 2; i++) {
		for (unsigned j = 0; j < p->vm[i].system.threads; j++)
			sv_sim_thread_fini(&p->vm[i].thread[j]);
		sv_system_fini(&p->vm[i].system);
		sv_guest_fini(&p->vm[i].guest);
	}
	stack_free(p->host);
	free(p);
}

/* The next thread of a VM: on its next vCPU. */
static void start(
	struct pair *p, unsigned vm, void (*body)(struct sv_sim_thread *, void *), sv_time at)
{
	struct vm *v = &p->vm[vm];
	struct sv_sim_thread *t = &v->thread[v->system.threads];

	ck_assert_int_eq(sv_system_thread(&v->system, t, v->system.threads), 0);
	ck_assert_int_eq(sv_sim_thread_start(t, body, p, at), 0);
}

static struct sv_cpu *vcpu(struct pair *p, unsigned i)
{
	return &p->vm[0].guest.domain.cpu[i];
}

static const struct sv_guest_lock *counts(struct pair *p)
{
	return &p->vm[0].guest.domain.lock;
}

static uint64_t halts(struct pair *p)
{
	return p->vm[0].system.team.halts;
}

static sv_time *of(struct pair *p, struct sv_sim_thread *t, bool finished)
{
	struct vm *v = t->team == &p->vm[0].system.team ? &p->vm[0] : &p->vm[1];

	return &(finished ? v->finished : v->started)[t - v->thread];
}

static void note(struct pair *p, struct sv_sim_thread *t, bool finished)
{
	*of(p, t, finished) = sv_now(t->process.lp);
}

static void compute(struct sv_sim_thread *self, void *arg)
{
	note(arg, self, false);
	sv_sim_work(self, SV_S);
}

/* Asks for a halt at about 500 us. */
static void wait(struct sv_sim_thread *self, void *arg)
{
	struct pair *p = arg;

	sv_sim_work(self, 500 * SV_US);
	sv_pv_wait_for(p->hint);
	note(p, self, true);
	sv_sim_work(self, SV_S);
}

static void wait_thrice(struct sv_sim_thread *self, void *arg)
{
	for (int i = 0; i < 3; i++)
		sv_pv_wait_for(NULL);
	note(arg, self, true);
	sv_sim_thread_end(self);
}

START_TEST(without_over_commitment_a_failed_spin_costs_one_exit_and_never_a_sleep)
{
	struct pair *p = pair_new(&(struct sv_lock_yield){ .pause_exit = true });

	start(p, 0, wait_thrice, 0);
	start(p, 0, compute, 0);
	sim_host_run(&p->host->host, 500 * SV_US);
	/* The guest's own switch, then three exits. */
	ck_assert_int_eq(p->vm[0].finished[0], 1 * SV_US + 3 * 3 * SV_US);
	ck_assert_uint_eq(vcpu(p, 0)->exits.count[SV_EXIT_HYPERCALL], 3);
	ck_assert_uint_eq(counts(p)->exits, 3);
	ck_assert_uint_eq(counts(p)->yields, 0);
	ck_assert_uint_eq(halts(p), 0);
	pair_free(p);
}
END_TEST

/* On CPU 0 the waiter runs and VM 1 waits; on the others VM 1 runs and VM 0 waits. */
static void over_commit(struct pair *p, unsigned preempted)
{
	start(p, 0, wait, 0);
	start(p, 1, compute, 10 * SV_US);
	for (unsigned i = 0; i < preempted; i++) {
		start(p, 0, compute, 10 * SV_US);
		start(p, 1, compute, 0);
	}
	sim_host_run(&p->host->host, 900 * SV_US);
}

/* Its hypercall ended at 504 us; then the host switches, and the guest. */
static void was_helped(struct pair *p, unsigned vcpu)
{
	for (unsigned i = 1; i < CPUS; i++)
		ck_assert_int_eq(p->vm[0].started[i], i == vcpu ? 506 * SV_US : NEVER);
}

START_TEST(a_failed_spin_lends_the_cpu_to_a_preempted_vcpu)
{
	struct pair *p = pair_new(&(struct sv_lock_yield){ .pause_exit = true });

	over_commit(p, 1);
	was_helped(p, 1);
	ck_assert_int_eq(p->vm[1].started[0], 506 * SV_US);
	ck_assert_uint_eq(counts(p)->yields, 1);
	ck_assert_uint_eq(counts(p)->to_holder, 0);
	ck_assert_uint_eq(halts(p), 0);
	/* It goes on when it is next scheduled, though nobody kicks it. */
	ck_assert_int_eq(p->vm[0].finished[0], NEVER);
	sim_host_run(&p->host->host, 1600 * SV_US);
	ck_assert_int_ge(p->vm[0].finished[0], 1500 * SV_US);
	pair_free(p);
}
END_TEST

START_TEST(with_nobody_to_help_it_halts_until_it_is_kicked)
{
	struct pair *p = pair_new(&(struct sv_lock_yield){ .pause_exit = true });

	over_commit(p, 0);
	ck_assert_uint_eq(counts(p)->yields, 0);
	ck_assert_uint_eq(halts(p), 1);
	ck_assert_int_eq(p->vm[0].guest.body[0].state, SV_TASK_BLOCKED);
	ck_assert_uint_eq(vcpu(p, 0)->exits.count[SV_EXIT_HYPERCALL], 1);
	ck_assert_uint_eq(vcpu(p, 0)->exits.count[SV_EXIT_HLT], 0);
	pair_free(p);
}
END_TEST

START_TEST(without_software_pause_exits_it_halts_at_once)
{
	struct pair *p = pair_new(&all_off);

	over_commit(p, 1);
	was_helped(p, 0);
	ck_assert_uint_eq(halts(p), 1);
	ck_assert_uint_eq(vcpu(p, 0)->exits.count[SV_EXIT_HYPERCALL], 0);
	ck_assert_uint_eq(vcpu(p, 0)->exits.count[SV_EXIT_HLT], 1);
	pair_free(p);
}
END_TEST

static void kick_in_time(struct sv_sim_thread *self, void *arg)
{
	(void)arg;
	sv_sim_work(self, 502 * SV_US);
	sv_pv_kick(0);
	sv_sim_work(self, SV_S);
}

START_TEST(a_kick_during_the_exit_is_not_lost)
{
	struct pair *p = pair_new(&(struct sv_lock_yield){ .pause_exit = true });

	start(p, 0, wait, 0);
	start(p, 0, kick_in_time, 0);
	start(p, 1, compute, 10 * SV_US);
	sim_host_run(&p->host->host, 900 * SV_US);
	ck_assert_int_eq(p->vm[0].finished[0], 504 * SV_US);
	ck_assert_uint_eq(halts(p), 0);
	pair_free(p);
}
END_TEST

START_TEST(who_loses_the_cpu_during_the_exit_has_given_way)
{
	struct pair *p = pair_new(&(struct sv_lock_yield){ .pause_exit = true });

	p->host->toy.machine.cost[SV_COST_VM_HYPERCALL] = 700 * SV_US;
	start(p, 0, wait, 0);
	start(p, 1, compute, 10 * SV_US);
	/* The rest of the exit passes in the next turn. Nobody could be helped: it would halt. */
	sim_host_run(&p->host->host, 2900 * SV_US);
	ck_assert_int_ge(p->vm[0].finished[0], 2200 * SV_US);
	ck_assert_uint_eq(counts(p)->yields, 0);
	ck_assert_uint_eq(halts(p), 0);
	pair_free(p);
}
END_TEST

static void mark(struct sv_sim_thread *self, void *arg)
{
	sv_sim_work(self, 400 * SV_US);
	sv_vcpu_holds_next(vcpu(arg, 2), false);
	sv_sim_work(self, 100 * SV_US);
	sv_pv_wait_for(NULL);
	sv_sim_work(self, SV_S);
}

START_TEST(with_schedule_awareness_the_yield_goes_to_the_marked_holder)
{
	struct pair *p = pair_new(&(struct sv_lock_yield){ .pause_exit = true, .aware = _i == 1 });

	start(p, 0, mark, 0);
	start(p, 1, compute, 10 * SV_US);
	for (int i = 0; i < 2; i++) {
		start(p, 0, compute, 10 * SV_US);
		start(p, 1, compute, 0);
	}
	sim_host_run(&p->host->host, 900 * SV_US);
	/* Else it goes round, from vCPU 0 on. */
	was_helped(p, _i == 1 ? 2 : 1);
	ck_assert_uint_eq(counts(p)->to_holder, _i == 1);
	/* It runs now: it need not be helped again. */
	ck_assert(!vcpu(p, 2)->lock.holds);
	pair_free(p);
}
END_TEST

START_TEST(with_hints_the_yield_goes_to_who_announced_the_holders_ticket)
{
	struct pair *p = pair_new(&(struct sv_lock_yield){ .pause_exit = true, .hints = _i == 1 });
	const struct sv_pv_hint hint = { .lock = p, .mine = 8, .holder = 4, .order = 2 };

	p->hint = &hint;
	vcpu(p, 1)->lock.hint = (struct sv_pv_hint){ .lock = &hint, .mine = 4 };
	vcpu(p, 2)->lock.hint = (struct sv_pv_hint){ .lock = p, .mine = 4 };
	over_commit(p, 2);
	was_helped(p, _i == 1 ? 2 : 1);
	ck_assert_uint_eq(counts(p)->to_holder, _i == 1);
	pair_free(p);
}
END_TEST

START_TEST(with_hints_who_waits_behind_the_holder_is_not_helped)
{
	struct pair *p = pair_new(&(struct sv_lock_yield){ .pause_exit = true, .hints = _i == 1 });
	const struct sv_pv_hint hint = { .lock = p, .mine = 8, .holder = 4, .order = 2 };

	p->hint = &hint;
	vcpu(p, 1)->lock.hint = (struct sv_pv_hint){ .lock = p, .mine = 6 };
	over_commit(p, 2);
	was_helped(p, _i == 1 ? 2 : 1);
	ck_assert_uint_eq(counts(p)->to_holder, 0);
	pair_free(p);
}
END_TEST

START_TEST(who_has_yielded_in_a_lock_is_not_helped_until_it_runs_again)
{
	struct pair *p = pair_new(&(struct sv_lock_yield){ .pause_exit = true });

	/* vCPU 0 helps 2, which waits in turn and helps 1, which waits, too: nobody is left. */
	p->vm[0].guest.domain.last_boosted = 1;
	start(p, 0, wait, 0);
	start(p, 1, compute, 10 * SV_US);
	for (int i = 0; i < 2; i++) {
		start(p, 0, wait_thrice, 10 * SV_US);
		start(p, 1, compute, 0);
	}
	sim_host_run(&p->host->host, 600 * SV_US);
	ck_assert(vcpu(p, 0)->lock.waits && vcpu(p, 2)->lock.waits);
	ck_assert_uint_eq(counts(p)->yields, 2);
	ck_assert_uint_eq(halts(p), 1);
	ck_assert_int_eq(p->vm[0].guest.body[1].state, SV_TASK_BLOCKED);
	pair_free(p);
}
END_TEST

START_TEST(with_nobody_of_its_own_it_may_help_another_vm)
{
	struct pair *p =
		pair_new(&(struct sv_lock_yield){ .pause_exit = true, .boost_others = _i == 1 });

	over_commit(p, 0);
	ck_assert_uint_eq(counts(p)->yields, _i == 1);
	ck_assert_uint_eq(halts(p), _i == 0);
	ck_assert_int_eq(p->vm[1].started[0], 506 * SV_US);
	pair_free(p);
}
END_TEST

static void kick_urgently(struct sv_sim_thread *self, void *arg)
{
	sv_sim_work(self, *of(arg, self, true));
	sv_pv_kick_holder(1, true);
	sv_sim_work(self, SV_S);
}

static void kick_at(struct pair *p, sv_time at)
{
	p->vm[0].finished[0] = at;
	start(p, 0, kick_urgently, 0);
}

START_TEST(in_real_time_the_next_holder_runs_at_once)
{
	const int setting[] = { SV_REAL_TIME_OFF, SV_REAL_TIME_ON, SV_REAL_TIME_BY_LOCK };
	struct pair *p = pair_new(&(struct sv_lock_yield){ .real_time = setting[_i] });
	const struct sv_task *holder = &p->vm[0].guest.body[1];

	/* On CPU 1 the first millisecond is VM 0's, the second VM 1's. */
	kick_at(p, 1500 * SV_US);
	start(p, 0, compute, 0);
	start(p, 1, compute, SV_S);
	start(p, 1, compute, 10 * SV_US);
	sim_host_run(&p->host->host, 1490 * SV_US);
	ck_assert_int_eq(holder->state, SV_TASK_READY);
	sim_host_run(&p->host->host, 1510 * SV_US);
	ck_assert_int_eq(holder->state, _i == 0 ? SV_TASK_READY : SV_TASK_RUNNING);
	pair_free(p);
}
END_TEST

static bool always(void *queue, void *running, void *woken, sv_time now)
{
	(void)running;
	sv_sched_rr.prefer(queue, woken, now);
	return true;
}

/* Under a policy that lets every wake-up preempt. */
START_TEST(in_real_time_no_wake_up_displaces_the_holder)
{
	struct pair *p = pair_new(_i ? &(struct sv_lock_yield){ 0 } : &all_off);
	struct sv_sched eager = sv_sched_rr;
	const struct sv_task *holder = &p->vm[0].guest.body[1];

	eager.preempts = always;
	p->host->level[0].domain.sched = &eager;
	kick_at(p, 500 * SV_US);
	start(p, 0, compute, 0);
	start(p, 1, compute, SV_S);
	start(p, 1, compute, 600 * SV_US);
	sim_host_run(&p->host->host, 610 * SV_US);
	ck_assert_int_eq(holder->state, _i ? SV_TASK_RUNNING : SV_TASK_READY);
	/* Its turn ends all the same, and with it the privilege. */
	sim_host_run(&p->host->host, 1700 * SV_US);
	ck_assert_int_eq(holder->state, _i ? SV_TASK_READY : SV_TASK_RUNNING);
	ck_assert(!holder->raised);
	p->host->level[0].domain.sched = &sv_sched_rr;
	pair_free(p);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lock_halt");
	TCase *halt = tcase_create("halt"), *kick = tcase_create("kick");

	tcase_add_test(
		halt, without_over_commitment_a_failed_spin_costs_one_exit_and_never_a_sleep);
	tcase_add_test(halt, a_failed_spin_lends_the_cpu_to_a_preempted_vcpu);
	tcase_add_test(halt, with_nobody_to_help_it_halts_until_it_is_kicked);
	tcase_add_test(halt, without_software_pause_exits_it_halts_at_once);
	tcase_add_test(halt, a_kick_during_the_exit_is_not_lost);
	tcase_add_test(halt, who_loses_the_cpu_during_the_exit_has_given_way);
	tcase_add_test(halt, who_has_yielded_in_a_lock_is_not_helped_until_it_runs_again);
	tcase_add_loop_test(
		halt, with_hints_the_yield_goes_to_who_announced_the_holders_ticket, 0, 2);
	tcase_add_loop_test(halt, with_hints_who_waits_behind_the_holder_is_not_helped, 0, 2);
	tcase_add_loop_test(halt, with_nobody_of_its_own_it_may_help_another_vm, 0, 2);
	tcase_add_loop_test(
		kick, with_schedule_awareness_the_yield_goes_to_the_marked_holder, 0, 2);
	tcase_add_loop_test(kick, in_real_time_the_next_holder_runs_at_once, 0, 3);
	tcase_add_loop_test(kick, in_real_time_no_wake_up_displaces_the_holder, 0, 2);
	suite_add_tcase(suite, halt);
	suite_add_tcase(suite, kick);
	return run_suite(suite);
}
