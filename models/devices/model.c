/*
 * model.c - models of devices: YAML files of values with their sources
 */
#include "devices/model.h"
#include "bug.h"
#include "devices/device.h"
#include "doc.h"
#include "library.h"
#include "machine/cost.h"
#include "value.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A value as it is written; the kind's row reads it. */
struct figure {
	const char *value, *low, *high, *source;
	int mark;
};
static const char *const marks[] = { SV_MARKS, NULL };
static const struct sv_option figure_rows[] = {
	{ "value", SV_STRING, offsetof(struct figure, value), .help = "of the option" },
	{ "low", SV_STRING, offsetof(struct figure, low), .def = "",
		.help = "lowest credible value; left out: the value itself" },
	{ "high", SV_STRING, offsetof(struct figure, high), .def = "",
		.help = "highest credible value; left out: the value itself" },
	{ "source", SV_STRING, offsetof(struct figure, source),
		.help = "id of an entry in sources" },
	{ "mark", SV_CHOICE, offsetof(struct figure, mark), .more = marks,
		.help = "E exact, E2 quoted, A approximate, R remembered, M measured" },
	{ 0 },
};
static const struct sv_table figure_table = SV_TABLE("value", struct figure, figure_rows);
static const struct sv_option figure_row = { "", SV_GROUP, 0, .more = &figure_table, .help = "" };

struct model {
	int64_t version;
	const char *title, *kind;
	const struct sv_node *values, *sources;
	struct sv_doc *doc;
};
static const struct sv_option model_rows[] = {
	{ "device", SV_INT, offsetof(struct model, version), .min = "1", .max = "1",
		.help = "version of the language of models" },
	{ "title", SV_STRING, offsetof(struct model, title), .help = "what it is" },
	{ "kind", SV_STRING, offsetof(struct model, kind), .help = "of device" },
	{ "values", SV_NODE, offsetof(struct model, values),
		.help = "for each option {value, low, high, source, mark}" },
	{ "sources", SV_NODE, offsetof(struct model, sources),
		.help = "for each id the full citation" },
	{ 0 },
};
static const struct sv_table model_table = SV_TABLE("model", struct model, model_rows);

const char *sv_device_directory(void)
{
	return sv_library_directory("SIMSVIRT_DEVICES", SV_SOURCE_DEVICES, SV_INSTALLED_DEVICES);
}

void sv_device_models(void (*each)(void *arg, const char *name, const char *title), void *arg)
{
	char **names = sv_library_names(sv_device_directory());

	for (char **name = names; *name; name++) {
		char *path = sv_library_path(sv_device_directory(), *name);
		char *title = sv_library_title(path);

		each(arg, *name, title);
		free(title);
		free(path);
	}
	sv_names_free(names);
}

/* A path is relative to the file that names it; a name is one of the library's. */
static char *path_of(const char *name, const struct sv_place *place)
{
	const char *slash = place ? strrchr(place->source, '/') : NULL;
	int directory_bytes = slash && *name != '/' ? (int)(slash + 1 - place->source) : 0;
	char *path;

	if (!strchr(name, '/') && !sv_library_is_file_name(name))
		return sv_library_path(sv_device_directory(), name);
	SV_BUG_ON(asprintf(&path, "%.*s%s", directory_bytes, slash ? place->source : "", name) < 0);
	return path;
}

static int no_model(const char *name, const struct sv_place *place, struct sv_diag *diag)
{
	char **names = sv_library_names(sv_device_directory());
	char *hint = sv_names_hint(name, (const char *const *)names);

	sv_error(diag, place, "model: there is no model '%.60s'%s", name, hint);
	free(hint);
	sv_names_free(names);
	return -1;
}

/* The caller frees model->doc, also after a failure. */
static int load(
	const char *name, const struct sv_place *place, struct model *m, struct sv_diag *diag)
{
	char *path = path_of(name, place);
	int bad = 0;

	*m = (struct model){ 0 };
	if (access(path, F_OK) < 0)
		bad = no_model(name, place, diag);
	else
		m->doc = sv_doc_load(path, diag);
	free(path);
	if (bad || !m->doc)
		return -1;
	struct sv_doc *doc = m->doc;
	bad = sv_read(&model_table, sv_doc_root(doc), m, doc, diag);
	m->doc = doc;
	if (!bad && m->values->kind != SV_NODE_MAPPING)
		bad = sv_error(diag, &m->values->place, "values: a mapping is wanted");
	return bad;
}

/* The text of a value, with its place, in another document. */
static const struct sv_node *copy(struct sv_doc *doc, const struct sv_node *value)
{
	struct sv_place place = value->place;

	place.source = sv_doc_text(doc, place.source, strlen(place.source));
	return sv_doc_scalar(doc, value->text, &place);
}

static int set(struct sv_doc *doc, const struct sv_table *table, const char *device,
	const char *key, const struct sv_node *value, struct sv_diag *diag)
{
	const struct sv_node *devices = sv_node_get(sv_doc_root(doc), "devices");
	char path[256];

	if (sv_node_get(sv_node_get(devices, device), key))
		return 0;
	snprintf(path, sizeof(path), "devices.%s.%s", device, key);
	return sv_doc_set_node(doc, table, path, copy(doc, value), diag);
}

