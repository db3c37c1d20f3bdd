/*
 * explore_locks.c - every lock of the list in every interleaving of small cases
 */
#include "explore/explore_lock.h"
#include "lock_cases.h"
#include "run_suite.h"

struct setup {
	struct lock_case what;
	unsigned threads, acquisitions, locks;
	bool tries;
	struct sv_explore_options options;
};

static struct setup usual(int i)
{
	return (struct setup){ .what = lock_case(i),
		.threads = 2,
		.acquisitions = 1,
		.locks = 1,
		.options = sv_explore_defaults };
}

static struct sv_explore_result explore(const struct setup *how)
{
	const struct sv_lock *lock = sv_locks_explored[how->what.index];
	struct sv_diag *diag = sv_diag_new();
	struct sv_explore_result result;
	struct sv_doc *doc;
	struct sv_explore_lock what = { .lock = lock,
		.config = lock_config(lock, how->what.options, &doc),
		.threads = how->threads,
		.acquisitions = how->acquisitions,
		.locks = how->locks,
		.tries = how->tries };

	ck_assert_int_eq(sv_explore_lock(&what, &how->options, &result, diag), 0);
	ck_assert_msg(result.fault == SV_FAULT_NONE, "%s %s: %s: %s; replay %s", lock->name,
		how->what.options, sv_fault_name[result.fault], result.reason, result.replay);
	ck_assert_msg(
		result.exhaustive, "%s %s: not all was explored", lock->name, how->what.options);
	sv_explore_result_fini(&result);
	sv_doc_free(doc);
	sv_diag_free(diag);
	return result;
}

START_TEST(has_no_fault_with_two_threads)
{
	struct setup how = usual(_i);

	for (unsigned spurious = 0; spurious <= 1; spurious++) {
		how.options.spurious = spurious;
		how.options.memory = SV_EXPLORE_SC;
		explore(&how);
		how.options.memory = SV_EXPLORE_TSO;
		explore(&how);
	}
}
END_TEST

static bool halts_or_sleeps(int i)
{
	return sv_locks_explored[lock_case(i).index]->traits & SV_LOCK_BLOCKING;
}

/* Those that halt are explored so in explore_locks_slow. */
START_TEST(has_no_fault_with_three_threads_or_two_rounds)
{
	struct setup how = usual(_i);

	if (halts_or_sleeps(_i))
		return;
	how.threads = 3;
	explore(&how);
	how.threads = 2;
	how.acquisitions = 2;
	explore(&how);
}
END_TEST

START_TEST(has_no_fault_when_threads_go_from_one_to_the_next)
{
	struct setup how = usual(_i);

	how.acquisitions = how.locks = 2;
	explore(&how);
}
END_TEST

START_TEST(has_no_fault_when_threads_only_try)
{
	struct setup how = usual(_i);

	if (halts_or_sleeps(_i))
		return;
	how.tries = true;
	how.acquisitions = 2;
	explore(&how);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each lock");

	tcase_set_timeout(each, 120);
	tcase_add_loop_test(each, has_no_fault_with_two_threads, 0, lock_cases());
	tcase_add_loop_test(each, has_no_fault_with_three_threads_or_two_rounds, 0, lock_cases());
	tcase_add_loop_test(
		each, has_no_fault_when_threads_go_from_one_to_the_next, 0, lock_cases());
	tcase_add_loop_test(each, has_no_fault_when_threads_only_try, 0, lock_cases());
	return run_case("explore_locks", each);
}
