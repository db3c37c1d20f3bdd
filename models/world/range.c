/*
 * range.c - {from, to, step} and {from, to, factor} of a sweep
 */
#include "doc.h"
#include "value.h"
#include "world/study.h"
#include <math.h>
#include <stdlib.h>

const struct sv_option *sv_counting_row(const struct sv_option *row, const char *text)
{
	static const struct sv_option guesses[] = {
		{ .type = SV_INT },
		{ .type = SV_TIME },
		{ .type = SV_REAL },
	};
	struct sv_number number;

	if (sv_type_is_number(row->type))
		return row;
	if (row->type == SV_DIST)
		return &guesses[1];
	for (size_t i = 0; row->type == SV_NODE && i < sizeof(guesses) / sizeof(guesses[0]); i++)
		if (!sv_number_parse(&guesses[i], text, &number))
			return &guesses[i];
	return NULL;
}

struct range {
	const struct sv_node *from, *to, *step;
	double factor;
};
static const struct sv_option range_rows[] = {
	{ "from", SV_NODE, offsetof(struct range, from), .help = "the first value" },
	{ "to", SV_NODE, offsetof(struct range, to), .help = "the last value" },
	{ "step", SV_NODE, offsetof(struct range, step), .def = "", .help = "added each time" },
	{ "factor", SV_REAL, offsetof(struct range, factor), .def = "",
		.help = "multiplied each time" },
	{ 0 },
};
static const struct sv_table range_table = SV_TABLE("range", struct range, range_rows);
static const struct sv_option range_group = { "", SV_GROUP, 0, .def = "", .more = &range_table };

/* The k-th value. Rounded to 12 digits, so that 0.1 added thrice is 0.3. */
static struct sv_number range_value(
	const struct sv_number *from, const struct sv_number *step, double factor, size_t k)
{
	struct sv_number value = *from;
	char text[32];

	if (from->real) {
		value.d = step ? from->d + (double)k * step->d : from->d * pow(factor, (double)k);
		snprintf(text, sizeof(text), "%.12g", value.d);
		value.d = strtod(text, NULL);
	} else if (step) {
		value.i = from->i + (int64_t)k * step->i;
	} else {
		value.i = (int64_t)nearbyint((double)from->i * pow(factor, (double)k));
	}
	return value;
}

/* How many values a range has at most; 0 when it would never end. */
static double range_count(const struct sv_number *from, const struct sv_number *to,
	const struct sv_number *step, double factor)
{
	double a = sv_number_real(from), b = sv_number_real(to), n;

	if (step)
		n = (b - a) / sv_number_real(step);
	else
		n = a > 0 && b > 0 && factor > 0 ? log(b / a) / log(factor) : -1;
	return a == b ? 1 : n >= 0 && isfinite(n) ? floor(n + 1e-9) + 1 : 0;
}

static int parse_amount(const struct sv_option *row, const struct sv_node *node, const char *path,
	const char *what, struct sv_number *out, struct sv_diag *diag)
{
	const char *wrong;

	if (node->kind != SV_NODE_SCALAR)
		return sv_error(diag, &node->place, "sweep.%s.%s: expected one value", path, what);
	wrong = sv_number_parse(row, node->text, out);
	if (wrong)
		return sv_error(
			diag, &node->place, "sweep.%s.%s: %.40s %s", path, what, node->text, wrong);
	return 0;
}

/* Checks a range and counts its values; returns 0 after reporting. */
static size_t check_range(const struct sv_node *node, const char *path, const struct range *r,
	const struct sv_option *row, struct sv_number number[3], struct sv_diag *diag)
{
	double n;
	int bad;

	if (!r->step == !!isnan(r->factor)) {
		sv_error(diag, &node->place, "sweep.%s: a range has either a step or a factor",
			path);
		return 0;
	}
	bad = parse_amount(row, r->from, path, "from", &number[0], diag);
	bad |= parse_amount(row, r->to, path, "to", &number[1], diag);
	if (r->step)
		bad |= parse_amount(row, r->step, path, "step", &number[2], diag);
	if (bad)
		return 0;
	n = range_count(&number[0], &number[1], r->step ? &number[2] : NULL, r->factor);
	if (n == 0)
		sv_error(diag, &node->place, "sweep.%s: %s %s never leads from %s to %s", path,
			r->step ? "step" : "factor",
			sv_node_get(node, r->step ? "step" : "factor")->text, r->from->text,
			r->to->text);
	else if (n > SV_POINTS_MAX)
		sv_error(diag, &node->place, "sweep.%s: more than %d values", path, SV_POINTS_MAX);
	else
		return (size_t)n;
	return 0;
}

int sv_range_read(struct sv_study *study, struct sv_param *param, const struct sv_node *node,
	struct sv_diag *diag)
{
	struct sv_number number[3] = { 0 }, last = { 0 };
	const struct sv_option *row;
	struct range r;
	char path[256], text[64];
	size_t n;

	snprintf(path, sizeof(path), "sweep.%s", param->path);
	if (sv_read_value(&range_group, node, path, &r, study->doc, diag) < 0)
		return -1;
	row = sv_counting_row(param->row, r.from->kind == SV_NODE_SCALAR ? r.from->text : "");
	if (!row)
		return sv_error(
			diag, &node->place, "%s: has no numbers to count; write a list", path);
	n = check_range(node, param->path, &r, row, number, diag);
	if (n == 0)
		return -1;
	sv_param_room(study, param, n);
	for (size_t k = 0; k < n; k++) {
		struct sv_number value =
			range_value(&number[0], r.step ? &number[2] : NULL, r.factor, k);

		/* Small whole numbers times a small factor repeat themselves. */
		if (k > 0 && sv_number_compare(&value, &last) == 0)
			continue;
		last = value;
		sv_number_format(text, sizeof(text), row, &value);
		param->value[param->n++] = sv_doc_scalar(study->doc, text, &r.from->place);
	}
	return 0;
}
