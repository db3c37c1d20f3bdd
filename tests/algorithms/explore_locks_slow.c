/*
 * explore_locks_slow.c - the locks that halt or sleep in larger cases
 */
#include "explore/explore_lock.h"
#include "lock_cases.h"
#include "run_suite.h"

struct larger {
	const char *lock, *options;
	unsigned threads, acquisitions, spurious;
};

static const struct larger larger[] = {
	{ "pv-ticket", "{}", 2, 2, 0 },
	{ "pv-ticket", "{}", 3, 1, 0 },
	{ "iticket", "{}", 3, 1, 0 },
	{ "oticket", "{kicks: 1}", 3, 1, 0 },
	{ "pv-qspinlock", "{}", 2, 2, 0 },
	{ "pv-qspinlock", "{kick: at-release}", 3, 1, 1 },
	{ "pv-qspinlock-hybrid", "{threshold: 2, check: 2}", 3, 1, 0 },
	{ "qspinlock+", "{threshold: 2, check: 2}", 3, 1, 0 },
	{ "hmcs", "{passes: 1}", 4, 1, 0 },
	{ "shfllock", "{batch: 2}", 3, 1, 0 },
	{ "mutex", "{}", 2, 2, 1 },
	{ "mutex", "{}", 3, 1, 1 },
	{ "spin-park", "{}", 2, 2, 1 },
	{ "spin-park", "{}", 3, 1, 0 },
};

START_TEST(has_no_fault_in_a_larger_case)
{
	const struct larger *l = &larger[_i];
	const struct sv_lock *lock = sv_locks_explored[lock_index(l->lock)];
	struct sv_explore_options options = sv_explore_defaults;
	struct sv_diag *diag = sv_diag_new();
	struct sv_explore_result r;
	struct sv_doc *doc;
	struct sv_explore_lock what = { .lock = lock,
		.config = lock_config(lock, l->options, &doc),
		.threads = l->threads,
		.acquisitions = l->acquisitions,
		.locks = 1 };

	options.spurious = l->spurious;
	ck_assert_int_eq(sv_explore_lock(&what, &options, &r, diag), 0);
	ck_assert_msg(r.exhaustive, "%s: %s: %s; replay %s", l->lock, sv_fault_name[r.fault],
		r.reason, r.replay);
	sv_explore_result_fini(&r);
	sv_doc_free(doc);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each case");

	tcase_set_timeout(each, 300);
	tcase_add_loop_test(
		each, has_no_fault_in_a_larger_case, 0, (int)(sizeof(larger) / sizeof(larger[0])));
	return run_case("explore_locks_slow", each);
}
