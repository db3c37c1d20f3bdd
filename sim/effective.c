/*
 * effective.c - the effective configuration as JSON: every value, written in one way
 *
 * Numbers with units are texts in their largest exact unit, so that 1us and 1000ns
 * are the same text. What could not be read (its mistakes are reported elsewhere)
 * appears as it was written.
 */
#include "doc.h"
#include "value.h"

static json_t *row_json(
	const struct sv_option *row, const struct sv_node *node, struct sv_doc *scratch);

static json_t *plain_json(const struct sv_node *node)
{
	bool flag;
	int64_t whole;
	double real;

	if (!node->quoted && sv_node_is_null(node))
		return json_null();
	if (!node->quoted && !sv_bool_parse(node->text, &flag))
		return json_boolean(flag);
	if (!node->quoted && !sv_int_parse(node->text, &whole))
		return json_integer(whole);
	if (!node->quoted && !sv_real_parse(node->text, &real))
		return json_real(real);
	return json_string(node->text);
}

static json_t *node_json(const struct sv_node *node)
{
	json_t *json;

	if (node->kind == SV_NODE_SCALAR)
		return plain_json(node);
	json = node->kind == SV_NODE_MAPPING ? json_object() : json_array();
	for (size_t i = 0; i < node->n; i++)
		if (node->kind == SV_NODE_MAPPING)
			json_object_set_new(json, node->key[i], node_json(node->child[i]));
		else
			json_array_append_new(json, node_json(node->child[i]));
	return json;
}

static json_t *number_json(const struct sv_option *row, const struct sv_node *node)
{
	struct sv_number number;
	char text[64];

	if (sv_number_parse(row, node->text, &number))
		return json_string(node->text);
	if (row->type == SV_INT)
		return json_integer(number.i);
	if (row->type == SV_REAL)
		return json_real(number.d);
	return json_string(sv_number_format(text, sizeof(text), row, &number));
}

/* "fixed(2us)" is "2us". */
static json_t *dist_json(const struct sv_node *node)
{
	struct sv_dist dist;
	char text[160];

	if (sv_dist_parse(node->text, &dist))
		return json_string(node->text);
	if (dist.kind == SV_DIST_FIXED)
		return json_string(sv_time_format(text, sizeof(text), (sv_time)dist.p[0]));
	return json_string(sv_dist_format(text, sizeof(text), &dist));
}

static void table_json(const struct sv_table *table, const struct sv_node *node, json_t *out,
	struct sv_doc *scratch)
{
	for (const struct sv_option *row = table ? table->rows : NULL; row && row->name; row++) {
		json_t *value = row_json(row, sv_node_get(node, row->name), scratch);

		/* What is left out and has no default stays out: the result can be read again. */
		if (!json_is_null(value))
			json_object_set(out, row->name, value);
		json_decref(value);
	}
}

static json_t *variant_json(
	const struct sv_option *row, const struct sv_node *node, struct sv_doc *scratch)
{
	struct sv_kind kind = sv_kinds_chosen(row, node);
	json_t *json;

	if (!kind.name)
		return node ? node_json(node) : json_null();
	json = json_object();
	json_object_set_new(json, "kind", json_string(kind.name));
	table_json(kind.table, node, json, scratch);
	return json;
}

static json_t *items_json(
	const struct sv_option *row, const struct sv_node *node, struct sv_doc *scratch)
{
	bool named = row->type == SV_NAMED;
	json_t *json = named ? json_object() : json_array();

	for (size_t i = 0; node && i < node->n; i++) {
		json_t *item = row_json(row->more, node->child[i], scratch);

		if (named)
			json_object_set_new(json, node->key[i], item);
		else
			json_array_append_new(json, item);
	}
	return json;
}

static json_t *row_json(
	const struct sv_option *row, const struct sv_node *node, struct sv_doc *scratch)
{
	json_t *json;

	if (!node)
		node = sv_option_default(row, scratch);
	if (row->type == SV_VARIANT)
		return variant_json(row, node, scratch);
	if (row->type == SV_NAMED || row->type == SV_LIST)
		return items_json(row, node, scratch);
	if (row->type == SV_GROUP) {
		json = json_object();
		table_json(row->more, node, json, scratch);
		return json;
	}
	if (!node)
		return json_null();
	if (node->kind != SV_NODE_SCALAR || row->type == SV_NODE || row->type == SV_BOOL)
		return node_json(node);
	if (row->type == SV_STRING && !*node->text && row->def && !*row->def)
		return json_null();
	if (sv_type_is_number(row->type))
		return number_json(row, node);
	return row->type == SV_DIST ? dist_json(node) : json_string(node->text);
}

json_t *sv_option_effective(const struct sv_option *row, const struct sv_node *node)
{
	struct sv_doc *scratch = sv_doc_new();
	json_t *json = row_json(row, node, scratch);

	sv_doc_free(scratch);
	return json;
}

json_t *sv_table_effective(const struct sv_table *table, const struct sv_node *node)
{
	const struct sv_option root = { .name = "", .type = SV_GROUP, .def = "", .more = table };

	return sv_option_effective(&root, node);
}
