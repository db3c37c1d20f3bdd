/*
 * explore_report.c - what `explore` has found, for people and for programs
 */
#include "explore_report.h"
#include "grid.h"
#include "memory.h"
#include <jansson.h>
#include <string.h>

/* Of a long schedule the beginning and the end are shown. */
#define SHOWN_FIRST 40
#define SHOWN_LAST  60

char *sv_explore_verdict(
	const struct sv_explore_args *args, const struct sv_explore_result *r, char *buf)
{
	const size_t size = 128;

	if (r->fault)
		snprintf(buf, size, "%s", sv_fault_name[r->fault]);
	else if (args->replay)
		snprintf(buf, size, "no fault in this run");
	else if (r->end == SV_EXPLORE_TIME)
		snprintf(buf, size, "no fault so far; time is up");
	else if (r->end == SV_EXPLORE_STOPPED)
		snprintf(buf, size, "no fault so far; interrupted");
	else if (args->cfg.depth)
		snprintf(buf, size, "no fault in random runs");
	else if (args->cfg.preemptions >= 0)
		snprintf(buf, size, "no fault with %lld preemptions",
			(long long)args->cfg.preemptions);
	else
		snprintf(buf, size, "no fault in any interleaving");
	return buf;
}

static void put_place(struct sv_grid *g, const struct sv_explore_step *s)
{
	if (s->file)
		sv_grid_put(g, "%s:%u", s->file, s->line);
	else
		sv_grid_put(g, "%s", "");
}

static void print_schedule(const struct sv_explore_result *r, FILE *to)
{
	struct sv_grid g;

	sv_grid_init(&g, 4);
	g.right[0] = g.right[1] = true;
	sv_grid_put(&g, "step");
	sv_grid_put(&g, "thread");
	sv_grid_put(&g, "place");
	sv_grid_put(&g, "what");
	for (size_t i = 0; i < r->step_count; i++) {
		const struct sv_explore_step *s = &r->step[i];

		if (i == SHOWN_FIRST && r->step_count > SHOWN_FIRST + SHOWN_LAST) {
			i = r->step_count - SHOWN_LAST;
			for (int column = 0; column < 4; column++)
				sv_grid_put(&g, "...");
			s = &r->step[i];
		}
		if (s->number)
			sv_grid_put(&g, "%u", s->number);
		else
			sv_grid_put(&g, "%s", "");
		sv_grid_put(&g, "%u", s->thread);
		put_place(&g, s);
		sv_grid_put(&g, "%s", s->text);
	}
	sv_grid_print(&g, to, sv_terminal_width(to));
	sv_grid_fini(&g);
}

static void print_lock_flags(const struct sv_explore_cfg *c, FILE *to)
{
	fprintf(to, " --threads %lld --acquisitions %lld", (long long)c->threads,
		(long long)c->acquisitions);
	if (c->locks > 1)
		fprintf(to, " --locks %lld", (long long)c->locks);
	if (c->tries)
		fputs(" --try", to);
}

static void print_queue_flags(const struct sv_explore_cfg *c, FILE *to)
{
	fprintf(to, " --requests %lld --batch %lld --buffers %lld --size %lld",
		(long long)c->requests, (long long)c->batch, (long long)c->buffers,
		(long long)c->size);
	if (c->served)
		fprintf(to, " --served %lld", (long long)c->served);
	if (c->reversed)
		fputs(" --reversed", to);
	if (c->polling)
		fputs(" --polling", to);
}

/* The command that runs the schedule again. */
static void print_again(
	const struct sv_explore_args *args, const struct sv_explore_row *row, FILE *to)
{
	const struct sv_explore_cfg *c = &args->cfg;

	fprintf(to, "\nAgain: simsvirt explore %s", row->subject.name);
	for (size_t i = 0; i < args->owns; i++)
		fprintf(to, " --lock %s", args->own_file[i]);
	if (row->subject.kind == SV_EXPLORE_A_LOCK)
		print_lock_flags(c, to);
	else
		print_queue_flags(c, to);
	fprintf(to, " --memory %s", c->memory == SV_EXPLORE_SC ? "sc" : "tso");
	if (c->spurious)
		fprintf(to, " --spurious %lld", (long long)c->spurious);
	for (size_t i = 0; i < args->sets; i++)
		fprintf(to, " %s", args->set[i].option);
	fprintf(to, " --replay %s\n", row->result.replay);
}

static void print_fault(
	const struct sv_explore_args *args, const struct sv_explore_row *row, FILE *to)
{
	const struct sv_explore_result *r = &row->result;

	if (r->fault)
		fprintf(to, "\n%s: %s: %s.\n", row->subject.name, sv_fault_name[r->fault],
			r->reason);
	else
		fprintf(to, "\n%s: %s.\n", row->subject.name, sv_fault_name[r->fault]);
	fprintf(to, "The schedule, with %u switch%s between threads:\n\n", r->switches,
		r->switches == 1 ? "" : "es");
	print_schedule(r, to);
	print_again(args, row, to);
}

static const char *plural(long long n)
{
	return n == 1 ? "" : "s";
}

