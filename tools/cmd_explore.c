/*
 * cmd_explore.c - simsvirt explore NAME
 */
#include "catalog.h"
#include "commands.h"
#include "explore_report.h"
#include "interrupt.h"
#include "memory.h"
#include <string.h>
#include <unistd.h>

struct job {
	struct sv_explore_args args;
	struct sv_explore_options options;
	struct sv_explore_row *row;
	size_t rows;
	const char *lock; /* being explored */
	double shown;     /* seconds into it when progress was last shown */
};

static void show_progress(const struct sv_explore_result *r, void *arg)
{
	struct job *j = arg;

	if (r->seconds < j->shown + 0.1)
		return;
	j->shown = r->seconds;
	fprintf(stderr, "\r%s: %llu interleavings, %llu pruned, %.0f s\033[K", j->lock,
		(unsigned long long)r->runs, (unsigned long long)r->pruned, r->seconds);
}

static int explore_lock(struct job *j, const struct sv_lock *lock, struct sv_diag *diag)
{
	const struct sv_explore_cfg *c = &j->args.cfg;
	struct sv_doc *doc = sv_must(sv_doc_parse("options", "{}", 2, diag));
	struct sv_explore_lock what = { .lock = lock,
		.threads = (unsigned)c->threads,
		.acquisitions = (unsigned)c->acquisitions,
		.locks = (unsigned)c->locks,
		.tries = c->tries };
	struct sv_explore_row *row = &j->row[j->rows];
	int status = SV_EXIT_USAGE;

	what.config = sv_explore_args_lock(&j->args, lock, doc, diag);
	j->lock = lock->name;
	j->shown = 0;
	row->lock = lock;
	if (!sv_diag_errors(diag) && sv_explore_lock(&what, &j->options, &row->result, diag) == 0) {
		j->rows++;
		status = row->result.fault ? SV_EXIT_FAILED : SV_EXIT_DONE;
	}
	if (j->shown > 0)
		fputs("\r\033[K", stderr);
	sv_doc_free(doc);
	return status;
}

static bool was_interrupted(const struct job *j)
{
	return j->rows && j->row[j->rows - 1].result.end == SV_EXPLORE_STOPPED;
}

static int explore_named(struct job *j, struct sv_diag *diag)
{
	bool found = false;
	int worst = SV_EXIT_DONE;

	for (size_t i = 0; sv_locks_explored[i] && !was_interrupted(j); i++) {
		int status;

		if (!sv_explore_args_means(&j->args, sv_locks_explored[i]->name))
			continue;
		found = true;
		status = explore_lock(j, sv_locks_explored[i], diag);
		worst = status > worst ? status : worst;
		if (sv_diag_errors(diag))
			break;
	}
	return found ? worst : sv_unknown_name(sv_catalog_find("locks"), j->args.name);
}

static void make_options(struct job *j)
{
	const struct sv_explore_cfg *c = &j->args.cfg;

	j->options = (struct sv_explore_options){
		.memory = c->memory == SV_EXPLORE_SC ? SV_EXPLORE_SC : SV_EXPLORE_TSO,
		.preemptions = (int)c->preemptions,
		.depth = (unsigned)c->depth,
		.runs = (uint64_t)c->runs,
		.seed = (uint64_t)c->seed,
		.time_limit = sv_seconds(c->time_limit),
		.spurious = (unsigned)c->spurious,
		.replay = j->args.replay,
		.stop = sv_interrupt_install(),
		.progress = isatty(STDERR_FILENO) ? show_progress : NULL,
		.progress_arg = j,
	};
}

static int run(struct job *j)
{
	struct sv_diag *diag = sv_diag_new();
	size_t locks = 0;
	int status;

	while (sv_locks_explored[locks])
		locks++;
	j->row = sv_array(locks, sizeof(*j->row));
	make_options(j);
	status = explore_named(j, diag);
	sv_diag_print(diag, stderr);
	sv_diag_free(diag);
	if (j->rows && j->args.format == SV_FORMAT_JSON)
		sv_explore_report_json(&j->args, j->row, j->rows, stdout);
	else if (j->rows)
		sv_explore_report_table(&j->args, j->row, j->rows, stdout);
	if (was_interrupted(j) && status == SV_EXIT_DONE)
		status = SV_EXIT_FAILED;
	for (size_t i = 0; i < j->rows; i++)
		sv_explore_result_fini(&j->row[i].result);
	free(j->row);
	return sv_cli_flush() ? status : SV_EXIT_FAILED;
}

int sv_explore_main(const struct sv_command *self, int argc, char **argv)
{
	struct job j = { .rows = 0 };
	int status = sv_explore_args_read(&j.args, self, argc, argv);

	if (status < 0)
		status = run(&j);
	sv_explore_args_fini(&j.args);
	return status;
}
