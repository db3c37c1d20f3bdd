/*
 * cmd_explore.c - simsvirt explore NAME
 */
#include "catalog.h"
#include "commands.h"
#include "explore_report.h"
#include "interrupt.h"
#include "memory.h"
#include "queues/queues.h"
#include <string.h>
#include <unistd.h>

struct job {
	struct sv_explore_args args;
	struct sv_explore_options options;
	struct sv_explore_row *row;
	size_t rows;
	double shown; /* seconds into the last row when progress was last shown */
};

static void show_progress(const struct sv_explore_result *r, void *arg)
{
	struct job *j = arg;

	if (r->seconds < j->shown + 0.1)
		return;
	j->shown = r->seconds;
	fprintf(stderr, "\r%s: %llu interleavings, %llu pruned, %.0f s\033[K",
		j->row[j->rows].subject.name, (unsigned long long)r->runs,
		(unsigned long long)r->pruned, r->seconds);
}

static int explore_lock(
	struct job *j, const void *config, struct sv_explore_row *row, struct sv_diag *diag)
{
	const struct sv_explore_cfg *c = &j->args.cfg;
	struct sv_explore_lock what = { .lock = row->subject.lock,
		.config = config,
		.threads = (unsigned)c->threads,
		.acquisitions = (unsigned)c->acquisitions,
		.locks = (unsigned)c->locks,
		.tries = c->tries };

	return sv_explore_lock(&what, &j->options, &row->result, diag);
}

/* Whether the queue was told to keep the order of requests. */
static bool in_order(const struct sv_queue *q, const void *config)
{
	for (const struct sv_option *row = q->options ? q->options->rows : NULL; row && row->name;
		row++)
		if (!strcmp(row->name, "in-order"))
			return *(const bool *)((const char *)config + row->offset);
	return false;
}

static int explore_queue(
	struct job *j, const void *config, struct sv_explore_row *row, struct sv_diag *diag)
{
	const struct sv_explore_cfg *c = &j->args.cfg;
	const struct sv_place place = { .source = "--size" };
	struct sv_explore_queue what = { .queue = row->subject.queue,
		.config = config,
		.size = (uint32_t)c->size,
		.requests = (unsigned)c->requests,
		.batch = (unsigned)c->batch,
		.buffers = (unsigned)c->buffers,
		.served = (unsigned)c->served,
		.reversed = c->reversed,
		.polling = c->polling };

	if (c->reversed && in_order(what.queue, config))
		return sv_error(diag, NULL,
			"--reversed: the device of a queue in order completes in the order in "
			"which "
			"requests came");
	if (sv_queue_check_size(what.queue, c->size, &place, diag) < 0)
		return -1;
	return sv_explore_queue(&what, &j->options, &row->result, diag);
}

static int explore(struct job *j, const struct sv_explore_subject *subject, struct sv_diag *diag)
{
	struct sv_doc *doc = sv_must(sv_doc_parse("options", "{}", 2, diag));
	struct sv_explore_row *row = &j->row[j->rows];
	void *config = sv_explore_args_config(&j->args, subject, doc, diag);
	int status = SV_EXIT_USAGE, result = -1;

	j->shown = 0;
	row->subject = *subject;
	if (!sv_diag_errors(diag))
		result = subject->lock ? explore_lock(j, config, row, diag)
				       : explore_queue(j, config, row, diag);
	if (result == 0) {
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

static size_t count(void)
{
	size_t n = 0, locks = 0;

	while (sv_locks_explored[locks])
		locks++;
	while (sv_queues_explored[n])
		n++;
	return n + locks;
}

/* Locks first, then queues. */
static struct sv_explore_subject subject_at(size_t i)
{
	const struct sv_queue *q;
	size_t locks = 0;

	while (sv_locks_explored[locks])
		locks++;
	if (i < locks)
		return (struct sv_explore_subject){ .kind = SV_EXPLORE_A_LOCK,
			.lock = sv_locks_explored[i],
			.name = sv_locks_explored[i]->name,
			.options = sv_locks_explored[i]->options };
	q = sv_queues_explored[i - locks];
	return (struct sv_explore_subject){
		.kind = SV_EXPLORE_A_QUEUE, .queue = q, .name = q->name, .options = q->options
	};
}

static int unknown(const char *name)
{
	const char **names = sv_array(count() + 1, sizeof(*names));

	for (size_t i = 0; i < count(); i++)
		names[i] = subject_at(i).name;
	fprintf(stderr, "simsvirt: there is no lock or queue '%s'", name);
	sv_cli_suggest(name, names);
	fputs("Try: simsvirt list locks, simsvirt list queues\n", stderr);
	free(names);
	return SV_EXIT_USAGE;
}

static int explore_named(struct job *j, struct sv_diag *diag)
{
	bool found = false;
	int worst = SV_EXIT_DONE;

	for (size_t i = 0; i < count() && !was_interrupted(j); i++) {
		struct sv_explore_subject subject = subject_at(i);
		int status;

		if (!sv_explore_args_means(&j->args, subject.name))
			continue;
		found = true;
		status = explore(j, &subject, diag);
		worst = status > worst ? status : worst;
		if (sv_diag_errors(diag))
			break;
	}
	return found ? worst : unknown(j->args.name);
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
	int status;

	j->row = sv_array(count(), sizeof(*j->row));
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
