/*
 * grid.c - cells of text set in aligned columns
 */
#include "grid.h"
#include "memory.h"
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define INDENT 2
#define GAP    2

void sv_grid_init(struct sv_grid *g, size_t columns)
{
	*g = (struct sv_grid){ .columns = columns, .right = sv_array(columns, sizeof(bool)) };
}

void sv_grid_fini(struct sv_grid *g)
{
	for (size_t i = 0; i < g->cells; i++)
		free(g->cell[i]);
	free(g->cell);
	free(g->right);
	*g = (struct sv_grid){ 0 };
}

void sv_grid_put(struct sv_grid *g, const char *format, ...)
{
	va_list args;
	char *text = NULL;

	if (g->cells == g->capacity) {
		g->capacity = g->capacity ? 2 * g->capacity : 64;
		g->cell = sv_must(realloc(g->cell, g->capacity * sizeof(*g->cell)));
	}
	va_start(args, format);
	SV_BUG_ON(vasprintf(&text, format, args) < 0);
	va_end(args);
	g->cell[g->cells++] = text;
}

size_t sv_text_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

size_t sv_terminal_width(FILE *to)
{
	struct winsize size;
	int fd = fileno(to);

	/* A pseudo-terminal that nobody sized says 0 columns. */
	if (fd < 0 || !isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return 120;
	return size.ws_col < 40 ? 40 : size.ws_col;
}

/* The widest cell of a column. */
static size_t column_width(const struct sv_grid *g, size_t column)
{
	size_t width = 0;

	for (size_t i = column; i < g->cells; i += g->columns) {
		size_t w = sv_text_width(g->cell[i]);

		width = w > width ? w : width;
	}
	return width;
}

static void blanks(FILE *to, size_t n)
{
	fprintf(to, "%*s", (int)n, "");
}

/* Prints text between the columns `left` and `width`, continued below itself. */
static void print_wrapped(FILE *to, const char *text, size_t left, size_t width)
{
	size_t column = left;

	while (*text) {
		size_t bytes = strcspn(text, " ");
		char *word = sv_must(strndup(text, bytes));
		size_t w = sv_text_width(word);

		if (column > left && column + 1 + w > width) {
			fputc('\n', to);
			blanks(to, left);
			column = left;
		} else if (column > left) {
			fputc(' ', to);
			column++;
		}
		fputs(word, to);
		column += w;
		free(word);
		text += bytes;
		text += strspn(text, " ");
	}
}

/* Prints blanks that are owed and the text; returns the blanks at its end, owed from now on. */
static size_t print_cell(FILE *to, const char *text, size_t owed)
{
	size_t bytes = strlen(text), shown = bytes;

	while (shown > 0 && text[shown - 1] == ' ')
		shown--;
	if (shown == 0)
		return owed + bytes;
	blanks(to, owed);
	fwrite(text, 1, shown, to);
	return bytes - shown;
}

static void print_row(
	const struct sv_grid *g, char *const *cell, const size_t *widths, FILE *to, size_t width)
{
	size_t owed = INDENT, column = 0, left = INDENT;

	/* Blanks are owed until text follows, so that no line ends in blanks. */
	for (; column < g->columns; column++) {
		size_t pad = widths[column] - sv_text_width(cell[column]);

		if (column + 1 == g->columns && !g->right[column])
			break;
		if (g->right[column])
			owed += pad;
		owed = print_cell(to, cell[column], owed) + GAP;
		if (!g->right[column])
			owed += pad;
		left += widths[column] + GAP;
	}
	if (column < g->columns && cell[column][0]) {
		blanks(to, owed);
		/* A table that leaves hardly any room reads better with long lines. */
		print_wrapped(to, cell[column], left, width < left + 30 ? left + 30 : width);
	}
	fputc('\n', to);
}

void sv_grid_print(const struct sv_grid *g, FILE *to, size_t width)
{
	size_t *widths = sv_array(g->columns, sizeof(*widths));

	SV_BUG_ON(g->cells % g->columns);
	for (size_t i = 0; i < g->columns; i++)
		widths[i] = column_width(g, i);
	for (size_t i = 0; i < g->cells; i += g->columns)
		print_row(g, g->cell + i, widths, to, width);
	free(widths);
}
