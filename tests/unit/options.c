/*
 * options.c - values of every type by the rows of a table
 */
#include "run_suite.h"
#include "test_table.h"

static struct sv_doc *read_text(const char *text, struct all *out, struct sv_diag *diag)
{
	struct sv_doc *doc = sv_doc_parse("t.yaml", text, strlen(text), diag);

	test_no_errors(diag);
	sv_read(&all_table, sv_doc_root(doc), out, doc, diag);
	return doc;
}

/* Asserts that `line`, beside a valid count, is refused with one message that contains a part. */
static void refused(const char *line, const char *part)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_doc *doc;
	struct all all;
	char text[200];

	snprintf(text, sizeof(text), "count: 1\n%s\n", line);
	doc = read_text(text, &all, diag);
	if (sv_diag_errors(diag) != 1)
		ck_abort_msg("%zu errors for %s", sv_diag_errors(diag), line);
	test_says(diag, part);
	sv_doc_free(doc);
	sv_diag_free(diag);
}

START_TEST(defaults_fill_what_is_left_out)
{
	struct sv_diag *diag = sv_diag_new();
	struct all all;
	struct sv_doc *doc = read_text("count: 7\n", &all, diag);

	test_no_errors(diag);
	ck_assert(all.flag);
	ck_assert_int_eq(all.count, 7);
	ck_assert_int_eq(all.bytes, 4096);
	ck_assert_double_eq(all.real, 0.5);
	ck_assert_double_eq(all.rate, 1e10);
	ck_assert_double_eq(all.packets, 200);
	ck_assert_int_eq(all.time, 40 * SV_US);
	ck_assert_str_eq(all.text, "abc");
	ck_assert_ptr_null(all.none);
	ck_assert_int_eq(all.choice, 1);
	ck_assert_int_eq(all.dist.kind, SV_DIST_EXPONENTIAL);
	ck_assert_int_eq(all.group.wait, 100 * SV_NS);
	ck_assert_int_eq(all.group.tries, 3);
	ck_assert_str_eq(all.lock.name, "ticket");
	ck_assert_ptr_eq(all.lock.object, &ticket_object);
	ck_assert_ptr_null(all.lock.config);
	ck_assert_ptr_null(all.other.name);
	ck_assert_uint_eq(all.named.n, 0);
	ck_assert_uint_eq(all.list.n, 2);
	ck_assert_int_eq(((int64_t *)all.list.item)[1], 2);
	ck_assert_ptr_null(all.node);
	sv_doc_free(doc);
	sv_diag_free(diag);
}
END_TEST

START_TEST(every_type_is_read)
{
	struct sv_diag *diag = sv_diag_new();
	struct all all;
	struct sv_doc *doc =
		read_text("flag: false\ncount: 4096\nbytes: 1.5KiB\nreal: 2e-3\n"
			  "rate: 1.25GB/s\npackets: 6k/min\ntime: 1.5 ms\ntext: 12\n"
			  "none: \"null\"\nchoice: red\ndist: 2us\n"
			  "group: {tries: 9}\n"
			  "lock: {kind: ttas-backoff, wait: 2ns}\nother: ttas-backoff\n"
			  "named: {a: {tries: 1}, b-2: {tries: 2}}\nlist: []\n"
			  "node: [x]\n",
			&all, diag);
	const struct inner *item;

	test_no_errors(diag);
	ck_assert(!all.flag);
	ck_assert_int_eq(all.count, 4096);
	ck_assert_int_eq(all.bytes, 1536);
	ck_assert_double_eq(all.real, 0.002);
	ck_assert_double_eq(all.rate, 1e10);
	ck_assert_double_eq(all.packets, 100);
	ck_assert_int_eq(all.time, 1500 * SV_US);
	ck_assert_str_eq(all.text, "12");
	ck_assert_str_eq(all.none, "null");
	ck_assert_int_eq(all.choice, 0);
	ck_assert_int_eq(all.dist.kind, SV_DIST_FIXED);
	ck_assert_int_eq(all.group.tries, 9);
	ck_assert_ptr_eq(all.lock.object, &backoff_object);
	ck_assert_int_eq(((struct inner *)all.lock.config)->wait, 2 * SV_NS);
	ck_assert_int_eq(((struct inner *)all.other.config)->wait, 100 * SV_NS);
	ck_assert_uint_eq(all.named.n, 2);
	ck_assert_str_eq(all.named.name[1], "b-2");
	item = (const struct inner *)((char *)all.named.item + all.named.stride);
	ck_assert_int_eq(item->tries, 2);
	ck_assert_uint_eq(all.list.n, 0);
	ck_assert_int_eq(all.node->kind, SV_NODE_SEQUENCE);
	sv_doc_free(doc);
	sv_diag_free(diag);
}
END_TEST

START_TEST(numbers_are_strict)
{
	refused("list: [0x1]", "t.yaml:2:8: error: list: 0x1 is not a whole number");
	refused("list: [010]", "list: 010 begins with 0");
	refused("list: [1.0]", "list: 1.0 is not a whole number");
	refused("list: [1_0]", "list: 1_0 is not a whole number");
	refused("list: [99999999999999999999]", "is too large");
	refused("list: ['1']", "list: '1' is a text because of its quotes");
	refused("real: 0x1p3", "real: 0x1p3 is not a plain number");
	refused("real: inf", "real: 'inf' is not a number");
	refused("real: .nan", "real: .nan is not a number");
	refused("real: 1e999", "real: 1e999 is too large");
	refused("real: 1 2", "real: 1 2 is not a plain number");
	refused("flag: yes", "flag: 'yes' is neither true nor false");
	refused("flag: 1", "flag: 1 is neither true nor false");
}
END_TEST

