/*
 * test_text.h - helpers of the tests of the scenario language
 */
#ifndef TEST_TEXT_H
#define TEST_TEXT_H

#include "config.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

/*
 * What a diag prints; the caller frees it. Not inlined: gcc 12 would take the text for
 * a pointer into this function's frame (-Wdangling-pointer).
 */
static char *__attribute__((noinline, unused)) test_printed(struct sv_diag *diag)
{
	char *text = NULL;
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);

	ck_assert_ptr_nonnull(to);
	sv_diag_print(diag, to);
	fclose(to);
	return text;
}

/* Fails the test when the diag holds anything, showing it. */
static inline void test_no_errors(struct sv_diag *diag)
{
	if (sv_diag_errors(diag) > 0)
		ck_abort_msg("unexpected: %s", test_printed(diag));
}

/* Asserts that what the diag prints contains a part. */
static inline void test_says(struct sv_diag *diag, const char *part)
{
	char *text = test_printed(diag);

	if (!strstr(text, part))
		ck_abort_msg("'%s' is not in:\n%s", part, text);
	free(text);
}

#endif
