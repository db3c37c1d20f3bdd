/*
 * plot.c - the plots of a scenario's `output:`, drawn by gnuplot
 */
#include "plot.h"
#include "gnuplot.h"
#include "memory.h"
#include "plot_script.h"
#include <ctype.h>
#include <string.h>

static const struct sv_plot *plot_at(const struct sv_report *r, size_t i)
{
	return (const struct sv_plot *)((const char *)r->output.plots.item +
					i * r->output.plots.stride);
}

/* The plot's name as the start of file names: no separators, no hidden files. */
static char *file_stem(const struct sv_report *r, size_t i)
{
	char *stem = sv_must(strdup(r->output.plots.name[i]));

	for (char *p = stem; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("-_+", *p) && !(*p == '.' && p > stem))
			*p = '-';
	return stem;
}

static char *with_suffix(const char *stem, const char *suffix)
{
	char *name = NULL;

	SV_BUG_ON(asprintf(&name, "%s.%s", stem, suffix) < 0);
	return name;
}

static int write_plot(
	const struct sv_report *r, size_t i, struct sv_files *files, struct sv_diag *diag)
{
	const struct sv_plot *plot = plot_at(r, i);
	char *stem = file_stem(r, i);
	char *script = with_suffix(stem, "gp"), *data = with_suffix(stem, "dat");
	FILE *script_to = sv_files_add(files, script, diag);
	FILE *data_to = sv_files_add(files, data, diag);

	if (script_to && data_to) {
		struct sv_plot_data d;

		sv_plot_data_init(&d, r, plot);
		sv_plot_script(&d, plot, stem, sv_report_short(r, plot->metric), script_to);
		sv_plot_script_data(&d, data_to);
		sv_plot_data_fini(&d);
	}
	free(script);
	free(data);
	free(stem);
	return script_to && data_to ? 0 : -1;
}

int sv_plots_write(const struct sv_report *r, struct sv_files *files, struct sv_diag *diag)
{
	for (size_t i = 0; i < r->output.plots.n; i++)
		if (write_plot(r, i, files, diag) < 0)
			return -1;
	return 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Returns gnuplot's exit status, or -1 after reporting that a picture cannot be stored. */
static int draw(const struct sv_report *r, size_t i, struct sv_files *files, struct sv_diag *diag)
{
	const char *directory = sv_files_directory(files);
	char *stem = file_stem(r, i), *variables = NULL;
	char *script = with_suffix(stem, "gp"), *png_name = with_suffix(stem, "png"),
	     *svg_name = with_suffix(stem, "svg");
	const char *png = sv_files_add_name(files, png_name);
	const char *svg = sv_files_add_name(files, svg_name);
	int status;

	SV_BUG_ON(asprintf(&variables, "png='%s'; svg='%s'", base_name(png), base_name(svg)) < 0);
	status = sv_gnuplot_run(directory, script, variables);
	if (status == 127)
		sv_warn(diag, NULL,
			"gnuplot is not on PATH: no pictures; draw them later with: cd %s && "
			"gnuplot *.gp",
			directory);
	else if (status || !sv_gnuplot_is_whole(png) || !sv_gnuplot_is_whole(svg))
		sv_warn(diag, NULL, "gnuplot could not draw %s/%s", directory, script);
	else
		status = sv_files_commit(files, diag);
	sv_files_discard(files);
	free(variables);
	free(script);
	free(png_name);
	free(svg_name);
	free(stem);
	return status;
}

int sv_plots_draw(const struct sv_report *r, struct sv_files *files, struct sv_diag *diag)
{
	int status = 0;

	for (size_t i = 0; i < r->output.plots.n && status != 127 && status >= 0; i++)
		status = draw(r, i, files, diag);
	return status < 0 ? -1 : 0;
}
