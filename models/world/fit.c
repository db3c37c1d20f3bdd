/*
 * fit.c - the `fit:` block: its rows and what they must keep to
 */
#include "bug.h"
#include "doc.h"
#include "value.h"
#include "world/fit_param.h"
#include "world/study.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct range {
	const struct sv_node *from, *to, *start;
	int scale;
};
enum { SCALE_AUTO, SCALE_LINEAR, SCALE_LOG };
static const char *const scales[] = { "auto", "linear", "log", NULL };

static const struct sv_shape amount_shape = { "{\"type\": [\"number\", \"string\"]}", NULL };
static const struct sv_option range_rows[] = {
	{ "from", SV_NODE, offsetof(struct range, from), .more = &amount_shape,
		.help = "the lowest value" },
	{ "to", SV_NODE, offsetof(struct range, to), .more = &amount_shape,
		.help = "the highest value" },
	{ "start", SV_NODE, offsetof(struct range, start), .def = "", .more = &amount_shape,
		.help = "where the search begins; without it at the scenario's own value, or in "
			"the middle when that lies outside" },
	{ "scale", SV_CHOICE, offsetof(struct range, scale), .def = "auto", .more = scales,
		.help = "how the search moves; auto: log where `from` is above 0" },
	{ 0 },
};
static const struct sv_table range_table = SV_TABLE("parameter", struct range, range_rows);
static const struct sv_option range_row = { "", SV_GROUP, 0,
	.help = "a free parameter; of a distribution it is the mean", .more = &range_table };
static const struct sv_shape params_shape = {
	"{\"type\": \"object\", \"maxProperties\": 6, \"additionalProperties\": {\"type\": "
	"\"object\", \"required\": [\"from\", \"to\"], \"additionalProperties\": false, "
	"\"properties\": {\"from\": {\"type\": [\"number\", \"string\"]}, \"to\": {\"type\": "
	"[\"number\", \"string\"]}, \"start\": {\"type\": [\"number\", \"string\"]}, "
	"\"scale\": {\"enum\": [\"auto\", \"linear\", \"log\"]}}}}",
	NULL
};
struct block {
	const char *metric, *unit, *value, *error;
	const struct sv_node *x, *select, *parameters;
};
static const struct sv_option block_rows[] = {
	{ "metric", SV_STRING, offsetof(struct block, metric), .def = "",
		.help = "WORKLOAD.METRIC that the data measures" },
	{ "unit", SV_STRING, offsetof(struct block, unit), .def = "",
		.help = "the unit of the data: the metric's, or one of the same kind (1/h for "
			"1/s)" },
	{ "x", SV_NODE, offsetof(struct block, x), .def = "", .more = &sv_data_columns_shape,
		.help = "paths and the columns that have their values; a column that is named as "
			"its path needs no entry" },
	{ "value", SV_STRING, offsetof(struct block, value), .def = "value",
		.help = "the column of measured values" },
	{ "error", SV_STRING, offsetof(struct block, error), .def = "",
		.help = "the column of their standard errors; without it the column 'error' when "
			"there is one, otherwise all points weigh alike" },
	{ "select", SV_NODE, offsetof(struct block, select), .def = "",
		.more = &sv_data_columns_shape,
		.help = "columns and what a row must have there to be used: a text, a comparison "
			"('<= 80') or a range (10..80)" },
	{ "parameters", SV_NODE, offsetof(struct block, parameters), .def = "",
		.more = &params_shape,
		.help = "paths of numbers that are free, at most 6: {from, to, start, scale}; of "
			"a distribution its mean" },
	{ 0 },
};
static const struct sv_table block_table = SV_TABLE("fit", struct block, block_rows);
const struct sv_option sv_fit_row = { "fit", SV_GROUP, 0, .def = "",
	.help = "what 'simsvirt fit' may change, and what of the data it compares",
	.more = &block_table };

static int read_scale(const struct sv_param_reading *r, const struct range *range, double present)
{
	struct sv_fit_param *p = r->param;

	if (p->from >= p->to)
		return sv_error(r->diag, &range->to->place,
			"fit.parameters.%.90s: from %.40s to %.40s is no range; `from` must be "
			"below `to`",
			p->path, range->from->text, range->to->text);
	if (range->scale == SCALE_LOG && p->from <= 0)
		return sv_error(r->diag, &range->from->place,
			"fit.parameters.%.90s: a log scale needs a `from` above 0", p->path);
	p->log = range->scale == SCALE_LOG || (range->scale == SCALE_AUTO && p->from > 0);
	if (!range->start)
		p->start = present >= p->from && present <= p->to ? present : sv_fit_value(p, 0.5);
	else if (p->start < p->from || p->start > p->to)
		return sv_error(r->diag, &range->start->place,
			"fit.parameters.%.90s: start %.40s is outside %.40s to %.40s", p->path,
			range->start->text, range->from->text, range->to->text);
	return 0;
}

