/*
 * schema.c - JSON Schema of what option tables accept
 *
 * Editors show it as completion and mistakes while typing. It cannot say all that a
 * load checks (bounds of amounts with units, paths, metrics), but it accepts nothing
 * less.
 */
#include "bug.h"
#include "value.h"
#include <string.h>

#define NUMBER "[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?"
#define TIME   NUMBER " *(ps|ns|us|ms|s|min|h)"

static json_t *row_schema(const struct sv_option *row);

static json_t *type_schema(const char *type)
{
	return json_pack("{s:s}", "type", type);
}

static json_t *pattern_schema(const char *pattern)
{
	return json_pack("{s:s, s:s}", "type", "string", "pattern", pattern);
}

static void put_bound(
	json_t *schema, const char *key, const struct sv_option *row, const char *bound)
{
	struct sv_number number;

	if (!bound)
		return;
	SV_BUG_ON(sv_number_parse(row, bound, &number));
	json_object_set_new(
		schema, key, number.real ? json_real(number.d) : json_integer(number.i));
}

static json_t *number_schema(const struct sv_option *row)
{
	json_t *schema = type_schema(row->type == SV_INT ? "integer" : "number");

	put_bound(schema, "minimum", row, row->min);
	put_bound(schema, "maximum", row, row->max);
	return schema;
}

static json_t *choice_schema(const struct sv_option *row)
{
	json_t *words = json_array();

	for (const char *const *word = row->more; *word; word++)
		json_array_append_new(words, json_string(*word));
	return json_pack("{s:o}", "enum", words);
}

/* Fills the parts of an object's schema from a table's rows. */
static void put_rows(const struct sv_table *table, json_t *properties, json_t *required)
{
	for (const struct sv_option *row = table ? table->rows : NULL; row && row->name; row++) {
		json_object_set_new(properties, row->name, row_schema(row));
		if (!row->def)
			json_array_append_new(required, json_string(row->name));
	}
}

static json_t *object_schema(json_t *properties, json_t *required)
{
	return json_pack("{s:s, s:b, s:o, s:o}", "type", "object", "additionalProperties", 0,
		"properties", properties, "required", required);
}

static json_t *table_schema(const struct sv_table *table)
{
	json_t *properties = json_object(), *required = json_array();

	put_rows(table, properties, required);
	return object_schema(properties, required);
}

static bool needs_options(const struct sv_table *table)
{
	for (const struct sv_option *row = table ? table->rows : NULL; row && row->name; row++)
		if (!row->def)
			return true;
	return false;
}

/* A kind's name, or a mapping for one of the kinds. */
static json_t *variant_schema(const struct sv_option *row)
{
	const struct sv_kinds *kinds = row->more;
	json_t *names = json_array(), *any = json_array();
	struct sv_kind kind;

	json_array_append_new(any, json_pack("{s:O}", "enum", names));
	for (size_t i = 0; kind = kinds->at(i), kind.name; i++) {
		json_t *properties = json_object(), *required = json_array(), *schema;

		if (!needs_options(kind.table))
			json_array_append_new(names, json_string(kind.name));
		json_object_set_new(properties, "kind", json_pack("{s:s}", "const", kind.name));
		if (!row->def || strcmp(row->def, kind.name))
			json_array_append_new(required, json_string("kind"));
		put_rows(kind.table, properties, required);
		schema = object_schema(properties, required);
		json_object_set_new(schema, "description", json_string(kind.help));
		json_array_append_new(any, schema);
	}
	json_decref(names);
	return json_pack("{s:o}", "anyOf", any);
}

static json_t *named_schema(const struct sv_option *row)
{
	return json_pack("{s:s, s:o, s:{s:s}, s:i}", "type", "object", "additionalProperties",
		row_schema(row->more), "propertyNames", "pattern", "^[-A-Za-z0-9_]{1,40}$",
		"minProperties", row->def ? 0 : 1);
}

static json_t *list_schema(const struct sv_option *row)
{
	return json_pack("{s:s, s:o, s:i}", "type", "array", "items", row_schema(row->more),
		"minItems", row->def ? 0 : 1);
}

static json_t *node_schema(const struct sv_option *row)
{
	const struct sv_shape *shape = row->more;
	json_t *any = json_array();

	if (shape && shape->json) {
		json_t *given = json_loads(shape->json, 0, NULL);

		SV_BUG_ON(!given);
		json_array_append_new(any, given);
	}
	if (shape && shape->row)
		json_array_append_new(any, row_schema(shape->row));
	if (json_array_size(any) > 1)
		return json_pack("{s:o}", "anyOf", any);
	if (json_array_size(any) == 1) {
		json_t *only = json_incref(json_array_get(any, 0));

		json_decref(any);
		return only;
	}
	json_decref(any);
	return json_object();
}

static json_t *bare_schema(const struct sv_option *row)
{
	switch (row->type) {
	case SV_BOOL:
		return type_schema("boolean");
	case SV_INT:
	case SV_REAL:
		return number_schema(row);
	case SV_TIME:
		return pattern_schema("^" TIME "$");
	case SV_BYTES:
		return pattern_schema("^" NUMBER " *([KMGT]iB|[kMGT]?B)$");
	case SV_RATE:
		return pattern_schema("^" NUMBER " *[A-Za-z]*/(s|ms|us|ns|min|h)$");
	case SV_STRING:
		/* A title may look like a number. */
		return json_pack("{s:[s, s, s]}", "type", "string", "number", "boolean");
	case SV_CHOICE:
		return choice_schema(row);
	case SV_DIST:
		return pattern_schema("^(" TIME "|[a-z]+ *\\(.*\\))$");
	case SV_GROUP:
		return table_schema(row->more);
	case SV_VARIANT:
		return variant_schema(row);
	case SV_NAMED:
		return named_schema(row);
	case SV_LIST:
		return list_schema(row);
	case SV_NODE:
		return node_schema(row);
	}
	SV_BUG_ON(row->type);
	return NULL;
}

static json_t *row_schema(const struct sv_option *row)
{
	json_t *schema = bare_schema(row);

	SV_BUG_ON(!schema);
	if (row->help)
		json_object_set_new(schema, "description", json_string(row->help));
	if (row->def && *row->def && row->type != SV_LIST)
		json_object_set_new(schema, "default", sv_option_effective(row, NULL));
	return schema;
}

json_t *sv_table_schema(const struct sv_table *table)
{
	json_t *schema = json_pack("{s:s, s:s}", "$schema",
		"https://json-schema.org/draft/2020-12/schema", "title", table->name);
	json_t *whole = table_schema(table);

	json_object_update(schema, whole);
	json_decref(whole);
	return schema;
}
