/*
 * profile.c - finding and reading machine profiles and their bases
 */
#include "machine/profile.h"
#include "bug.h"
#include "library.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_LAYERS 16

static const struct sv_shape hops_shape = {
	.json = "{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":"
		"{\"type\":\"integer\",\"minimum\":0,\"maximum\":3}}}"
};
static const struct sv_shape costs_shape = {
	.json = "{\"type\":\"object\",\"additionalProperties\":{\"type\":[\"string\",\"object\"]}}"
};
static const struct sv_shape factors_shape = {
	.json = "{\"type\":\"object\",\"additionalProperties\":{\"type\":[\"number\",\"object\"]}}"
};
static const struct sv_option idle_row = { "", SV_GROUP, 0, .more = &sv_profile_idle_table,
	.help = "an idle state, shallowest first" };
static const struct sv_shape sources_shape = {
	.json = "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}"
};

static const struct sv_option options[] = {
	{ "machine", SV_INT, offsetof(struct sv_profile, version), .min = "1", .max = "1",
		.def = "1", .help = "version of the profile language" },
	{ "title", SV_STRING, offsetof(struct sv_profile, title), .def = "",
		.help = "one line: what machine this is" },
	{ "base", SV_STRING, offsetof(struct sv_profile, base), .def = "",
		.help = "name or path of a profile that supplies what this one leaves out" },
	{ "topology", SV_STRING, offsetof(struct sv_profile, topology), .def = "",
		.help = "hwloc synthetic string, path of an lstopo XML export, or this-host" },
	{ "hops", SV_NODE, offsetof(struct sv_profile, hops), .def = "", .more = &hops_shape,
		.help = "matrix of 0 to 3 hops between packages; by default 1 between any two" },
	{ "costs", SV_NODE, offsetof(struct sv_profile, costs), .def = "", .more = &costs_shape,
		.help = "for each cost's name a time or {value, low, high, source, mark}" },
	{ "factors", SV_NODE, offsetof(struct sv_profile, factors), .def = "",
		.more = &factors_shape,
		.help = "for each factor's name a number or {value, low, high, source, mark}" },
	{ "idle-states", SV_LIST, offsetof(struct sv_profile, idle_states), .def = "",
		.more = &idle_row,
		.help = "states that an idle CPU sinks into; [] when it has none" },
	{ "measured", SV_GROUP, offsetof(struct sv_profile, measured), .def = "",
		.more = &sv_profile_measured_table,
		.help = "what was measured on this machine besides its costs; no model reads it" },
	{ "sources", SV_NODE, offsetof(struct sv_profile, sources), .def = "",
		.more = &sources_shape,
		.help = "for each id that others use as their source, the full citation" },
	{ 0 },
};

const struct sv_table sv_profile_table = SV_TABLE("machine", struct sv_profile, options);

static const struct sv_option whole = { "machine", SV_GROUP, 0, .more = &sv_profile_table,
	.help = "a machine profile" };

char *sv_profile_beside(const struct sv_place *place, const char *path)
{
	const char *slash = strncmp(place->source, "--", 2) ? strrchr(place->source, '/') : NULL;
	int directory_bytes = slash && *path != '/' ? (int)(slash + 1 - place->source) : 0;
	char *joined;

	while (directory_bytes && !strncmp(path, "./", 2))
		path += 2;
	SV_BUG_ON(asprintf(&joined, "%.*s%s", directory_bytes, place->source, path) < 0);
	return joined;
}

static char *installed(const char *file)
{
	char *path;

	SV_BUG_ON(asprintf(&path, "%s/%s", sv_machine_directory(), file) < 0);
	return path;
}

static void report_unknown(const char *text, const struct sv_place *place, struct sv_diag *diag)
{
	char **names = sv_library_names(sv_machine_directory());
	const char *nearest = sv_nearest(text, (const char *const *)names);

	if (!strcmp(text, "this-host"))
		sv_error(diag, place,
			"this-host is a topology without costs; write "
			"{topology: this-host, base: NAME}");
	else if (nearest)
		sv_error(diag, place, "no machine '%.60s'; did you mean '%s'?", text, nearest);
	else
		sv_error(diag, place,
			"no machine '%.60s'; `simsvirt list machines` shows those there are", text);
	sv_names_free(names);
}

/*
 * The file that a name or a path means. A path is relative to the file it is written
 * in. A name is an installed profile; a base may also stand beside the profile that
 * names it. NULL after reporting.
 */
