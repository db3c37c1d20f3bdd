/*
 * calibrate_plot.c - a heat map of the line transfers between PUs
 */
#include "calibrate_plot.h"
#include "gnuplot.h"
#include "memory.h"
#include <string.h>

#define MOST_LABELS 16 /* PUs whose numbers fit beside the axes, and values into the fields */

static bool ends_in(const char *path, const char *suffix)
{
	size_t n = strlen(path), k = strlen(suffix);

	return n > k && !strcmp(path + n - k, suffix);
}

bool sv_calibrate_plot_name(const char *path)
{
	return ends_in(path, ".png") || ends_in(path, ".svg");
}

/* One way from the i-th to the k-th PU; NaN is what gnuplot leaves blank. */
static void put_value(const struct sv_calibration *c, unsigned i, unsigned k, FILE *to)
{
	unsigned n = c->transfer_pus;
	const struct sv_samples *s = &c->transfer[i < k ? i * n + k : k * n + i];

	if (i == k || s->n == 0)
		fputs(" NaN", to);
	else
		fprintf(to, " %.4g", sv_samples_summary(s).median);
}

static void put_data(const struct sv_calibration *c, FILE *to)
{
	fputs("$transfer << EOD\n", to);
	for (unsigned i = 0; i < c->transfer_pus; i++) {
		for (unsigned k = 0; k < c->transfer_pus; k++)
			put_value(c, i, k, to);
		fputc('\n', to);
	}
	fputs("EOD\n", to);
}

static void put_ticks(const struct sv_calibration *c, const char *axis, FILE *to)
{
	unsigned n = c->transfer_pus, step = (n + MOST_LABELS - 1) / MOST_LABELS;

	fprintf(to, "set %stics (", axis);
	for (unsigned i = 0; i < n; i += step)
		fprintf(to, "%s'%u' %u", i ? ", " : "", c->transfer_pu[i], i);
	fputs(") out nomirror\n", to);
}

static void put_script(
	const struct sv_calibration *c, const char *title, const char *name, FILE *to)
{
	unsigned n = c->transfer_pus;

	fputs("if (!exists('picture')) picture = ", to);
	sv_gnuplot_quoted(name, to);
	fputs("\n", to);
	if (ends_in(name, ".png"))
		fputs("set terminal pngcairo noenhanced size 1400,1200 font 'DejaVu Sans,11' "
		      "fontscale 2\n",
			to);
	else
		fputs("set terminal svg noenhanced size 700,600 font 'DejaVu Sans,11' background "
		      "'#ffffff'\n",
			to);
	fputs("set output picture\nset title ", to);
	sv_gnuplot_quoted(title, to);
	fprintf(to,
		"\nset xlabel 'PU'\nset ylabel 'PU'\nset cblabel 'one way of a line, ns'\n"
		"set xrange [-0.5:%u.5]\nset yrange [%u.5:-0.5]\nset size ratio -1\nunset key\n"
		"set cbrange [0:*]\nset palette defined (0 '#f7fcf0', 1 '#ccebc5', 2 '#7bccc4', 3 "
		"'#43a2ca')\n",
		n - 1, n - 1);
	put_ticks(c, "x", to);
	put_ticks(c, "y", to);
	put_data(c, to);
	fputs("plot $transfer matrix with image", to);
	if (n <= MOST_LABELS)
		fputs(", '' matrix using 1:2:($3 > 0 ? sprintf('%.0f', $3) : '') with labels", to);
	fputs("\nunset output\n", to);
}

static char *script_name(const char *name)
{
	char *script = NULL;

	SV_BUG_ON(asprintf(&script, "%.*s.gp", (int)strlen(name) - 4, name) < 0);
	return script;
}

/* The script is stored and named in any case: it has the data. */
static int draw(const char *name, const char *script, struct sv_files *files, struct sv_diag *diag)
{
	const char *picture = sv_files_add_name(files, name);
	const char *slash = strrchr(picture, '/');
	char *variables = NULL;
	int status;

	SV_BUG_ON(asprintf(&variables, "picture='%s'", slash ? slash + 1 : picture) < 0);
	status = sv_gnuplot_run(sv_files_directory(files), script, variables);
	free(variables);
	if (status == 0 && sv_gnuplot_is_whole(picture))
		return sv_files_commit(files, diag);
	sv_warn(diag, NULL, "%s: no picture; %s has what to draw", name,
		status == 127 ? "gnuplot is not on PATH" : "gnuplot could not draw it");
	sv_files_discard(files);
	return 0;
}

int sv_calibrate_plot(const struct sv_calibration *c, const char *title, const char *name,
	struct sv_files *files, struct sv_diag *diag)
{
	char *script;
	FILE *to;
	int result = -1;

	if (c->transfer_pus < 2) {
		sv_warn(diag, NULL, "%s: no picture: no line was sent from PU to PU", name);
		return 0;
	}
	script = script_name(name);
	to = sv_files_add(files, script, diag);
	if (to) {
		put_script(c, title, name, to);
		result = sv_files_commit(files, diag);
	}
	if (result == 0)
		result = draw(name, script, files, diag);
	free(script);
	return result;
}
