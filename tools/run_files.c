/*
 * run_files.c - what `run -o DIR` writes
 */
#include "run_files.h"
#include "memory.h"
#include "plot.h"
#include <string.h>
#include <sys/stat.h>

#define TABLE_WIDTH 120

void sv_source_read(struct sv_source *source, const char *path)
{
	FILE *f = fopen(path, "re"), *copy;
	char buf[4096];
	struct stat st;
	size_t n;

	*source = (struct sv_source){ 0 };
	if (!f)
		return;
	if (fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode)) {
		copy = sv_must(open_memstream(&source->text, &source->bytes));
		while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
			fwrite(buf, 1, n, copy);
		SV_BUG_ON(fclose(copy));
	}
	fclose(f);
}

void sv_source_free(struct sv_source *source)
{
	free(source->text);
}

/* "quickstart" of "scenarios/quickstart.yaml". */
static char *stem(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');

	return sv_must(strndup(name, dot && dot > name ? (size_t)(dot - name) : strlen(name)));
}

struct sv_files *sv_run_files_new(const char *directory, const char *scenario, struct sv_diag *diag)
{
	char *path = NULL, *name;
	struct sv_files *files;

	if (!scenario)
		return sv_files_new(directory, diag);
	name = stem(scenario);
	SV_BUG_ON(asprintf(&path, "%s/%s", directory, name) < 0);
	files = sv_files_new(path, diag);
	free(path);
	free(name);
	return files;
}

static int add_text(const struct sv_source *source, struct sv_files *files, struct sv_diag *diag)
{
	FILE *f;

	if (!source->text)
		return 0;
	f = sv_files_add(files, "scenario.yaml", diag);
	if (!f)
		return -1;
	fwrite(source->text, 1, source->bytes, f);
	return 0;
}

static void write_table(const struct sv_report *report, FILE *to)
{
	sv_report_table(report, to, TABLE_WIDTH);
}

static int add(const struct sv_report *report, const char *name,
	void (*write)(const struct sv_report *report, FILE *to), struct sv_files *files,
	struct sv_diag *diag)
{
	FILE *f = sv_files_add(files, name, diag);

	if (!f)
		return -1;
	write(report, f);
	return 0;
}

int sv_run_files_write(const struct sv_report *report, const struct sv_source *source,
	struct sv_files *files, struct sv_diag *diag)
{
	if (add(report, "result.json", sv_report_json, files, diag) < 0 ||
		add(report, "result.csv", sv_report_csv, files, diag) < 0 ||
		add(report, "table.txt", write_table, files, diag) < 0 ||
		add_text(source, files, diag) < 0 || sv_plots_write(report, files, diag) < 0 ||
		sv_files_commit(files, diag) < 0) {
		sv_files_discard(files);
		return -1;
	}
	return sv_plots_draw(report, files, diag);
}