static char *find(
	const char *text, const struct sv_place *place, bool is_base, struct sv_diag *diag)
{
	bool is_path = strchr(text, '/') || sv_library_is_file_name(text);
	char *file, *path;

	SV_BUG_ON(asprintf(&file, "%s%s", text, is_path ? "" : SV_LIBRARY_SUFFIX) < 0);
	path = is_path || is_base ? sv_profile_beside(place, file) : installed(file);
	if (access(path, F_OK) < 0) {
		free(path);
		path = installed(file);
	}
	free(file);
	if (access(path, F_OK) == 0)
		return path;
	free(path);
	report_unknown(text, place, diag);
	return NULL;
}

void sv_profile_free(struct sv_layer *layer)
{
	while (layer) {
		struct sv_layer *base = layer->base;

		if (layer->path)
			sv_doc_free(layer->doc);
		free(layer->path);
		free(layer);
		layer = base;
	}
}

static struct sv_layer *layer_new(const struct sv_node *node, struct sv_doc *doc, char *path)
{
	struct sv_layer *layer = calloc(1, sizeof(*layer));

	SV_BUG_ON(!layer);
	layer->node = node;
	layer->doc = doc;
	layer->path = path;
	layer->name = node->place.source;
	return layer;
}

/* The profile's name, kept in its document. */
static const char *stem(struct sv_doc *doc, const char *path)
{
	char *name = sv_library_name(path);
	size_t bytes = strlen(name) + 1;
	const char *kept = memcpy(sv_doc_alloc(doc, bytes), name, bytes);

	free(name);
	return kept;
}

static struct sv_layer *load(
	const char *text, const struct sv_place *place, bool is_base, struct sv_diag *diag)
{
	char *path = find(text, place, is_base, diag);
	struct sv_doc *doc = path ? sv_doc_load(path, diag) : NULL;

	if (!doc) {
		free(path);
		return NULL;
	}
	struct sv_layer *layer = layer_new(sv_doc_root(doc), doc, path);
	layer->name = stem(doc, path);
	return layer;
}

static int same_file(const char *a, const char *b)
{
	char *real_a = realpath(a, NULL), *real_b = realpath(b, NULL);
	int same = real_a && real_b && !strcmp(real_a, real_b);

	free(real_a);
	free(real_b);
	return same;
}

static int check_cycle(const struct sv_layer *first, const struct sv_layer *last,
	const struct sv_place *place, struct sv_diag *diag)
{
	int layers = 0;

	for (const struct sv_layer *l = first; l != last; l = l->base, layers++)
		if (l->path && same_file(l->path, last->path))
			return sv_error(
				diag, place, "'%s' is, over its bases, its own base", last->name);
	if (layers >= MAX_LAYERS)
		return sv_error(diag, place, "more than %d bases behind each other", MAX_LAYERS);
	return 0;
}

/* Reads one layer's own keys. */
static int read_layer(struct sv_layer *l, struct sv_diag *diag)
{
	const struct sv_node *sources;

	if (sv_read_value(
		    &whole, l->node, l->path ? "" : "host.machine", &l->profile, l->doc, diag) < 0)
		return -1;
	sources = l->profile.sources;
	if (sources && sources->kind != SV_NODE_MAPPING)
		return sv_error(
			diag, &sources->place, "sources: a mapping is wanted, of ids to citations");
	for (size_t i = 0; sources && i < sources->n; i++)
		if (sources->child[i]->kind != SV_NODE_SCALAR)
			return sv_error(diag, &sources->child[i]->place,
				"sources.%s: a citation is one text", sources->key[i]);
	return 0;
}

struct sv_layer *sv_profile_read(
	const struct sv_node *machine, struct sv_doc *doc, struct sv_diag *diag)
{
	struct sv_layer *first = NULL, *last;

	if (machine->kind == SV_NODE_SCALAR && *machine->text)
		first = load(machine->text, &machine->place, false, diag);
	else
		first = layer_new(machine, doc, NULL);
	for (last = first; last; last = last->base) {
		if (read_layer(last, diag) < 0)
			break;
		if (!last->profile.base)
			return first;
		const struct sv_place *place = &sv_node_get(last->node, "base")->place;
		last->base = load(last->profile.base, place, true, diag);
		if (!last->base || check_cycle(first, last->base, place, diag) < 0)
			break;
	}
	sv_profile_free(first);
	return NULL;
}
