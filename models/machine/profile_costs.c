/*
 * profile_costs.c - the cost rows of a profile and of a scenario's overrides
 */
#include "machine/profile.h"

struct cost {
	sv_time value, low, high;
	const char *source;
	int mark;
	int64_t samples;
	double discarded;
	int quality;
};

static const char *const qualities[] = { "unstated", SV_QUALITIES, NULL };

#define MAX_COST "1s"

static const struct sv_option options[] = {
	{ "value", SV_TIME, offsetof(struct cost, value), .min = "0ns", .max = MAX_COST,
		.help = "what the simulation charges" },
	{ "low", SV_TIME, offsetof(struct cost, low), .min = "0ns", .max = MAX_COST, .def = "0ns",
		.help = "lowest credible value; left out: the value itself" },
	{ "high", SV_TIME, offsetof(struct cost, high), .min = "0ns", .max = MAX_COST, .def = "0ns",
		.help = "highest credible value; left out: the value itself" },
	SV_PROFILE_CITATION(struct cost),
	{ "samples", SV_INT, offsetof(struct cost, samples), .min = "0", .def = "0",
		.help = "how many the value is the median of, and low and high the quartiles" },
	{ "discarded", SV_REAL, offsetof(struct cost, discarded), .min = "0", .max = "1",
		.def = "0", .help = "share of samples left out because something disturbed them" },
	{ "quality", SV_CHOICE, offsetof(struct cost, quality), .def = "unstated",
		.more = qualities, .help = "verdict on the samples" },
	{ 0 },
};

static const struct sv_table table = SV_TABLE("cost", struct cost, options);

/* The two forms of a cost. */
static const struct sv_option mapping = { "cost", SV_GROUP, 0, .more = &table,
	.help = "a cost with its bounds and source" };
static const struct sv_option plain = { "value", SV_TIME, 0, .min = "0ns", .max = MAX_COST,
	.help = "a time" };

int sv_profile_row(struct sv_profile_rows *r, const char *name, const struct sv_node *node,
	struct sv_cost_row *out_row)
{
	bool is_plain = node->kind == SV_NODE_SCALAR;
	struct cost c = { 0 };
	void *out = is_plain ? (void *)&c.value : &c;

	if (sv_read_value(is_plain ? &plain : &mapping, node, name, out, r->doc, r->diag) < 0)
		return -1;
	struct sv_cost_row row = { .name = name,
		.value = c.value,
		.low = sv_node_get(node, "low") ? c.low : c.value,
		.high = sv_node_get(node, "high") ? c.high : c.value,
		.mark = is_plain ? SV_PROFILE_UNSOURCED : sv_profile_marks[c.mark],
		.worth = { .samples = c.samples,
			.discarded = c.discarded,
			.quality = c.quality ? qualities[c.quality] : NULL } };
	if (row.low > row.value || row.value > row.high)
		return sv_error(
			r->diag, &node->place, "%s: low <= value <= high does not hold", name);
	row.source = sv_profile_cite(r, node, name, c.source);
	if (!row.source)
		return -1;
	*out_row = row;
	return 0;
}

static int read_row(struct sv_profile_rows *r, int id, const struct sv_node *node)
{
	return sv_profile_row(r, r->names[id], node, &((struct sv_cost_row *)r->row)[id]);
}

static int read_block(const struct sv_layer *layer, const struct sv_node *node, struct sv_doc *doc,
	struct sv_cost_row *row, struct sv_diag *diag)
{
	const struct sv_node *given[SV_COSTS] = { 0 };
	struct sv_profile_rows rows = { .block = "costs",
		.what = "cost",
		.names = sv_cost_names(),
		.given = given,
		.layer = layer,
		.doc = doc,
		.diag = diag,
		.read = read_row,
		.row = row };

	return node ? sv_profile_rows_read(&rows, node) : 0;
}

static int read_layers(const struct sv_layer *layer, struct sv_cost_row *row, struct sv_diag *diag)
{
	int failed = layer->base ? read_layers(layer->base, row, diag) : 0;

	return failed | read_block(layer, layer->profile.costs, layer->doc, row, diag);
}

int sv_profile_costs(const struct sv_layer *layer, const struct sv_node *overrides,
	struct sv_doc *doc, struct sv_cost_row *row, struct sv_diag *diag)
{
	int failed = read_layers(layer, row, diag);

	return failed | read_block(layer, overrides, doc, row, diag);
}