static int apply(struct sv_doc *doc, const struct sv_table *table, const char *device,
	const struct sv_node *name, struct sv_diag *diag)
{
	struct model m;
	int bad = load(name->text, &name->place, &m, diag);
	const struct sv_node *node = sv_node_find(sv_doc_root(doc), "devices");
	const struct sv_node *kind = sv_node_get(sv_node_get(node, device), "kind");

	if (!bad && kind && kind->kind == SV_NODE_SCALAR && strcmp(kind->text, m.kind))
		bad = sv_error(diag, &kind->place, "devices.%s: model '%s' is of kind %s, not %s",
			device, name->text, m.kind, kind->text);
	if (!bad)
		bad = set(
			doc, table, device, "kind", sv_node_get(sv_doc_root(m.doc), "kind"), diag);
	for (size_t i = 0; !bad && i < m.values->n; i++) {
		const struct sv_node *value = sv_node_get(m.values->child[i], "value");

		if (!value || value->kind != SV_NODE_SCALAR)
			bad = sv_error(diag, &m.values->child[i]->place,
				"values.%s: {value, low, high, source, mark} is wanted",
				m.values->key[i]);
		else
			bad = set(doc, table, device, m.values->key[i], value, diag);
	}
	sv_doc_free(m.doc);
	return bad;
}

int sv_device_models_apply(struct sv_doc *doc, const struct sv_table *table, struct sv_diag *diag)
{
	const struct sv_node *devices = sv_node_get(sv_doc_root(doc), "devices");
	int bad = 0;

	if (!devices || devices->kind != SV_NODE_MAPPING)
		return 0;
	for (size_t i = 0; i < devices->n; i++) {
		const struct sv_node *device = devices->child[i], *name = NULL;

		if (device->kind == SV_NODE_MAPPING)
			name = sv_node_get(device, "model");
		if (name && name->kind == SV_NODE_SCALAR && !sv_node_is_null(name))
			bad |= apply(doc, table, devices->key[i], name, diag);
	}
	return bad;
}

static int check_bounds(const struct sv_option *row, const struct figure *f,
	const struct sv_node *node, struct sv_diag *diag)
{
	struct sv_number low, value, high;

	if (!sv_type_is_number(row->type) || sv_number_parse(row, f->value, &value))
		return 0;
	if (sv_number_parse(row, f->low ? f->low : f->value, &low) ||
		sv_number_parse(row, f->high ? f->high : f->value, &high) ||
		sv_number_compare(&low, &value) > 0 || sv_number_compare(&value, &high) > 0)
		return sv_error(
			diag, &node->place, "%s: low <= value <= high does not hold", row->name);
	return 0;
}

/* Each value with what its kind's row says of it. Returns -1 after reporting. */
static int each_figure(const struct model *m, struct sv_diag *diag,
	void (*each)(void *arg, const struct sv_option *row, const struct figure *figure,
		const char *citation),
	void *arg)
{
	const struct sv_kind kind = sv_kinds_find(&sv_device_kinds, m->kind);
	int bad = kind.name ? 0 : sv_error(diag, NULL, "there is no kind '%s'", m->kind);

	for (size_t i = 0; kind.name && i < m->values->n; i++) {
		const char *key = m->values->key[i];
		const struct sv_node *node = m->values->child[i], *citation;
		const struct sv_option *row = sv_table_row(kind.table, key, strlen(key));
		struct figure f;

		if (!row || sv_read_value(&figure_row, node, key, &f, m->doc, diag) < 0) {
			bad |= row ? -1
				   : sv_error(diag, &node->place, "%s has no option '%s'", m->kind,
					     key);
			continue;
		}
		void *value = sv_doc_alloc(m->doc, sv_option_size(row));
		bad |= sv_read_value(row, sv_node_get(node, "value"), key, value, m->doc, diag);
		bad |= check_bounds(row, &f, node, diag);
		citation = sv_node_get(m->sources, f.source);
		if (!citation)
			bad |= sv_error(diag, &node->place, "%s: no source '%s'", key, f.source);
		else
			each(arg, row, &f, citation->text);
	}
	return bad;
}

static void print_figure(
	void *arg, const struct sv_option *row, const struct figure *f, const char *citation)
{
	char range[80] = "";

	if (f->low || f->high)
		snprintf(range, sizeof(range), "%s .. %s", f->low ? f->low : f->value,
			f->high ? f->high : f->value);
	fprintf(arg, "%-17s  %22s  %-22s  %-4s  %s\n", row->name, f->value, range, marks[f->mark],
		citation);
}

static void ignore_figure(
	void *arg, const struct sv_option *row, const struct figure *f, const char *citation)
{
	(void)arg, (void)row, (void)f, (void)citation;
}

int sv_device_model_check(const char *name, struct sv_diag *diag)
{
	struct model m;
	int bad = load(name, NULL, &m, diag);

	if (!bad)
		bad = each_figure(&m, diag, ignore_figure, NULL);
	sv_doc_free(m.doc);
	return bad;
}

int sv_device_model_print(const char *name, FILE *to, struct sv_diag *diag)
{
	struct model m;
	int bad = load(name, NULL, &m, diag);

	if (!bad) {
		fprintf(to, "%s: %s\n\nkind  %s\n\n%-17s  %22s  %-22s  %-4s  %s\n", name, m.title,
			m.kind, "option", "value", "low .. high", "mark", "source");
		bad = each_figure(&m, diag, print_figure, to);
		fputs("\nmarks: E exact, E2 exact but quoted, A approximate, R remembered, M "
		      "measured, U unsourced\n",
			to);
	}
	sv_doc_free(m.doc);
	return bad;
}
