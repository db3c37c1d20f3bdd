/*
 * explore_mutants.c - locks with a planted defect: the explorer finds each
 *
 * The files are in tests/mutants. Each defect must show as what it is, by a schedule with no more
 * switches between threads than it takes; a lock without one must pass in the same case.
 */
#include "explore/explore_lock.h"
#include "mutants/mutant_list.h"
#include "run_suite.h"
#include <string.h>

#define X(name) extern const struct sv_lock sv_lock_##name##_explored;
MUTANT_LIST(X)
#undef X

#define X(name) &sv_lock_##name##_explored,
static const struct sv_lock *const locks[] = { MUTANT_LIST(X) NULL };
#undef X

struct expectation {
	const char *lock;
	enum sv_fault fault;
	unsigned switches; /* between threads, in the schedule that is shown */
	unsigned threads, acquisitions, spurious;
	bool not_in_sc; /* the defect shows only with store buffers */
};

/* Compiled for a real sanitizer, plain fields are not seen by the explorer. */
#ifdef SV_PLAIN_UNSEEN
#define PLAIN_RACE SV_FAULT_NONE
#else
#define PLAIN_RACE SV_FAULT_RACE
#endif

static const struct expectation expected[] = {
	{ "clh-late", SV_FAULT_EXCLUSION, 2, 2, 2, 0, false },
	{ "clh-reuse", SV_FAULT_DEADLOCK, 1, 2, 2, 0, false },
	{ "halt", SV_FAULT_NONE, 0, 2, 2, 0, false },
	{ "halt-kick-first", SV_FAULT_LOST, 2, 2, 1, 0, false },
	{ "halt-no-fence", SV_FAULT_LOST, 2, 2, 1, 0, true },
	{ "halt-no-look", SV_FAULT_LOST, 3, 2, 1, 0, false },
	{ "halt-stale", SV_FAULT_EXCLUSION, 1, 2, 1, 1, false },
	{ "mcs-impatient", SV_FAULT_ADDRESS, 2, 2, 1, 0, false },
	{ "mcs-link-first", SV_FAULT_DEADLOCK, 3, 2, 1, 0, false },
	{ "mcs-lost", SV_FAULT_DEADLOCK, 2, 2, 1, 0, false },
	{ "mcs-relaxed-tail", SV_FAULT_RACE, 1, 2, 1, 0, false },
	{ "mcs-store-tail", SV_FAULT_DEADLOCK, 2, 2, 1, 0, false },
	{ "mutex-forgetful", SV_FAULT_LOST, 4, 3, 1, 0, false },
	{ "mutex-wake-first", SV_FAULT_LOST, 4, 2, 1, 0, false },
	{ "pending-wide-release", SV_FAULT_EXCLUSION, 4, 3, 1, 0, false },
	{ "peterson", SV_FAULT_NONE, 0, 2, 1, 0, false },
	{ "peterson-no-fence", SV_FAULT_EXCLUSION, 1, 2, 1, 0, true },
	{ "tas-no-relax", SV_FAULT_ENDLESS, 1, 2, 1, 0, false },
	{ "ticket-plain", SV_FAULT_NONE, 0, 2, 2, 0, false },
	{ "ticket-plain-late", PLAIN_RACE, 1, 2, 1, 0, false },
	{ "ticket-relaxed", SV_FAULT_RACE, 1, 2, 1, 0, false },
	{ "ticket-split", SV_FAULT_DEADLOCK, 2, 2, 1, 0, false },
	{ "ttas-fifo", SV_FAULT_OVERTAKEN, 3, 3, 1, 0, false },
	{ "ttas-no-test", SV_FAULT_EXCLUSION, 2, 2, 1, 0, false },
	{ "ttas-relaxed", SV_FAULT_RACE, 1, 2, 1, 0, false },
};
#define EXPECTED ((int)(sizeof(expected) / sizeof(expected[0])))

static const struct sv_lock *lock_of(const struct expectation *e)
{
	for (size_t i = 0; locks[i]; i++)
		if (!strcmp(locks[i]->name, e->lock))
			return locks[i];
	ck_abort_msg("there is no mutant %s", e->lock);
}

static void explore(const struct expectation *e, const struct sv_explore_options *options,
	struct sv_explore_result *result)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_explore_lock what = { .lock = lock_of(e),
		.threads = e->threads,
		.acquisitions = e->acquisitions,
		.locks = 1 };

	ck_assert_int_eq(sv_explore_lock(&what, options, result, diag), 0);
	sv_diag_free(diag);
}

