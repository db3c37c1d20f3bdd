/*
 * cmd_fit.c - simsvirt fit FILE --data CSV
 *
 * Everything is read and checked, the directory of the output too, before anything runs.
 */
#include "commands.h"
#include "files.h"
#include "fit_args.h"
#include "fit_report.h"
#include "fit_world.h"
#include "grid.h"
#include "interrupt.h"
#include "load.h"
#include "memory.h"
#include "wallclock.h"
#include "world/world.h"
#include <math.h>
#include <string.h>

struct job {
	const struct sv_fit_args *args;
	char *path;
	struct sv_study *study;
	struct sv_data data;
	struct sv_files *files; /* NULL: no output is wanted */
	const char *name;       /* of the output in its directory */
};

static void open_output(struct job *j, struct sv_diag *diag)
{
	const char *output = j->args->output;
	const char *slash = output ? strrchr(output, '/') : NULL;
	char *directory;

	if (!output)
		return;
	j->name = slash ? slash + 1 : output;
	directory = slash ? sv_must(strndup(output, slash == output ? 1 : (size_t)(slash - output)))
			  : sv_must(strdup("."));
	j->files = sv_files_new(directory, diag);
	free(directory);
}

/* What the scenario alone does not have to say. */
static int check_block(const struct job *j, struct sv_diag *diag)
{
	const struct sv_fit *fit = sv_study_fit(j->study);
	struct sv_place place = { .source = j->path };

	if (!fit || !fit->params)
		return sv_error(diag, fit ? &fit->data.place : &place,
			"no free parameter is named: give fit.parameters or --parameter "
			"PATH=FROM..TO");
	if (!fit->metric)
		return sv_error(
			diag, &fit->data.place, "no metric is named: give fit.metric or --metric");
	return 0;
}

static void load_all(struct job *j, struct sv_diag *diag)
{
	const struct sv_run_args *run = &j->args->run;

	j->study = sv_load(run->file[0], run->override, run->overrides, &j->path, diag);
	if (!j->study || check_block(j, diag) < 0)
		return;
	if (sv_fit_data_load(&j->data, j->args->data, j->study, diag) < 0 ||
		sv_fit_world_check(j->study, &j->data, diag) < 0)
		return;
	open_output(j, diag);
}

static int load(struct job *j)
{
	struct sv_diag *diag = sv_diag_new();
	int status = SV_EXIT_DONE;

	load_all(j, diag);
	if (sv_diag_errors(diag))
		status = SV_EXIT_USAGE;
	sv_diag_print(diag, stderr);
	sv_diag_free(diag);
	return status;
}

/* By weighted least squares of logarithms: an error of 5 % is a sigma of 0.05. */
static void search(const struct job *j, struct sv_fit_world *world, struct sv_fit_result *result)
{
	const struct sv_fit *fit = sv_study_fit(j->study);
	size_t points = j->data.points;
	double *measured = sv_array(points, sizeof(*measured));
	double *sigma = sv_array(points, sizeof(*sigma));
	double start[SV_FIT_PARAMS];
	struct sv_fit_task task = { .params = fit->params,
		.points = points,
		.start = start,
		.measured = measured,
		.sigma = j->data.has_errors ? sigma : NULL,
		.most = j->args->evaluations,
		.predict = sv_fit_world_predict,
		.arg = world };

	for (size_t i = 0; i < points; i++) {
		measured[i] = j->data.point[i].value;
		sigma[i] = j->data.point[i].error / j->data.point[i].value;
	}
	for (size_t p = 0; p < fit->params; p++)
		start[p] = sv_fit_share(&fit->param[p], fit->param[p].start);
	if (world->run.progress) {
		sv_progress_bound(world->run.progress, "evaluations");
		sv_progress_start(world->run.progress, task.most, task.most);
	}
	sv_fit_run(&task, result);
	if (world->run.progress)
		sv_progress_stop(world->run.progress);
	free(measured);
	free(sigma);
}

/* Nothing is written of a fit that was cut off: an earlier file may hold a better one. */
static int store(const struct job *j, const struct sv_fit_report *report)
{
	struct sv_diag *diag;
	FILE *f;
	int status = -1;

	if (!j->files || report->result.end == SV_FIT_STOPPED)
		return 0;
	diag = sv_diag_new();
	f = sv_files_add(j->files, j->name, diag);
	if (f) {
		sv_fit_report_yaml(report, f);
		status = sv_files_commit(j->files, diag);
	}
	sv_diag_print(diag, stderr);
	sv_diag_free(diag);
	return status;
}

static void print(const struct sv_fit_report *report, enum sv_format format)
{
	if (format == SV_FORMAT_JSON)
		sv_fit_report_json(report, stdout);
	else
		sv_fit_report_table(report, stdout, sv_terminal_width(stdout));
}

static int run(const struct job *j)
{
	double start = sv_wallclock();
	struct sv_fit_world world = { .study = j->study,
		.data = &j->data,
		.run = { .world = sv_world_run,
			.threads = j->args->run.threads,
			.cancel = sv_interrupt_install(),
			.progress = sv_progress_new(j->args->run.progress, stderr),
			.errors = stderr } };
	struct sv_fit_report report = {
		.study = j->study, .data = &j->data, .scenario = j->path, .csv = j->args->data
	};
	int status = SV_EXIT_DONE;

	search(j, &world, &report.result);
	sv_progress_free(world.run.progress);
	report.events = world.events;
	report.wall_s = sv_wallclock() - start;
	if (report.result.end == SV_FIT_STOPPED)
		status = SV_EXIT_FAILED;
	if (report.result.any)
		print(&report, j->args->run.format);
	else if (!world.failed)
		fputs("simsvirt: interrupted before anything was predicted\n", stderr);
	if (store(j, &report) < 0 || !sv_cli_flush())
		status = SV_EXIT_FAILED;
	sv_fit_result_fini(&report.result);
	return status;
}

int sv_fit_main(const struct sv_command *self, int argc, char **argv)
{
	struct sv_fit_args args;
	struct job j = { .args = &args };
	int status = sv_fit_args_read(&args, self, argc, argv);

	if (status < 0) {
		status = load(&j);
		if (status == SV_EXIT_DONE)
			status = run(&j);
	}
	sv_files_free(j.files);
	sv_data_free(&j.data);
	sv_study_free(j.study);
	free(j.path);
	sv_fit_args_fini(&args);
	return status;
}