START_TEST(units_are_never_guessed)
{
	refused("time: 40", "t.yaml:2:7: error: time: 40 lacks a unit");
	refused("time: 40u", "time: 40u has no unit of time");
	refused("time: soon", "time: 'soon' is not a time");
	refused("bytes: 4096", "bytes: 4096 lacks a unit");
	refused("bytes: 4K", "bytes: 4K has no unit of size");
	refused("bytes: 64.5B", "bytes: 64.5B is not a whole number of bytes");
	refused("rate: 5", "rate: 5 lacks a unit per time");
	refused("rate: 5/s", "rate: 5/s has not the unit of this rate");
	refused("packets: 5Gbit/s", "packets: 5Gbit/s has not the unit of this rate");
	refused("dist: exponential(3)", "dist: 'exponential(3)'");
}
END_TEST

START_TEST(bounds_are_told)
{
	refused("group: {tries: 0}", "t.yaml:2:16: error: group.tries: 0 is below 1");
	refused("group: {wait: 2s}", "group.wait: 2s is outside 1ns to 1s");
	refused("list: [1, 10]", "t.yaml:2:11: error: list: 10 is above 9");
	refused("bytes: 2MiB", "bytes: 2MiB is outside 64B to 1MiB");
	refused("real: -0.5", "real: -0.5 is below 0");
	refused("dist: exponential(2s)",
		"dist: the mean of 'exponential(2s)' is outside 1ns to 1s");
}
END_TEST

START_TEST(unknown_words_get_suggestions)
{
	refused("lokc: ticket", "t.yaml:2:1: error: unknown key 'lokc'; did you mean 'lock'?");
	refused("group: {trys: 1}", "t.yaml:2:9: error: group: unknown key 'trys'; did you mean");
	refused("group: {zzzz: 1}", "group: unknown key 'zzzz'; known here: wait, tries");
	refused("choice: gren", "choice: 'gren' is not red or green; did you mean 'green'?");
	refused("lock: tiket", "lock: there is no lock 'tiket'; did you mean 'ticket'?");
	refused("lock: futexxxxx",
		"there is no lock 'futexxxxx'; 'simsvirt list locks' names them");
	refused("lock: {kind: tiket}", "t.yaml:2:14: error: lock: there is no lock 'tiket'");
	refused("lock: {kind: ticket, wait: 1ns}", "t.yaml:2:22: error: lock: unknown key 'wait'");
	refused("other: {wait: 1ns}", "other: key 'kind' is missing: which lock?");
}
END_TEST

START_TEST(wrong_kinds_of_nodes_are_told)
{
	refused("flag: [1]", "flag: expected true or false, found a list");
	refused("time: {a: 1}", "time: expected a time such as 40us, found a mapping");
	refused("group: 3", "group: expected a mapping of keys, found 3");
	refused("list: 3", "list: expected a list such as [a, b], found 3");
	refused("named: [a]", "named: expected a mapping of keys, found a list");
	refused("lock: [a]", "lock: expected a name, or a mapping with 'kind:', found a list");
	refused("lock: {kind: [a]}", "lock: expected the name of a lock");
	refused("time:", "time: has no value; expected a time");
	refused("text: ~", "text: has no value; expected a text");
}
END_TEST

START_TEST(names_are_plain_words)
{
	refused("named: {a.b: {}}", "t.yaml:2:9: error: named: 'a.b': a name is made of letters");
	refused("named: {'': {}}", "named: '': a name may not be empty");
	refused("named: {aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: {}}", "at most 40");
}
END_TEST

START_TEST(too_many_names_are_refused)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_doc *doc;
	struct all all;
	char *text = NULL;
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);

	fputs("count: 1\nnamed:\n", to);
	for (int i = 0; i < 10001; i++)
		fprintf(to, "  n%d: {}\n", i);
	fclose(to);
	doc = read_text(text, &all, diag);
	test_says(diag, "named: has more than 10000 names");
	free(text);
	sv_doc_free(doc);
	sv_diag_free(diag);
}
END_TEST

START_TEST(all_mistakes_are_reported)
{
	struct sv_diag *diag = sv_diag_new();
	struct all all;
	struct sv_doc *doc = read_text("flag: 2\ntime: 1\nnamed: {a: {tries: 0}}\n", &all, diag);

	ck_assert_uint_eq(sv_diag_errors(diag), 4);
	test_says(diag, "t.yaml:1:1: error: key 'count' is missing (cores)\n"
			"    1 | flag: 2\n"
			"      | ^\n"
			"t.yaml:1:7: error: flag: 2 is neither true nor false\n");
	sv_doc_free(doc);
	sv_diag_free(diag);
}
END_TEST

START_TEST(long_values_are_cut_between_characters)
{
	/* 39 bytes, then a character of two bytes of which only one fits. */
	refused("time: abcdefghijklmnopqrstuvwxyz0123456789abc\xc3\xa4 and more",
		"time: 'abcdefghijklmnopqrstuvwxyz0123456789abc...' is not a time");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		defaults_fill_what_is_left_out,
		every_type_is_read,
		numbers_are_strict,
		units_are_never_guessed,
		bounds_are_told,
		unknown_words_get_suggestions,
		wrong_kinds_of_nodes_are_told,
		names_are_plain_words,
		too_many_names_are_refused,
		all_mistakes_are_reported,
		long_values_are_cut_between_characters,
		NULL,
	};

	return run_tests("options", tests);
}
