/*
 * plot_script.c - a gnuplot script for arranged points
 */
#include "plot_script.h"
#include "gnuplot.h"
#include "grid.h"
#include <math.h>
#include <string.h>

#define MOST_X_LABELS 12

/* Okabe and Ito's colours, which colour-blind readers tell apart; the yellow is left out, it
 * vanishes on white. */
static const char *const colours[] = { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00",
	"#56B4E9", "#000000" };
#define COLOURS (sizeof(colours) / sizeof(colours[0]))
/* After the colours are used up, dashes. */
static const char *const dashes[] = { "1", "(8,4)", "(2,3)", "(8,3,2,3)" };
#define DASHES (sizeof(dashes) / sizeof(dashes[0]))
/* Filled and open circles, squares, triangles, diamonds: shape tells series apart in grey. */
static const int shapes[] = { 7, 5, 9, 13, 11, 6, 4, 8, 12, 10 };
#define SHAPES (sizeof(shapes) / sizeof(shapes[0]))

/* All lengths in pixels of the SVG; the PNG has twice as many. */
#define LEFT       92
#define BOTTOM     64
#define TITLE      44
#define PANEL_NAME 26
#define GAP_X      66
#define GAP_Y      72
#define CHARACTER  9 /* width of one, about */

struct layout {
	size_t columns, rows;
	unsigned slant; /* room for names that are too long to stand level; 0: they are not */
	unsigned panel_width, panel_height, legend;
	unsigned width, height;
};

static void put_assignment(FILE *to, const char *name, const char *text)
{
	fprintf(to, "%s = ", name);
	sv_gnuplot_quoted(text, to);
	fputc('\n', to);
}

/* How far below the axis slanted names reach, or 0 when they fit beside each other. */
static unsigned slanted_names(const struct sv_plot_data *d, const struct layout *l)
{
	size_t characters = 0, longest = 0;

	for (size_t i = 0; d->bars && i < d->values; i++) {
		size_t w = sv_text_width(d->value_name[i]);

		characters += w + 2;
		longest = w > longest ? w : longest;
	}
	return characters * CHARACTER > l->panel_width ? (unsigned)(0.4 * CHARACTER * longest) : 0;
}

static struct layout lay_out(const struct sv_plot_data *d)
{
	struct layout l = { .columns = 1, .panel_width = 620, .panel_height = 400, .legend = 24 };
	size_t longest = 0;

	while (l.columns < 3 && l.columns * l.columns < d->panels)
		l.columns++;
	l.rows = (d->panels + l.columns - 1) / l.columns;
	if (l.columns > 1)
		l.panel_width = 360;
	if (l.rows > 1)
		l.panel_height = 250;
	for (size_t i = 0; i < d->series; i++) {
		size_t w = sv_text_width(d->panel[0].series[i].label);

		longest = w > longest ? w : longest;
	}
	if (longest)
		l.legend = 60 + CHARACTER * (unsigned)longest;
	l.width = LEFT + (unsigned)l.columns * (l.panel_width + GAP_X) - GAP_X + l.legend;
	l.slant = slanted_names(d, &l);
	l.height = BOTTOM + l.slant + (unsigned)l.rows * (l.panel_height + GAP_Y) - GAP_Y + TITLE +
		   (d->panels > 1 ? PANEL_NAME : 0);
	return l;
}

static void put_styles(const struct sv_plot_data *d, FILE *to)
{
	for (size_t i = 0; i < d->series; i++)
		fprintf(to, "set style line %zu lc rgb '%s' lw 1.8 pt %d ps 0.9 dt %s\n", i + 1,
			colours[i % COLOURS], shapes[i % SHAPES], dashes[i / COLOURS % DASHES]);
	fputs("set border 3 lc rgb '#404040'\n"
	      "set tics nomirror out scale 0.6\n"
	      "set grid x y lc rgb '#e0e0e0' lw 1 dt 1\n"
	      "set style fill solid 0.85 noborder\n"
	      "set termoption noenhanced\n",
		to);
	fprintf(to, "set errorbars 0.5 lw 1%s\n", d->bars ? " lc rgb '#404040'" : "");
}

