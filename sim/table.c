/*
 * table.c - looking up rows and kinds
 */
#include "bug.h"
#include "doc.h"
#include "value.h"
#include <stdlib.h>
#include <string.h>

#define HINTS_MAX      20
#define NAME_MAX_BYTES 40 /* names prefix metrics, and a table's column must hold them */

size_t sv_option_size(const struct sv_option *row)
{
	switch (row->type) {
	case SV_BOOL:
		return sizeof(bool);
	case SV_INT:
	case SV_BYTES:
		return sizeof(int64_t);
	case SV_TIME:
		return sizeof(sv_time);
	case SV_REAL:
	case SV_RATE:
		return sizeof(double);
	case SV_STRING:
		return sizeof(const char *);
	case SV_CHOICE:
		return sizeof(int);
	case SV_DIST:
		return sizeof(struct sv_dist);
	case SV_GROUP:
		return ((const struct sv_table *)row->more)->size;
	case SV_VARIANT:
		return sizeof(struct sv_variant);
	case SV_NAMED:
		return sizeof(struct sv_named);
	case SV_LIST:
		return sizeof(struct sv_list);
	case SV_NODE:
		return sizeof(const struct sv_node *);
	}
	SV_BUG_ON(row->type);
	return 0;
}

const struct sv_option *sv_table_row(const struct sv_table *table, const char *name, size_t bytes)
{
	if (!table)
		return NULL;
	for (const struct sv_option *row = table->rows; row->name; row++)
		if (!strncmp(row->name, name, bytes) && row->name[bytes] == '\0')
			return row;
	return NULL;
}

struct sv_kind sv_kinds_find(const struct sv_kinds *kinds, const char *name)
{
	for (size_t i = 0;; i++) {
		struct sv_kind kind = kinds->at(i);

		if (!kind.name || !strcmp(kind.name, name))
			return kind;
	}
}

struct sv_kind sv_kinds_chosen(const struct sv_option *row, const struct sv_node *node)
{
	const char *name = row->def ? row->def : "";

	if (node && node->kind == SV_NODE_MAPPING)
		node = sv_node_get(node, "kind");
	if (node)
		name = node->kind == SV_NODE_SCALAR ? node->text : "";
	return sv_kinds_find(row->more, name);
}

const char **sv_table_names(const struct sv_table *table, const char *also)
{
	size_t n = 0;
	const char **name;

	while (table && table->rows[n].name)
		n++;
	name = calloc(n + 2, sizeof(*name));
	SV_BUG_ON(!name);
	for (size_t i = 0; i < n; i++)
		name[i] = table->rows[i].name;
	name[n] = also;
	return name;
}

const char **sv_kinds_names(const struct sv_kinds *kinds)
{
	size_t n = 0;
	const char **name;

	while (kinds->at(n).name)
		n++;
	name = calloc(n + 1, sizeof(*name));
	SV_BUG_ON(!name);
	for (size_t i = 0; i < n; i++)
		name[i] = kinds->at(i).name;
	return name;
}

char *sv_names_hint(const char *word, const char *const *names)
{
	const char *nearest = sv_nearest(word, names);
	char *hint = NULL;
	size_t bytes;
	FILE *to = open_memstream(&hint, &bytes);

	SV_BUG_ON(!to);
	if (nearest)
		fprintf(to, "; did you mean '%s'?", nearest);
	for (size_t n = 0; !nearest && names[n] && n < HINTS_MAX; n++)
		fprintf(to, "%s%s", n == 0 ? "; known here: " : ", ", names[n]);
	fclose(to);
	return hint;
}

const char *sv_name_check(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

	if (*name == '\0')
		return "a name may not be empty";
	if (name[n] != '\0')
		return "a name is made of letters, digits, '-' and '_'";
	if (n > NAME_MAX_BYTES)
		return "a name has at most 40 characters";
	return NULL;
}

bool sv_node_is_null(const struct sv_node *node)
{
	return node->kind == SV_NODE_SCALAR && !node->quoted &&
	       (!*node->text || !strcmp(node->text, "~") || !strcmp(node->text, "null"));
}

const struct sv_node *sv_option_default(const struct sv_option *row, struct sv_doc *doc)
{
	struct sv_place place = { .source = "default" };
	struct sv_diag *diag;
	const struct sv_node *node;

	if (!row->def || (!*row->def && row->type != SV_STRING))
		return NULL;
	if (row->type != SV_LIST && row->type != SV_NODE)
		return sv_doc_scalar(doc, row->def, &place);
	diag = sv_diag_new();
	node = sv_yaml_read(doc, place.source, row->def, strlen(row->def), &place, diag);
	sv_diag_free(diag);
	SV_BUG_ON(!node);
	return node;
}
