/*
 * yaml.c - what of YAML is read, and what is refused where
 */
#include "run_suite.h"
#include "test_text.h"
#include <unistd.h>

static struct sv_doc *parse(const char *text, struct sv_diag *diag)
{
	return sv_doc_parse("t.yaml", text, strlen(text), diag);
}

/* Asserts that a text is refused with a message that contains a part. */
static void refused(const char *text, const char *part)
{
	struct sv_diag *diag = sv_diag_new();

	ck_assert_ptr_null(parse(text, diag));
	test_says(diag, part);
	sv_diag_free(diag);
}

START_TEST(nodes_know_their_places)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_doc *doc = parse("a: 1\nb:\n  \xc3\xa4: [x, 'y']\n", diag);
	const struct sv_node *list;

	test_no_errors(diag);
	ck_assert_ptr_nonnull(doc);
	list = sv_node_find(sv_doc_root(doc), "b.\xc3\xa4");
	ck_assert_int_eq(list->kind, SV_NODE_SEQUENCE);
	ck_assert_uint_eq(list->n, 2);
	ck_assert_uint_eq(list->place.line, 3);
	ck_assert_uint_eq(list->place.column, 6);
	ck_assert_str_eq(list->child[1]->text, "y");
	ck_assert(list->child[1]->quoted && !list->child[0]->quoted);
	ck_assert_uint_eq(list->child[1]->place.column, 10);
	ck_assert_str_eq(list->place.source, "t.yaml");
	ck_assert_ptr_null(sv_node_find(sv_doc_root(doc), "b.z"));
	ck_assert_ptr_null(sv_node_find(sv_doc_root(doc), "a.z"));
	sv_doc_free(doc);
	sv_diag_free(diag);
}
END_TEST

START_TEST(keys_with_dots_are_found)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_doc *doc = parse("costs: {load.modified.l3: 30ns}\n", diag);
	const struct sv_node *n = sv_node_find(sv_doc_root(doc), "costs.load.modified.l3");

	ck_assert_ptr_nonnull(n);
	ck_assert_str_eq(n->text, "30ns");
	sv_doc_free(doc);
	sv_diag_free(diag);
}
END_TEST

START_TEST(a_byte_order_mark_and_crlf_are_taken)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_doc *doc = parse("\xef\xbb\xbf"
				   "a: 1\r\nb: 2\r\n",
		diag);

	ck_assert_ptr_nonnull(doc);
	ck_assert_uint_eq(sv_node_get(sv_doc_root(doc), "b")->place.line, 2);
	ck_assert_uint_eq(sv_doc_root(doc)->place.column, 1);
	sv_doc_free(doc);
	sv_diag_free(diag);
}
END_TEST

START_TEST(features_that_hide_a_values_meaning_are_refused)
{
	refused("a: &x 1\n", "t.yaml:1:4: error: anchors");
	refused("a: &x {b: 1}\n", "t.yaml:1:4: error: anchors");
	refused("a: *x\n", "t.yaml:1:4: error: aliases");
	refused("*x : 1\n", "t.yaml:1:1: error: aliases");
	refused("a: !!int 1\n", "t.yaml:1:4: error: tags");
	refused("a: !x [1]\n", "t.yaml:1:4: error: tags");
	refused("a: 1\n<<: {b: 1}\n", "t.yaml:2:1: error: merge keys");
	refused("%YAML 1.1\n---\na: 1\n", "t.yaml:1:1: error: directives");
	refused("a: 1\n---\nb: 1\n", "t.yaml:2:1: error: a second document");
}
END_TEST

START_TEST(duplicate_keys_are_refused_at_the_second)
{
	refused("a: 1\nb: 2\na: 3\n", "t.yaml:3:1: error: key 'a' is given twice; first in line 1");
	refused("x: {b: 1, c: 2,\n 'b': 3}\n", "t.yaml:2:2: error: key 'b' is given twice");
}
END_TEST

START_TEST(keys_that_are_no_words_are_refused)
{
	refused("[a]: 1\n", "t.yaml:1:1: error: a key is a word");
	refused("? {a: b}\n: 1\n", "t.yaml:1:3: error: a key is a word");
}
END_TEST

