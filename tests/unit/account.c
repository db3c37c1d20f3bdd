/*
 * account.c - what the CPUs of a host were spent on, to the picosecond
 */
#include "run_suite.h"
#include "simulated_private.h"
#include "test_world.h"
#include "vm_stack.h"
#include "world/vm_time.h"

static void enter(struct sv_sim_thread *t, enum sv_lock_phase phase)
{
	sv_meter_enter(&t->meter, sv_now(t->process.lp), phase);
}

static void work_under_a_lock(struct sv_sim_thread *self, void *arg)
{
	(void)arg;
	sv_sim_work(self, 10 * SV_US);
	enter(self, SV_LOCK_WAITING);
	sv_sim_work(self, 5 * SV_US);
	enter(self, SV_LOCK_HOLDING);
	sv_sim_work(self, 7 * SV_US);
	sv_vcpu_exit(self->task->cpu, SV_EXIT_IO, 3 * SV_US);
	sv_vcpu_spend(self->task->cpu, SV_GUEST_HANDLER, 2 * SV_US);
	sv_sim_work(self, 1 * SV_US);
	enter(self, SV_LOCK_RELEASING);
	enter(self, SV_LOCK_NONE);
	sv_sim_work(self, 100 * SV_US);
	sv_sim_thread_end(self);
}

static struct sv_account account_of(struct stack *s)
{
	static const sv_time none[SV_PARTS];
	struct sv_account a = { 0 };

	for (unsigned i = 0; s->levels > 1 && i < s->level[1].domain.cpus; i++)
		sv_account_vcpu(&a, &s->level[1].domain.cpu[i]);
	for (unsigned i = 0; i < s->threads; i++)
		sv_account_thread(&a, &s->task[i], none);
	return a;
}

START_TEST(each_leaf_is_exact)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 1 }, 2);
	struct sv_cpu *host = &s->level[0].domain.cpu[0];
	struct sv_account a;

	s->toy.machine.cost[SV_COST_WAKE_UP] = 4 * SV_US;
	s->toy.machine.cost[SV_COST_VM_EXIT] = 6 * SV_US;
	add_thread(s, work_under_a_lock, s);
	sim_host_run(&s->host, 1 * SV_MS);
	a = account_of(s);
	ck_assert_int_eq(a.user, 110 * SV_US);
	ck_assert_int_eq(a.spinning, 5 * SV_US);
	ck_assert_int_eq(a.critical, 8 * SV_US);
	/* The switch to the thread, and the handler. */
	ck_assert_int_eq(a.guest, 3 * SV_US);
	ck_assert_int_eq(a.polling, 0);
	ck_assert_int_eq(a.exit[SV_EXIT_IO], 3 * SV_US);
	/* At its end nothing is left to run. */
	ck_assert_int_eq(a.exit[SV_EXIT_HLT], 6 * SV_US);
	ck_assert_int_eq(sv_account_sum(&a), 135 * SV_US);
	ck_assert_int_eq(a.ran, 135 * SV_US);
	sv_cpu_account(host);
	ck_assert_int_eq(host->switching, 4 * SV_US);
	ck_assert_int_eq(host->idled, 1 * SV_MS - 139 * SV_US);
	stack_free(s);
}
END_TEST

static void nap(struct sv_sim_thread *self, void *arg)
{
	(void)arg;
	for (;;) {
		sv_sim_work(self, 100 * SV_US);
		sv_sim_sleep(self, 30 * SV_US);
	}
}

/* Two vCPUs over one CPU, or two threads on it; with polling, exits and preemption. */
START_TEST(accounts_add_up_to_what_tasks_ran)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 2 }, (unsigned)_i);
	struct sv_cpu *host = &s->level[0].domain.cpu[0];
	struct sv_account a;

	s->toy.machine.cost[SV_COST_VM_EXIT] = 6 * SV_US;
	s->level[1].domain.poll_limit = 200 * SV_US;
	add_thread(s, nap, s);
	/* Only vCPUs exit. */
	add_thread(s, _i == 1 ? nap : work_under_a_lock, s);
	sim_host_run(&s->host, 10 * SV_MS);
	a = account_of(s);
	sv_cpu_account(host);
	ck_assert_int_eq(sv_account_sum(&a), a.ran);
	ck_assert_int_eq(a.ran, host->busy);
	ck_assert_int_eq(host->busy + host->switching + host->idled, 10 * SV_MS);
	ck_assert(_i == 1 || a.polling > 0);
	stack_free(s);
}
END_TEST

static bool reports(struct sv_diag *diag, int result, const char *what)
{
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);
	bool found;

	sv_diag_print(diag, f);
	ck_assert_int_eq(fclose(f), 0);
	found = result < 0 && strstr(text, what);
	free(text);
	return found;
}

