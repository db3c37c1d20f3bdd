/*
 * expect.c - what a scenario expects of its results
 */
#include "bug.h"
#include "doc.h"
#include "value.h"
#include "world/study.h"
#include <stdlib.h>
#include <string.h>

struct entry {
	const char *metric;
	const struct sv_node *where;
	const struct sv_node *bound[SV_RELATIONS];
};

struct other {
	const char *metric;
	const struct sv_node *where;
	double factor;
};

static const struct sv_option other_rows[] = {
	{ "metric", SV_STRING, offsetof(struct other, metric), .def = "",
		.help = "WORKLOAD.METRIC; without it, the same" },
	{ "where", SV_NODE, offsetof(struct other, where), .def = "", .more = &sv_where_shape,
		.help = "paths and the values they have there; all others are the same" },
	{ "factor", SV_REAL, offsetof(struct other, factor), .min = "0", .def = "1",
		.help = "times this number" },
	{ 0 },
};
static const struct sv_table other_table = SV_TABLE("other", struct other, other_rows);
static const struct sv_option other_row = { "", SV_GROUP, 0, .def = "",
	.help = "another metric or point", .more = &other_table };
static const struct sv_shape bound_shape = { "{\"type\": [\"number\", \"string\"]}", &other_row };

#define BOUND(name, i, text)                                                                       \
	{                                                                                          \
		name, SV_NODE, offsetof(struct entry, bound[i]), .def = "", .more = &bound_shape,  \
								 .help = text                      \
	}

static const struct sv_option entry_rows[] = {
	{ "metric", SV_STRING, offsetof(struct entry, metric), .help = "WORKLOAD.METRIC" },
	{ "where", SV_NODE, offsetof(struct entry, where), .def = "", .more = &sv_where_shape,
		.help = "the points it is expected of: paths and their values; without it, all" },
	BOUND("at-least", SV_AT_LEAST,
		"a number in the metric's unit, an amount with a unit, or a mapping"),
	BOUND("at-most", SV_AT_MOST, "the same"),
	BOUND("greater-than", SV_GREATER, "the same"),
	BOUND("less-than", SV_LESS, "the same"),
	{ 0 },
};
static const struct sv_table entry_table = SV_TABLE("expect", struct entry, entry_rows);
static const struct sv_option entry_row = { "", SV_GROUP, 0, .help = "an expectation",
	.more = &entry_table };
const struct sv_option sv_expect_list_row = { "expect", SV_LIST, 0, .def = "",
	.help = "what must hold of the results", .more = &entry_row };

static void add(struct sv_study *study, const struct sv_expectation *e)
{
	if (study->expectations == study->expectation_room) {
		study->expectation_room =
			study->expectation_room ? 2 * study->expectation_room : 16;
		study->expectation = realloc(
			study->expectation, study->expectation_room * sizeof(*study->expectation));
		SV_BUG_ON(!study->expectation);
	}
	study->expectation[study->expectations++] = *e;
}

/* "0.99", or "40us" and "200/s" where the metric is in s and in 1/s. */
static int read_number(const struct sv_node *node, const struct sv_metric *metric, double *out,
	struct sv_diag *diag)
{
	sv_time time;

	if (!sv_real_parse(node->text, out))
		return 0;
	if (!strcmp(metric->unit, "s") && !sv_time_parse(node->text, &time)) {
		*out = sv_seconds(time);
		return 0;
	}
	if (!strcmp(metric->unit, "1/s") && !sv_rate_parse(node->text, NULL, out))
		return 0;
	return sv_error(diag, &node->place, "expect: '%.40s' is no number in %s, the unit of %s",
		node->text, metric->unit, metric->name);
}

static int add_bound(struct sv_study *study, const struct sv_node *node, struct sv_expectation *e,
	const struct sv_metric *metric, struct sv_diag *diag)
{
	e->other_point = SIZE_MAX;
	if (read_number(node, metric, &e->bound, diag) < 0)
		return -1;
	add(study, e);
	return 0;
}

static int add_other(struct sv_study *study, const struct sv_node *node, struct sv_expectation *e,
	const struct sv_where *where, const struct other *other, struct sv_diag *diag)
{
	const struct sv_node *name = sv_node_get(node, "metric");

	e->other_metric = other->metric ? other->metric : e->metric;
	e->factor = other->factor;
	e->other_point = sv_where_move(where, study, e->point);
	if (e->other_point == SIZE_MAX)
		return study->overridden ? 0
					 : sv_error(diag, &node->place,
						   "where: holds at no point to compare with");
	if (e->other_point == e->point && !strcmp(e->metric, e->other_metric))
		return sv_error(diag, &node->place,
			"expect: compares %s with itself at the same point; add 'where' or "
			"'metric'",
			e->metric);
	if (!sv_metric_find(&study->point[e->other_point], e->other_metric,
		    name ? &name->place : &node->place, diag))
		return -1;
	add(study, e);
	return 0;
}

/* One bound of an entry, at all points where the entry holds. */
static int read_bound(struct sv_study *study, const struct entry *e, enum sv_relation relation,
	const struct sv_where *where, const struct sv_node *item, struct sv_diag *diag)
{
	const struct sv_node *node = e->bound[relation], *name = sv_node_get(item, "metric");
	struct other other = { 0 };
	struct sv_where there = { 0 };
	bool scalar = node->kind == SV_NODE_SCALAR;
	int bad = 0;

	if (!scalar)
		bad = sv_read_value(&other_row, node, "expect", &other, study->doc, diag);
	if (!scalar && !bad)
		bad = sv_where_read(&there, study, other.where, diag);
	for (size_t i = 0; !bad && i < study->points; i++) {
		struct sv_expectation x = { .place = node->place,
			.metric = e->metric,
			.point = i,
			.factor = 1,
			.relation = relation };
		const struct sv_metric *metric;

		if (!sv_where_holds(where, study, i))
			continue;
		metric = sv_metric_find(&study->point[i], e->metric, &name->place, diag);
		if (!metric)
			bad = -1;
		else if (scalar)
			bad = add_bound(study, node, &x, metric, diag);
		else
			bad = add_other(study, node, &x, &there, &other, diag);
	}
	sv_where_fini(&there);
	return bad;
}

static int read_entry(
	struct sv_study *study, const void *entry, const struct sv_node *node, struct sv_diag *diag)
{
	const struct entry *e = entry;
	struct sv_where where;
	int bad = sv_where_read(&where, study, e->where, diag);
	bool holds = study->overridden, bounded = false;

	for (size_t i = 0; !bad && !holds && i < study->points; i++)
		holds = sv_where_holds(&where, study, i);
	if (!bad && !holds)
		bad = sv_error(diag, &e->where->place, "where: holds at no point");
	for (enum sv_relation r = 0; r < SV_RELATIONS; r++) {
		if (!e->bound[r])
			continue;
		bounded = true;
		if (!bad)
			bad = read_bound(study, e, r, &where, node, diag);
	}
	if (!bounded)
		bad = sv_error(diag, &node->place,
			"expect: has no bound; add at-least, at-most, greater-than or less-than");
	sv_where_fini(&where);
	return bad;
}

int sv_expectations_read(struct sv_study *study, struct sv_diag *diag)
{
	return sv_entries_read(study, &sv_expect_list_row, read_entry, diag);
}