/* Values in the order of the axis, in the axis' unit. */
static double x_at(const struct sv_plot_data *d, size_t i)
{
	return d->value[i] * pow(1000, -d->x_scale.power);
}

static void put_x_range(const struct sv_plot_data *d, bool logarithmic, FILE *to)
{
	double least = INFINITY, most = -INFINITY, pad;

	for (size_t i = 0; i < d->values; i++) {
		least = fmin(least, x_at(d, i));
		most = fmax(most, x_at(d, i));
	}
	if (d->bars) {
		fprintf(to, "set xrange [-0.6:%g]\nset grid noxtics\n", most + 0.6);
	} else if (logarithmic) {
		pad = least < most ? pow(most / least, 0.03) : 2;
		fprintf(to, "set logscale x\nset xrange [%g:%g]\n", least / pad, most * pad);
	} else {
		pad = least < most ? 0.03 * (most - least) : 1;
		fprintf(to, "set xrange [%g:%g]\n", least - pad, most + pad);
	}
}

/* The values that were simulated say more than powers of ten. A label that would touch
 * one with a larger value is left out. */
static void put_value_tics(const struct sv_plot_data *d, const struct layout *l, FILE *to)
{
	double first = log(x_at(d, 0)), last = log(x_at(d, d->values - 1)), taken = INFINITY;

	fputs("set xtics (", to);
	for (size_t i = d->values; i-- > 0;) {
		double pixel = l->panel_width * (log(x_at(d, i)) - first) / (last - first);
		char number[32];
		double half;
		bool fits;

		snprintf(number, sizeof(number), "%g", x_at(d, i));
		half = 0.5 * CHARACTER * ((double)strlen(number) + 0.8);
		fits = pixel + half <= taken;
		sv_gnuplot_quoted(fits ? number : "", to);
		fprintf(to, " %.10g%s", x_at(d, i), i ? ", " : ")\n");
		if (fits)
			taken = pixel - half;
	}
}

static void put_name_tics(const struct sv_plot_data *d, const struct layout *l, FILE *to)
{
	fprintf(to, "set xtics %s(", l->slant ? "rotate by -25 left offset -1,0 " : "");
	for (size_t i = 0; i < d->values; i++) {
		fputs(i ? ", " : "", to);
		sv_gnuplot_quoted(d->value_name[i], to);
		fprintf(to, " %zu", i);
	}
	fputs(")\n", to);
}

static bool rising(const struct sv_plot_data *d)
{
	for (size_t i = 1; i < d->values; i++)
		if (d->value[i] <= d->value[i - 1])
			return false;
	return d->values > 1;
}

static void put_x_axis(
	const struct sv_plot_data *d, const struct sv_plot *plot, const struct layout *l, FILE *to)
{
	put_x_range(d, plot->log_x, to);
	if (d->bars)
		put_name_tics(d, l, to);
	else if (plot->log_x && rising(d) && d->values <= MOST_X_LABELS)
		put_value_tics(d, l, to);
}

static void put_axis_label(
	FILE *to, const char *variable, const char *heading, const struct sv_scale *scale)
{
	char unit[32], text[200];

	sv_scale_heading(scale, unit);
	snprintf(text, sizeof(text), "%s%s%s%s", heading, unit[0] ? " (" : "", unit,
		unit[0] ? ")" : "");
	put_assignment(to, variable, text);
}

static bool has_intervals(const struct sv_plot_series *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->point[i].half > 0)
			return true;
	return false;
}

