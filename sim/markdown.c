/*
 * markdown.c - the reference page of option tables
 */
#include "bug.h"
#include "value.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define KINDS_MAX 32

/* What was printed already: a list of kinds, such as the locks, is printed where it is first met.
 */
struct page {
	FILE *to;
	const struct sv_kinds *kinds[KINDS_MAX];
	char *path[KINDS_MAX];
	size_t n;
};

static void print_table(struct page *page, const struct sv_table *table, const char *path);

static char *join(const char *path, const char *name)
{
	char *joined;

	SV_BUG_ON(asprintf(&joined, "%s%s%s", path, *path && *name ? "." : "", name) < 0);
	return joined;
}

/* In a table's cell, '|' would end the cell. */
static void put_cell(FILE *to, const char *text)
{
	for (; *text; text++)
		fprintf(to, *text == '|' ? "\\%c" : "%c", *text);
}

static void put_bounds(FILE *to, const struct sv_option *row)
{
	if (row->min && row->max && !strcmp(row->min, row->max))
		fprintf(to, ": %s", row->min);
	else if (row->min && row->max)
		fprintf(to, ", %s to %s", row->min, row->max);
	else if (row->min)
		fprintf(to, ", at least %s", row->min);
	else if (row->max)
		fprintf(to, ", at most %s", row->max);
}

static const char *type_name(enum sv_type type)
{
	static const char *const names[] = {
		[SV_BOOL] = "true or false",
		[SV_INT] = "whole number",
		[SV_REAL] = "number",
		[SV_TIME] = "time",
		[SV_BYTES] = "size",
		[SV_RATE] = "rate",
		[SV_STRING] = "text",
		[SV_DIST] = "time or distribution",
		[SV_GROUP] = "mapping",
		[SV_NAMED] = "mapping of names",
		[SV_LIST] = "list",
		[SV_NODE] = "block",
	};

	return names[type];
}

static void put_type(FILE *to, const struct sv_option *row)
{
	const struct sv_kinds *kinds = row->more;
	const char *const *word = row->more;

	if (row->type == SV_CHOICE) {
		for (size_t i = 0; word[i]; i++)
			fprintf(to, "%s`%s`", i ? ", " : "", word[i]);
	} else if (row->type == SV_VARIANT) {
		fprintf(to, "name of a %s, or a mapping with `kind`", kinds->what);
	} else {
		fputs(type_name(row->type), to);
		if (row->unit && strcmp(row->unit, "1") && row->type == SV_INT)
			fprintf(to, " of %s", row->unit);
		else if (row->unit && strcmp(row->unit, "1"))
			fprintf(to, " in %s%s", row->unit, row->type == SV_RATE ? "/s" : "");
	}
	put_bounds(to, row);
}

static void print_row(struct page *page, const struct sv_option *row)
{
	fprintf(page->to, "| `%s` | ", row->name);
	put_type(page->to, row);
	if (!row->def)
		fputs(" | required | ", page->to);
	else if (*row->def)
		fprintf(page->to, " | `%s` | ", row->def);
	else
		fputs(" | | ", page->to);
	put_cell(page->to, row->help ? row->help : "");
	fputs(" |\n", page->to);
}

/* The help of a row or a kind as a sentence. */
static void put_sentence(FILE *to, const char *help)
{
	if (help && *help)
		fprintf(to, "\n%c%s.\n", toupper((unsigned char)help[0]), help + 1);
}

static bool seen(struct page *page, const struct sv_kinds *kinds, const char *path)
{
	for (size_t i = 0; i < page->n; i++)
		if (page->kinds[i] == kinds) {
			fprintf(page->to, "\nThe same as `%s`.\n", page->path[i]);
			return true;
		}
	SV_BUG_ON(page->n == KINDS_MAX);
	page->kinds[page->n] = kinds;
	page->path[page->n] = strdup(path);
	SV_BUG_ON(!page->path[page->n]);
	page->n++;
	return false;
}

static void print_kinds(struct page *page, const struct sv_option *row, const char *path)
{
	const struct sv_kinds *kinds = row->more;
	struct sv_kind kind;

	fprintf(page->to, "\n### `%s`\n", path);
	put_sentence(page->to, row->help);
	if (seen(page, kinds, path))
		return;
	fputs("\n| Kind | Meaning |\n| --- | --- |\n", page->to);
	for (size_t i = 0; kind = kinds->at(i), kind.name; i++) {
		fprintf(page->to, "| `%s` | ", kind.name);
		put_cell(page->to, kind.help ? kind.help : "");
		fputs(" |\n", page->to);
	}
	for (size_t i = 0; kind = kinds->at(i), kind.name; i++)
		if (kind.table && kind.table->rows[0].name) {
			fprintf(page->to, "\n### `%s` with `kind: %s`\n", path, kind.name);
			print_table(page, kind.table, path);
		}
}

static void print_group(struct page *page, const struct sv_option *row, const char *path)
{
	fprintf(page->to, "\n### `%s`\n", path);
	put_sentence(page->to, row->help);
	print_table(page, row->more, path);
}

/* What stands below a row, in sections of its own. */
static void print_below(struct page *page, const struct sv_option *row, const char *path)
{
	const struct sv_shape *shape = row->more;
	char *item;

	switch (row->type) {
	case SV_GROUP:
		print_group(page, row, path);
		break;
	case SV_VARIANT:
		print_kinds(page, row, path);
		break;
	case SV_NAMED:
		item = join(path, "NAME");
		print_below(page, row->more, item);
		free(item);
		break;
	case SV_LIST:
		SV_BUG_ON(asprintf(&item, "%s[]", path) < 0);
		print_below(page, row->more, item);
		free(item);
		break;
	case SV_NODE:
		if (shape && shape->row)
			print_below(page, shape->row, path);
		break;
	default:
		break;
	}
}

static void print_table(struct page *page, const struct sv_table *table, const char *path)
{
	fputs("\n| Key | Value | Default | Meaning |\n| --- | --- | --- | --- |\n", page->to);
	for (const struct sv_option *row = table->rows; row->name; row++)
		print_row(page, row);
	for (const struct sv_option *row = table->rows; row->name; row++) {
		char *below = join(path, row->name);

		print_below(page, row, below);
		free(below);
	}
}

void sv_table_markdown(const struct sv_table *table, const char *path, FILE *to)
{
	struct page page = { .to = to };

	print_table(&page, table, path);
	for (size_t i = 0; i < page.n; i++)
		free(page.path[i]);
}
