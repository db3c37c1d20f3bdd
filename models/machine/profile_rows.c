/*
 * profile_rows.c - mappings of dotted names to values, and where values come from
 *
 * A name may be written with its dots ("load.modified.l3: 51ns") or nested
 * ("load: {modified: {l3: 51ns}}"), so that every cost has a path for --set and sweeps.
 */
#include "machine/profile.h"
#include <string.h>

#define MAX_NAME_BYTES 128

const char *const sv_profile_marks[] = { SV_MARKS, NULL };

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

static const char *own_place(const struct sv_profile_rows *r, const struct sv_place *place)
{
	size_t size = strlen(place->source) + 32;
	char *text = sv_doc_alloc(r->doc, size);

	snprintf(text, size, place->line ? "%s:%u" : "%s", place->source, place->line);
	return text;
}

const char *sv_profile_cite(const struct sv_profile_rows *r, const struct sv_node *node,
	const char *name, const char *id)
{
	const char *text;

	if (!id != !sv_node_get(node, "mark")) {
		sv_error(r->diag, &node->place,
			"%s: source and mark go together, or both are left out", name);
		return NULL;
	}
	if (!id)
		return own_place(r, &node->place);
	text = citation(r->layer, id);
	if (!text)
		sv_error(r->diag, &sv_node_get(node, "source")->place,
			"%s: no entry '%s' in sources", name, id);
	return text;
}

static int find(const struct sv_profile_rows *r, const char *name)
{
	for (int id = 0; r->names[id]; id++)
		if (!strcmp(r->names[id], name))
			return id;
	return -1;
}

static bool begins_a_name(const struct sv_profile_rows *r, const char *prefix)
{
	size_t n = strlen(prefix);

	for (const char *const *name = r->names; *name; name++)
		if (!strncmp(*name, prefix, n) && (*name)[n] == '.')
			return true;
	return false;
}

static int unknown(const struct sv_profile_rows *r, const struct sv_place *place, const char *name)
{
	const char *nearest = sv_nearest(name, r->names);

	if (nearest)
		return sv_error(r->diag, place, "unknown %s '%s'; did you mean '%s'?", r->what,
			name, nearest);
	return sv_error(r->diag, place, "unknown %s '%s'", r->what, name);
}

/* A later --set may repeat what the file says; one source may not say a thing twice. */
static int read_known(struct sv_profile_rows *r, int id, const struct sv_node *node)
{
	const struct sv_node *before = r->given[id];

	if (before && !strcmp(before->place.source, node->place.source))
		return sv_error(
			r->diag, &node->place, "%s '%s' is given twice", r->what, r->names[id]);
	r->given[id] = node;
	return r->read(r, id, node);
}

static int read_mapping(struct sv_profile_rows *r, const struct sv_node *node, const char *prefix)
{
	int failed = 0;

	if (node->kind != SV_NODE_MAPPING)
		return sv_error(r->diag, &node->place,
			"%s%s%s: a mapping is wanted, of names to values", r->block,
			*prefix ? "." : "", prefix);
	for (size_t i = 0; i < node->n; i++) {
		char name[MAX_NAME_BYTES];
		int length = snprintf(
			name, sizeof(name), "%s%s%s", prefix, *prefix ? "." : "", node->key[i]);
		int id = find(r, name);

		if (id >= 0)
			failed |= read_known(r, id, node->child[i]);
		else if (length < MAX_NAME_BYTES && begins_a_name(r, name))
			failed |= read_mapping(r, node->child[i], name);
		else
			failed |= unknown(r, &node->key_place[i], name);
	}
	return failed;
}

int sv_profile_rows_read(struct sv_profile_rows *rows, const struct sv_node *node)
{
	return read_mapping(rows, node, "");
}
