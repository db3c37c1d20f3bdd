/*
 * validate_job.c - predicting cells and telling the errors
 */
#include "validate_job.h"
#include "files.h"
#include "grid.h"
#include "memory.h"
#include "picture.h"
#include "record.h"
#include "validate_plot.h"
#include "validate_predict.h"
#include "validate_report.h"
#include <math.h>
#include <omp.h>
#include <stdarg.h>
#include <string.h>

static const char *const formats[] = { "table", "json", NULL };

static int read_max_error(
	struct sv_validate_job *j, const struct sv_command *self, const char *text)
{
	char *end;
	double percent = strtod(text, &end);

	if (end == text || strcmp(end, "%") != 0 || !(percent >= 0))
		return sv_cli_mistake(
			self, "--max-error %s: write a share in percent, such as 25%%", text);
	j->max_error = percent / 100;
	return -1;
}

int sv_validate_flag(struct sv_validate_job *j, const struct sv_command *self,
	const struct sv_flag *flag, const char *argument)
{
	int format = 0;

	if (!strcmp(flag->name, "max-error"))
		return read_max_error(j, self, argument);
	if (!strcmp(flag->name, "plot") && !sv_picture_is_name(argument))
		return sv_cli_mistake(
			self, "--plot %s: name a file that ends in .png or .svg", argument);
	if (!strcmp(flag->name, "plot"))
		j->plot = argument;
	else if (!strcmp(flag->name, "costs"))
		j->costs = argument;
	else if (!strcmp(flag->name, "output"))
		j->output = argument;
	else if (!strcmp(flag->name, "format"))
		format = sv_cli_choice(self, flag->name, argument, formats);
	else if (!strcmp(flag->name, "progress"))
		j->progress_mode = sv_cli_choice(self, flag->name, argument, sv_progress_modes);
	j->json |= format == 1;
	return format < 0 || j->progress_mode < 0 ? SV_EXIT_USAGE : -1;
}

struct sv_progress *sv_validate_progress(const struct sv_validate_job *j)
{
	return sv_progress_new((enum sv_progress_mode)j->progress_mode, stderr);
}

void sv_validate_note(struct sv_validate_job *j, const char *format, ...)
{
	va_list args;

	SV_BUG_ON(j->notes == SV_VALIDATE_NOTES);
	va_start(args, format);
	SV_BUG_ON(vasprintf(&j->note[j->notes++], format, args) < 0);
	va_end(args);
}

static struct sv_files *open_files(const char *path, const char **name, struct sv_diag *diag)
{
	const char *slash = strrchr(path, '/');
	char *directory =
		slash ? sv_must(strndup(path, (size_t)(slash - path) + 1)) : sv_must(strdup("."));
	struct sv_files *files = sv_files_new(directory, diag);

	*name = slash ? slash + 1 : path;
	free(directory);
	return files;
}

static int store(const struct sv_validate_job *j, const json_t *record)
{
	const char *name;
	struct sv_files *files = open_files(j->output, &name, j->diag);
	FILE *to = files ? sv_files_add(files, name, j->diag) : NULL;
	int result = -1;

	if (to) {
		json_dumpf(record, to, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
		fputc('\n', to);
		result = sv_files_commit(files, j->diag);
	}
	sv_files_free(files);
	return result;
}

static int draw(const struct sv_validate_job *j, const struct sv_comparison *c)
{
	const char *name;
	struct sv_files *files = open_files(j->plot, &name, j->diag);
	int result = files ? sv_validate_plot(c, name, files, j->diag) : -1;

	sv_files_free(files);
	return result;
}

static int predict(struct sv_validate_job *j, const char *machine, const char *option, double *line)
{
	struct sv_predict_how how = { .machine = machine,
		.option = option,
		.host = j->host,
		.threads = (unsigned)omp_get_max_threads(),
		.cancel = j->cancel,
		.progress = sv_validate_progress(j) };
	int result = sv_validate_predict(j->cells, &how, line, j->diag);

	sv_progress_free(how.progress);
	return result;
}

static int tell(struct sv_validate_job *j, const struct sv_comparison *c, double line)
{
	struct sv_validate_about about = { .host = j->host,
		.profile = j->costs ? j->costs : "a quick calibration of this host",
		.line = line,
		.note = (const char *const *)j->note };
	json_t *record = sv_record_write(c, SV_VERSION, j->host, about.profile);
	int status = SV_EXIT_DONE;

	if (j->json) {
		json_dumpf(record, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
		fputc('\n', stdout);
	} else {
		sv_validate_table(c, &about, stdout, sv_terminal_width(stdout));
	}
	if ((j->output && store(j, record) < 0) || (j->plot && draw(j, c) < 0))
		status = SV_EXIT_FAILED;
	if (!sv_cli_flush())
		status = SV_EXIT_FAILED;
	json_decref(record);
	return status;
}

int sv_validate_finish(struct sv_validate_job *j, const char *machine, const char *option)
{
	struct sv_comparison c;
	double line = NAN;
	bool failed = predict(j, machine, option, &line) < 0;
	int status;

	if (failed && sv_diag_errors(j->diag))
		return SV_EXIT_USAGE;
	sv_comparison_init(&c, j->cells, line);
	status = tell(j, &c, line);
	if (atomic_load(j->cancel))
		fputs("simsvirt: interrupted: only what was complete is told\n", stderr);
	if (failed || atomic_load(j->cancel))
		status = SV_EXIT_FAILED;
	if (status == SV_EXIT_DONE && !isnan(j->max_error) && !(c.median[0] <= j->max_error)) {
		fprintf(stderr, "simsvirt: the median error of %s is %.1f %%, above %.1f %%\n",
			j->cells->kind->metric[0].name, 100 * c.median[0], 100 * j->max_error);
		status = SV_EXIT_BROKEN;
	}
	sv_comparison_fini(&c);
	return status;
}

void sv_validate_job_fini(struct sv_validate_job *j)
{
	for (size_t i = 0; i < j->notes; i++)
		free(j->note[i]);
	sv_cells_free(j->cells);
	free(j->host);
	if (j->diag) {
		sv_diag_print(j->diag, stderr);
		sv_diag_free(j->diag);
	}
}
