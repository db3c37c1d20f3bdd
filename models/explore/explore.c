/*
 * explore.c - the explorer from the outside
 *
 * A race tells less than two holders of a lock: when the first fault is one, the search
 * begins again without looking for races, for a while.
 */
#include "bug.h"
#include "explore_private.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RUNS_BEYOND_RACE   20000
#define RUNS_BETWEEN_LOOKS 64

const struct sv_explore_options sv_explore_defaults = {
	.memory = SV_EXPLORE_TSO, .preemptions = -1, .runs = 10000, .seed = 1
};

const char *const sv_fault_name[] = {
	[SV_FAULT_NONE] = "no fault",
	[SV_FAULT_EXCLUSION] = "mutual exclusion is broken",
	[SV_FAULT_RACE] = "data race",
	[SV_FAULT_DEADLOCK] = "deadlock",
	[SV_FAULT_LOST] = "lost wake-up",
	[SV_FAULT_OVERTAKEN] = "overtaken",
	[SV_FAULT_ENDLESS] = "endless",
	[SV_FAULT_ADDRESS] = "wrong address",
	[SV_FAULT_REQUEST] = "wrong request",
	[SV_FAULT_ORDER] = "out of order",
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool sv_x_counted(struct sv_explorer *x)
{
	const struct sv_explore_options *o = x->options;
	struct sv_explore_result *r = x->result;

	r->steps += x->depth;
	if (x->depth > r->longest)
		r->longest = x->depth;
	if ((r->runs + r->pruned) % RUNS_BETWEEN_LOOKS)
		return true;
	r->seconds = now() - x->started;
	if (o->progress)
		o->progress(r, o->progress_arg);
	if (o->stop && atomic_load(o->stop))
		r->end = SV_EXPLORE_STOPPED;
	else if ((o->time_limit > 0 && r->seconds > o->time_limit) ||
		 (x->last_run && r->runs + r->pruned >= x->last_run))
		r->end = SV_EXPLORE_TIME;
	else
		return true;
	return false;
}

static void find(struct sv_explorer *x)
{
	x->result->end = SV_EXPLORE_FAULT;
	if (x->options->depth)
		sv_x_random(x);
	else
		sv_x_search(x);
}

/* Looks for something worse than the race that the last run showed, or comes back to it. */
static struct sv_x_choice *look_beyond(struct sv_explorer *x, size_t *n)
{
	struct sv_x_choice *race = sv_x_taken(x), *worse;
	size_t race_length = x->depth;

	x->ignore_races = true;
	x->last_run = x->result->runs + x->result->pruned + RUNS_BEYOND_RACE;
	find(x);
	x->ignore_races = false;
	*n = x->depth;
	worse = x->fault ? sv_x_taken(x) : NULL;
	x->result->end = SV_EXPLORE_FAULT;
	if (!worse) {
		*n = race_length;
		return race;
	}
	x->ignore_races = true;
	free(race);
	return worse;
}

/* Plays the schedule once more and keeps it in words. */
static int tell(
	struct sv_explorer *x, const struct sv_x_choice *choice, size_t n, struct sv_diag *diag)
{
	struct sv_explore_result *r = x->result;
	struct sv_x_choice *taken;

	r->step = calloc(2 * SV_EXPLORE_STEPS, sizeof(*r->step));
	if (!r->step)
		return sv_error(diag, NULL, "out of memory");
	x->recording = true;
	sv_x_play(x, choice, n);
	x->recording = false;
	r->fault = x->fault;
	memcpy(r->reason, x->reason, sizeof(r->reason));
	taken = sv_x_taken(x);
	if (taken) {
		r->switches = sv_x_switches(taken, x->depth);
		r->replay = sv_x_write(taken, x->depth);
	}
	free(taken);
	return r->replay ? 0 : sv_error(diag, NULL, "out of memory");
}

static int replay(struct sv_explorer *x, struct sv_diag *diag)
{
	size_t n;
	struct sv_x_choice *choice = sv_x_read(x->options->replay, &n, diag);
	int result;

	if (!choice)
		return -1;
	result = tell(x, choice, n, diag);
	x->result->runs = 1;
	x->result->steps = x->result->longest = x->depth;
	x->result->end = x->result->fault ? SV_EXPLORE_FAULT : SV_EXPLORE_COMPLETE;
	free(choice);
	return result;
}

static int explore(struct sv_explorer *x, struct sv_diag *diag)
{
	struct sv_explore_result *r = x->result;
	struct sv_x_choice *choice;
	size_t n;
	int result;

	find(x);
	r->exhaustive =
		r->end == SV_EXPLORE_COMPLETE && !x->options->depth && x->options->preemptions < 0;
	if (!x->fault)
		return 0;
	if (x->fault == SV_FAULT_RACE) {
		choice = look_beyond(x, &n);
	} else {
		choice = sv_x_taken(x);
		n = x->depth;
	}
	if (!choice)
		return sv_error(diag, NULL, "out of memory");
	/* After a race this brings it back. */
	sv_x_play(x, choice, n);
	n = sv_x_shrink(x, choice, n);
	result = tell(x, choice, n, diag);
	free(choice);
	return result;
}

int sv_explore(const struct sv_explore_program *program, const struct sv_explore_options *options,
	struct sv_explore_result *result, struct sv_diag *diag)
{
	struct sv_explorer *x = calloc(1, sizeof(*x));
	int status;

	*result = (struct sv_explore_result){ 0 };
	if (!x)
		return sv_error(diag, NULL, "out of memory");
	SV_BUG_ON(program->threads < 1 || program->threads > THREADS);
	x->program = program;
	x->options = options;
	x->result = result;
	x->started = now();
	status = sv_x_new(x, diag);
	if (status == 0) {
		status = options->replay ? replay(x, diag) : explore(x, diag);
		result->seconds = now() - x->started;
		sv_x_free(x);
	}
	free(x);
	return status;
}

void sv_explore_result_fini(struct sv_explore_result *result)
{
	free(result->replay);
	free(result->step);
}
