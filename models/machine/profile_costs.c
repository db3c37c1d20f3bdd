/*
 * profile_costs.c - the cost rows of a profile and of a scenario's overrides
 *
 * A cost's name has dots. It may be written with them ("load.modified.l3: 51ns") or nested
 * ("load: {modified: {l3: 51ns}}"), so that every cost has a path for --set and sweeps.
 */
#include "machine/profile.h"
#include <stdlib.h>
#include <string.h>

#define MAX_NAME_BYTES 128

static const char *const marks[] = { SV_COST_MARKS, NULL };
#define MARK_UNSOURCED "U"

struct cost {
	sv_time value, low, high;
	const char *source;
	int mark;
};

#define MAX_COST "1s"

static const struct sv_option options[] = {
	{ "value", SV_TIME, offsetof(struct cost, value), .min = "0ns", .max = MAX_COST,
		.help = "what the simulation charges" },
	{ "low", SV_TIME, offsetof(struct cost, low), .min = "0ns", .max = MAX_COST, .def = "0ns",
		.help = "lowest credible value; left out: the value itself" },
	{ "high", SV_TIME, offsetof(struct cost, high), .min = "0ns", .max = MAX_COST, .def = "0ns",
		.help = "highest credible value; left out: the value itself" },
	{ "source", SV_STRING, offsetof(struct cost, source), .def = "",
		.help = "id of an entry in sources" },
	{ "mark", SV_CHOICE, offsetof(struct cost, mark), .def = MARK_UNSOURCED, .more = marks,
		.help = "E exact, E2 quoted, A approximate, R remembered, M measured, "
			"U unsourced" },
	{ 0 },
};

const struct sv_table sv_cost_table = SV_TABLE("cost", struct cost, options);

/* The two forms of a cost. */
static const struct sv_option mapping = { "cost", SV_GROUP, 0, .more = &sv_cost_table,
	.help = "a cost with its bounds and source" };
static const struct sv_option plain = { "value", SV_TIME, 0, .min = "0ns", .max = MAX_COST,
	.help = "a time" };

struct reader {
	const struct sv_layer *layer; /* whose sources, and its bases', count */
	struct sv_doc *doc;
	struct sv_diag *diag;
	struct sv_cost_row *row;
	const struct sv_node *given[SV_COSTS]; /* by this mapping */
};

/* The citation of a source's id, here or in a base. */
static const char *citation(const struct sv_layer *layer, const char *id)
{
	for (; layer; layer = layer->base) {
		const struct sv_node *sources = layer->profile.sources;
		const struct sv_node *text = sources ? sv_node_get(sources, id) : NULL;

		if (text)
			return text->text;
	}
	return NULL;
}

static const char *unsourced(struct reader *r, const struct sv_place *place)
{
	size_t size = strlen(place->source) + 32;
	char *text = sv_doc_alloc(r->doc, size);

	snprintf(text, size, place->line ? "%s:%u" : "%s", place->source, place->line);
	return text;
}

static int read_source(struct reader *r, const struct sv_node *node, const char *name,
	const struct cost *c, struct sv_cost_row *row)
{
	row->mark = marks[c->mark];
	if (!c->source != !sv_node_get(node, "mark"))
		return sv_error(r->diag, &node->place,
			"%s: source and mark go together, or both are left out", name);
	if (!c->source) {
		row->source = unsourced(r, &node->place);
		return 0;
	}
	row->source = citation(r->layer, c->source);
	if (row->source)
		return 0;
	return sv_error(r->diag, &sv_node_get(node, "source")->place,
		"%s: no entry '%s' in sources", name, c->source);
}

static int read_row(struct reader *r, enum sv_cost id, const struct sv_node *node)
{
	const char *name = sv_cost_name(id);
	struct cost c = { 0 };
	struct sv_cost_row row = { .name = name };

	if (node->kind == SV_NODE_SCALAR) {
		if (sv_read_value(&plain, node, name, &c.value, r->doc, r->diag) < 0)
			return -1;
		row.source = unsourced(r, &node->place);
		row.mark = MARK_UNSOURCED;
		row.value = row.low = row.high = c.value;
		r->row[id] = row;
		return 0;
	}
	if (sv_read_value(&mapping, node, name, &c, r->doc, r->diag) < 0)
		return -1;
	row.value = c.value;
	row.low = sv_node_get(node, "low") ? c.low : c.value;
	row.high = sv_node_get(node, "high") ? c.high : c.value;
	if (row.low > row.value || row.value > row.high)
		return sv_error(
			r->diag, &node->place, "%s: low <= value <= high does not hold", name);
	if (read_source(r, node, name, &c, &row) < 0)
		return -1;
	r->row[id] = row;
	return 0;
}

static bool begins_a_name(const char *prefix)
{
	size_t n = strlen(prefix);

	for (const char *const *name = sv_cost_names(); *name; name++)
		if (!strncmp(*name, prefix, n) && (*name)[n] == '.')
			return true;
	return false;
}

static int unknown(struct reader *r, const struct sv_place *place, const char *name)
{
	const char *nearest = sv_nearest(name, sv_cost_names());

	if (nearest)
		return sv_error(
			r->diag, place, "unknown cost '%s'; did you mean '%s'?", name, nearest);
	return sv_error(r->diag, place, "unknown cost '%s'", name);
}

/* A later --set may repeat what the file says; one source may not say a thing twice. */
static int read_known(struct reader *r, enum sv_cost id, const struct sv_node *node)
{
	const struct sv_node *before = r->given[id];

	if (before && !strcmp(before->place.source, node->place.source))
		return sv_error(
			r->diag, &node->place, "cost '%s' is given twice", sv_cost_name(id));
	r->given[id] = node;
	return read_row(r, id, node);
}

/* Goes on after a mistake, to report all. */
static int read_mapping(struct reader *r, const struct sv_node *node, const char *prefix)
{
	int failed = 0;

	if (node->kind != SV_NODE_MAPPING)
		return sv_error(r->diag, &node->place,
			"costs%s%s: a mapping is wanted, of names to times", *prefix ? "." : "",
			prefix);
	for (size_t i = 0; i < node->n; i++) {
		char name[MAX_NAME_BYTES];
		int length = snprintf(
			name, sizeof(name), "%s%s%s", prefix, *prefix ? "." : "", node->key[i]);
		int id = sv_cost_find(name);

		if (id >= 0)
			failed |= read_known(r, (enum sv_cost)id, node->child[i]);
		else if (length < MAX_NAME_BYTES && begins_a_name(name))
			failed |= read_mapping(r, node->child[i], name);
		else
			failed |= unknown(r, &node->key_place[i], name);
	}
	return failed;
}

static int read_layers(const struct sv_layer *layer, struct sv_cost_row *row, struct sv_diag *diag)
{
	int failed = layer->base ? read_layers(layer->base, row, diag) : 0;
	struct reader r = { .layer = layer, .doc = layer->doc, .diag = diag, .row = row };

	if (layer->profile.costs)
		failed |= read_mapping(&r, layer->profile.costs, "");
	return failed;
}

int sv_profile_costs(const struct sv_layer *layer, const struct sv_node *overrides,
	struct sv_doc *doc, struct sv_cost_row *row, struct sv_diag *diag)
{
	int failed = read_layers(layer, row, diag);
	struct reader r = { .layer = layer, .doc = doc, .diag = diag, .row = row };

	if (overrides)
		failed |= read_mapping(&r, overrides, "");
	return failed;
}
