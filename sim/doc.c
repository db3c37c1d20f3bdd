/*
 * doc.c - documents: an arena and the tree of nodes in it
 */
#include "doc.h"
#include "bug.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CHUNK_FIRST_BYTES 2048
#define CHUNK_LAST_BYTES  (1u << 20)

struct sv_chunk {
	struct sv_chunk *older;
	size_t used_bytes, bytes;
	_Alignas(max_align_t) char memory[];
};

struct sv_doc *sv_doc_new(void)
{
	struct sv_doc *doc = calloc(1, sizeof(*doc));

	SV_BUG_ON(!doc);
	return doc;
}

void sv_doc_free(struct sv_doc *doc)
{
	if (!doc)
		return;
	while (doc->chunk) {
		struct sv_chunk *older = doc->chunk->older;

		free(doc->chunk);
		doc->chunk = older;
	}
	free(doc);
}

/* Chunks double, so that a point of a sweep stays small and a large file takes few of them. */
static void grow(struct sv_doc *doc, size_t least_bytes)
{
	size_t bytes = doc->chunk ? 2 * doc->chunk->bytes : CHUNK_FIRST_BYTES;
	struct sv_chunk *chunk;

	if (bytes > CHUNK_LAST_BYTES)
		bytes = CHUNK_LAST_BYTES;
	if (bytes < least_bytes)
		bytes = least_bytes;
	chunk = calloc(1, sizeof(*chunk) + bytes);
	SV_BUG_ON(!chunk);
	chunk->bytes = bytes;
	chunk->older = doc->chunk;
	doc->chunk = chunk;
}

void *sv_doc_alloc(struct sv_doc *doc, size_t bytes)
{
	const size_t align = _Alignof(max_align_t);
	void *memory;

	bytes = (bytes + align - 1) / align * align;
	if (!doc->chunk || doc->chunk->bytes - doc->chunk->used_bytes < bytes)
		grow(doc, bytes);
	memory = doc->chunk->memory + doc->chunk->used_bytes;
	doc->chunk->used_bytes += bytes;
	return memory;
}

char *sv_doc_text(struct sv_doc *doc, const char *text, size_t bytes)
{
	char *copy = sv_doc_alloc(doc, bytes + 1);

	memcpy(copy, text, bytes);
	return copy;
}

struct sv_node *sv_doc_node(
	struct sv_doc *doc, enum sv_node_kind kind, const struct sv_place *place)
{
	struct sv_node *node = sv_doc_alloc(doc, sizeof(*node));

	node->kind = kind;
	node->place = *place;
	node->text = kind == SV_NODE_SCALAR ? "" : NULL;
	return node;
}

struct sv_node *sv_doc_scalar(struct sv_doc *doc, const char *text, const struct sv_place *place)
{
	struct sv_node *node = sv_doc_node(doc, SV_NODE_SCALAR, place);

	node->text = sv_doc_text(doc, text, strlen(text));
	return node;
}

static void *grow_array(struct sv_doc *doc, const void *old, size_t n, size_t size)
{
	void *grown = sv_doc_alloc(doc, 2 * (n ? n : 2) * size);

	if (n)
		memcpy(grown, old, n * size);
	return grown;
}

void sv_doc_add(struct sv_doc *doc, struct sv_node *parent, const char *key,
	const struct sv_place *key_place, const struct sv_node *child)
{
	size_t n = parent->n;

	/* Room is always a power of two, at least 4: it is used up when n reaches one. */
	if (n == 0 || (n >= 4 && (n & (n - 1)) == 0)) {
		parent->child = grow_array(doc, parent->child, n, sizeof(parent->child[0]));
		if (key) {
			parent->key = grow_array(doc, parent->key, n, sizeof(parent->key[0]));
			parent->key_place =
				grow_array(doc, parent->key_place, n, sizeof(parent->key_place[0]));
		}
	}
	parent->child[n] = child;
	if (key) {
		parent->key[n] = key;
		parent->key_place[n] = *key_place;
	}
	parent->n++;
}

struct sv_node *sv_doc_with(struct sv_doc *doc, const struct sv_node *mapping, const char *key,
	const struct sv_place *key_place, const struct sv_node *child)
{
	struct sv_node *copy = sv_doc_node(doc, SV_NODE_MAPPING, &mapping->place);
	bool replaced = false;

	for (size_t i = 0; i < mapping->n; i++) {
		bool here = !strcmp(mapping->key[i], key);

		sv_doc_add(doc, copy, mapping->key[i], &mapping->key_place[i],
			here ? child : mapping->child[i]);
		replaced |= here;
	}
	if (!replaced)
		sv_doc_add(doc, copy, sv_doc_text(doc, key, strlen(key)), key_place, child);
	return copy;
}

struct sv_doc *sv_doc_copy(const struct sv_doc *doc)
{
	struct sv_doc *copy = sv_doc_new();

	copy->root = doc->root;
	return copy;
}

const struct sv_node *sv_doc_root(const struct sv_doc *doc)
{
	return doc->root;
}

struct sv_doc *sv_doc_parse(
	const char *source, const char *text, size_t text_bytes, struct sv_diag *diag)
{
	struct sv_doc *doc = sv_doc_new();

	source = sv_doc_text(doc, source, strlen(source));
	sv_diag_source(diag, source, text, text_bytes);
	doc->root = sv_yaml_read(doc, source, text, text_bytes, NULL, diag);
	if (!doc->root) {
		sv_doc_free(doc);
		return NULL;
	}
	return doc;
}

/* Reads until the end, not by a size asked before: pipes have none. */
static char *read_all(FILE *from, size_t *bytes)
{
	size_t room_bytes = 1 << 16;
	char *text = malloc(room_bytes);

	SV_BUG_ON(!text);
	*bytes = 0;
	while (*bytes <= SV_DOC_BYTES_MAX) {
		size_t n = fread(text + *bytes, 1, room_bytes - *bytes, from);

		*bytes += n;
		if (n == 0)
			break;
		if (*bytes == room_bytes) {
			room_bytes *= 2;
			text = realloc(text, room_bytes);
			SV_BUG_ON(!text);
		}
	}
	return text;
}

static bool is_directory(FILE *file)
{
	struct stat st;

	return fstat(fileno(file), &st) == 0 && S_ISDIR(st.st_mode);
}

struct sv_doc *sv_doc_load(const char *path, struct sv_diag *diag)
{
	struct sv_place whole = { .source = path };
	struct sv_doc *doc = NULL;
	size_t bytes = 0;
	char *text = NULL;
	FILE *file = fopen(path, "rb");

	if (!file) {
		sv_error(diag, &whole, "cannot be opened: %s", strerror(errno));
		return NULL;
	}
	if (is_directory(file)) {
		sv_error(diag, &whole, "is a directory; name a YAML file in it");
		goto out;
	}
	text = read_all(file, &bytes);
	if (ferror(file))
		sv_error(diag, &whole, "cannot be read: %s", strerror(errno));
	else if (bytes > SV_DOC_BYTES_MAX)
		sv_error(diag, &whole, "is larger than 16 MiB; no configuration is");
	else
		doc = sv_doc_parse(path, text, bytes, diag);
out:
	free(text);
	fclose(file);
	return doc;
}
