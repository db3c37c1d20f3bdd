/*
 * override.c - dotted paths: the rows they lead to, and setting values at them
 *
 * A path follows the tables, not the file, so that it may name what the file leaves
 * out. Behind an SV_NODE row the tables know nothing more: the rest is one key.
 */
#include "bug.h"
#include "doc.h"
#include "value.h"
#include <stdlib.h>
#include <string.h>

const struct sv_option sv_kind_row = {
	.name = "kind", .type = SV_STRING, .help = "which of the kinds it is"
};

/* The rest of a path behind its first part; NULL behind the last. */
static const char *behind(const char *path, size_t *bytes)
{
	const char *dot = strchr(path, '.');

	*bytes = dot ? (size_t)(dot - path) : strlen(path);
	return dot ? dot + 1 : NULL;
}

static const struct sv_node *child_of(const struct sv_node *node, const char *key, size_t bytes)
{
	if (!node || node->kind != SV_NODE_MAPPING)
		return NULL;
	for (size_t i = 0; i < node->n; i++)
		if (!strncmp(node->key[i], key, bytes) && node->key[i][bytes] == '\0')
			return node->child[i];
	return NULL;
}

const struct sv_option *sv_table_find(
	const struct sv_table *table, const struct sv_node *root, const char *path)
{
	const struct sv_option *row = NULL;

	while (path) {
		size_t bytes;
		const char *rest = behind(path, &bytes);

		if (row && row->type == SV_NODE)
			return row;
		if (row && row->type == SV_NAMED)
			row = row->more;
		else if (row && row->type == SV_VARIANT && !strcmp(path, "kind"))
			return &sv_kind_row;
		else if (row && row->type == SV_VARIANT)
			row = sv_table_row(sv_kinds_chosen(row, root).table, path, bytes);
		else if (!row || row->type == SV_GROUP)
			row = sv_table_row(row ? row->more : table, path, bytes);
		else
			return NULL;
		if (!row)
			return NULL;
		root = child_of(root, path, bytes);
		path = rest;
	}
	return row;
}

struct setter {
	struct sv_doc *doc;
	struct sv_diag *diag;
	const char *path; /* whole, for messages */
	const struct sv_node *value;
};

static const struct sv_node *set_row(
	struct setter *s, const struct sv_option *row, const struct sv_node *old, const char *rest);

/* Reports that nothing is called what stands at `at` in the path; names are what is. */
static void complain(
	struct setter *s, const char *at, size_t bytes, const char *what, const char *const *names)
{
	int above = (int)(at > s->path ? at - s->path - 1 : 0);
	char word[64], *hint;

	snprintf(word, sizeof(word), "%.*s", (int)bytes, at);
	hint = sv_names_hint(word, names);
	sv_error(s->diag, &s->value->place, "%.*s%s%s '%s'%s", above, s->path, above ? ": " : "",
		what, word, hint);
	free(hint);
}

static const struct sv_node *with(
	struct setter *s, const struct sv_node *old, const char *key, const struct sv_node *child)
{
	const struct sv_place *place = &s->value->place;

	if (!child)
		return NULL;
	if (old && old->kind != SV_NODE_MAPPING) {
		sv_error(s->diag, place,
			"%s: '%s' is one value there, not a mapping; set it as a whole", s->path,
			old->kind == SV_NODE_SCALAR ? old->text : "a list");
		return NULL;
	}
	if (!old)
		old = sv_doc_node(s->doc, SV_NODE_MAPPING, place);
	return sv_doc_with(s->doc, old, key, place, child);
}

static const struct sv_node *set_table(struct setter *s, const struct sv_table *table,
	const struct sv_node *old, const char *path, const char *also)
{
	size_t bytes;
	const char *rest = behind(path, &bytes);
	const struct sv_option *row = sv_table_row(table, path, bytes);
	const struct sv_node *child;

	if (!row) {
		const char **names = sv_table_names(table, also);

		complain(s, path, bytes, "unknown key", names);
		free(names);
		return NULL;
	}
	child = child_of(old, path, bytes);
	return with(s, old, row->name, rest ? set_row(s, row, child, rest) : s->value);
}

static const struct sv_node *set_named(
	struct setter *s, const struct sv_option *item, const struct sv_node *old, const char *path)
{
	size_t bytes;
	const char *rest = behind(path, &bytes), **names;
	const struct sv_node *child = child_of(old, path, bytes);

	if (child) {
		const char *name = sv_doc_text(s->doc, path, bytes);

		return with(s, old, name, rest ? set_row(s, item, child, rest) : s->value);
	}
	names = calloc(old ? old->n + 1 : 1, sizeof(*names));
	SV_BUG_ON(!names);
	for (size_t i = 0; old && old->kind == SV_NODE_MAPPING && i < old->n; i++)
		names[i] = old->key[i];
	complain(s, path, bytes, "there is nothing named", names);
	free(names);
	return NULL;
}

/* A variant written as just its kind becomes a mapping, so that options can stand in it. */
static const struct sv_node *set_variant(
	struct setter *s, const struct sv_option *row, const struct sv_node *old, const char *path)
{
	const struct sv_kind kind = sv_kinds_chosen(row, old);

	if (!strcmp(path, "kind"))
		return with(s, old && old->kind == SV_NODE_MAPPING ? old : NULL, "kind", s->value);
	if (!old || old->kind == SV_NODE_SCALAR) {
		const struct sv_place *place = old ? &old->place : &s->value->place;
		struct sv_node *mapping = sv_doc_node(s->doc, SV_NODE_MAPPING, place);

		if (old || kind.name)
			sv_doc_add(s->doc, mapping, "kind", place,
				old ? old : sv_doc_scalar(s->doc, kind.name, place));
		old = mapping;
	}
	return set_table(s, kind.table, old, path, "kind");
}

static const struct sv_node *set_row(
	struct setter *s, const struct sv_option *row, const struct sv_node *old, const char *rest)
{
	switch (row->type) {
	case SV_GROUP:
		return set_table(s, row->more, old, rest, NULL);
	case SV_NAMED:
		return set_named(s, row->more, old, rest);
	case SV_VARIANT:
		return set_variant(s, row, old, rest);
	case SV_NODE:
		return with(s, old, rest, s->value);
	default:
		sv_error(s->diag, &s->value->place, "%s: %s is one value; it has no keys", s->path,
			row->name);
		return NULL;
	}
}

int sv_doc_set_node(struct sv_doc *doc, const struct sv_table *table, const char *path,
	const struct sv_node *value, struct sv_diag *diag)
{
	struct setter s = { .doc = doc, .diag = diag, .path = path, .value = value };
	const struct sv_node *root = set_table(&s, table, doc->root, path, NULL);

	if (!root)
		return -1;
	doc->root = root;
	return 0;
}

int sv_doc_set(struct sv_doc *doc, const struct sv_table *table, const char *path,
	const char *value, const struct sv_place *place, struct sv_diag *diag)
{
	struct sv_place kept = *place;
	const struct sv_node *node;

	kept.source = sv_doc_text(doc, place->source, strlen(place->source));
	if (value[strspn(value, " \t\r\n")] == '\0')
		return sv_error(diag, &kept, "%s: there is no value; write PATH=VALUE", path);
	node = sv_yaml_read(doc, kept.source, value, strlen(value), &kept, diag);
	return node ? sv_doc_set_node(doc, table, path, node, diag) : -1;
}