/* A picosecond that nobody spent. */
START_TEST(an_account_that_does_not_add_up_is_an_error)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 1 }, 2);
	struct sv_guest guest = { 0 };
	struct sv_scheduled one = { 0 };
	struct sv_system system = { .scheduled = &one };
	struct sv_host_time time = { 0 };
	struct sv_diag *diag = sv_diag_new();
	struct sv_account a;

	add_thread(s, nap, s);
	sim_host_run(&s->host, 1 * SV_MS);
	guest.domain = s->level[1].domain;
	one.task = s->task[0];
	ck_assert_int_eq(sv_vm_time(&a, &system, &guest, "guest", diag), 0);
	sv_host_time_add(&time, &a);
	ck_assert_int_eq(sv_host_time_finish(&time, &s->level[0].domain, 1 * SV_MS, diag), 0);
	s->thread[0].meter.spent[SV_PART_USER]++;
	ck_assert(reports(
		diag, sv_vm_time(&a, &system, &guest, "guest", diag), "guest: its account"));
	time = (struct sv_host_time){ 0 };
	sv_host_time_add(&time, &a);
	ck_assert(reports(diag, sv_host_time_finish(&time, &s->level[0].domain, 1 * SV_MS, diag),
		"host: the accounts add up"));
	sv_diag_free(diag);
	stack_free(s);
}
END_TEST

#define RUN "run: {warmup: 50ms, duration: 200ms}\n"

START_TEST(copies_that_fare_alike_are_fair)
{
	static const char alike[] =
		"simsvirt: 1\n"
		"host: {machine: toy-4}\n"
		"vms:\n"
		"  a: {mode: hvm, count: 2, workloads: {n: {kind: counters, work: 1us}}}\n" RUN;

	ck_assert_double_gt(value_of(alike, "a.fairness"), 0.99);
	ck_assert_double_gt(value_of(alike, "host.fairness"), 0.99);
	ck_assert_double_gt(value_of(alike, "n.copies.fairness"), 0.99);
	ck_assert_double_le(value_of(alike, "n.copies.least"), 1);
	ck_assert_double_ge(value_of(alike, "n.copies.most"), 1);
}
END_TEST

/* First come, first served, and never interrupted: one copy has the CPU for ever. */
START_TEST(a_copy_that_gets_nothing_shows)
{
	static const char starved[] = "simsvirt: 1\n"
				      "host: {machine: toy-4, scheduler: fifo}\n"
				      "vms:\n"
				      "  a: {mode: hvm, count: 2, vcpus: 1, pin: one-to-one,\n"
				      "      workloads: {n: {kind: counters, work: 1us}}}\n" RUN;

	ck_assert_double_eq_tol(value_of(starved, "a.fairness"), 0.5, 1e-9);
	ck_assert_double_eq_tol(value_of(starved, "n.copies.fairness"), 0.5, 1e-9);
	ck_assert_double_eq(value_of(starved, "n.copies.least"), 0);
	ck_assert_double_eq_tol(value_of(starved, "n.copies.most"), 2, 1e-9);
}
END_TEST

/* A timer of a thread alone: the host's CPU is idle, and takes its wake-up time. */
START_TEST(wake_ups_of_threads_are_measured)
{
	struct stack *s = stack_new((const unsigned[]){ 1 }, 1);
	const struct sv_hist *h = &s->host.system.team.wake_up;

	s->toy.machine.cost[SV_COST_WAKE_UP] = 4 * SV_US;
	add_thread(s, nap, s);
	sim_host_run(&s->host, 1 * SV_MS);
	ck_assert_uint_ge(h->count, 7);
	ck_assert_int_eq(h->min, 4 * SV_US);
	ck_assert_int_eq(h->max, 4 * SV_US);
	stack_free(s);
}
END_TEST

/* The vCPU of one pays the host's wake-up and the injection; its thread that, too, and the guest's
 * switch is not needed, because it was the last to run. */
START_TEST(wake_ups_of_vcpus_are_measured)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 1 }, 2);
	const struct sv_hist *h = &s->level[1].domain.wake_up;

	s->toy.machine.cost[SV_COST_WAKE_UP] = 4 * SV_US;
	s->toy.machine.cost[SV_COST_VM_INJECT] = 2 * SV_US;
	add_thread(s, nap, s);
	sim_host_run(&s->host, 1 * SV_MS);
	ck_assert_uint_ge(h->count, 7);
	ck_assert_int_eq(h->max, 6 * SV_US);
	ck_assert_int_ge(s->host.system.team.wake_up.max, h->max);
	stack_free(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("account");
	TCase *tests = tcase_create("account");

	tcase_add_test(tests, each_leaf_is_exact);
	tcase_add_loop_test(tests, accounts_add_up_to_what_tasks_ran, 1, 3);
	tcase_add_test(tests, an_account_that_does_not_add_up_is_an_error);
	tcase_add_test(tests, copies_that_fare_alike_are_fair);
	tcase_add_test(tests, a_copy_that_gets_nothing_shows);
	tcase_add_test(tests, wake_ups_of_threads_are_measured);
	tcase_add_test(tests, wake_ups_of_vcpus_are_measured);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