/* One series of one panel as elements of `plot`. */
static void put_series(const struct sv_plot_data *d, size_t panel, size_t i, FILE *to)
{
	const struct sv_plot_series *s = &d->panel[panel].series[i];
	double x = pow(1000, -d->x_scale.power);
	double y = d->y_scale.each ? 1 : pow(1000, -d->y_scale.power);
	double bar = 0.8 / (double)d->series;
	double offset = ((double)i - 0.5 * (double)(d->series - 1)) * bar;
	size_t index = panel * d->series + i;

	if (d->bars) {
		fprintf(to,
			"data index %zu using ($1%+g):($2*%g):($3*%g):(%g) with boxerrorbars ls "
			"%zu title ",
			index, offset, y, y, 0.92 * bar, i + 1);
	} else {
		if (has_intervals(s))
			fprintf(to,
				"data index %zu using ($1*%g):($2*%g):($3*%g) with yerrorbars ls "
				"%zu ps 0 dt 1 notitle, \\\n     ",
				index, x, y, y, i + 1);
		fprintf(to, "data index %zu using ($1*%g):($2*%g) with linespoints ls %zu title ",
			index, x, y, i + 1);
	}
	sv_gnuplot_quoted(s->label, to);
}

/* Powers of ten are too few labels for a short axis. The steps are finer than the
 * shortest axis, so that one label at least falls into it. */
static void put_decade_tics(double least, double most, FILE *to)
{
	static const double fine[] = { 1, 1.5, 2, 3, 4, 5, 6, 8, 0 }, coarse[] = { 1, 2, 5, 0 };
	const char *separator = "set ytics (";

	for (int decade = (int)floor(log10(least)); decade <= log10(most); decade++)
		for (const double *step = most < 12 * least ? fine : coarse; *step > 0; step++) {
			double at = *step * pow(10, decade);

			if (at < least || at > most)
				continue;
			fprintf(to, "%s%.6g", separator, at);
			separator = ", ";
		}
	fputs(")\n", to);
}

static void put_y_range(const struct sv_plot_data *d, size_t panel, bool logarithmic, FILE *to)
{
	double least = INFINITY, most = 0;
	double y = d->y_scale.each ? 1 : pow(1000, -d->y_scale.power);

	for (size_t i = 0; i < d->series; i++)
		for (size_t k = 0; k < d->panel[panel].series[i].n; k++) {
			double mean = y * d->panel[panel].series[i].point[k].mean;

			least = mean > 0 ? fmin(least, mean) : least;
			most = fmax(most, mean);
		}
	if (!logarithmic) {
		fputs("set yrange [0:*]\n", to);
	} else if (most > 0) {
		least /= 1.4;
		most *= 1.4;
		fprintf(to, "set yrange [%g:%g]\nset ytics autofreq\n", least, most);
		if (most < 300 * least)
			put_decade_tics(least, most, to);
	}
}

static void put_panel(const struct sv_plot_data *d, size_t panel, const struct layout *l, FILE *to)
{
	bool drawn = false;

	if (d->panels > 1) {
		fputs("set title ", to);
		sv_gnuplot_quoted(d->panel[panel].label, to);
		fputs(" font ',11' offset 0,-0.4\n", to);
	}
	/* Axes are named once, at the left and at the bottom. */
	fputs(panel % l->columns == 0 ? "set ylabel y_label\n" : "unset ylabel\n", to);
	fputs(panel + l->columns >= d->panels ? "set xlabel x_label\n" : "unset xlabel\n", to);
	if (panel == 0)
		fprintf(to,
			"set key at screen %.4f, screen %.4f left top Left reverse samplen 2 "
			"spacing 1.3\n",
			1 - (double)(l->legend - 12) / l->width, 1 - (double)TITLE / l->height);
	else
		fputs("unset key\n", to);
	/* The first panel names all series; elsewhere those without points only bring warnings. */
	fputs("plot ", to);
	for (size_t i = 0; i < d->series; i++) {
		if (d->panel[panel].series[i].n == 0 && panel > 0)
			continue;
		fputs(drawn ? ", \\\n     " : "", to);
		put_series(d, panel, i, to);
		drawn = true;
	}
	fputs(drawn ? "\n" : "NaN notitle\n", to);
}

