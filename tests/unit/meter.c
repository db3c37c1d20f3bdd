/*
 * meter.c - where the time of threads goes
 */
#include "run_suite.h"
#include "simulated_private.h"
#include "vm_stack.h"
#include "workloads/section.h"

static sv_time now_of(const struct sv_sim_thread *t)
{
	return sv_now(t->process.lp);
}

static sv_time spent(struct sv_sim_thread *t, enum sv_part part)
{
	sv_meter_read(&t->meter, now_of(t));
	return t->meter.spent[part];
}

/* Nothing is lost: what a thread has spent is all the time since its start. */
static void is_sound(struct sv_sim_thread *t)
{
	sv_time sum = 0;

	for (int i = 0; i < SV_PARTS; i++)
		sum += spent(t, (enum sv_part)i);
	ck_assert_int_eq(sum, now_of(t));
	ck_assert_ptr_null(t->meter.broken);
}

static void enter(struct sv_sim_thread *t, enum sv_lock_phase phase)
{
	sv_meter_enter(&t->meter, now_of(t), phase);
}

/* Threads on PUs of their own. */
struct pair {
	struct toy_machine toy;
	struct sim_host host;
	struct sv_sim_thread thread[2];
	sv_u32 *word;
	struct sv_sections sections;
	struct sv_section section;
	sv_time wrote;
};

static void pair_init(struct pair *p, void (*body)(struct sv_sim_thread *, void *),
	void (*other)(struct sv_sim_thread *, void *))
{
	*p = (struct pair){ 0 };
	toy_machine_init(&p->toy);
	sim_host_init(&p->host, &p->toy.machine, false);
	p->word = sv_memory_alloc(p->host.memory, sizeof(*p->word), 0);
	sim_host_thread(&p->host, &p->thread[0], body, p, 0);
	if (other)
		sim_host_thread(&p->host, &p->thread[1], other, p, 0);
}

static void pair_fini(struct pair *p)
{
	for (int i = 0; i < 2; i++)
		if (p->thread[i].body) {
			is_sound(&p->thread[i]);
			sv_sim_thread_fini(&p->thread[i]);
		}
	sim_host_fini(&p->host);
}

static void alone(struct sv_sim_thread *self, void *arg)
{
	struct pair *p = arg;

	sv_sim_work(self, 3 * SV_US);
	sv_section_begin(&p->section, &self->meter, now_of(self));
	sv_sim_rmw(p->word, 4, SV_RMW_FAA, 1, 0); /* 90 ns from memory */
	sv_sim_rmw(p->word, 4, SV_RMW_FAA, 1, 0); /* 5 ns */
	enter(self, SV_LOCK_HOLDING);
	sv_sim_work(self, 2 * SV_US);
	enter(self, SV_LOCK_RELEASING);
	sv_sim_rmw(p->word, 4, SV_RMW_FAA, 1, 0);
	sv_section_end(&p->sections, &p->section, &self->meter, now_of(self));
	sv_sim_work(self, 7 * SV_US);
}

START_TEST(an_acquisition_alone_fetches_its_line_and_is_critical)
{
	struct pair p;
	sv_time *part = p.sections.part;

	pair_init(&p, alone, NULL);
	sim_host_run(&p.host, 1 * SV_MS);
	ck_assert_uint_eq(p.sections.n, 1);
	ck_assert_int_eq(part[SV_PART_TRANSFER], 90 * SV_NS);
	ck_assert_int_eq(part[SV_PART_SPINNING], 5 * SV_NS);
	ck_assert_int_eq(part[SV_PART_CRITICAL], 2 * SV_US + 5 * SV_NS);
	ck_assert_int_eq(p.sections.total, 2 * SV_US + 100 * SV_NS);
	ck_assert_ptr_null(sv_sections_check(&p.sections));
	pair_fini(&p);
}
END_TEST

static void halts(struct sv_sim_thread *self, void *arg)
{
	(void)arg;
	sv_sim_work(self, 1 * SV_US);
	enter(self, SV_LOCK_WAITING);
	sv_pv_wait();
	enter(self, SV_LOCK_HOLDING);
	for (;;)
		sv_sim_work(self, 1 * SV_US);
}

static void kicks(struct sv_sim_thread *self, void *arg)
{
	(void)arg;
	self->meter.phase = SV_LOCK_RELEASING;
	sv_sim_work(self, 100 * SV_US);
	sv_pv_kick(0);
	for (;;)
		sv_sim_work(self, 1 * SV_US);
}

