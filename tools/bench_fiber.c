/*
 * bench_fiber.c - simsvirt bench fiber
 *
 * Three costs, each for several numbers of fibers:
 *
 *	switch	to a fiber or back: half a round trip. The fibers come in random order, as
 *		they do in a simulation
 *	wake	a process sleeps for a random time through the pending set: an event, two
 *		switches and the random number
 *	hold	a process alone whose holds run ahead: no event, no switch
 */
#include "bench.h"
#include "process.h"
#include "random.h"
#include "wallclock.h"
#include <gsl/gsl_randist.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_COUNTS 16
#define STACK_BYTES 65536

/* Operations in one measurement: about 10 ms each. */
enum { SWITCHES = 2000000, WAKES = 400000, HOLDS = 4000000 };

struct setup {
	unsigned long long fibers[MOST_COUNTS], repeat;
	int n_counts, json;
};

/* Fills ns[0 .. repeat-1] with the cost of one of `ops` operations; a first round warms up. */
static void measure(void (*round)(void *), void *state, double ops, size_t repeat, double *ns)
{
	for (size_t k = 0; k <= repeat; k++) {
		double start = sv_wallclock();

		round(state);
		if (k)
			ns[k - 1] = 1e9 * (sv_wallclock() - start) / ops;
	}
}

struct ring {
	struct sv_fiber *fiber;
	unsigned *order;
	unsigned n;
};

static struct sv_fiber home;

static void bounce(void *arg)
{
	struct sv_fiber *self = arg;

	for (;;)
		sv_fiber_switch(self, &home);
}

static void switch_round(void *state)
{
	struct ring *r = state;
	unsigned next = 0;

	for (unsigned i = 0; i < SWITCHES / 2; i++) {
		sv_fiber_switch(&home, &r->fiber[r->order[next]]);
		next = next + 1 == r->n ? 0 : next + 1;
	}
}

static int bench_switch(unsigned n, size_t repeat, double *ns)
{
	struct ring r = {
		.fiber = calloc(n, sizeof(*r.fiber)), .order = malloc(n * sizeof(*r.order)), .n = n
	};
	unsigned made = 0;
	struct sv_stream s;

	sv_stream_init(&s, 1, 0, 0, 0);
	sv_fiber_init_thread(&home);
	for (; r.fiber && r.order && made < n; made++) {
		r.order[made] = made;
		if (sv_fiber_init(&r.fiber[made], STACK_BYTES, bounce, &r.fiber[made]) < 0)
			break;
	}
	if (made == n) {
		gsl_ran_shuffle(sv_stream_gsl(&s), r.order, n, sizeof(*r.order));
		measure(switch_round, &r, SWITCHES, repeat, ns);
	}
	for (unsigned i = 0; i < made; i++)
		sv_fiber_fini(&r.fiber[i]);
	free(r.fiber);
	free(r.order);
	return made == n ? 0 : -1;
}

/* A process with this state's stream sleeps for 0 to 2^HOLD_BITS - 1 ps again and again. */
enum { HOLD_BITS = 17, HOLD_MEAN = 1 << (HOLD_BITS - 1) };

struct crowd {
	struct sv_engine *engine;
	struct sv_lp *lp;
	struct sv_process *process;
	struct sv_stream random;
	sv_time until, span;
};

static void handle(struct sv_lp *lp, const struct sv_event *event)
{
	(void)lp;
	sv_process_handle(event);
}

static void doze(struct sv_process *self, void *arg)
{
	struct crowd *c = arg;

	for (;;)
		sv_hold(self, (sv_time)(sv_stream_next(&c->random) >> (64 - HOLD_BITS)));
}

static void crowd_round(void *state)
{
	struct crowd *c = state;
	struct sv_diag *diag = sv_diag_new();

	c->until += c->span;
	SV_BUG_ON(sv_engine_run(c->engine, c->until, diag) < 0);
	sv_diag_free(diag);
}

