/*
 * profile_factors.c - the factors of a profile and of a scenario's overrides
 */
#include "machine/profile.h"

struct factor {
	double value, low, high;
	const char *source;
	int mark;
};

/* The bounds differ by factor: read_row() checks them. */
static const struct sv_option options[] = {
	{ "value", SV_REAL, offsetof(struct factor, value), .help = "what the simulation uses" },
	{ "low", SV_REAL, offsetof(struct factor, low), .def = "0",
		.help = "lowest credible value; left out: the value itself" },
	{ "high", SV_REAL, offsetof(struct factor, high), .def = "0",
		.help = "highest credible value; left out: the value itself" },
	SV_PROFILE_CITATION(struct factor),
	{ 0 },
};

static const struct sv_table table = SV_TABLE("factor", struct factor, options);
static const struct sv_option mapping = { "factor", SV_GROUP, 0, .more = &table,
	.help = "a factor with its bounds and source" };

/* Reads `node`, or the child `key` of it, as a plain number within the bounds of factor `id`. */
static int read_number(
	struct sv_profile_rows *r, int id, const struct sv_node *node, const char *key, double *out)
{
	const struct sv_option plain = { "value", SV_REAL, 0,
		.min = sv_factor_min((enum sv_factor)id), .max = sv_factor_max((enum sv_factor)id),
		.help = "a number" };

	if (key)
		node = sv_node_get(node, key);
	return node ? sv_read_value(&plain, node, r->names[id], out, r->doc, r->diag) : 0;
}

static int read_form(
	struct sv_profile_rows *r, int id, const struct sv_node *node, struct factor *f)
{
	int failed;

	if (node->kind == SV_NODE_SCALAR)
		return read_number(r, id, node, NULL, &f->value);
	if (sv_read_value(&mapping, node, r->names[id], f, r->doc, r->diag) < 0)
		return -1;
	failed = read_number(r, id, node, "value", &f->value);
	failed |= read_number(r, id, node, "low", &f->low);
	return failed | read_number(r, id, node, "high", &f->high);
}

static int read_row(struct sv_profile_rows *r, int id, const struct sv_node *node)
{
	const char *name = r->names[id];
	bool is_plain = node->kind == SV_NODE_SCALAR;
	struct factor f = { 0 };

	if (read_form(r, id, node, &f) < 0)
		return -1;
	struct sv_factor_row row = { .name = name,
		.value = f.value,
		.low = sv_node_get(node, "low") ? f.low : f.value,
		.high = sv_node_get(node, "high") ? f.high : f.value,
		.mark = is_plain ? SV_PROFILE_UNSOURCED : sv_profile_marks[f.mark] };
	if (row.low > row.value || row.value > row.high)
		return sv_error(
			r->diag, &node->place, "%s: low <= value <= high does not hold", name);
	row.source = sv_profile_cite(r, node, name, f.source);
	if (!row.source)
		return -1;
	((struct sv_factor_row *)r->row)[id] = row;
	return 0;
}

static int read_block(const struct sv_layer *layer, const struct sv_node *node, struct sv_doc *doc,
	struct sv_factor_row *row, struct sv_diag *diag)
{
	const struct sv_node *given[SV_FACTORS] = { 0 };
	struct sv_profile_rows rows = { .block = "factors",
		.what = "factor",
		.names = sv_factor_names(),
		.given = given,
		.layer = layer,
		.doc = doc,
		.diag = diag,
		.read = read_row,
		.row = row };

	return node ? sv_profile_rows_read(&rows, node) : 0;
}

static int read_layers(
	const struct sv_layer *layer, struct sv_factor_row *row, struct sv_diag *diag)
{
	int failed = layer->base ? read_layers(layer->base, row, diag) : 0;

	return failed | read_block(layer, layer->profile.factors, layer->doc, row, diag);
}

int sv_profile_factors(const struct sv_layer *layer, const struct sv_node *overrides,
	struct sv_doc *doc, struct sv_factor_row *row, struct sv_diag *diag)
{
	int failed = read_layers(layer, row, diag);

	return failed | read_block(layer, overrides, doc, row, diag);
}
