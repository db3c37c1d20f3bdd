/*
 * schema.c - the JSON Schema and the reference page of option tables
 */
#include "run_suite.h"
#include "test_table.h"

static const json_t *at(const json_t *json, const char *path)
{
	char key[50];

	while (*path && json) {
		size_t n = strcspn(path, "/");

		snprintf(key, sizeof(key), "%.*s", (int)n, path);
		if (json_is_array(json))
			json = json_array_get(json, strtoul(key, NULL, 10));
		else
			json = json_object_get(json, key);
		path += n + (path[n] == '/');
	}
	return json;
}

static void expect_at(const json_t *json, const char *path, const char *expected)
{
	char *got;

	ck_assert_msg(at(json, path) != NULL, "nothing at %s", path);
	got = json_dumps(at(json, path), JSON_ENCODE_ANY | JSON_COMPACT);
	ck_assert_str_eq(got, expected);
	free(got);
}

START_TEST(the_schema_says_what_rows_say)
{
	json_t *schema = sv_table_schema(&all_table);

	expect_at(schema, "$schema", "\"https://json-schema.org/draft/2020-12/schema\"");
	expect_at(schema, "additionalProperties", "false");
	expect_at(schema, "required", "[\"count\"]");
	expect_at(schema, "properties/count/type", "\"integer\"");
	expect_at(schema, "properties/count/maximum", "4096");
	expect_at(schema, "properties/flag/type", "\"boolean\"");
	expect_at(schema, "properties/flag/default", "true");
	expect_at(schema, "properties/flag/description", "\"a flag\"");
	expect_at(schema, "properties/real/minimum", "0.0");
	expect_at(schema, "properties/choice/enum", "[\"red\",\"green\"]");
	expect_at(schema, "properties/group/additionalProperties", "false");
	expect_at(schema, "properties/group/properties/tries/minimum", "1");
	expect_at(schema, "properties/lock/anyOf/0/enum", "[\"ticket\",\"ttas-backoff\"]");
	expect_at(schema, "properties/lock/anyOf/1/properties/kind/const", "\"ticket\"");
	expect_at(schema, "properties/lock/anyOf/2/required", "[\"kind\"]");
	expect_at(schema, "properties/named/additionalProperties/properties/tries/type",
		"\"integer\"");
	expect_at(schema, "properties/list/items/maximum", "9");
	expect_at(schema, "properties/time/type", "\"string\"");
	json_decref(schema);
}
END_TEST

START_TEST(the_reference_page_has_a_row_for_every_key)
{
	char *text = NULL;
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);

	sv_table_markdown(&all_table, "", to);
	fclose(to);
	ck_assert_ptr_nonnull(
		strstr(text, "| `count` | whole number, 1 to 4096 | required | cores |\n"));
	ck_assert_ptr_nonnull(strstr(text, "| `time` | time, at most 1s | `40us` | a time |\n"));
	ck_assert_ptr_nonnull(strstr(text, "| `choice` | `red`, `green` | `green` | a colour |\n"));
	ck_assert_ptr_nonnull(strstr(text,
		"| `lock` | name of a lock, or a mapping with `kind` | `ticket` | the lock |\n"));
	ck_assert_ptr_nonnull(strstr(text, "\n### `group`\n\nA group.\n\n| Key |"));
	ck_assert_ptr_nonnull(strstr(text, "\n### `lock` with `kind: ttas-backoff`\n\n| Key |"));
	ck_assert_ptr_nonnull(
		strstr(text, "\n### `other`\n\nAnother lock.\n\nThe same as `lock`.\n"));
	ck_assert_ptr_nonnull(strstr(text, "\n### `named.NAME`\n"));
	free(text);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		the_schema_says_what_rows_say,
		the_reference_page_has_a_row_for_every_key,
		NULL,
	};

	return run_tests("schema", tests);
}
