/*
 * diag.c - diagnostics: every mistake, each with its place
 */
#include "diag.h"
#include "bug.h"
#include "quote.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN    100
#define NO_PLACE SIZE_MAX

struct source {
	char *name, *text; /* text: NULL when nobody gave it */
	size_t text_bytes;
};

struct entry {
	size_t source; /* index, or NO_PLACE */
	unsigned line, column;
	size_t sequence;
	bool warning;
	char *message;
};

struct sv_diag {
	struct source *source;
	size_t sources;
	struct entry entry[2 * SHOWN]; /* errors and warnings */
	size_t entries, errors, warnings;
};

struct sv_diag *sv_diag_new(void)
{
	struct sv_diag *diag = calloc(1, sizeof(*diag));

	SV_BUG_ON(!diag);
	return diag;
}

static void clear(struct sv_diag *diag)
{
	for (size_t i = 0; i < diag->entries; i++)
		free(diag->entry[i].message);
	for (size_t i = 0; i < diag->sources; i++) {
		free(diag->source[i].name);
		free(diag->source[i].text);
	}
	free(diag->source);
	memset(diag, 0, sizeof(*diag));
}

void sv_diag_free(struct sv_diag *diag)
{
	if (!diag)
		return;
	clear(diag);
	free(diag);
}

/* Names are copied: a source's document may be gone when its mistakes are printed. */
static size_t source_index(struct sv_diag *diag, const char *name)
{
	struct source *grown;

	for (size_t i = 0; i < diag->sources; i++)
		if (!strcmp(diag->source[i].name, name))
			return i;
	grown = realloc(diag->source, (diag->sources + 1) * sizeof(*grown));
	SV_BUG_ON(!grown);
	diag->source = grown;
	grown[diag->sources] = (struct source){ .name = strdup(name) };
	SV_BUG_ON(!grown[diag->sources].name);
	return diag->sources++;
}

void sv_diag_source(struct sv_diag *diag, const char *source, const char *text, size_t text_bytes)
{
	size_t i = source_index(diag, source);
	struct source *s = &diag->source[i];

	free(s->text);
	s->text = malloc(text_bytes + 1);
	SV_BUG_ON(!s->text);
	if (text_bytes > 0)
		memcpy(s->text, text, text_bytes);
	s->text_bytes = text_bytes;
}

static bool known(const struct sv_diag *diag, const struct entry *e)
{
	for (size_t i = 0; i < diag->entries; i++) {
		const struct entry *old = &diag->entry[i];

		if (old->source == e->source && old->line == e->line && old->column == e->column &&
			!strcmp(old->message, e->message))
			return true;
	}
	return false;
}

/* The points of a sweep repeat each other's mistakes: the same one at the same place counts once.
 */
static void record(struct sv_diag *diag, const struct sv_place *place, bool warning,
	const char *format, va_list args)
{
	size_t *count = warning ? &diag->warnings : &diag->errors;
	struct entry e = { .source = NO_PLACE, .warning = warning };

	if (place) {
		e.source = source_index(diag, place->source);
		e.line = place->line;
		e.column = place->column;
	}
	SV_BUG_ON(vasprintf(&e.message, format, args) < 0);
	if (known(diag, &e)) {
		free(e.message);
	} else if ((*count)++ < SHOWN) {
		e.sequence = diag->entries;
		diag->entry[diag->entries++] = e;
	} else {
		free(e.message);
	}
}

int sv_error(struct sv_diag *diag, const struct sv_place *place, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	record(diag, place, false, format, args);
	va_end(args);
	return -1;
}

void sv_warn(struct sv_diag *diag, const struct sv_place *place, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	record(diag, place, true, format, args);
	va_end(args);
}

size_t sv_diag_errors(const struct sv_diag *diag)
{
	return diag->errors;
}

static int compare(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* By source in the order in which sources appeared, then by line, column and age. */
static int by_place(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;
	int order = compare(a->source, b->source);

	if (order == 0)
		order = compare(a->line, b->line);
	if (order == 0)
		order = compare(a->column, b->column);
	return order ? order : compare(a->sequence, b->sequence);
}

static void print_entry(const struct sv_diag *diag, const struct entry *e, FILE *to)
{
	const struct source *s = e->source == NO_PLACE ? NULL : &diag->source[e->source];

	if (s) {
		sv_quote_text(s->name, to);
		if (e->line > 0)
			fprintf(to, ":%u:%u", e->line, e->column);
		fputs(": ", to);
	}
	fputs(e->warning ? "warning: " : "error: ", to);
	sv_quote_text(e->message, to);
	fputc('\n', to);
	if (s && s->text && e->line > 0)
		sv_quote_line(s->text, s->text_bytes, e->line, e->column, to);
}

static void print_hidden(size_t n, const char *what, FILE *to)
{
	if (n > SHOWN)
		fprintf(to, "%zu more %s%s\n", n - SHOWN, what, n - SHOWN > 1 ? "s" : "");
}

void sv_diag_print(struct sv_diag *diag, FILE *to)
{
	qsort(diag->entry, diag->entries, sizeof(diag->entry[0]), by_place);
	for (size_t i = 0; i < diag->entries; i++)
		print_entry(diag, &diag->entry[i], to);
	print_hidden(diag->errors, "error", to);
	print_hidden(diag->warnings, "warning", to);
	clear(diag);
}
