/*
 * yaml.c - YAML text to nodes, by libyaml's events
 *
 * Of YAML's many ways to write a value only those remain whose meaning a reader sees
 * at the spot: no anchors and aliases, tags, directives, merge keys, several
 * documents. libyaml takes duplicate keys and, in places, time that grows with the
 * square of the input; both are met here.
 */
#include "bug.h"
#include "doc.h"
#include "utf8.h"
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct reader {
	yaml_parser_t parser;
	struct sv_doc *doc;
	struct sv_diag *diag;
	const char *source;
	const struct sv_place *fixed;
	unsigned depth, nodes;
	bool bad;
};

/* libyaml counts lines and columns from 0. */
static struct sv_place place_of(const struct reader *r, const yaml_mark_t *mark)
{
	if (r->fixed)
		return *r->fixed;
	return (struct sv_place){ .source = r->source,
		.line = (unsigned)mark->line + 1,
		.column = (unsigned)mark->column + 1 };
}

static void refuse(struct reader *r, const yaml_event_t *event, const char *what)
{
	struct sv_place place = place_of(r, &event->start_mark);

	sv_error(r->diag, &place, "%s", what);
	r->bad = true;
}

/* libyaml speaks of tokens; a hint says what is usually behind its words. */
static const char *hint(const char *problem)
{
	static const struct {
		const char *part, *hint;
	} hints[] = {
		{ "found character that cannot start any token",
			"; indent by blanks, not tabs, and quote text that begins with @, ` or %" },
		{ "mapping values are not allowed",
			"; is the indentation right, or does a text with ': ' lack quotes?" },
		{ "could not find expected ':'", "; write 'key: value'" },
		{ "did not find expected key", "; keys of one mapping begin in the same column" },
		{ "did not find expected ',' or ']'", "; a '[' is not closed" },
		{ "did not find expected ',' or '}'", "; a '{' is not closed" },
		{ "found unexpected end of stream", "; a quote is not closed" },
		{ "did not find expected '-' indicator",
			"; items of one list begin in the same column" },
	};

	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (strstr(problem, hints[i].part))
			return hints[i].hint;
	return "";
}

/* The next event, or -1 after reporting that the text is no YAML. */
static int next(struct reader *r, yaml_event_t *event)
{
	const char *problem;
	struct sv_place place;

	if (yaml_parser_parse(&r->parser, event))
		return 0;
	problem = r->parser.problem ? r->parser.problem : "out of memory";
	place = place_of(r, &r->parser.problem_mark);
	sv_error(r->diag, &place, "not YAML: %s%s", problem, hint(problem));
	r->bad = true;
	return -1;
}

static void check_properties(struct reader *r, const yaml_event_t *event, const yaml_char_t *anchor,
	const yaml_char_t *tag)
{
	if (anchor)
		refuse(r, event, "anchors (&name) are not taken; write the value where it is used");
	if (tag)
		refuse(r, event, "tags (!name) are not taken; write the plain value");
}

static struct sv_node *read_scalar(struct reader *r, const yaml_event_t *event)
{
	struct sv_place place = place_of(r, &event->start_mark);
	struct sv_node *node = sv_doc_node(r->doc, SV_NODE_SCALAR, &place);
	const char *text = (const char *)event->data.scalar.value;
	size_t bytes = event->data.scalar.length;

	check_properties(r, event, event->data.scalar.anchor, event->data.scalar.tag);
	if (memchr(text, '\0', bytes))
		refuse(r, event, "the text contains a NUL character");
	node->text = sv_doc_text(r->doc, text, bytes);
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	return node;
}

static struct sv_node *read_node(struct reader *r, const yaml_event_t *event);

static struct sv_node *read_sequence(struct reader *r, const struct sv_place *place)
{
	struct sv_node *node = sv_doc_node(r->doc, SV_NODE_SEQUENCE, place);

	for (;;) {
		yaml_event_t event;
		struct sv_node *child;

		if (next(r, &event) < 0)
			return NULL;
		if (event.type == YAML_SEQUENCE_END_EVENT) {
			yaml_event_delete(&event);
			return node;
		}
		child = read_node(r, &event);
		yaml_event_delete(&event);
		if (!child)
			return NULL;
		sv_doc_add(r->doc, node, NULL, NULL, child);
	}
}

struct key {
	const char *text;
	const struct sv_place *place;
	size_t index;
};

static int by_text(const void *pa, const void *pb)
{
	const struct key *a = pa, *b = pb;
	int order = strcmp(a->text, b->text);

	return order ? order : (a->index > b->index) - (a->index < b->index);
}

/* Sorted, so that a mapping of a hundred thousand keys is no quadratic search. */
static void check_duplicates(struct reader *r, const struct sv_node *node)
{
	struct key *key = malloc((node->n + 1) * sizeof(*key));

	SV_BUG_ON(!key);
	for (size_t i = 0; i < node->n; i++)
		key[i] = (struct key){ node->key[i], &node->key_place[i], i };
	qsort(key, node->n, sizeof(*key), by_text);
	for (size_t i = 1, first = 0; i < node->n; i++) {
		if (strcmp(key[i].text, key[first].text)) {
			first = i;
			continue;
		}
		sv_error(r->diag, key[i].place, "key '%s' is given twice; first in line %u",
			key[i].text, key[first].place->line);
		r->bad = true;
	}
	free(key);
}