/* Threads of a host: a kick is a system call (200 ns) that wakes (500 ns); waking up takes 5 us. */
START_TEST(a_waiter_is_halted_until_the_kick_and_then_wakes_up)
{
	struct pair p;

	pair_init(&p, halts, kicks);
	sim_host_run(&p.host, 1 * SV_MS);
	ck_assert_int_eq(spent(&p.thread[0], SV_PART_USER), 1 * SV_US);
	ck_assert_int_eq(spent(&p.thread[0], SV_PART_SPINNING), 200 * SV_NS);
	ck_assert_int_eq(spent(&p.thread[0], SV_PART_HALTED), (100 - 1) * SV_US + 500 * SV_NS);
	ck_assert_int_eq(spent(&p.thread[0], SV_PART_WAKE_UP), 5 * SV_US);
	ck_assert_int_eq(spent(&p.thread[1], SV_PART_KICK), 700 * SV_NS);
	pair_fini(&p);
}
END_TEST

static void spins(struct sv_sim_thread *self, void *arg)
{
	struct pair *p = arg;

	enter(self, SV_LOCK_WAITING);
	sv_sim_await(p->word, 4, UINT64_MAX, 1, false);
	enter(self, SV_LOCK_HOLDING);
	for (;;)
		sv_sim_work(self, 1 * SV_US);
}

static void hands_over(struct sv_sim_thread *self, void *arg)
{
	struct pair *p = arg;

	sv_sim_work(self, 100 * SV_US);
	p->wrote = now_of(self);
	sv_sim_rmw(p->word, 4, SV_RMW_XCHG, 1, 0);
	for (;;)
		sv_sim_work(self, 1 * SV_US);
}

/* The write takes 60 ns, half of it until it is served. The waiter notices within a poll (5 ns) and
 * the way of the invalidation (half of a write), and fetches in 40 ns. */
START_TEST(a_waiter_spins_until_its_copy_is_gone_and_then_fetches)
{
	struct pair p;
	sv_time fetching, spinning;

	pair_init(&p, spins, hands_over);
	sim_host_run(&p.host, 1 * SV_MS);
	spinning = spent(&p.thread[0], SV_PART_SPINNING);
	/* The first load is a transfer of 90 ns. */
	fetching = spent(&p.thread[0], SV_PART_TRANSFER) - 90 * SV_NS;
	ck_assert_int_eq(spinning, p.wrote + 30 * SV_NS - 90 * SV_NS);
	ck_assert_int_ge(fetching, 40 * SV_NS);
	ck_assert_int_le(fetching, 75 * SV_NS);
	ck_assert_int_eq(spinning + fetching + 90 * SV_NS + spent(&p.thread[0], SV_PART_CRITICAL),
		1 * SV_MS);
	pair_fini(&p);
}
END_TEST

static void sleeps(struct sv_sim_thread *self, void *arg)
{
	(void)arg;
	sv_sim_sleep(self, 50 * SV_US);
	for (;;)
		sv_sim_work(self, 1 * SV_US);
}

START_TEST(who_sleeps_outside_of_locks_is_off)
{
	struct pair p;

	pair_init(&p, sleeps, NULL);
	sim_host_run(&p.host, 1 * SV_MS);
	ck_assert_int_eq(spent(&p.thread[0], SV_PART_OFF), 55 * SV_US);
	ck_assert_int_eq(spent(&p.thread[0], SV_PART_USER), 1 * SV_MS - 55 * SV_US);
	pair_fini(&p);
}
END_TEST

static void hold(struct sv_sim_thread *self, void *arg)
{
	(void)arg;
	enter(self, SV_LOCK_WAITING);
	enter(self, SV_LOCK_HOLDING);
	for (;;)
		sv_sim_work(self, 100 * SV_US);
}

static void want(struct sv_sim_thread *self, void *arg)
{
	(void)arg;
	enter(self, SV_LOCK_WAITING);
	for (;;)
		sv_sim_work(self, 100 * SV_US);
}

/* They take turns by the millisecond, and a switch takes a microsecond. */
START_TEST(who_is_not_run_is_preempted)
{
	struct stack *s = stack_new((const unsigned[]){ 1, 2 }, 2);
	sv_time now = 100 * SV_MS, holds, waits;

	add_thread(s, hold, s);
	add_thread(s, want, s);
	sim_host_run(&s->host, now);
	holds = spent(&s->thread[0], SV_PART_CRITICAL);
	waits = spent(&s->thread[1], SV_PART_SPINNING);
	ck_assert_int_eq(holds + waits + (sv_time)s->level[0].domain.cpu[0].switching +
				 s->level[1].domain.cpu[0].switching +
				 s->level[1].domain.cpu[1].switching,
		now);
	ck_assert_int_ge(holds, 48 * SV_MS);
	ck_assert_int_ge(waits, 48 * SV_MS);
	ck_assert_int_eq(spent(&s->thread[0], SV_PART_HOLDER_PREEMPTED) + holds +
				 spent(&s->thread[0], SV_PART_OFF),
		now);
	ck_assert_int_eq(
		spent(&s->thread[1], SV_PART_PREEMPTED) + waits + spent(&s->thread[1], SV_PART_OFF),
		now);
	/* Until their first instructions. */
	ck_assert_int_le(spent(&s->thread[0], SV_PART_OFF), 3 * SV_US);
	is_sound(&s->thread[0]);
	is_sound(&s->thread[1]);
	stack_free(s);
}
END_TEST

