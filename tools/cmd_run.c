/*
 * cmd_run.c - simsvirt run FILE...
 *
 * All files are read and the directories for results made before anything runs, so that
 * a mistake costs no simulation.
 */
#include "commands.h"
#include "digits.h"
#include "grid.h"
#include "interrupt.h"
#include "load.h"
#include "memory.h"
#include "run_args.h"
#include "run_files.h"
#include "world/world.h"
#include <math.h>
#include <string.h>
#include <unistd.h>

/* One scenario of the command line. */
struct job {
	char *path;
	struct sv_study *study;
	struct sv_source source;
	struct sv_files *files; /* NULL: none are wanted */
};

/* Two scenarios of one name would overwrite each other's results. */
static void refuse_same_directory(const struct job *jobs, int n, struct sv_diag *diag)
{
	for (int i = 1; i < n; i++)
		for (int k = 0; k < i && jobs[i].files && jobs[k].files; k++)
			if (!strcmp(sv_files_directory(jobs[i].files),
				    sv_files_directory(jobs[k].files)))
				sv_error(diag, NULL,
					"-o: %s and %s would write into the same directory, %s",
					jobs[k].path, jobs[i].path,
					sv_files_directory(jobs[i].files));
}

static int load(struct job *jobs, const struct sv_run_args *args)
{
	struct sv_diag *diag = sv_diag_new();
	int status = SV_EXIT_DONE;

	for (int i = 0; i < args->files; i++)
		jobs[i].study = sv_load(
			args->file[i], args->override, args->overrides, &jobs[i].path, diag);
	if (sv_diag_errors(diag) == 0 && args->directory)
		for (int i = 0; i < args->files; i++)
			jobs[i].files = sv_run_files_new(
				args->directory, args->files > 1 ? jobs[i].path : NULL, diag);
	refuse_same_directory(jobs, args->files, diag);
	for (int i = 0; i < args->files && jobs[i].study; i++)
		sv_source_read(&jobs[i].source, jobs[i].path);
	if (sv_diag_errors(diag))
		status = SV_EXIT_USAGE;
	sv_diag_print(diag, stderr);
	sv_diag_free(diag);
	return status;
}

/* How fast that was: only for who looks on, because it differs from run to run. */
static void print_speed(const struct sv_results *r)
{
	char rate[64];

	if (!isatty(STDOUT_FILENO) || r->acquisitions == 0)
		return;
	printf("\n%.1f s; %s simulated acquisitions of locks\n", r->wall_s,
		sv_digits_text((double)r->acquisitions / r->wall_s, NAN, "1/s", rate));
}

/* Several scenarios are an array in JSON. */
static void print_before(const struct sv_run_args *args, int scenario)
{
	if (args->format == SV_FORMAT_JSON && args->files > 1)
		puts(scenario == 0 ? "[" : ",");
	if (args->format == SV_FORMAT_TABLE && scenario > 0)
		putchar('\n');
}

static int print_end(const struct sv_run_args *args)
{
	if (args->format == SV_FORMAT_JSON && args->files > 1)
		puts("]");
	return sv_cli_flush() ? SV_EXIT_DONE : SV_EXIT_FAILED;
}

static void print(const struct sv_report *report, enum sv_format format)
{
	switch (format) {
	case SV_FORMAT_TABLE:
		sv_report_table(report, stdout, sv_terminal_width(stdout));
		print_speed(&report->results);
		break;
	case SV_FORMAT_JSON:
		sv_report_json(report, stdout);
		break;
	case SV_FORMAT_CSV:
		sv_report_csv(report, stdout);
		break;
	}
}

/* Each broken expectation with its line of the scenario. */
static void complain(const struct sv_report *report, const struct job *job)
{
	struct sv_diag *diag = sv_diag_new();

	if (job->source.text)
		sv_diag_source(diag, job->path, job->source.text, job->source.bytes);
	for (size_t i = 0; i < report->expectations; i++) {
		char *text;

		if (!sv_report_is_broken(report, i))
			continue;
		text = sv_report_expectation(report, i);
		sv_error(diag, &report->expectation[i]->place, "expectation broken: %s", text);
		free(text);
	}
	sv_diag_print(diag, stderr);
	sv_diag_free(diag);
}

static int store(const struct sv_report *report, const struct job *job)
{
	struct sv_diag *diag;
	int status;

	if (!job->files)
		return 0;
	diag = sv_diag_new();
	status = sv_run_files_write(report, &job->source, job->files, diag);
	sv_diag_print(diag, stderr);
	sv_diag_free(diag);
	return status;
}

/* Returns the exit status for one scenario. */
static int run(const struct job *job, const struct sv_run_args *args, const atomic_bool *cancel)
{
	struct sv_report report;
	struct sv_run_config config = { .world = sv_world_run,
		.threads = args->threads,
		.cancel = cancel,
		.progress = sv_progress_new(args->progress, stderr),
		.errors = stderr };
	int status = SV_EXIT_DONE;

	sv_report_init(&report, job->study);
	report.explain = args->explain;
	if (sv_results_run(&report.results, &config) < 0)
		status = SV_EXIT_FAILED;
	sv_progress_free(config.progress);
	if (store(&report, job) < 0)
		status = SV_EXIT_FAILED;
	print(&report, args->format);
	if (!sv_cli_flush())
		status = SV_EXIT_FAILED;
	if (sv_report_broken(&report)) {
		complain(&report, job);
		if (status == SV_EXIT_DONE)
			status = SV_EXIT_BROKEN;
	}
	/* The table says so itself. */
	if (args->format != SV_FORMAT_TABLE &&
		report.results.done + report.results.failed < report.results.n)
		fprintf(stderr, "simsvirt: interrupted: %zu of %zu points are complete\n",
			report.results.done, report.results.n);
	sv_report_fini(&report);
	return status;
}

/* A failure outweighs a broken expectation. */
static int worse(int a, int b)
{
	if (a == SV_EXIT_FAILED || b == SV_EXIT_FAILED)
		return SV_EXIT_FAILED;
	return a > b ? a : b;
}

int sv_run_main(const struct sv_command *self, int argc, char **argv)
{
	struct sv_run_args args;
	int status = sv_run_args_read(&args, self, argc, argv);
	struct job *jobs = NULL;

	if (status < 0) {
		jobs = sv_array((size_t)args.files, sizeof(*jobs));
		status = load(jobs, &args);
	}
	if (jobs && status == SV_EXIT_DONE) {
		const atomic_bool *cancel = sv_interrupt_install();

		for (int i = 0; i < args.files && !(i > 0 && atomic_load(cancel)); i++) {
			print_before(&args, i);
			status = worse(status, run(&jobs[i], &args, cancel));
		}
		status = worse(status, print_end(&args));
	}
	for (int i = 0; jobs && i < args.files; i++) {
		sv_files_free(jobs[i].files);
		sv_source_free(&jobs[i].source);
		sv_study_free(jobs[i].study);
		free(jobs[i].path);
	}
	free(jobs);
	sv_run_args_fini(&args);
	return status;
}