/* What all of a kind had to do. */
static void print_case(const struct sv_explore_cfg *c, enum sv_explore_kind kind, FILE *to)
{
	if (kind == SV_EXPLORE_A_LOCK)
		fprintf(to, "%lld thread%s, %lld acquisition%s each", (long long)c->threads,
			plural(c->threads), (long long)c->acquisitions, plural(c->acquisitions));
	else
		fprintf(to, "%lld request%s of %lld buffers by batches of %lld, %lld entr%s",
			(long long)c->requests, plural(c->requests), (long long)c->buffers,
			(long long)c->batch, (long long)c->size, c->size == 1 ? "y" : "ies");
	if (kind == SV_EXPLORE_A_QUEUE && c->served)
		fprintf(to, ", %lld served before", (long long)c->served);
	fprintf(to, ", memory %s\n\n", c->memory == SV_EXPLORE_SC ? "sc" : "tso");
}

static void print_kind(const struct sv_explore_args *args, enum sv_explore_kind kind,
	const struct sv_explore_row *row, size_t rows, FILE *to)
{
	const char *const headings[] = { kind == SV_EXPLORE_A_LOCK ? "lock" : "queue",
		"interleavings", "pruned", "steps", "longest", "seconds", "verdict" };
	const size_t columns = sizeof(headings) / sizeof(headings[0]);
	struct sv_grid g;
	char buf[128];

	print_case(&args->cfg, kind, to);
	sv_grid_init(&g, columns);
	for (size_t i = 0; i < columns; i++) {
		sv_grid_put(&g, "%s", headings[i]);
		g.right[i] = i > 0 && i + 1 < columns;
	}
	for (size_t i = 0; i < rows; i++) {
		const struct sv_explore_result *r = &row[i].result;

		sv_grid_put(&g, "%s", row[i].subject.name);
		sv_grid_put(&g, "%llu", (unsigned long long)r->runs);
		sv_grid_put(&g, "%llu", (unsigned long long)r->pruned);
		sv_grid_put(&g, "%llu", (unsigned long long)r->steps);
		sv_grid_put(&g, "%llu", (unsigned long long)r->longest);
		sv_grid_put(&g, "%.2f", r->seconds);
		sv_grid_put(&g, "%s", sv_explore_verdict(args, r, buf));
	}
	sv_grid_print(&g, to, sv_terminal_width(to));
	sv_grid_fini(&g);
}

void sv_explore_report_table(
	const struct sv_explore_args *args, const struct sv_explore_row *row, size_t rows, FILE *to)
{
	for (size_t first = 0, n; first < rows; first += n) {
		enum sv_explore_kind kind = row[first].subject.kind;

		for (n = 1; first + n < rows && row[first + n].subject.kind == kind; n++)
			;
		if (first)
			fputc('\n', to);
		print_kind(args, kind, row + first, n, to);
	}
	for (size_t i = 0; i < rows; i++)
		if (row[i].result.fault || args->replay)
			print_fault(args, &row[i], to);
}

static json_t *schedule(const struct sv_explore_result *r)
{
	json_t *all = sv_must(json_array());

	for (size_t i = 0; i < r->step_count; i++) {
		const struct sv_explore_step *s = &r->step[i];

		json_array_append_new(
			all, sv_must(json_pack("{s:i, s:i, s:s?, s:i, s:s}", "step", (int)s->number,
				     "thread", (int)s->thread, "file", s->file, "line",
				     (int)s->line, "what", s->text)));
	}
	return all;
}

static json_t *one(const struct sv_explore_args *args, const struct sv_explore_row *row)
{
	const struct sv_explore_result *r = &row->result;
	char buf[128];
	json_t *o = sv_must(json_pack("{s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:f}",
		row->subject.kind == SV_EXPLORE_A_LOCK ? "lock" : "queue", row->subject.name,
		"verdict", sv_explore_verdict(args, r, buf), "exhaustive", (int)r->exhaustive,
		"interleavings", (json_int_t)r->runs, "pruned", (json_int_t)r->pruned, "steps",
		(json_int_t)r->steps, "longest", (json_int_t)r->longest, "wall_s", r->seconds));

	if (r->step)
		json_object_update_new(o,
			sv_must(json_pack("{s:s, s:i, s:s, s:o}", "reason", r->reason, "switches",
				(int)r->switches, "replay", r->replay, "schedule", schedule(r))));
	return o;
}

void sv_explore_report_json(
	const struct sv_explore_args *args, const struct sv_explore_row *row, size_t rows, FILE *to)
{
	const struct sv_explore_cfg *c = &args->cfg;
	json_t *results = sv_must(json_array()), *all;

	for (size_t i = 0; i < rows; i++)
		json_array_append_new(results, one(args, &row[i]));
	all = sv_must(json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:s, s:o}", "simsvirt",
		SV_VERSION, "threads", (json_int_t)c->threads, "acquisitions",
		(json_int_t)c->acquisitions, "requests", (json_int_t)c->requests, "batch",
		(json_int_t)c->batch, "buffers", (json_int_t)c->buffers, "size",
		(json_int_t)c->size, "memory", c->memory == SV_EXPLORE_SC ? "sc" : "tso", "results",
		results));
	json_dumpf(all, to, JSON_INDENT(2));
	fputc('\n', to);
	json_decref(all);
}
