/*
 * plot.c - the plots of a scenario's `output:`, drawn by gnuplot
 */
#include "plot.h"
#include "memory.h"
#include "plot_script.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* Whether the file ends as a whole picture of its kind does. */
static bool ends_with(const char *path, const char *end)
{
	size_t bytes = strlen(end);
	char tail[64];
	FILE *f = fopen(path, "re");
	bool same;

	if (!f)
		return false;
	same = fseek(f, -(long)bytes, SEEK_END) == 0 && fread(tail, 1, bytes, f) == bytes &&
	       !memcmp(tail, end, bytes);
	fclose(f);
	return same;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Runs gnuplot in the directory, silenced. Returns its exit status; 127 when there is none. */
static int run_gnuplot(const char *directory, const char *script, const char *variables)
{
	char *argv[] = { sv_must(strdup("gnuplot")), sv_must(strdup("-e")),
		sv_must(strdup(variables)), sv_must(strdup(script)), NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status = 0, error;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, directory);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	error = posix_spawnp(&pid, "gnuplot", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	if (error)
		return 127;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static bool pictures_are_whole(const char *png, const char *svg)
{
	return ends_with(png, "IEND\xae\x42\x60\x82") && ends_with(svg, "</svg>\n\n");
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
	status = run_gnuplot(directory, script, variables);
	if (status == 127)
		sv_warn(diag, NULL,
			"gnuplot is not on PATH: no pictures; draw them later with: cd %s && "
			"gnuplot *.gp",
			directory);
	else if (status || !pictures_are_whole(png, svg))
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
