/*
 * diag.c - collecting and printing mistakes
 */
#include "diag.h"
#include "run_suite.h"
#include "test_text.h"

static const char text[] = "simsvirt: 1\nvms:\n\tguest: \xc3\xa4\xc3\xb6 x\n";

static void expect_print(struct sv_diag *diag, const char *expected)
{
	char *got = test_printed(diag);

	ck_assert_str_eq(got, expected);
	free(got);
	sv_diag_free(diag);
}

START_TEST(an_error_is_quoted_with_its_line_and_a_caret)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_place at = { "a.yaml", 1, 11 };

	sv_diag_source(diag, "a.yaml", text, strlen(text));
	ck_assert_int_eq(sv_error(diag, &at, "%s: %d is wrong", "simsvirt", 1), -1);
	ck_assert_uint_eq(sv_diag_errors(diag), 1);
	expect_print(diag, "a.yaml:1:11: error: simsvirt: 1 is wrong\n"
			   "    1 | simsvirt: 1\n"
			   "      |           ^\n");
}
END_TEST

START_TEST(the_caret_stands_under_its_column_behind_tabs_and_umlauts)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_place at = { "a.yaml", 3, 12 };

	sv_diag_source(diag, "a.yaml", text, strlen(text));
	sv_error(diag, &at, "here");
	expect_print(diag, "a.yaml:3:12: error: here\n"
			   "    3 | \tguest: \xc3\xa4\xc3\xb6 x\n"
			   "      | \t          ^\n");
}
END_TEST

START_TEST(mistakes_come_sorted_by_place_and_only_once)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_place late = { "b", 9, 1 }, early = { "b", 2, 7 };

	sv_error(diag, &late, "late");
	sv_error(diag, &early, "early");
	sv_error(diag, &late, "late");
	sv_error(diag, NULL, "nowhere");
	sv_warn(diag, &early, "only a warning");
	ck_assert_uint_eq(sv_diag_errors(diag), 3);
	expect_print(diag, "b:2:7: error: early\n"
			   "b:2:7: warning: only a warning\n"
			   "b:9:1: error: late\n"
			   "error: nowhere\n");
}
END_TEST

START_TEST(an_option_and_a_whole_file_have_no_line)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_place at = { .source = "--set a.b=0" };

	sv_diag_source(diag, "--set a.b=0", "0", 1);
	sv_error(diag, &at, "a.b: 0 is outside 1 to 2");
	expect_print(diag, "--set a.b=0: error: a.b: 0 is outside 1 to 2\n");
}
END_TEST

START_TEST(long_lines_are_cut_around_the_column)
{
	static char line[5000];
	struct sv_diag *diag = sv_diag_new();
	struct sv_place at = { "c", 1, 2500 };
	char *got, *caret, *quoted;

	memset(line, '-', sizeof(line));
	line[2499] = 'X';
	sv_diag_source(diag, "c", line, sizeof(line));
	sv_error(diag, &at, "here");
	got = test_printed(diag);
	quoted = strchr(got, '\n') + 1;
	caret = strchr(quoted, '\n') + 1;
	ck_assert_int_lt(caret - quoted, 130);
	ck_assert_int_eq(quoted[strchr(caret, '^') - caret], 'X');
	free(got);
	sv_diag_free(diag);
}
END_TEST

START_TEST(further_errors_than_a_hundred_are_counted)
{
	struct sv_diag *diag = sv_diag_new();
	char *got;

	for (int i = 0; i < 150; i++)
		sv_error(diag, NULL, "mistake %d", i);
	ck_assert_uint_eq(sv_diag_errors(diag), 150);
	got = test_printed(diag);
	ck_assert_ptr_nonnull(strstr(got, "mistake 99\n50 more errors\n"));
	ck_assert_uint_eq(sv_diag_errors(diag), 0);
	free(got);
	sv_diag_free(diag);
}
END_TEST

START_TEST(no_text_steers_the_terminal)
{
	static const char evil[] = "a: \x1b[2J \xff\xfe b\n";
	struct sv_diag *diag = sv_diag_new();
	struct sv_place at = { "e", 1, 4 };

	sv_diag_source(diag, "e", evil, strlen(evil));
	sv_error(diag, &at, "'\x1b[2J\n'");
	expect_print(diag, "e:1:4: error: '?[2J?'\n"
			   "    1 | a: ?[2J ?? b\n"
			   "      |    ^\n");
}
END_TEST

START_TEST(the_nearest_word_is_suggested_when_near_enough)
{
	static const char *const words[] = { "spinlock", "ticket", "mcs", "ttas-backoff", NULL };

	ck_assert_str_eq(sv_nearest("spinlok", words), "spinlock");
	ck_assert_str_eq(sv_nearest("tikcet", words), "ticket");
	ck_assert_str_eq(sv_nearest("MCS", words), "mcs");
	ck_assert_str_eq(sv_nearest("ttas_backof", words), "ttas-backoff");
	ck_assert_ptr_null(sv_nearest("qspinlock-of-linux", words));
	ck_assert_ptr_null(sv_nearest("xyz", words));
	ck_assert_ptr_null(sv_nearest("", words));
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		an_error_is_quoted_with_its_line_and_a_caret,
		the_caret_stands_under_its_column_behind_tabs_and_umlauts,
		mistakes_come_sorted_by_place_and_only_once,
		an_option_and_a_whole_file_have_no_line,
		long_lines_are_cut_around_the_column,
		further_errors_than_a_hundred_are_counted,
		no_text_steers_the_terminal,
		the_nearest_word_is_suggested_when_near_enough,
		NULL,
	};

	return run_tests("diag", tests);
}
