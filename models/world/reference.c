/*
 * reference.c - published and measured values, at the points where they hold
 */
#include "bug.h"
#include "world/study.h"
#include <math.h>
#include <stdlib.h>

struct entry {
	const char *source, *metric, *unit;
	const struct sv_node *where;
	double value, low, high;
};

static const struct sv_option entry_rows[] = {
	{ "source", SV_STRING, offsetof(struct entry, source),
		.help = "where the value was published or how it was measured" },
	{ "where", SV_NODE, offsetof(struct entry, where), .def = "", .more = &sv_where_shape,
		.help = "the points it holds for: paths and their values; without it, all" },
	{ "metric", SV_STRING, offsetof(struct entry, metric), .help = "WORKLOAD.METRIC" },
	{ "value", SV_REAL, offsetof(struct entry, value), .help = "the value" },
	{ "unit", SV_STRING, offsetof(struct entry, unit),
		.help = "its unit: the metric's, or one of the same kind (1/h for 1/s)" },
	{ "low", SV_REAL, offsetof(struct entry, low), .def = "",
		.help = "lower end of its uncertainty" },
	{ "high", SV_REAL, offsetof(struct entry, high), .def = "",
		.help = "upper end of its uncertainty" },
	{ 0 },
};
static const struct sv_table entry_table = SV_TABLE("reference", struct entry, entry_rows);
static const struct sv_option entry_row = { "", SV_GROUP, 0, .help = "a value",
	.more = &entry_table };
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

static const struct sv_place *place_of(const struct sv_node *node, const char *key)
{
	const struct sv_node *child = sv_node_get(node, key);

	return child ? &child->place : &node->place;
}

/* The entry at one point, in the metric's unit. */
static int place_entry(struct sv_study *study, const struct entry *e, const struct sv_node *node,
	size_t point, struct sv_diag *diag)
{
	struct sv_reference r = { .source = e->source, .metric = e->metric, .point = point };
	const struct sv_metric *metric =
		sv_metric_find(&study->point[point], e->metric, place_of(node, "metric"), diag);

	if (!metric)
		return -1;
	if (sv_unit_convert(e->value, e->unit, metric->unit, &r.value) < 0)
		return sv_error(diag, place_of(node, "unit"),
			"reference.unit: '%.40s' is no unit for %s, which is in %s", e->unit,
			e->metric, metric->unit);
	sv_unit_convert(e->low, e->unit, metric->unit, &r.low);
	sv_unit_convert(e->high, e->unit, metric->unit, &r.high);
	r.unit = metric->unit;
	add(study, &r);
	return 0;
}

static int read_entry(
	struct sv_study *study, const void *entry, const struct sv_node *node, struct sv_diag *diag)
{
	const struct entry *e = entry;
	struct sv_where where;
	int bad = 0;
	size_t n = 0;

	if (e->low > e->value || e->high < e->value)
		bad = sv_error(diag, place_of(node, "value"),
			"reference.value: is outside its own low and high");
	bad |= sv_where_read(&where, study, e->where, diag);
	for (size_t i = 0; !bad && i < study->points; i++)
		if (sv_where_holds(&where, study, i)) {
			bad = place_entry(study, e, node, i, diag);
			n++;
		}
	if (!bad && n == 0 && !study->overridden)
		bad = sv_error(diag, place_of(node, "where"), "where: holds at no point");
	sv_where_fini(&where);
	return bad;
}

int sv_references_read(struct sv_study *study, struct sv_diag *diag)
{
	return sv_entries_read(study, &sv_reference_list_row, read_entry, diag);
}
