/*
 * csv.c - tests of csv.h
 */
#include "csv.h"
#include "run_suite.h"
#include "test_text.h"
#include <unistd.h>

/* Writes the text to a file and reads that. */
static int load_bytes(struct sv_csv *csv, const char *text, size_t bytes, struct sv_diag *diag)
{
	char path[] = "/tmp/simsvirt-csv-XXXXXX";
	int file = mkstemp(path), status;

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(write(file, text, bytes), (ssize_t)bytes);
	close(file);
	status = sv_csv_load(csv, path, diag);
	unlink(path);
	return status;
}

static void good(struct sv_csv *csv, const char *text)
{
	struct sv_diag *diag = sv_diag_new();
	int status = load_bytes(csv, text, strlen(text), diag);

	test_no_errors(diag);
	ck_assert_int_eq(status, 0);
	sv_diag_free(diag);
}

static void bad_bytes(const char *text, size_t bytes, const char *part)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_csv csv;

	ck_assert_int_eq(load_bytes(&csv, text, bytes, diag), -1);
	test_says(diag, part);
	sv_csv_free(&csv);
	sv_diag_free(diag);
}

static void bad(const char *text, const char *part)
{
	bad_bytes(text, strlen(text), part);
}

START_TEST(cells_have_texts_and_places)
{
	struct sv_csv csv;

	good(&csv, "a,b\n1,two\n 3 ,\t4 \n");
	ck_assert_uint_eq(csv.columns, 2);
	ck_assert_uint_eq(csv.rows, 2);
	ck_assert_str_eq(csv.heading[1].text, "b");
	ck_assert_str_eq(sv_csv_at(&csv, 0, 1)->text, "two");
	ck_assert_str_eq(sv_csv_at(&csv, 1, 0)->text, "3");
	ck_assert_str_eq(sv_csv_at(&csv, 1, 1)->text, "4");
	ck_assert_uint_eq(sv_csv_at(&csv, 1, 1)->place.line, 3);
	ck_assert_uint_eq(sv_csv_at(&csv, 1, 1)->place.column, 6);
	ck_assert_uint_eq(sv_csv_column(&csv, "b"), 1);
	ck_assert_uint_eq(sv_csv_column(&csv, "c"), SIZE_MAX);
	sv_csv_free(&csv);
}
END_TEST

START_TEST(quotes_comments_and_other_line_ends_are_read)
{
	struct sv_csv csv;

	good(&csv, "\xef\xbb\xbf\"# no, data\"\r\n# note\r\n\r\n\"a, b\",\"say \"\"c\"\"\" \r\n"
		   "\"\",x");
	ck_assert_uint_eq(csv.columns, 2);
	ck_assert_uint_eq(csv.rows, 1);
	ck_assert_str_eq(csv.heading[0].text, "a, b");
	ck_assert_str_eq(csv.heading[1].text, "say \"c\"");
	ck_assert_str_eq(sv_csv_at(&csv, 0, 0)->text, "");
	ck_assert_str_eq(sv_csv_at(&csv, 0, 1)->text, "x");
	ck_assert_uint_eq(sv_csv_at(&csv, 0, 1)->place.line, 5);
	sv_csv_free(&csv);
}
END_TEST

START_TEST(columns_count_characters)
{
	struct sv_csv csv;

	good(&csv, "a,b\nüü,x\n");
	ck_assert_uint_eq(sv_csv_at(&csv, 0, 1)->place.column, 4);
	sv_csv_free(&csv);
}
END_TEST

START_TEST(malformed_tables_are_refused)
{
	bad("", "has no line that names the columns");
	bad("# only\n\n", "has no line that names the columns");
	bad("a,b\n1\n", ":2:1: error: has 1 cells, but there are 2 columns");
	bad("a,b\n1,2,3\n", "has 3 cells, but there are 2 columns");
	bad("a,a\n1,2\n", ":1:3: error: two columns are named 'a'");
	bad("a,\n1,2\n", ":1:3: error: a column has no name");
	bad("a\n\"x\n", ":2:1: error: a quote is not closed on its line");
	bad("a\n\"x\" y\n", "a quoted cell ends before its comma");
	bad_bytes("a\n1\0\n", 5, "holds a zero byte");
}
END_TEST

START_TEST(files_that_cannot_be_read_are_refused)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_csv csv;

	ck_assert_int_eq(sv_csv_load(&csv, "/nonexistent.csv", diag), -1);
	test_says(diag, "/nonexistent.csv: error: cannot be read: No such file");
	sv_csv_free(&csv);
	ck_assert_int_eq(sv_csv_load(&csv, "/tmp", diag), -1);
	test_says(diag, "/tmp: error: cannot be read: Is a directory");
	sv_csv_free(&csv);
	sv_diag_free(diag);
}
END_TEST

/* Reads row by row; returns how many rows there are, or -1. */
static int stream(const char *text, size_t bytes, char *cells, struct sv_diag *diag)
{
	char path[] = "/tmp/simsvirt-csv-XXXXXX";
	int file = mkstemp(path), status, rows = 0;
	struct sv_csv_stream s;

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(write(file, text, bytes), (ssize_t)bytes);
	close(file);
	status = sv_csv_open(&s, path, diag);
	while (status == 0 && (status = sv_csv_next(&s, diag)) > 0) {
		for (size_t i = 0; i < s.csv.columns; i++)
			cells += sprintf(cells, "%s:%u:%u ", s.csv.cell[i].text,
				s.csv.cell[i].place.line, s.csv.cell[i].place.column);
		rows++;
		status = 0;
	}
	sv_csv_close(&s);
	unlink(path);
	return status < 0 ? status : rows;
}

START_TEST(rows_are_read_one_after_the_other)
{
	static const char text[] = "\xef\xbb\xbf# note\na,b\r\n1,two\r\n\n\"x, y\", 3";
	struct sv_diag *diag = sv_diag_new();
	char cells[200] = "";

	ck_assert_int_eq(stream(text, sizeof(text) - 1, cells, diag), 2);
	ck_assert_str_eq(cells, "1:3:1 two:3:3 x, y:5:1 3:5:9 ");
	test_no_errors(diag);
	sv_diag_free(diag);
}
END_TEST

START_TEST(mistakes_in_rows_have_their_places)
{
	static const struct {
		const char *text, *says;
		size_t bytes;
	} bad_ones[] = { { "a,b\n1\n", ":2:1: error: has 1 cells, but there are 2 columns", 6 },
		{ "a,a\n", "two columns are named 'a'", 4 },
		{ "a,b\n\"1,2\n", ":2:1: error: a quote is not closed", 9 },
		{ "# none\n", "has no line that names the columns", 7 },
		{ "a\n1\0002\n", ":2:1: error: is no text", 6 } };
	char cells[200] = "";

	for (size_t i = 0; i < sizeof(bad_ones) / sizeof(bad_ones[0]); i++) {
		struct sv_diag *diag = sv_diag_new();

		ck_assert_int_eq(stream(bad_ones[i].text, bad_ones[i].bytes, cells, diag), -1);
		test_says(diag, bad_ones[i].says);
		sv_diag_free(diag);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		cells_have_texts_and_places,
		quotes_comments_and_other_line_ends_are_read,
		columns_count_characters,
		malformed_tables_are_refused,
		files_that_cannot_be_read_are_refused,
		rows_are_read_one_after_the_other,
		mistakes_in_rows_have_their_places,
		NULL,
	};

	return run_tests("csv", tests);
}
