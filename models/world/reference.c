/*
 * reference.c - published and measured values, at the points where they hold
 */
#include "bug.h"
#include "doc.h"
#include "machine/profile.h"
#include "value.h"
#include "world/data.h"
#include "world/study.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	const char *source, *metric, *unit, *data, *error;
	const struct sv_node *where, *x, *select, *value_node;
	double value, low, high;
	double same_error; /* of all rows of a file; NAN: a column has them */
};

static const struct sv_shape value_shape = { "{\"type\": [\"number\", \"string\"]}", NULL };
static const struct sv_option value_row = { "", SV_REAL, 0, .help = "the value" };
static const struct sv_option entry_rows[] = {
	{ "source", SV_STRING, offsetof(struct entry, source),
		.help = "where the value was published or how it was measured" },
	{ "where", SV_NODE, offsetof(struct entry, where), .def = "", .more = &sv_where_shape,
		.help = "the points it holds for: paths and their values; without it, all" },
	{ "metric", SV_STRING, offsetof(struct entry, metric), .help = "WORKLOAD.METRIC" },
	{ "value", SV_NODE, offsetof(struct entry, value_node), .def = "", .more = &value_shape,
		.help = "the value; with `data` the column of values, by default 'value'" },
	{ "unit", SV_STRING, offsetof(struct entry, unit),
		.help = "its unit: the metric's, or one of the same kind (1/h for 1/s)" },
	{ "low", SV_REAL, offsetof(struct entry, low), .def = "",
		.help = "lower end of its uncertainty" },
	{ "high", SV_REAL, offsetof(struct entry, high), .def = "",
		.help = "upper end of its uncertainty" },
	{ "data", SV_STRING, offsetof(struct entry, data), .def = "",
		.help = "a CSV file with the values of many points, its path relative to this "
			"file; rows at no point of the sweep are left out" },
	{ "x", SV_NODE, offsetof(struct entry, x), .def = "", .more = &sv_data_columns_shape,
		.help = "of data: paths and the columns that have their values; a column that is "
			"named as its path needs no entry" },
	{ "select", SV_NODE, offsetof(struct entry, select), .def = "",
		.more = &sv_data_columns_shape,
		.help = "of data: columns and what a row must have there to be used: a text, a "
			"comparison ('<= 80') or a range (10..80)" },
	{ "error", SV_STRING, offsetof(struct entry, error), .def = "",
		.help = "of data: the column of errors, by default 'error' when there is one, or a "
			"number in the unit of the values that holds for all; low and high are as "
			"far from the value" },
	{ 0 },
};
static const struct sv_table entry_table = SV_TABLE("reference", struct entry, entry_rows);
static const struct sv_option entry_row = { "", SV_GROUP, 0,
	.help = "a value, or the values of a file", .more = &entry_table };
const struct sv_option sv_reference_list_row = { "reference", SV_LIST, 0, .def = "",
	.help = "published or measured values", .more = &entry_row };

static void add(struct sv_study *study, const struct sv_reference *reference)
{
	if (study->references == study->reference_room) {
		study->reference_room = study->reference_room ? 2 * study->reference_room : 16;
		study->reference = realloc(
			study->reference, study->reference_room * sizeof(*study->reference));
		SV_BUG_ON(!study->reference);
	}
	study->reference[study->references++] = *reference;
}

/* The entry at one point, in the metric's unit. */
static int place_entry(struct sv_study *study, const struct entry *e, const struct sv_node *node,
	size_t point, struct sv_diag *diag)
{
	struct sv_reference r = { .source = e->source, .metric = e->metric, .point = point };
	const struct sv_metric *metric = sv_metric_find(
		&study->point[point], e->metric, sv_node_place(node, "metric"), diag);

	if (!metric)
		return -1;
	if (sv_unit_convert(e->value, e->unit, metric->unit, &r.value) < 0)
		return sv_error(diag, sv_node_place(node, "unit"),
			"reference.unit: '%.40s' is no unit for %s, which is in %s", e->unit,
			e->metric, metric->unit);
	sv_unit_convert(e->low, e->unit, metric->unit, &r.low);
	sv_unit_convert(e->high, e->unit, metric->unit, &r.high);
	r.unit = metric->unit;
	add(study, &r);
	return 0;
}

/* Puts the entry at all points of `where`; returns how many those are, 0 after reporting too. */
static size_t place_all(struct sv_study *study, const struct entry *e, const struct sv_where *where,
	const struct sv_node *node, struct sv_diag *diag)
{
	size_t n = 0;

	for (size_t i = 0; i < study->points; i++)
		if (sv_where_holds(where, study, i)) {
			if (place_entry(study, e, node, i, diag) < 0)
				return 0;
			n++;
		}
	return n;
}

static int read_one(
	struct sv_study *study, struct entry *e, const struct sv_node *node, struct sv_diag *diag)
{
	size_t before = sv_diag_errors(diag);
	struct sv_where where;

