/*
 * config.c - nodes to C structs, by option tables
 *
 * A mistake does not end the reading: what follows is read and reported too.
 */
#include "config.h"
#include "bug.h"
#include "doc.h"
#include "value.h"
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_BYTES 40
#define NAMES_MAX   10000 /* no scenario has as many VMs */

/* The keys from the root to what is being read; text is made of it only for messages. */
struct way {
	const struct way *up;
	const char *name;
};

struct reader {
	struct sv_doc *doc;
	struct sv_diag *diag;
	const struct sv_place *here; /* of the innermost mapping: where a missing key belongs */
	bool bad;
};

static void read_row(struct reader *r, const struct way *way, const struct sv_option *row,
	const struct sv_node *node, void *out);

static void put_way(const struct way *way, FILE *to)
{
	if (!way)
		return;
	put_way(way->up, to);
	if (way->up && *way->up->name)
		fputc('.', to);
	fputs(way->name, to);
}

__attribute__((format(printf, 4, 5))) static void complain(struct reader *r, const struct way *way,
	const struct sv_place *place, const char *format, ...)
{
	char *text = NULL;
	size_t bytes, before;
	va_list args;
	FILE *to = open_memstream(&text, &bytes);

	SV_BUG_ON(!to);
	put_way(way, to);
	before = (size_t)ftell(to);
	if (before > 0)
		fputs(": ", to);
	va_start(args, format);
	vfprintf(to, format, args);
	va_end(args);
	fclose(to);
	sv_error(r->diag, place, "%s", text);
	free(text);
	r->bad = true;
}

/* A value as messages show it: texts in quotes, long ones cut. */
static const char *shown(struct reader *r, const struct sv_node *node)
{
	size_t n = strlen(node->text), cut = n;
	bool plain = !node->quoted && n > 0 && strchr("0123456789.-+", node->text[0]);
	char *text = sv_doc_alloc(r->doc, SHOWN_BYTES + 8);

	if (n > SHOWN_BYTES)
		for (cut = SHOWN_BYTES; cut > 0 && (node->text[cut] & 0xc0) == 0x80;)
			cut--;
	snprintf(text, SHOWN_BYTES + 8, "%s%.*s%s%s", plain ? "" : "'", (int)cut, node->text,
		cut < n ? "..." : "", plain ? "" : "'");
	return text;
}

static const char *found(const struct sv_node *node)
{
	return node->kind == SV_NODE_MAPPING ? "a mapping" : "a list";
}

static const char *expected(const struct sv_option *row)
{
	switch (row->type) {
	case SV_BOOL:
		return "true or false";
	case SV_INT:
		return "a whole number";
	case SV_REAL:
		return "a number";
	case SV_TIME:
		return "a time such as 40us";
	case SV_BYTES:
		return "a size such as 4KiB";
	case SV_RATE:
		return "a rate such as 200/s or 10Gbit/s";
	case SV_STRING:
		return "a text";
	case SV_CHOICE:
		return "a word";
	case SV_DIST:
		return "a time or a distribution such as exponential(10us)";
	case SV_VARIANT:
		return "a name, or a mapping with 'kind:'";
	case SV_LIST:
		return "a list such as [a, b]";
	default:
		return "a mapping of keys";
	}
}

/* Whether the node is of a kind that the row can read; reports when it is not. */
static bool fits(struct reader *r, const struct way *way, const struct sv_option *row,
	const struct sv_node *node)
{
	bool number = row->type == SV_BOOL || row->type == SV_INT || row->type == SV_REAL;
	enum sv_node_kind want = row->type == SV_LIST                             ? SV_NODE_SEQUENCE
				 : row->type == SV_GROUP || row->type == SV_NAMED ? SV_NODE_MAPPING
										  : SV_NODE_SCALAR;

	if (sv_node_is_null(node))
		complain(r, way, &node->place, "has no value; expected %s", expected(row));
	else if (node->kind == SV_NODE_SCALAR && want != node->kind)
		complain(r, way, &node->place, "expected %s, found %s", expected(row),
			shown(r, node));
	else if (node->kind != want)
		complain(r, way, &node->place, "expected %s, found %s", expected(row), found(node));
	else if (number && node->quoted)
		complain(r, way, &node->place, "%s is a text because of its quotes; expected %s",
			shown(r, node), expected(row));
	else
		return true;
	return false;
}

/* -1 below the row's minimum, 1 above its maximum, else 0. */
static int outside(const struct sv_option *row, const struct sv_number *number)
{
	struct sv_number bound;

	if (row->min) {
		SV_BUG_ON(sv_number_parse(row, row->min, &bound));
		if (sv_number_compare(number, &bound) < 0)
			return -1;
	}
	if (row->max) {
		SV_BUG_ON(sv_number_parse(row, row->max, &bound));
		if (sv_number_compare(number, &bound) > 0)
			return 1;
	}
	return 0;
}