/* The commands that draw, for whatever terminal is set. */
static void put_drawing(
	const struct sv_plot_data *d, const struct sv_plot *plot, const struct layout *l, FILE *to)
{
	double w = l->width, h = l->height;

	fputs("set multiplot title title_text font ',13'\n", to);
	for (size_t i = 0; i < d->panels; i++) {
		double left = LEFT + (double)(i % l->columns) * (l->panel_width + GAP_X);
		double below = (double)(l->rows - 1 - i / l->columns);
		double bottom = BOTTOM + l->slant + below * (l->panel_height + GAP_Y);

		fprintf(to, "set lmargin at screen %.4f; set rmargin at screen %.4f\n", left / w,
			(left + l->panel_width) / w);
		fprintf(to, "set bmargin at screen %.4f; set tmargin at screen %.4f\n", bottom / h,
			(bottom + l->panel_height) / h);
		put_y_range(d, i, plot->log_y, to);
		put_panel(d, i, l, to);
	}
	fputs("unset multiplot\n", to);
}

/* Twice the pixels at twice the size: sharp on today's screens. */
static void put_terminals(const struct layout *l, FILE *to)
{
	fprintf(to,
		"do for [kind in 'png svg'] {\n"
		"if (kind eq 'png') { set terminal pngcairo noenhanced size %u,%u font "
		"'DejaVu Sans,11' fontscale 2 linewidth 2 pointscale 2; set output png }\n"
		"else { set terminal svg noenhanced size %u,%u font 'DejaVu Sans,11' background "
		"'#ffffff'; set output svg }\n",
		2 * l->width, 2 * l->height, l->width, l->height);
}

void sv_plot_script(const struct sv_plot_data *d, const struct sv_plot *plot, const char *file,
	const char *metric, FILE *to)
{
	struct layout l = lay_out(d);
	char data[280];

	fprintf(to, "# Draw with: gnuplot %s.gp\n", file);
	fprintf(to, "if (!exists('png')) png = '%s.png'\n", file);
	fprintf(to, "if (!exists('svg')) svg = '%s.svg'\n", file);
	snprintf(data, sizeof(data), "%s.dat", file);
	put_assignment(to, "data", data);
	put_assignment(to, "title_text", plot->title ? plot->title : file);
	put_axis_label(to, "x_label", d->x_heading, &d->x_scale);
	put_axis_label(to, "y_label", metric, &d->y_scale);
	put_styles(d, to);
	put_x_axis(d, plot, &l, to);
	if (plot->log_y)
		fputs("set logscale y\n", to);
	if (d->y_scale.each)
		fputs("set format y '%.0s%c'\n", to);
	put_terminals(&l, to);
	put_drawing(d, plot, &l, to);
	fputs("unset output\n}\n", to);
}

void sv_plot_script_data(const struct sv_plot_data *d, FILE *to)
{
	fputs("# x, mean, half-width of the 95 % confidence interval\n", to);
	for (size_t p = 0; p < d->panels; p++)
		for (size_t i = 0; i < d->series; i++) {
			const struct sv_plot_series *s = &d->panel[p].series[i];

			fprintf(to, "# %s%s%s\n", d->panels > 1 ? d->panel[p].label : "",
				d->panels > 1 ? ": " : "", s->label);
			for (size_t k = 0; k < s->n; k++)
				fprintf(to, "%.17g %.17g %.17g\n", s->point[k].x, s->point[k].mean,
					s->point[k].half);
			/* An index counts blocks with lines: a series without points keeps its
			 * place. */
			if (s->n == 0)
				fputs("NaN NaN NaN\n", to);
			fputs("\n\n", to);
		}
}