START_TEST(what_is_no_text_is_refused)
{
	struct sv_diag *diag = sv_diag_new();

	refused("a: \xff\n", "t.yaml:1:4: error: this is not UTF-8");
	refused("a: \xc3\xa4\xed\xa0\x80\n", "t.yaml:1:5: error: this is not UTF-8");
	refused("a: 1\nb: \x01\n", "t.yaml:2:4: error: a control character");
	refused("a: \"\\0\"\n", "t.yaml:1:4: error: the text contains a NUL");
	ck_assert_ptr_null(sv_doc_parse("t.yaml", "a: \0b", 5, diag));
	test_says(diag, "t.yaml:1:4: error: a NUL character");
	sv_diag_free(diag);
}
END_TEST

START_TEST(nothing_is_refused_as_nothing)
{
	refused("", "error: there is nothing in it");
	refused("\n# only this\n", "error: there is nothing in it");
}
END_TEST

START_TEST(broken_yaml_is_told_with_a_hint)
{
	refused("a: [1, 2\nb: 3\n", "a '[' is not closed");
	refused("a:\n\tb: 1\n", "indent by blanks, not tabs");
	refused("a: b: c\n", "t.yaml:1:5: error: not YAML: mapping values are not allowed");
	refused("a: 'x\n", "a quote is not closed");
}
END_TEST

START_TEST(deep_nesting_is_refused_at_once)
{
	const size_t bytes = 10 << 20;
	char *text = malloc(bytes + 1);

	ck_assert_ptr_nonnull(text);
	memset(text, '[', bytes);
	text[bytes] = '\0';
	refused(text, "t.yaml:1:65: error: nested deeper than 64 levels");
	for (size_t i = 0; i + 2 <= bytes; i += 2)
		memcpy(text + i, "- ", 2);
	refused(text, "t.yaml:1:129: error: nested deeper than 64 levels");
	free(text);
}
END_TEST

START_TEST(too_much_text_is_refused)
{
	const size_t bytes = (16 << 20) + 1;
	char *text = malloc(bytes + 1);

	ck_assert_ptr_nonnull(text);
	memset(text, '#', bytes);
	text[bytes] = '\0';
	refused(text, "larger than 16 MiB");
	free(text);
}
END_TEST

START_TEST(every_refusal_of_a_file_is_reported)
{
	struct sv_diag *diag = sv_diag_new();

	ck_assert_ptr_null(parse("a: &x 1\nb: *x\nc: !t 2\nc: 3\n", diag));
	ck_assert_uint_eq(sv_diag_errors(diag), 4);
	sv_diag_free(diag);
}
END_TEST

START_TEST(files_that_cannot_be_read_are_named)
{
	struct sv_diag *diag = sv_diag_new();

	ck_assert_ptr_null(sv_doc_load("/nowhere/x.yaml", diag));
	test_says(diag, "/nowhere/x.yaml: error: cannot be opened: No such file or directory\n");
	ck_assert_ptr_null(sv_doc_load("/", diag));
	test_says(diag, "/: error: is a directory");
	ck_assert_ptr_null(sv_doc_load("/dev/zero", diag));
	test_says(diag, "/dev/zero: error: is larger than 16 MiB");
	sv_diag_free(diag);
}
END_TEST

START_TEST(a_file_is_read_whole)
{
	char name[] = "/tmp/simsvirt-yaml-XXXXXX";
	int fd = mkstemp(name);
	FILE *file = fdopen(fd, "w");
	struct sv_diag *diag = sv_diag_new();
	struct sv_doc *doc;

	ck_assert_ptr_nonnull(file);
	for (int i = 0; i < 20000; i++)
		fprintf(file, "key%d: value\n", i);
	fclose(file);
	doc = sv_doc_load(name, diag);
	unlink(name);
	test_no_errors(diag);
	ck_assert_uint_eq(sv_doc_root(doc)->n, 20000);
	ck_assert_str_eq(sv_doc_root(doc)->key[19999], "key19999");
	sv_doc_free(doc);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		nodes_know_their_places,
		keys_with_dots_are_found,
		a_byte_order_mark_and_crlf_are_taken,
		features_that_hide_a_values_meaning_are_refused,
		duplicate_keys_are_refused_at_the_second,
		keys_that_are_no_words_are_refused,
		what_is_no_text_is_refused,
		nothing_is_refused_as_nothing,
		broken_yaml_is_told_with_a_hint,
		deep_nesting_is_refused_at_once,
		too_much_text_is_refused,
		every_refusal_of_a_file_is_reported,
		files_that_cannot_be_read_are_named,
		a_file_is_read_whole,
		NULL,
	};

	return run_tests("yaml", tests);
}
