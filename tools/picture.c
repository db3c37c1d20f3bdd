/*
 * picture.c - one picture by gnuplot
 */
#include "picture.h"
#include "gnuplot.h"
#include "memory.h"
#include <string.h>

static bool ends_in(const char *path, const char *suffix)
{
	size_t n = strlen(path), k = strlen(suffix);

	return n > k && !strcmp(path + n - k, suffix);
}

bool sv_picture_is_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	return ends_in(name, ".png") || ends_in(name, ".svg");
}

static void put_script(const struct sv_picture *p, FILE *to)
{
	fputs("if (!exists('picture')) picture = ", to);
	sv_gnuplot_quoted(p->name, to);
	if (ends_in(p->name, ".png"))
		fprintf(to,
			"\nset terminal pngcairo noenhanced size %u,%u font 'DejaVu Sans,11' "
			"fontscale 2\n",
			2 * p->width, 2 * p->height);
	else
		fprintf(to,
			"\nset terminal svg noenhanced size %u,%u font 'DejaVu Sans,11' background "
			"'#ffffff'\n",
			p->width, p->height);
	fputs("set output picture\nset title ", to);
	sv_gnuplot_quoted(p->title, to);
	fputc('\n', to);
	p->script(p->arg, to);
	fputs("unset output\n", to);
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

int sv_picture_draw(const struct sv_picture *p, struct sv_files *files, struct sv_diag *diag)
{
	char *script = NULL;
	FILE *to;
	int result = -1;

	SV_BUG_ON(asprintf(&script, "%.*s.gp", (int)strlen(p->name) - 4, p->name) < 0);
	to = sv_files_add(files, script, diag);
	if (to) {
		put_script(p, to);
		result = sv_files_commit(files, diag);
	}
	if (result == 0)
		result = draw(p->name, script, files, diag);
	free(script);
	return result;
}
