/*
 * run_suite.h - the end of every test program: run what was collected
 */
#ifndef RUN_SUITE_H
#define RUN_SUITE_H

#include <check.h>
#include <stdlib.h>

/* Runs a suite and frees it; returns the exit status. */
static inline int run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Runs one case as a suite of its name; returns the exit status. */
static inline int run_case(const char *name, TCase *tests)
{
	Suite *suite = suite_create(name);

	suite_add_tcase(suite, tests);
	return run_suite(suite);
}

/* The same for tests, a list that ends with NULL, that need nothing special. */
static inline int run_tests(const char *name, const TTest *const *tests)
{
	TCase *all = tcase_create(name);

	for (; *tests; tests++)
		tcase_add_test(all, *tests);
	return run_case(name, all);
}

#endif