static int read_param(struct sv_param_reading *r, const struct sv_node *node)
{
	struct sv_fit_param *p = r->param;
	struct range range;
	char name[160];
	double present;
	int bad;

	if (sv_param_option(r) < 0)
		return -1;
	snprintf(name, sizeof(name), "fit.parameters.%.90s", p->path);
	if (sv_read_value(&range_row, node, name, &range, r->study->doc, r->diag) < 0 ||
		sv_param_row(r, range.from) < 0)
		return -1;
	bad = sv_param_amount(r, range.from, "from", &p->from);
	bad |= sv_param_amount(r, range.to, "to", &p->to);
	if (range.start)
		bad |= sv_param_amount(r, range.start, "start", &p->start);
	bad |= sv_param_present(r, &present);
	return bad ? -1 : read_scale(r, &range, present);
}

static int read_params(struct sv_study *study, const struct sv_node *node, struct sv_diag *diag)
{
	struct sv_fit *fit = study->fit;
	int bad = 0;

	if (!node)
		return 0;
	if (node->kind != SV_NODE_MAPPING)
		return sv_error(diag, &node->place,
			"fit.parameters: expected a mapping of paths to {from, to}");
	if (node->n > SV_FIT_PARAMS)
		return sv_error(diag, &node->key_place[SV_FIT_PARAMS],
			"fit.parameters: more than %d are free; what they are could not be told "
			"apart",
			SV_FIT_PARAMS);
	for (size_t i = 0; i < node->n; i++) {
		struct sv_param_reading r = { study, &fit->param[fit->params++], "fit.parameters",
			.diag = diag };

		r.param->path = node->key[i];
		r.param->place = node->key_place[i];
		bad |= read_param(&r, node->child[i]);
	}
	return bad;
}

/* What is free cannot also be set by the data. */
static void check_xs(const struct sv_fit *fit, struct sv_diag *diag)
{
	for (size_t i = 0; i < fit->data.xs; i++)
		for (size_t k = 0; k < fit->params; k++)
			if (!strcmp(fit->data.x[i].is, fit->param[k].path))
				sv_error(diag, &fit->data.x[i].place,
					"fit.x: '%.90s' is a free parameter; the data cannot set "
					"it too",
					fit->data.x[i].is);
}

static void read_metric(struct sv_study *study, const struct sv_node *node, struct sv_diag *diag)
{
	struct sv_fit *fit = study->fit;
	const struct sv_metric *metric;

	if (!fit->metric)
		return;
	metric = sv_metric_find(&study->point[0], fit->metric, sv_node_place(node, "metric"), diag);
	if (!metric)
		return;
	fit->metric_unit = metric->unit;
	if (!fit->unit)
		fit->unit = metric->unit;
	if (sv_unit_convert(1, metric->unit, fit->unit, &fit->unit_factor) < 0)
		sv_error(diag, sv_node_place(node, "unit"),
			"fit.unit: '%.40s' is no unit for %s, which is in %s", fit->unit,
			fit->metric, metric->unit);
}

int sv_fit_read(struct sv_study *study, struct sv_diag *diag)
{
	const struct sv_node *node = sv_node_get(study->doc->root, sv_fit_row.name);
	size_t before = sv_diag_errors(diag);
	struct block block = { 0 };

	if (!node)
		return 0;
	/* What could be read is checked although other parts could not. */
	sv_read_value(&sv_fit_row, node, sv_fit_row.name, &block, study->doc, diag);
	if (!study->complete)
		return sv_diag_errors(diag) > before ? -1 : 0;
	study->fit = sv_doc_alloc(study->doc, sizeof(*study->fit));
	*study->fit = (struct sv_fit){ .metric = block.metric,
		.unit = block.unit,
		.data = { .block = "fit",
			.place = node->place,
			.value = block.value,
			.error = block.error,
			.positive = true } };
	read_metric(study, node, diag);
	read_params(study, block.parameters, diag);
	sv_data_columns(&study->fit->data, study, block.x, block.select, diag);
	check_xs(study->fit, diag);
	return sv_diag_errors(diag) > before ? -1 : 0;
}
