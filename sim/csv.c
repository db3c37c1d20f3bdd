/*
 * csv.c - tables of text: RFC 4180 with comments, every cell with its place
 *
 * The text is cut in place: cells are pieces of it, ended by a zero.
 */
#include "csv.h"
#include "bug.h"
#include "text.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t"

struct reader {
	struct sv_csv *csv;
	struct sv_place place; /* of the line */
	struct sv_diag *diag;
	size_t cells, room; /* of csv->cell */
	int bad;
};

static unsigned characters(const char *from, const char *to)
{
	unsigned n = 0;

	for (; from < to; from++)
		n += ((unsigned char)*from & 0xc0) != 0x80;
	return n;
}

static struct sv_csv_cell *add_cell(struct reader *r, const char *line, const char *at)
{
	struct sv_csv *csv = r->csv;
	struct sv_csv_cell *cell;

	if (r->cells == r->room) {
		r->room = r->room ? 2 * r->room : 64;
		csv->cell = realloc(csv->cell, r->room * sizeof(*csv->cell));
		SV_BUG_ON(!csv->cell);
	}
	cell = &csv->cell[r->cells++];
	*cell = (struct sv_csv_cell){ .place = r->place };
	cell->place.column = 1 + characters(line, at);
	return cell;
}

/* Ends the text at `end` without the blanks before it. */
static void end_text(char *text, char *end)
{
	while (end > text && strchr(BLANKS, end[-1]))
		end--;
	*end = '\0';
}

/* Removes the quotes; returns what follows, NULL when they are not closed. */
static char *unquote(char *at)
{
	char *to = at;

	for (at++; *at; at++) {
		if (*at == '"' && at[1] != '"')
			break;
		at += *at == '"';
		*to++ = *at;
	}
	if (!*at)
		return NULL;
	*to = '\0';
	return at + 1 + strspn(at + 1, BLANKS);
}

/* Reads the cell at `at`; returns the comma or the zero behind it, or NULL after reporting. */
static char *read_cell(struct reader *r, const char *line, char *at)
{
	struct sv_csv_cell *cell;
	char *end;

	at += strspn(at, BLANKS);
	cell = add_cell(r, line, at);
	cell->text = at;
	if (*at != '"')
		return at + strcspn(at, ",");
	end = unquote(at);
	if (end && (*end == ',' || !*end))
		return end;
	sv_error(r->diag, &cell->place,
		end ? "a quoted cell ends before its comma" : "a quote is not closed on its line");
	return NULL;
}

/* Returns how many cells the line has, 0 after reporting. */
static size_t read_cells(struct reader *r, char *line)
{
	size_t before = r->cells;
	char *at = line;

	while (at) {
		char *end = read_cell(r, line, at);
		bool last = end && !*end;

		if (!end)
			return 0;
		/* What stood in quotes was ended before. */
		end_text(at, end);
		at = last ? NULL : end + 1;
	}
	return r->cells - before;
}

static bool is_skipped(const char *line)
{
	line += strspn(line, BLANKS);
	return !*line || *line == '#' || (*line == '"' && line[1] == '#');
}

static void read_line(struct reader *r, char *line)
{
	struct sv_csv *csv = r->csv;
	size_t n;

	if (is_skipped(line))
		return;
	n = read_cells(r, line);
	if (n == 0) {
		r->bad = -1;
	} else if (!csv->columns) {
		csv->columns = n;
		csv->heading = csv->cell;
		csv->cell = NULL;
		r->cells = r->room = 0;
		return;
	} else if (n != csv->columns) {
		r->bad = sv_error(r->diag, &r->place, "has %zu cells, but there are %zu columns", n,
			csv->columns);
	}
	csv->rows++;
}

static int check_headings(const struct sv_csv *csv, const char *path, struct sv_diag *diag)
{
	struct sv_place place = { .source = path };
	int bad = 0;

	if (!csv->columns)
		return sv_error(
			diag, &place, "has no line that names the columns, such as 'x,value'");
	for (size_t i = 0; i < csv->columns; i++) {
		if (!*csv->heading[i].text)
			bad = sv_error(diag, &csv->heading[i].place, "a column has no name");
		for (size_t k = 0; k < i; k++)
			if (!strcmp(csv->heading[i].text, csv->heading[k].text)) {
				bad = sv_error(diag, &csv->heading[i].place,
					"two columns are named '%.60s'", csv->heading[i].text);
				break;
			}
	}
	return bad;
}

