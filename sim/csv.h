/*
 * csv.h - tables of text: RFC 4180 with comments, every cell with its place
 *
 * Lines that begin with # (also in quotes) and empty lines are skipped. The first line
 * that is left names the columns; all rows have as many cells. A quoted cell ends on
 * its line. Blanks around cells do not count.
 */
#ifndef SV_CSV_H
#define SV_CSV_H

#include "diag.h"

struct sv_csv_cell {
	const char *text;
	struct sv_place place;
};

struct sv_csv {
	size_t columns, rows;
	struct sv_csv_cell *heading;
	struct sv_csv_cell *cell; /* by row and column */
	char *text;               /* all the above point into it */
};

/* Returns -1 after reporting every mistake; *out can be freed in any case. */
int sv_csv_load(struct sv_csv *out, const char *path, struct sv_diag *diag);
void sv_csv_free(struct sv_csv *csv);

static inline const struct sv_csv_cell *sv_csv_at(
	const struct sv_csv *csv, size_t row, size_t column)
{
	return &csv->cell[row * csv->columns + column];
}
/*
 * Row by row, for tables that are too large to keep:
 *
 *	if (sv_csv_open(&s, path, diag) == 0)
 *		while (sv_csv_next(&s, diag) > 0)
 *			... s.csv.cell[column].text ...
 *	sv_csv_close(&s);
 */
struct sv_csv_stream {
	struct sv_csv csv; /* heading, and the row that was read last; `rows` counts */
	FILE *file;
	char *line;
	size_t line_bytes, room;
	struct sv_place place; /* of the line */
};

/* Reads the heading. Returns -1 after reporting; *s can be closed in any case. The path must
 * outlive the places. */
int sv_csv_open(struct sv_csv_stream *s, const char *path, struct sv_diag *diag);
/* 1: there is a row; 0: there was none left; -1: after reporting. */
int sv_csv_next(struct sv_csv_stream *s, struct sv_diag *diag);
void sv_csv_close(struct sv_csv_stream *s);

/* SIZE_MAX: there is no column of that name. */
size_t sv_csv_column(const struct sv_csv *csv, const char *name);

#endif