static int bench_crowd(unsigned n, bool run_ahead, size_t repeat, double *ns)
{
	const double ops = run_ahead ? HOLDS : WAKES;
	struct crowd c = { .process = calloc(n, sizeof(*c.process)),
		.span = (sv_time)(ops * HOLD_MEAN / n) };
	unsigned made = 0;

	c.engine = sv_engine_new(&(struct sv_engine_config){ .no_run_ahead = !run_ahead });
	c.lp = sv_engine_add(c.engine, handle, NULL, "crowd");
	sv_stream_init(&c.random, 1, 0, 0, 0);
	for (; c.process && made < n; made++) {
		if (sv_process_init(&c.process[made], c.lp, doze, &c) < 0)
			break;
		sv_process_start(&c.process[made], made % HOLD_MEAN);
	}
	if (made == n)
		measure(crowd_round, &c, ops, repeat, ns);
	for (unsigned i = 0; i < made; i++)
		sv_process_fini(&c.process[i]);
	sv_engine_free(c.engine);
	free(c.process);
	return made == n ? 0 : -1;
}

static const struct sv_flag flags[] = {
	{ '\0', "fibers", "N[,N]", "how many fibers; by default 1,64,1024,16384" },
	{ '\0', "repeat", "N", "measurements; by default 15" },
	{ 'f', "format", "FORMAT", "table or json" },
	{ 0 },
};

static int take(void *setup, const char *flag, const char *text)
{
	struct setup *s = setup;

	if (!strcmp(flag, "fibers"))
		return s->n_counts =
			       sv_bench_read_counts(flag, text, UINT16_MAX, s->fibers, MOST_COUNTS);
	if (!strcmp(flag, "repeat"))
		return sv_bench_read_count(flag, text, 1, SV_BENCH_REPEATS, &s->repeat);
	return sv_bench_read_format(flag, text, &s->json);
}

/* One row; `status` is that of the benchmark which filled ns. */
static int report(
	const struct setup *s, const char *what, unsigned n, int status, double *ns, json_t *rows)
{
	struct sv_bench_sample sample;

	if (status < 0) {
		fprintf(stderr,
			"simsvirt bench: no memory for %u fibers; each takes two mappings "
			"(vm.max_map_count)\n",
			n);
		return -1;
	}
	sample = sv_bench_sample(ns, s->repeat);
	if (!s->json)
		printf("%-6s  %9u  %8.2f  %.2f .. %.2f\n", what, n, sample.median, sample.low,
			sample.high);
	json_array_append_new(rows, json_pack("{s:s, s:I, s:o}", "what", what, "fibers",
					    (json_int_t)n, "ns", sv_bench_sample_json(&sample)));
	return 0;
}

static int run_all(const struct setup *s, json_t *rows)
{
	static double ns[SV_BENCH_REPEATS];
	const size_t repeat = s->repeat;

	if (!s->json)
		printf("%-6s  %9s  %8s  %s\n", "what", "fibers", "ns", "low .. high");
	for (int i = 0; i < s->n_counts; i++) {
		unsigned n = (unsigned)s->fibers[i];

		if (report(s, "switch", n, bench_switch(n, repeat, ns), ns, rows) < 0)
			return -1;
	}
	for (int i = 0; i < s->n_counts; i++) {
		unsigned n = (unsigned)s->fibers[i];

		if (report(s, "wake", n, bench_crowd(n, false, repeat, ns), ns, rows) < 0)
			return -1;
	}
	return report(s, "hold", 1, bench_crowd(1, true, repeat, ns), ns, rows);
}

static int run(const struct sv_command *self, int argc, char **argv)
{
	struct setup s = { .fibers = { 1, 64, 1024, 16384 }, .n_counts = 4, .repeat = 15 };
	int status = sv_bench_read(self, argc, argv, take, &s);
	json_t *rows, *all;

	if (status >= 0)
		return status;
	rows = json_array();
	status = run_all(&s, rows);
	all = json_pack("{s:s, s:o}", "benchmark", "fiber", "rows", rows);
	if (s.json && status == 0)
		sv_bench_print(all);
	else
		json_decref(all);
	return status < 0 ? SV_EXIT_FAILED : SV_EXIT_DONE;
}

const struct sv_command sv_bench_fiber = {
	.name = "bench fiber",
	.arguments = "",
	.help = "Nanoseconds for a switch between fibers, for waking a process, for a hold that "
		"runs ahead",
	.flags = flags,
	.run = run,
};
