/*
 * doc.h - documents from the inside: the arena, making nodes (for sim/ and the study)
 *
 * A node never changes once it hangs in a document. Setting a value makes new nodes
 * for the way from the root down to it and shares all others, so copies of a document
 * are cheap and equal parts of two points are the same node.
 */
#ifndef SV_DOC_H
#define SV_DOC_H

#include "config.h"

#define SV_DOC_BYTES_MAX (16u << 20)
#define SV_DOC_DEPTH_MAX 64
#define SV_DOC_NODES_MAX 1000000

struct sv_doc {
	struct sv_chunk *chunk; /* the arena's newest */
	const struct sv_node *root;
};

struct sv_doc *sv_doc_new(void);
/* All below live in the doc's arena; strings are copied. */
char *sv_doc_text(struct sv_doc *doc, const char *text, size_t bytes);
struct sv_node *sv_doc_node(
	struct sv_doc *doc, enum sv_node_kind kind, const struct sv_place *place);
struct sv_node *sv_doc_scalar(struct sv_doc *doc, const char *text, const struct sv_place *place);
/* Adds a child behind the others; key == NULL in a sequence. The key is not copied. */
void sv_doc_add(struct sv_doc *doc, struct sv_node *parent, const char *key,
	const struct sv_place *key_place, const struct sv_node *child);
/* A copy of a mapping with one child replaced or added. */
struct sv_node *sv_doc_with(struct sv_doc *doc, const struct sv_node *mapping, const char *key,
	const struct sv_place *key_place, const struct sv_node *child);

/*
 * Reads one YAML document as a node of doc. With `fixed`, every node has that place
 * (the value of a --set) instead of its own. NULL after reporting.
 */
struct sv_node *sv_yaml_read(struct sv_doc *doc, const char *source, const char *text,
	size_t text_bytes, const struct sv_place *fixed, struct sv_diag *diag);

#endif