	if (!e->value_node)
		return sv_error(diag, &node->place, "reference: key 'value' is missing");
	if (sv_read_value(&value_row, e->value_node, "reference.value", &e->value, study->doc,
		    diag) == 0 &&
		(e->low > e->value || e->high < e->value))
		sv_error(diag, sv_node_place(node, "value"),
			"reference.value: is outside its own low and high");
	sv_where_read(&where, study, e->where, diag);
	if (sv_diag_errors(diag) == before && place_all(study, e, &where, node, diag) == 0 &&
		sv_diag_errors(diag) == before && !study->overridden)
		sv_error(diag, sv_node_place(node, "where"), "where: holds at no point");
	sv_where_fini(&where);
	return sv_diag_errors(diag) > before ? -1 : 0;
}

/* One row of a file: 1 when it is at a point, 0 when it is at none, -1 after reporting. */
static int place_row(struct sv_study *study, const struct entry *e, const struct sv_node *node,
	const struct sv_data *data, const struct sv_data_point *row, struct sv_diag *diag)
{
	size_t before = sv_diag_errors(diag), n = 0;
	double error = isnan(e->same_error) ? row->error : e->same_error;
	struct entry one = *e;
	struct sv_where where;

	one.value = row->value;
	one.low = row->value - error;
	one.high = row->value + error;
	sv_where_read(&where, study, e->where, diag);
	for (size_t i = 0; i < data->paths; i++) {
		struct sv_doc *doc = study->doc;
		const struct sv_node *cell = sv_doc_scalar(doc, row->x[i], &row->x_place[i]);

		if (!*row->x[i])
			sv_error(diag, &row->x_place[i], "there is no value");
		else
			sv_where_add(&where, study, data->path[i], cell, diag);
	}
	if (sv_diag_errors(diag) == before)
		n = place_all(study, &one, &where, node, diag);
	sv_where_fini(&where);
	return sv_diag_errors(diag) > before ? -1 : n > 0;
}

static void place_rows(struct sv_study *study, const struct entry *e, const struct sv_node *node,
	const struct sv_data *data, struct sv_diag *diag)
{
	size_t placed = 0, first = study->references;
	bool bad = false;

	for (size_t i = 0; i < data->points; i++) {
		int found = place_row(study, e, node, data, &data->point[i], diag);

		bad |= found < 0;
		placed += found > 0;
	}
	if (!bad && placed == 0 && !study->overridden)
		sv_error(diag, sv_node_place(node, "data"),
			"reference.data: none of the %zu rows is at a point of the sweep",
			data->points);
	for (size_t i = first; i < study->references; i++)
		study->reference[i].left_out = data->points - placed;
}

/* The keys of the other form would do nothing. */
static void refuse(
	const struct sv_node *node, const char *const *keys, const char *why, struct sv_diag *diag)
{
	for (; *keys; keys++)
		if (sv_node_get(node, *keys))
			sv_error(diag, sv_node_place(node, *keys), "reference.%s: %s", *keys, why);
}

/* A column's name, or a number. */
static void read_same_error(struct entry *e, const struct sv_node *node, struct sv_diag *diag)
{
	double error;

	e->same_error = NAN;
	if (!e->error || sv_real_parse(e->error, &error))
		return;
	e->error = NULL;
	e->same_error = error;
	if (error <= 0)
		sv_error(diag, sv_node_place(node, "error"), "reference.error: %g is not above 0",
			error);
}

static int read_file(
	struct sv_study *study, struct entry *e, const struct sv_node *node, struct sv_diag *diag)
{
	static const char *const others[] = { "low", "high", NULL };
	const struct sv_node *column = e->value_node;
	size_t before = sv_diag_errors(diag);
	struct sv_data_spec spec = { .block = "reference",
		.place = *sv_node_place(node, "value"),
		.value = column ? column->text : "value" };
	char *joined = sv_profile_beside(sv_node_place(node, "data"), e->data);
	const char *path = sv_doc_text(study->doc, joined, strlen(joined));
	struct sv_data data = { 0 };

	free(joined);
	read_same_error(e, node, diag);
	spec.error = e->error;
	refuse(node, others, "a file has errors in a column: name it by `error`", diag);
	if (column && column->kind != SV_NODE_SCALAR)
		return sv_error(diag, &column->place, "reference.value: expected a column's name");
	sv_data_columns(&spec, study, e->x, e->select, diag);
	if (sv_diag_errors(diag) == before) {
		if (sv_data_load(&data, path, &spec, study, diag) == 0)
			place_rows(study, e, node, &data, diag);
		else if (!data.csv.columns)
			sv_error(diag, sv_node_place(node, "data"),
				"reference.data: %.90s is no table", path);
	}
	sv_data_free(&data);
	return sv_diag_errors(diag) > before ? -1 : 0;
}

static int read_entry(
	struct sv_study *study, const void *entry, const struct sv_node *node, struct sv_diag *diag)
{
	static const char *const others[] = { "x", "select", "error", NULL };
	struct entry e = *(const struct entry *)entry;

	if (e.data)
		return read_file(study, &e, node, diag);
	refuse(node, others, "belongs to `data`, which is missing", diag);
	return read_one(study, &e, node, diag);
}

int sv_references_read(struct sv_study *study, struct sv_diag *diag)
{
	return sv_entries_read(study, &sv_reference_list_row, read_entry, diag);
}