int sv_csv_load(struct sv_csv *out, const char *path, struct sv_diag *diag)
{
	struct reader r = { .csv = out, .place = { path, 0, 1 }, .diag = diag };
	size_t bytes = 0;
	char *line;

	*out = (struct sv_csv){ 0 };
	if (sv_text_load(path, &out->text, &bytes, diag) < 0)
		return -1;
	sv_diag_source(diag, path, out->text, bytes);
	line = out->text;
	if (!strncmp(line, "\xef\xbb\xbf", 3))
		line += 3;
	while (line && (!r.bad || out->columns)) {
		char *next = strchr(line, '\n'), *end = next ? next : line + strlen(line);

		if (end > line && end[-1] == '\r')
			end--;
		*end = '\0';
		r.place.line++;
		read_line(&r, line);
		line = next ? next + 1 : NULL;
	}
	return r.bad ? -1 : check_headings(out, path, diag);
}

/* The next line that is no comment, without its end. 0: there is none; -1 after reporting. */
static int next_line(struct sv_csv_stream *s, struct sv_diag *diag)
{
	struct sv_place whole = { .source = s->place.source };
	ssize_t n;

	do {
		errno = 0;
		n = getline(&s->line, &s->line_bytes, s->file);
		if (n < 0 && ferror(s->file))
			return sv_error(diag, &whole, "cannot be read: %s", strerror(errno));
		if (n < 0)
			return 0;
		s->place.line++;
		if (memchr(s->line, '\0', (size_t)n))
			return sv_error(diag, &s->place, "is no text: it holds a zero byte");
		while (n > 0 && strchr("\r\n", s->line[n - 1]))
			s->line[--n] = '\0';
		if (s->place.line == 1 && !strncmp(s->line, "\xef\xbb\xbf", 3))
			memmove(s->line, s->line + 3, (size_t)n - 2);
	} while (is_skipped(s->line));
	return 1;
}

static size_t cut_line(struct sv_csv_stream *s, struct sv_diag *diag)
{
	struct reader r = { .csv = &s->csv, .place = s->place, .diag = diag, .room = s->room };
	size_t n = read_cells(&r, s->line);

	s->room = r.room;
	return n;
}

int sv_csv_open(struct sv_csv_stream *s, const char *path, struct sv_diag *diag)
{
	struct sv_place place = { .source = path };
	int result;

	*s = (struct sv_csv_stream){ .place = { path, 0, 1 }, .file = fopen(path, "re") };
	if (!s->file)
		return sv_error(diag, &place, "cannot be read: %s", strerror(errno));
	result = next_line(s, diag);
	if (result < 0)
		return result;
	if (result > 0) {
		s->csv.columns = cut_line(s, diag);
		if (s->csv.columns == 0)
			return -1;
	}
	s->csv.heading = s->csv.cell;
	s->csv.text = s->line;
	s->csv.cell = NULL;
	s->line = NULL;
	s->line_bytes = s->room = 0;
	return check_headings(&s->csv, path, diag);
}

int sv_csv_next(struct sv_csv_stream *s, struct sv_diag *diag)
{
	int result = next_line(s, diag);
	size_t n;

	if (result <= 0)
		return result;
	n = cut_line(s, diag);
	if (n == 0)
		return -1;
	if (n != s->csv.columns)
		return sv_error(diag, &s->place, "has %zu cells, but there are %zu columns", n,
			s->csv.columns);
	s->csv.rows++;
	return 1;
}

void sv_csv_close(struct sv_csv_stream *s)
{
	if (s->file)
		fclose(s->file);
	free(s->line);
	sv_csv_free(&s->csv);
}

void sv_csv_free(struct sv_csv *csv)
{
	free(csv->heading);
	free(csv->cell);
	free(csv->text);
}

size_t sv_csv_column(const struct sv_csv *csv, const char *name)
{
	for (size_t i = 0; i < csv->columns; i++)
		if (!strcmp(csv->heading[i].text, name))
			return i;
	return SIZE_MAX;
}
