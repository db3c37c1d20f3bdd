/*
 * config.h - reading configuration: YAML with places, overrides, option tables
 *
 *	struct sv_doc *doc = sv_doc_load("scenario.yaml", diag);
 *	sv_doc_set(doc, &table, "vms.guest.vcpus", "8", &place, diag);
 *	struct my_cfg cfg;
 *	if (sv_read(&table, sv_doc_root(doc), &cfg, doc, diag) < 0) ...
 *	sv_doc_free(doc);                  (frees all that cfg points to)
 *
 * Everything read lives in the doc's arena until sv_doc_free(). A load reports all
 * mistakes it can find, each with file:line:column.
 */
#ifndef SV_CONFIG_H
#define SV_CONFIG_H

#include "diag.h"
#include "options.h"
#include <jansson.h>

enum sv_node_kind { SV_NODE_SCALAR, SV_NODE_MAPPING, SV_NODE_SEQUENCE };

struct sv_node {
	enum sv_node_kind kind;
	struct sv_place place;
	const char *text; /* of a scalar; never NULL there */
	bool quoted;      /* a scalar in quotes is a string, never a number */
	size_t n;         /* children */
	const struct sv_node **child;
	const char **key; /* of a mapping's children */
	struct sv_place *key_place;
};

struct sv_doc;

/* Reads a file. NULL after reporting why: not there, a directory, too large (16 MiB), not YAML, too
 * deep, ... */
struct sv_doc *sv_doc_load(const char *path, struct sv_diag *diag);
/* The same from memory; `source` names it in messages. */
struct sv_doc *sv_doc_parse(
	const char *source, const char *text, size_t text_bytes, struct sv_diag *diag);
/* A copy with overrides of its own, for a point of a sweep. It shares nodes with the original,
 * which must outlive it. */
struct sv_doc *sv_doc_copy(const struct sv_doc *doc);
void sv_doc_free(struct sv_doc *doc);
const struct sv_node *sv_doc_root(const struct sv_doc *doc);

/* The child of a mapping by key, or by a dotted path; NULL when it is not there. */
const struct sv_node *sv_node_get(const struct sv_node *node, const char *key);
const struct sv_node *sv_node_find(const struct sv_node *root, const char *path);
/* Where to point: at the value of a key if it is written, else at the mapping. */
const struct sv_place *sv_node_place(const struct sv_node *mapping, const char *key);

/*
 * Sets the value at a dotted path, making options that the file leaves out, never
 * named things (a VM, a workload) that it does not have. `table` is the root's: a path
 * that no row allows is an error with a suggestion. value is read as one YAML value.
 */
int sv_doc_set(struct sv_doc *doc, const struct sv_table *table, const char *path,
	const char *value, const struct sv_place *place, struct sv_diag *diag);
/* The same with a node (of a sweep's list), which is not copied. */
int sv_doc_set_node(struct sv_doc *doc, const struct sv_table *table, const char *path,
	const struct sv_node *value, struct sv_diag *diag);

/* Fills *out, which has table->size bytes, from a mapping (NULL counts as an empty one). Returns -1
 * after reporting. */
int sv_read(const struct sv_table *table, const struct sv_node *node, void *out, struct sv_doc *doc,
	struct sv_diag *diag);
/* Reads one value by one row. `path` names it in messages. */
int sv_read_value(const struct sv_option *row, const struct sv_node *node, const char *path,
	void *out, struct sv_doc *doc, struct sv_diag *diag);

/* Memory that lives as long as the doc, zeroed. */
void *sv_doc_alloc(struct sv_doc *doc, size_t bytes);

/* The row that a dotted path leads to in a table (names of NAMED items match any), or NULL. */
const struct sv_option *sv_table_find(
	const struct sv_table *table, const struct sv_node *root, const char *path);

/* The effective configuration: every key with its value, defaults filled in. */
json_t *sv_table_effective(const struct sv_table *table, const struct sv_node *node);
/* JSON Schema (draft 2020-12) of what the table accepts. */
json_t *sv_table_schema(const struct sv_table *table);
/* The reference page's rows for a table, as Markdown, nested tables after it. */
void sv_table_markdown(const struct sv_table *table, const char *path, FILE *to);

#endif