static void complain_bounds(struct reader *r, const struct way *way, const struct sv_option *row,
	const struct sv_node *node, int side)
{
	if (row->min && row->max && !strcmp(row->min, row->max))
		complain(r, way, &node->place, "%s is not %s", shown(r, node), row->min);
	else if (row->min && row->max)
		complain(r, way, &node->place, "%s is outside %s to %s", shown(r, node), row->min,
			row->max);
	else if (side < 0)
		complain(r, way, &node->place, "%s is below %s", shown(r, node), row->min);
	else
		complain(r, way, &node->place, "%s is above %s", shown(r, node), row->max);
}

static void read_number(struct reader *r, const struct way *way, const struct sv_option *row,
	const struct sv_node *node, void *out)
{
	struct sv_number number;
	const char *wrong = sv_number_parse(row, node->text, &number);
	int side;

	if (wrong) {
		complain(r, way, &node->place, "%s %s", shown(r, node), wrong);
		return;
	}
	side = outside(row, &number);
	if (side)
		complain_bounds(r, way, row, node, side);
	else if (number.real)
		*(double *)out = number.d;
	else
		*(int64_t *)out = number.i;
}

static void read_dist(struct reader *r, const struct way *way, const struct sv_option *row,
	const struct sv_node *node, struct sv_dist *out)
{
	const struct sv_option time = { .type = SV_TIME, .min = row->min, .max = row->max };
	const char *wrong = sv_dist_parse(node->text, out);
	struct sv_number mean = { 0 };
	int side;

	if (wrong) {
		complain(r, way, &node->place, "%s %s", shown(r, node), wrong);
		return;
	}
	mean.d = sv_dist_mean(out);
	mean.i = mean.d < (double)SV_TIME_MAX ? (int64_t)mean.d : SV_TIME_MAX;
	side = outside(&time, &mean);
	if (side && row->min && row->max)
		complain(r, way, &node->place, "the mean of %s is outside %s to %s", shown(r, node),
			row->min, row->max);
	else if (side)
		complain(r, way, &node->place, "the mean of %s is %s %s", shown(r, node),
			side < 0 ? "below" : "above", side < 0 ? row->min : row->max);
}

static void read_choice(struct reader *r, const struct way *way, const struct sv_option *row,
	const struct sv_node *node, int *out)
{
	const char *const *choice = row->more;
	const char *nearest;
	char *list = NULL;
	size_t bytes;
	FILE *to;

	for (int i = 0; choice[i]; i++)
		if (!strcmp(choice[i], node->text)) {
			*out = i;
			return;
		}
	to = open_memstream(&list, &bytes);
	SV_BUG_ON(!to);
	for (size_t i = 0; choice[i]; i++)
		fprintf(to, "%s%s", i == 0 ? "" : choice[i + 1] ? ", " : " or ", choice[i]);
	nearest = sv_nearest(node->text, choice);
	if (nearest)
		fprintf(to, "; did you mean '%s'?", nearest);
	fclose(to);
	complain(r, way, &node->place, "%s is not %s", shown(r, node), list);
	free(list);
}

static void complain_key(struct reader *r, const struct way *way, const struct sv_table *table,
	const char *also, const struct sv_node *node, size_t i)
{
	const char **names = sv_table_names(table, also);
	char *hint = sv_names_hint(node->key[i], names);

	complain(r, way, &node->key_place[i], "unknown key '%.60s'%s", node->key[i], hint);
	free(hint);
	free(names);
}

/* Reads the rows of a table; `also` is a key that the caller reads itself. */
static void read_table(struct reader *r, const struct way *way, const struct sv_table *table,
	const char *also, const struct sv_node *node, void *out)
{
	const struct sv_place *outer = r->here;

	r->here = node ? &node->place : outer;
	for (size_t i = 0; node && i < node->n; i++)
		if (!sv_table_row(table, node->key[i], strlen(node->key[i])) &&
			!(also && !strcmp(also, node->key[i])))
			complain_key(r, way, table, also, node, i);
	for (const struct sv_option *row = table ? table->rows : NULL; row && row->name; row++) {
		const struct sv_node *child = sv_node_get(node, row->name);
		struct way below = { way, row->name };

		if (!child && !row->def)
			complain(r, way, r->here, "key '%s' is missing (%s)", row->name, row->help);
		else
			read_row(r, &below, row, child, (char *)out + row->offset);
	}
	r->here = outer;
}

static void read_variant(struct reader *r, const struct way *way, const struct sv_option *row,
	const struct sv_node *node, struct sv_variant *out)
{
	const struct sv_kinds *kinds = row->more;
	const struct sv_node *name =
		node->kind == SV_NODE_MAPPING ? sv_node_get(node, "kind") : node;
	struct sv_kind kind = sv_kinds_chosen(row, node);

	if (!kind.name && !name) {
		complain(r, way, &node->place, "key 'kind' is missing: which %s?", kinds->what);
		return;
	}
	if (!kind.name && name->kind == SV_NODE_SCALAR && !sv_node_is_null(name)) {
		const char **names = sv_kinds_names(kinds);
		const char *nearest = sv_nearest(name->text, names);

		complain(r, way, &name->place, "there is no %s %s; %s%s%s", kinds->what,
			shown(r, name), nearest ? "did you mean '" : "'simsvirt list ",
			nearest ? nearest : kinds->what, nearest ? "'?" : "s' names them");
		free(names);
		return;
	}
	if (!kind.name) {
		complain(r, way, &name->place, "expected the name of a %s", kinds->what);
		return;
	}
	out->name = kind.name;
	out->object = kind.object;
	out->config = kind.table ? sv_doc_alloc(r->doc, kind.table->size) : NULL;
	read_table(r, way, kind.table, "kind", node->kind == SV_NODE_MAPPING ? node : NULL,
		out->config);
}

