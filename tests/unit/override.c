/*
 * override.c - setting values at dotted paths
 */
#include "run_suite.h"
#include "test_table.h"

static const char base[] = "count: 1\nlock: ttas-backoff\nnamed: {one: {tries: 1}, two: {}}\n"
			   "node: {load.l3: 1ns}\n";

struct fixture {
	struct sv_diag *diag;
	struct sv_doc *doc;
	struct all all;
};

static struct fixture set_up(void)
{
	struct fixture f = { .diag = sv_diag_new() };

	f.doc = sv_doc_parse("t.yaml", base, strlen(base), f.diag);
	test_no_errors(f.diag);
	return f;
}

static void tear_down(struct fixture *f)
{
	sv_doc_free(f->doc);
	sv_diag_free(f->diag);
}

static int set(struct fixture *f, const char *path, const char *value)
{
	char source[100];

	snprintf(source, sizeof(source), "--set %s=%s", path, value);
	return sv_doc_set(
		f->doc, &all_table, path, value, &(struct sv_place){ source, 0, 0 }, f->diag);
}

static void must_set(struct fixture *f, const char *path, const char *value)
{
	ck_assert_int_eq(set(f, path, value), 0);
	sv_read(&all_table, sv_doc_root(f->doc), &f->all, f->doc, f->diag);
	test_no_errors(f->diag);
}

static void refused(const char *path, const char *value, const char *part)
{
	struct fixture f = set_up();

	ck_assert_int_eq(set(&f, path, value), -1);
	test_says(f.diag, part);
	tear_down(&f);
}

START_TEST(values_in_the_file_are_replaced)
{
	struct fixture f = set_up();

	must_set(&f, "count", "8");
	ck_assert_int_eq(f.all.count, 8);
	must_set(&f, "named.one.tries", "5");
	ck_assert_int_eq(((struct inner *)f.all.named.item)->tries, 5);
	must_set(&f, "list", "[7, 8, 9]");
	ck_assert_uint_eq(f.all.list.n, 3);
	tear_down(&f);
}
END_TEST

START_TEST(options_that_the_file_leaves_out_are_made)
{
	struct fixture f = set_up();

	must_set(&f, "group.tries", "8");
	ck_assert_int_eq(f.all.group.tries, 8);
	must_set(&f, "named.two.wait", "5ns");
	ck_assert_int_eq(((struct inner *)f.all.named.item)[1].wait, 5 * SV_NS);
	tear_down(&f);
}
END_TEST

START_TEST(a_kind_without_options_gets_room_for_them)
{
	struct fixture f = set_up();

	must_set(&f, "lock.tries", "9");
	ck_assert_str_eq(f.all.lock.name, "ttas-backoff");
	ck_assert_int_eq(((struct inner *)f.all.lock.config)->tries, 9);
	must_set(&f, "other.kind", "ttas-backoff");
	must_set(&f, "other.wait", "9ns");
	ck_assert_int_eq(((struct inner *)f.all.other.config)->wait, 9 * SV_NS);
	must_set(&f, "lock", "ticket");
	ck_assert_str_eq(f.all.lock.name, "ticket");
	tear_down(&f);
}
END_TEST

START_TEST(behind_a_free_block_the_rest_of_a_path_is_one_key)
{
	struct fixture f = set_up();

	must_set(&f, "node.load.l3", "2ns");
	must_set(&f, "node.load.modified.l2", "3ns");
	ck_assert_uint_eq(f.all.node->n, 2);
	ck_assert_str_eq(sv_node_get(f.all.node, "load.l3")->text, "2ns");
	ck_assert_str_eq(sv_node_get(f.all.node, "load.modified.l2")->text, "3ns");
	tear_down(&f);
}
END_TEST

START_TEST(a_copy_keeps_its_values_to_itself)
{
	struct fixture f = set_up();
	struct sv_doc *copy = sv_doc_copy(f.doc);
	struct all all;

	must_set(&f, "count", "8");
	ck_assert_int_eq(sv_read(&all_table, sv_doc_root(copy), &all, copy, f.diag), 0);
	ck_assert_int_eq(all.count, 1);
	sv_doc_free(copy);
	tear_down(&f);
}
END_TEST