/* The key of a mapping's next entry; NULL at its end (*end) or after a fatal mistake. */
static const char *read_key(struct reader *r, struct sv_place *place, bool *end)
{
	const char *key = NULL;
	yaml_event_t event;

	*end = false;
	if (next(r, &event) < 0)
		return NULL;
	*place = place_of(r, &event.start_mark);
	if (event.type == YAML_MAPPING_END_EVENT) {
		*end = true;
	} else if (event.type == YAML_SCALAR_EVENT) {
		key = read_scalar(r, &event)->text;
		if (!strcmp(key, "<<"))
			refuse(r, &event,
				"merge keys (<<) are not taken; write the keys themselves");
	} else if (event.type == YAML_ALIAS_EVENT) {
		refuse(r, &event, "aliases (*name) are not taken; write the key itself");
		key = "";
	} else {
		refuse(r, &event, "a key is a word, not a list or a mapping");
	}
	yaml_event_delete(&event);
	return key;
}

static struct sv_node *read_mapping(struct reader *r, const struct sv_place *place)
{
	struct sv_node *node = sv_doc_node(r->doc, SV_NODE_MAPPING, place);

	for (;;) {
		struct sv_place key_place;
		struct sv_node *child;
		yaml_event_t event;
		bool end;
		const char *key = read_key(r, &key_place, &end);

		if (end) {
			check_duplicates(r, node);
			return node;
		}
		if (!key || next(r, &event) < 0)
			return NULL;
		child = read_node(r, &event);
		yaml_event_delete(&event);
		if (!child)
			return NULL;
		sv_doc_add(r->doc, node, key, &key_place, child);
	}
}

static struct sv_node *read_collection(struct reader *r, const yaml_event_t *event)
{
	struct sv_place place = place_of(r, &event->start_mark);
	struct sv_node *node;

	if (r->depth == SV_DOC_DEPTH_MAX) {
		refuse(r, event, "nested deeper than 64 levels");
		return NULL;
	}
	r->depth++;
	if (event->type == YAML_SEQUENCE_START_EVENT) {
		check_properties(r, event, event->data.sequence_start.anchor,
			event->data.sequence_start.tag);
		node = read_sequence(r, &place);
	} else {
		check_properties(
			r, event, event->data.mapping_start.anchor, event->data.mapping_start.tag);
		node = read_mapping(r, &place);
	}
	r->depth--;
	return node;
}

/* NULL when reading cannot go on. */
static struct sv_node *read_node(struct reader *r, const yaml_event_t *event)
{
	struct sv_place place = place_of(r, &event->start_mark);

	if (++r->nodes > SV_DOC_NODES_MAX) {
		refuse(r, event, "more than a million values");
		return NULL;
	}
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return read_scalar(r, event);
	case YAML_ALIAS_EVENT:
		refuse(r, event, "aliases (*name) are not taken; write the value where it is used");
		return sv_doc_node(r->doc, SV_NODE_SCALAR, &place);
	default:
		return read_collection(r, event);
	}
}

static struct sv_node *read_document(struct reader *r)
{
	struct sv_node *root = NULL;
	yaml_event_t event;

	for (;;) {
		yaml_event_type_t type;

		if (next(r, &event) < 0)
			return NULL;
		type = event.type;
		if (type == YAML_STREAM_END_EVENT && !root)
			refuse(r, &event, "there is nothing in it");
		else if (type == YAML_DOCUMENT_START_EVENT && root)
			refuse(r, &event, "a second document; keep one to a file");
		else if (type != YAML_STREAM_START_EVENT && type != YAML_DOCUMENT_START_EVENT &&
			 type != YAML_DOCUMENT_END_EVENT && type != YAML_STREAM_END_EVENT)
			root = read_node(r, &event);
		yaml_event_delete(&event);
		if (r->bad && (!root || type == YAML_DOCUMENT_START_EVENT))
			return NULL;
		if (type == YAML_STREAM_END_EVENT)
			return r->bad ? NULL : root;
	}
}

static const char *check_character(uint32_t c, unsigned column)
{
	if (c == 0)
		return "a NUL character; this is not a text";
	if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') ||
		(c >= 0x7f && c < 0xa0 && c != 0x85))
		return "a control character; this is not a text";
	if (c == 0xfeff || c == 0xfffe || c == 0xffff)
		return "a character that YAML does not allow";
	/* libyaml compares each %TAG with all before it. */
	if (c == '%' && column == 1)
		return "directives (%YAML, %TAG) are not taken; leave the line out";
	return NULL;
}

/* What libyaml reports without a line, or not at all. Returns -1 after reporting. */
static int check_characters(struct reader *r, const char *text, size_t bytes)
{
	const char *end = text + bytes;
	struct sv_place at = { .source = r->source, .line = 1, .column = 1 };

	while (text < end) {
		uint32_t c;
		size_t n = sv_utf8_decode(text, end, &c);
		const char *wrong = n == 0 ? "this is not UTF-8" : check_character(c, at.column);

		if (wrong)
			return sv_error(r->diag, r->fixed ? r->fixed : &at, "%s", wrong);
		if (sv_utf8_breaks(c) && !(c == '\r' && text + 1 < end && text[1] == '\n')) {
			at.line++;
			at.column = 1;
		} else {
			at.column++;
		}
		text += n;
	}
	return 0;
}

struct sv_node *sv_yaml_read(struct sv_doc *doc, const char *source, const char *text,
	size_t text_bytes, const struct sv_place *fixed, struct sv_diag *diag)
{
	struct reader r = { .doc = doc, .diag = diag, .source = source, .fixed = fixed };
	struct sv_node *root;

	if (text_bytes > SV_DOC_BYTES_MAX) {
		sv_error(diag, &(struct sv_place){ .source = source }, "is larger than 16 MiB");
		return NULL;
	}
	if (text_bytes >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
		text += 3;
		text_bytes -= 3;
	}
	if (check_characters(&r, text, text_bytes) < 0)
		return NULL;
	SV_BUG_ON(!yaml_parser_initialize(&r.parser));
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, text_bytes);
	root = read_document(&r);
	yaml_parser_delete(&r.parser);
	return root;
}
