/*
 * validate_plot.c - a picture of predicted against measured
 *
 * Both axes are logarithmic, so that equal errors lie equally far from the diagonal. Cells that
 * are not judged are grey.
 */
#include "validate_plot.h"
#include "gnuplot.h"
#include "memory.h"
#include "picture.h"
#include <math.h>
#include <string.h>

#define SERIES_AXIS 1
#define MOST_SERIES 64

/* Okabe and Ito's colours. */
static const char *const colours[] = { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00",
	"#56B4E9", "#000000" };
#define COLOURS (sizeof(colours) / sizeof(colours[0]))

static bool can_be_drawn(const struct sv_compared *one)
{
	return one->measured[0].median > 0 && one->cell->predicted[0] > 0;
}

/* A block of "measured predicted low high"; value NULL: all that are not judged. */
static size_t put_block(const struct sv_comparison *c, size_t number, const char *value, FILE *to)
{
	size_t points = 0;

	fprintf(to, "$cells%zu << EOD\n", number);
	for (size_t i = 0; i < c->cells->n; i++) {
		const struct sv_compared *one = &c->cell[i];

		if (!can_be_drawn(one) || (one->mark != NULL) != (value == NULL))
			continue;
		if (value && strcmp(one->cell->value[SERIES_AXIS], value) != 0)
			continue;
		fprintf(to, "%.6g %.6g %.6g %.6g\n", one->measured[0].median,
			one->cell->predicted[0], one->measured[0].low, one->measured[0].high);
		points++;
	}
	fputs("EOD\n", to);
	return points;
}

static void put_series(size_t number, const char *colour, const char *title, FILE *to)
{
	fprintf(to,
		", $cells%zu using 1:2:3:4 with xerrorbars pointtype 7 pointsize 0.6 linecolor rgb "
		"'%s' title ",
		number, colour);
	sv_gnuplot_quoted(title, to);
}

static void put_script(const void *arg, FILE *to)
{
	const struct sv_comparison *c = arg;
	const struct sv_cells *cells = c->cells;
	const struct sv_case_metric *metric = &cells->kind->metric[0];
	const char *name = cells->kind->axis[SERIES_AXIS].name;
	size_t points[MOST_SERIES], n = 0, grey;
	const char *value[MOST_SERIES];
	char title[64];

	for (size_t i = 0; i < cells->n && n < MOST_SERIES; i++) {
		size_t k = 0;

		while (k < n && strcmp(value[k], cells->cell[i].value[SERIES_AXIS]) != 0)
			k++;
		if (k == n)
			value[n++] = cells->cell[i].value[SERIES_AXIS];
	}
	fprintf(to,
		"set logscale xy\nset format xy '%%.0s%%c'\nset key left top\nset size ratio -1\n"
		"set xlabel 'measured %s, %s'\nset ylabel 'predicted %s, %s'\n",
		metric->name, metric->unit, metric->name, metric->unit);
	for (size_t k = 0; k < n; k++)
		points[k] = put_block(c, k, value[k], to);
	grey = put_block(c, n, NULL, to);
	fputs("plot x with lines linecolor rgb '#888888' title 'equal', x*1.25 with lines dashtype "
	      "2 linecolor rgb '#bbbbbb' title 'a quarter off', x/1.25 with lines dashtype 2 "
	      "linecolor rgb '#bbbbbb' notitle",
		to);
	for (size_t k = 0; k < n; k++) {
		snprintf(title, sizeof(title), "%s=%s", name, value[k]);
		if (points[k] > 0)
			put_series(k, colours[k % COLOURS], title, to);
	}
	if (grey > 0)
		put_series(n, "#cccccc", "not judged", to);
	fputc('\n', to);
}

int sv_validate_plot(const struct sv_comparison *c, const char *name, struct sv_files *files,
	struct sv_diag *diag)
{
	struct sv_picture p = { .name = name,
		.title = c->cells->kind->help,
		.width = 760,
		.height = 700,
		.script = put_script,
		.arg = c };

	for (size_t i = 0; i < c->cells->n; i++)
		if (can_be_drawn(&c->cell[i]))
			return sv_picture_draw(&p, files, diag);
	sv_warn(diag, NULL, "%s: no picture: no cell was both measured and predicted", name);
	return 0;
}