START_TEST(paths_that_lead_nowhere_are_refused)
{
	refused("coutn", "1", "--set coutn=1: error: unknown key 'coutn'; did you mean 'count'?");
	refused("group.trie", "1", "error: group: unknown key 'trie'; did you mean 'tries'?");
	refused("named.tow.tries", "1",
		"error: named: there is nothing named 'tow'; did you mean 'two'");
	refused("lock.wiat", "1ns", "error: lock: unknown key 'wiat'; did you mean 'wait'?");
	refused("count.x", "1", "error: count.x: count is one value; it has no keys");
	refused("list.0", "1", "error: list.0: list is one value");
	refused("", "1", "error: unknown key ''");
	refused("group..tries", "1", "error: group: unknown key ''");
	refused("group.", "1", "error: group: unknown key ''");
}
END_TEST

START_TEST(values_that_are_no_yaml_are_refused)
{
	refused("count", "", "--set count=: error: count: there is no value");
	refused("list", "[1", "--set list=[1: error: not YAML");
	refused("list", "*a", "error: aliases");
}
END_TEST

START_TEST(a_wrong_value_is_told_with_the_option)
{
	struct fixture f = set_up();

	ck_assert_int_eq(set(&f, "count", "0"), 0);
	ck_assert_int_eq(sv_read(&all_table, sv_doc_root(f.doc), &f.all, f.doc, f.diag), -1);
	test_says(f.diag, "--set count=0: error: count: 0 is outside 1 to 4096\n");
	tear_down(&f);
}
END_TEST

START_TEST(paths_find_their_rows)
{
	struct fixture f = set_up();
	const struct sv_node *root = sv_doc_root(f.doc);

	ck_assert_ptr_eq(sv_table_find(&all_table, root, "count"), &all_rows[1]);
	ck_assert_ptr_eq(sv_table_find(&all_table, root, "group.wait"), &inner_rows[0]);
	ck_assert_ptr_eq(sv_table_find(&all_table, root, "named.any.tries"), &inner_rows[1]);
	ck_assert_ptr_eq(sv_table_find(&all_table, root, "named.any"), &item_row);
	ck_assert_ptr_eq(sv_table_find(&all_table, root, "lock.wait"), &inner_rows[0]);
	ck_assert_int_eq(sv_table_find(&all_table, root, "lock.kind")->type, SV_STRING);
	ck_assert_int_eq(sv_table_find(&all_table, root, "node.a.b")->type, SV_NODE);
	ck_assert_ptr_null(sv_table_find(&all_table, root, "other.wait"));
	ck_assert_ptr_null(sv_table_find(&all_table, root, "count.x"));
	ck_assert_ptr_null(sv_table_find(&all_table, root, ""));
	tear_down(&f);
}
END_TEST

START_TEST(the_effective_configuration_has_every_value_in_one_form)
{
	static const char expected[] =
		"{\"flag\": true, \"count\": 1, \"bytes\": \"2KiB\", \"real\": 0.5, "
		"\"rate\": \"10000000000bit/s\", \"packets\": \"200/s\", \"time\": \"1500ns\", "
		"\"text\": \"abc\", \"choice\": \"green\", "
		"\"dist\": \"uniform(1us, 2us)\", \"group\": {\"wait\": \"100ns\", \"tries\": 3}, "
		"\"lock\": {\"kind\": \"ttas-backoff\", \"wait\": \"100ns\", \"tries\": 3}, "
		"\"named\": {\"one\": {\"wait\": \"100ns\", \"tries\": 1}, "
		"\"two\": {\"wait\": \"100ns\", \"tries\": 3}}, \"list\": [1, 2], "
		"\"node\": {\"load.l3\": \"1ns\"}}";
	struct fixture f = set_up();
	json_t *json;
	char *text;

	must_set(&f, "bytes", "2048B");
	must_set(&f, "time", "1.5us");
	must_set(&f, "dist", "\"uniform( 1000ns,2us)\"");
	json = sv_table_effective(&all_table, sv_doc_root(f.doc));
	text = json_dumps(json, 0);
	ck_assert_str_eq(text, expected);
	free(text);
	json_decref(json);
	tear_down(&f);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		values_in_the_file_are_replaced,
		options_that_the_file_leaves_out_are_made,
		a_kind_without_options_gets_room_for_them,
		behind_a_free_block_the_rest_of_a_path_is_one_key,
		a_copy_keeps_its_values_to_itself,
		paths_that_lead_nowhere_are_refused,
		values_that_are_no_yaml_are_refused,
		a_wrong_value_is_told_with_the_option,
		paths_find_their_rows,
		the_effective_configuration_has_every_value_in_one_form,
		NULL,
	};

	return run_tests("override", tests);
}