static void read_named(struct reader *r, const struct way *way, const struct sv_option *row,
	const struct sv_node *node, struct sv_named *out)
{
	const struct sv_option *item = row->more;

	if (node->n > NAMES_MAX) {
		complain(r, way, &node->place, "has more than %d names", NAMES_MAX);
		return;
	}
	out->n = node->n;
	out->stride = sv_option_size(item);
	out->name = sv_doc_alloc(r->doc, (node->n + 1) * sizeof(*out->name));
	out->item = sv_doc_alloc(r->doc, (node->n + 1) * out->stride);
	if (node->n == 0 && !row->def)
		complain(r, way, &node->place, "is empty; at least one is needed");
	for (size_t i = 0; i < node->n; i++) {
		struct way below = { way, node->key[i] };
		const char *wrong = sv_name_check(node->key[i]);

		out->name[i] = node->key[i];
		if (wrong)
			complain(r, way, &node->key_place[i], "'%.60s': %s", node->key[i], wrong);
		else
			read_row(r, &below, item, node->child[i],
				(char *)out->item + i * out->stride);
	}
}

static void read_list(struct reader *r, const struct way *way, const struct sv_option *row,
	const struct sv_node *node, struct sv_list *out)
{
	const struct sv_option *item = row->more;

	out->n = node->n;
	out->stride = sv_option_size(item);
	out->item = sv_doc_alloc(r->doc, (node->n + 1) * out->stride);
	if (node->n == 0 && !row->def)
		complain(r, way, &node->place, "is empty; at least one is needed");
	for (size_t i = 0; i < node->n; i++)
		read_row(r, way, item, node->child[i], (char *)out->item + i * out->stride);
}

/* A row that is left out: its default, through the same parser. */
static void read_default(
	struct reader *r, const struct way *way, const struct sv_option *row, void *out)
{
	const struct sv_node *node = sv_option_default(row, r->doc);
	bool bad = r->bad;

	r->bad = false;
	if (row->type == SV_GROUP)
		read_table(r, way, row->more, NULL, NULL, out);
	else if (row->type == SV_STRING)
		*(const char **)out = *row->def ? node->text : NULL;
	else if (!node && (row->type == SV_REAL || row->type == SV_RATE))
		*(double *)out = NAN;
	else if (node)
		read_row(r, way, row, node, out);
	/* A default that its own row refuses is our mistake; a group may have required keys. */
	SV_BUG_ON(r->bad && row->type != SV_GROUP);
	r->bad |= bad;
}

static void read_row(struct reader *r, const struct way *way, const struct sv_option *row,
	const struct sv_node *node, void *out)
{
	if (!node) {
		read_default(r, way, row, out);
		return;
	}
	if (row->type == SV_NODE) {
		*(const struct sv_node **)out = node;
		return;
	}
	if (row->type == SV_VARIANT && node->kind == SV_NODE_MAPPING) {
		read_variant(r, way, row, node, out);
		return;
	}
	if (!fits(r, way, row, node))
		return;
	if (row->type == SV_BOOL) {
		const char *wrong = sv_bool_parse(node->text, out);

		if (wrong)
			complain(r, way, &node->place, "%s %s", shown(r, node), wrong);
	} else if (row->type == SV_STRING) {
		*(const char **)out = node->text;
	} else if (row->type == SV_CHOICE) {
		read_choice(r, way, row, node, out);
	} else if (row->type == SV_DIST) {
		read_dist(r, way, row, node, out);
	} else if (row->type == SV_GROUP) {
		read_table(r, way, row->more, NULL, node, out);
	} else if (row->type == SV_VARIANT) {
		read_variant(r, way, row, node, out);
	} else if (row->type == SV_NAMED) {
		read_named(r, way, row, node, out);
	} else if (row->type == SV_LIST) {
		read_list(r, way, row, node, out);
	} else {
		read_number(r, way, row, node, out);
	}
}

int sv_read(const struct sv_table *table, const struct sv_node *node, void *out, struct sv_doc *doc,
	struct sv_diag *diag)
{
	const struct sv_option root = { .name = "", .type = SV_GROUP, .def = "", .more = table };

	return sv_read_value(&root, node, "", out, doc, diag);
}

int sv_read_value(const struct sv_option *row, const struct sv_node *node, const char *path,
	void *out, struct sv_doc *doc, struct sv_diag *diag)
{
	struct reader r = { .doc = doc, .diag = diag };
	struct way way = { NULL, path };

	memset(out, 0, sv_option_size(row));
	read_row(&r, &way, row, node, out);
	return r.bad ? -1 : 0;
}