static void call_once(struct sv_sim_thread *self, void *arg)
{
	(void)arg;
	self->meter.phase = SV_LOCK_RELEASING;
	sv_sim_work(self, 10 * SV_US);
	sv_pv_kick(1);
	for (;;)
		sv_sim_work(self, 1 * SV_US);
}

/* While the vCPU is away in the hypervisor its thread is stopped, and kicks all the same. */
START_TEST(the_hypercall_of_a_kick_is_kicking)
{
	struct stack *s = stack_new((const unsigned[]){ 2, 2 }, 2);

	s->toy.machine.cost[SV_COST_VM_HYPERCALL] = 3 * SV_US;
	add_thread(s, call_once, s);
	add_thread(s, sleeps, s);
	sim_host_run(&s->host, 1 * SV_MS);
	ck_assert_int_eq(spent(&s->thread[0], SV_PART_KICK_AWAY), 3 * SV_US);
	ck_assert_int_eq(spent(&s->thread[0], SV_PART_HOLDER_PREEMPTED), 0);
	is_sound(&s->thread[0]);
	stack_free(s);
}
END_TEST

/* Forgetting one switch would only shift time to another part: the rules notice it. */
START_TEST(a_forgotten_switch_breaks_the_meter)
{
	struct sv_meter m, begun;
	struct sv_sections all = { 0 };
	struct sv_section one = { 0 };

	sv_meter_init(&m, 0, false);
	m.activity = SV_COMPUTES;
	begun = m;
	sv_meter_begin(&begun, 1, SV_FETCHES);
	ck_assert_ptr_null(begun.broken);
	switch (_i) {
	case 0: /* an end */
		sv_meter_begin(&begun, 2, SV_SPINS);
		break;
	case 1: /* another one */
		sv_meter_enter(&begun, 2, SV_LOCK_WAITING);
		break;
	case 2: /* a beginning */
		begun = m;
		sv_meter_end(&begun, 2, SV_FETCHES);
		break;
	case 3: /* a phase */
		begun = m;
		sv_meter_enter(&begun, 2, SV_LOCK_HOLDING);
		break;
	case 4: /* a stop */
		sv_meter_run(&begun, 2, true);
		break;
	case 5: /* a run */
		sv_meter_run(&begun, 2, false);
		sv_meter_end(&begun, 3, SV_FETCHES);
		break;
	case 6: /* that it was woken */
		begun = m;
		sv_meter_begin(&begun, 1, SV_SLEEPS);
		sv_meter_end(&begun, 2, SV_WAKES);
		break;
	default:
		begun = m;
		sv_meter_turn(&begun, 2, SV_SLEEPS, SV_WAKES);
	}
	ck_assert_ptr_nonnull(begun.broken);
	sv_section_end(&all, &one, &begun, 3);
	ck_assert_ptr_nonnull(sv_sections_check(&all));
}
END_TEST

START_TEST(parts_that_do_not_add_up_are_noticed)
{
	struct sv_sections all = { 0 };
	struct sv_section one;
	struct sv_meter m;

	sv_meter_init(&m, 0, false);
	m.activity = SV_COMPUTES;
	sv_section_begin(&one, &m, 1);
	sv_meter_enter(&m, 5, SV_LOCK_HOLDING);
	sv_meter_enter(&m, 6, SV_LOCK_RELEASING);
	m.since++;
	sv_section_end(&all, &one, &m, 9);
	ck_assert_str_eq(
		sv_sections_check(&all), "the parts of an acquisition do not add up to its time");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("meter");
	TCase *tests = tcase_create("meter");

	tcase_add_test(tests, an_acquisition_alone_fetches_its_line_and_is_critical);
	tcase_add_test(tests, a_waiter_is_halted_until_the_kick_and_then_wakes_up);
	tcase_add_test(tests, a_waiter_spins_until_its_copy_is_gone_and_then_fetches);
	tcase_add_test(tests, who_sleeps_outside_of_locks_is_off);
	tcase_add_test(tests, who_is_not_run_is_preempted);
	tcase_add_test(tests, the_hypercall_of_a_kick_is_kicking);
	tcase_add_loop_test(tests, a_forgotten_switch_breaks_the_meter, 0, 8);
	tcase_add_test(tests, parts_that_do_not_add_up_are_noticed);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