static struct sv_explore_options options_of(const struct expectation *e)
{
	struct sv_explore_options options = sv_explore_defaults;

	options.spurious = e->spurious;
	return options;
}

static void print_schedule(const struct sv_explore_result *r)
{
	for (size_t i = 0; i < r->step_count && i < 60; i++)
		printf("  %u %s:%u %s\n", r->step[i].thread, r->step[i].file ? r->step[i].file : "",
			r->step[i].line, r->step[i].text);
}

START_TEST(is_found_as_what_it_is_by_a_short_schedule)
{
	const struct expectation *e = &expected[_i];
	struct sv_explore_options options = options_of(e);
	struct sv_explore_result r;

	explore(e, &options, &r);
	if (r.fault != e->fault || r.switches > e->switches)
		print_schedule(&r);
	ck_assert_msg(r.fault == e->fault, "%s: %s, not %s (%s)", e->lock, sv_fault_name[r.fault],
		sv_fault_name[e->fault], r.reason);
	ck_assert_msg(r.fault || r.exhaustive, "%s: not all was explored", e->lock);
	ck_assert_msg(r.switches <= e->switches, "%s: a schedule of %u switches, not %u: %s",
		e->lock, r.switches, e->switches, r.replay);
	sv_explore_result_fini(&r);
}
END_TEST

START_TEST(shows_again_when_its_schedule_is_replayed)
{
	const struct expectation *e = &expected[_i];
	struct sv_explore_options options = options_of(e);
	struct sv_explore_result r, again;

	explore(e, &options, &r);
	if (r.fault) {
		options.replay = r.replay;
		explore(e, &options, &again);
		ck_assert_int_eq(again.fault, r.fault);
		ck_assert_str_eq(again.reason, r.reason);
		ck_assert_str_eq(again.replay, r.replay);
		ck_assert_uint_eq(again.step_count, r.step_count);
		sv_explore_result_fini(&again);
	}
	sv_explore_result_fini(&r);
}
END_TEST

START_TEST(needs_store_buffers_when_a_fence_is_what_is_missing)
{
	const struct expectation *e = &expected[_i];
	struct sv_explore_options options = options_of(e);
	struct sv_explore_result r;

	options.memory = SV_EXPLORE_SC;
	explore(e, &options, &r);
	ck_assert_int_eq(r.fault, e->not_in_sc ? SV_FAULT_NONE : e->fault);
	sv_explore_result_fini(&r);
}
END_TEST

START_TEST(is_found_by_random_schedules_too)
{
	const struct expectation *e = &expected[_i];
	struct sv_explore_options options = options_of(e);
	struct sv_explore_result r;

	options.depth = 3;
	explore(e, &options, &r);
	/* Which of its faults comes first is another matter. */
	ck_assert_msg((r.fault != 0) == (e->fault != 0), "%s: %s", e->lock, sv_fault_name[r.fault]);
	ck_assert(!r.exhaustive);
	sv_explore_result_fini(&r);
}
END_TEST

START_TEST(is_found_with_two_preemptions)
{
	const struct expectation *e = &expected[_i];
	struct sv_explore_options options = options_of(e);
	struct sv_explore_result r;

	if (!e->fault)
		return;
	options.preemptions = 2;
	explore(e, &options, &r);
	ck_assert_msg(r.fault != SV_FAULT_NONE, "%s: no fault", e->lock);
	ck_assert(!r.exhaustive);
	sv_explore_result_fini(&r);
}
END_TEST

START_TEST(every_mutant_is_expected)
{
	bool found = false;

	for (int i = 0; i < EXPECTED; i++)
		found |= !strcmp(expected[i].lock, locks[_i]->name);
	ck_assert_msg(found, "nothing is expected of %s", locks[_i]->name);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each mutant");

	tcase_set_timeout(each, 60);
	tcase_add_loop_test(each, is_found_as_what_it_is_by_a_short_schedule, 0, EXPECTED);
	tcase_add_loop_test(each, shows_again_when_its_schedule_is_replayed, 0, EXPECTED);
	tcase_add_loop_test(each, needs_store_buffers_when_a_fence_is_what_is_missing, 0, EXPECTED);
	tcase_add_loop_test(each, is_found_by_random_schedules_too, 0, EXPECTED);
	tcase_add_loop_test(each, is_found_with_two_preemptions, 0, EXPECTED);
	tcase_add_loop_test(
		each, every_mutant_is_expected, 0, (int)(sizeof(locks) / sizeof(locks[0])) - 1);
	return run_case("explore_mutants", each);
}
