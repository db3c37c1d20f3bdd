/*
 * grid.h - cells of text set in aligned columns
 *
 *	struct sv_grid g;
 *	sv_grid_init(&g, 2);
 *	sv_grid_put(&g, "%s", "ticket");
 *	sv_grid_put(&g, "%s", "FIFO ticket spinlock");
 *	sv_grid_print(&g, stdout, 120);
 *	sv_grid_fini(&g);
 *
 * Cells are put row by row. Widths are counted in characters of UTF-8. Nothing is
 * written behind the last cell of a row that has text.
 */
#ifndef SV_GRID_H
#define SV_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct sv_grid {
	size_t columns, cells, capacity;
	char **cell;
	bool *right; /* by column: set to align to the right */
};

void sv_grid_init(struct sv_grid *g, size_t columns);
void sv_grid_fini(struct sv_grid *g);
void sv_grid_put(struct sv_grid *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
/*
 * Prints with an indent of two and two blanks between columns. A left-aligned last
 * column is wrapped at blanks so that lines keep to `width` where words allow.
 */
void sv_grid_print(const struct sv_grid *g, FILE *to, size_t width);

/* Characters of a UTF-8 string. */
size_t sv_text_width(const char *text);
/* Columns of the terminal behind `to`, or 120 when it is none. */
size_t sv_terminal_width(FILE *to);

#endif
