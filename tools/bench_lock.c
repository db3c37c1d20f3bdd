/*
 * bench_lock.c - what simulating a lock costs
 *
 * Wall time for one simulated acquire and release, by lock: alone, where every operation
 * is a hit and runs ahead, and with all threads of a machine contending.
 */
#include "bench.h"
#include "locks.h"
#include "wallclock.h"
#include "world/scenario.h"
#include "world/system.h"
#include "world/world.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALONE_ROUNDS 200000

struct settings {
	unsigned long long repeat, threads;
	const char *machine;
	int json;
};

/* One measured line: nanoseconds of wall time for an acquisition, and events that it took. */
struct line {
	const struct sv_lock *lock;
	unsigned long long threads;
	struct sv_bench_sample ns;
	double events;
};

/* Long enough for some 10^4 acquisitions by all threads. */
static const char scenario[] = "simsvirt: 1\n"
			       "host: {machine: %s}\n"
			       "vms:\n"
			       "  host:\n"
			       "    workloads:\n"
			       "      locks: {kind: critical, lock: %s, threads: %llu,\n"
			       "              critical: 0ns, lines: 0}\n"
			       "run: {warmup: 10us, duration: 5ms, replications: 1}\n";

static int run_once(const struct sv_scenario *point, double *seconds, struct sv_metrics *m,
	struct sv_diag *diag)
{
	double start = sv_wallclock();

	sv_metrics_fini(m);
	sv_metrics_init(m);
	if (sv_world_run(point, 0, NULL, m, diag) < 0)
		return -1;
	*seconds = sv_wallclock() - start;
	return 0;
}

static int measure(const struct sv_scenario *point, const struct settings *s, struct line *out,
	struct sv_diag *diag)
{
	double *ns = calloc(s->repeat, sizeof(*ns)), seconds, count;
	struct sv_metrics m;
	int result = ns ? 0 : sv_error(diag, NULL, "out of memory");

	sv_metrics_init(&m);
	for (unsigned long long i = 0; result == 0 && i < s->repeat; i++) {
		result = run_once(point, &seconds, &m, diag);
		if (result < 0)
			break;
		count = sv_metrics_get(&m, "locks.throughput")->value *
			sv_seconds(point->run.duration);
		ns[i] = seconds / count * 1e9;
		out->events = (double)m.events / count;
	}
	if (result == 0)
		out->ns = sv_bench_sample(ns, s->repeat);
	sv_metrics_fini(&m);
	free(ns);
	return result;
}

/* One thread that does nothing but acquire and release: what the substrate itself costs. */
struct alone {
	struct sv_memory *memory;
	struct sv_system system;
	struct sv_sim_thread thread;
	const struct sv_lock *lock;
	const void *cfg;
	void *memory_of_lock, *node;
	unsigned rounds;
};

static void alone_handle(struct sv_lp *lp, const struct sv_event *event)
{
	struct alone *a = lp->state;

	sv_sim_handle(a->memory, event);
}

static void acquire_and_release(struct sv_sim_thread *self, void *arg)
{
	struct alone *a = arg;

	(void)self;
	for (unsigned i = 0; i < a->rounds; i++) {
		a->lock->acquire(a->memory_of_lock, a->node, a->cfg);
		a->lock->release(a->memory_of_lock, a->node, a->cfg);
	}
}

static int alone_init(struct alone *a, struct sv_engine *engine, const struct sv_machine *machine)
{
	struct sv_lp *lp = sv_engine_add(engine, alone_handle, a, "host");
	unsigned cpu;

	a->memory = sv_memory_new(lp, machine, 1, 0);
	if (!a->memory || sv_system_init(&a->system, a->memory, 0, 1) < 0)
		return -1;
	cpu = sv_system_take_cpu(&a->system, false);
	sv_system_thread(&a->system, &a->thread, cpu);
	a->memory_of_lock = sv_memory_alloc(a->memory, a->lock->lock_bytes, 0);
	a->node = sv_memory_alloc(a->memory, a->lock->node_bytes + a->lock->percpu_bytes, 0);
	a->thread.percpu = &a->node;
	a->lock->init(a->memory_of_lock, a->cfg);
	if (a->lock->node_init)
		a->lock->node_init(a->node, 0);
	return sv_sim_thread_start(&a->thread, acquire_and_release, a, 0);
}

/* Seconds for all rounds, and their events; or a negative number after reporting. */
static double time_alone(const struct sv_machine *machine, const struct sv_lock *lock,
	const void *cfg, double *events, struct sv_diag *diag)
{
	struct alone a = { .lock = lock, .cfg = cfg, .rounds = ALONE_ROUNDS };
	struct sv_engine *engine = sv_engine_new(&(struct sv_engine_config){ .threads = 1 });
	double start, seconds = -1;

	if (!engine || alone_init(&a, engine, machine) < 0) {
		sv_error(diag, NULL, "out of memory");
	} else {
		start = sv_wallclock();
		if (sv_engine_run(engine, SV_TIME_MAX, diag) == 0)
			seconds = sv_wallclock() - start;
		*events = (double)sv_engine_events(engine);
		sv_sim_thread_fini(&a.thread);
	}
	sv_system_fini(&a.system);
	sv_memory_free(a.memory);
	sv_engine_free(engine);
	return seconds;
}

static int measure_alone(const struct sv_scenario *point, const struct settings *s,
	struct line *out, struct sv_diag *diag)
{
	const struct sv_lock *lock = out->lock;
	double *ns = calloc(s->repeat, sizeof(*ns));
	struct sv_doc *doc = sv_doc_parse("defaults", "{}", 2, diag);
	void *cfg = NULL;
	int result = ns && doc ? 0 : sv_error(diag, NULL, "out of memory");

	if (result == 0 && lock->options) {
		cfg = sv_doc_alloc(doc, lock->options->size);
		result = sv_read(lock->options, sv_doc_root(doc), cfg, doc, diag);
	}
	for (unsigned long long i = 0; result == 0 && i < s->repeat; i++) {
		double events = 0,
		       seconds = time_alone(point->host.machine, lock, cfg, &events, diag);

		result = seconds < 0 ? -1 : 0;
		ns[i] = seconds / ALONE_ROUNDS * 1e9;
		out->events = events / ALONE_ROUNDS;
	}
	if (result == 0)
		out->ns = sv_bench_sample(ns, s->repeat);
	sv_doc_free(doc);
	free(ns);
	return result;
}

static int bench_one(const struct settings *s, struct line *l, struct sv_diag *diag)
{
	char text[512];
	struct sv_study *study;
	int result;

	snprintf(text, sizeof(text), scenario, s->machine, l->lock->name, l->threads);
	study = sv_study_parse("bench lock", text, strlen(text), diag);
	if (!study)
		return -1;
	result = l->threads == 1 ? measure_alone(sv_study_point(study, 0), s, l, diag)
				 : measure(sv_study_point(study, 0), s, l, diag);
	sv_study_free(study);
	return result;
}

static void print_line(const struct line *l)
{
	printf("%-16s %8llu %12.1f %9.1f..%-9.1f %8.1f %14.2f\n", l->lock->name, l->threads,
		l->ns.median, l->ns.low, l->ns.high, l->events, 1e3 / l->ns.median);
}

static json_t *line_json(const struct line *l)
{
	return json_pack("{s:s, s:I, s:o, s:f}", "lock", l->lock->name, "threads",
		(json_int_t)l->threads, "ns_per_acquisition", sv_bench_sample_json(&l->ns),
		"events_per_acquisition", l->events);
}

static int bench_all(const struct settings *s, struct sv_diag *diag)
{
	json_t *lines = json_array();
	unsigned long long threads[] = { 1, s->threads };
	int result = 0;

	if (!s->json)
		printf("simulated acquire and release on %s, wall time, median of %llu\n"
		       "%-16s %8s %12s %20s %8s %14s\n",
			s->machine, s->repeat, "lock", "threads", "ns each", "range", "events",
			"million/s");
	for (size_t i = 0; result == 0 && sv_locks_simulated[i]; i++)
		for (size_t j = 0; result == 0 && j < 2; j++) {
			struct line l = { .lock = sv_locks_simulated[i], .threads = threads[j] };

			result = bench_one(s, &l, diag);
			if (result < 0)
				break;
			if (s->json)
				json_array_append_new(lines, line_json(&l));
			else
				print_line(&l);
		}
	if (s->json && result == 0)
		sv_bench_print(lines);
	else
		json_decref(lines);
	return result;
}

static const struct sv_flag flags[] = {
	{ '\0', "repeat", "N", "measurements; by default 15" },
	{ '\0', "threads", "N", "that contend; by default 16" },
	{ '\0', "machine", "NAME", "by default westmere-ex-80" },
	{ 'f', "format", "FORMAT", "table or json" },
	{ 0 },
};

static int take(void *setup, const char *flag, const char *text)
{
	struct settings *s = setup;

	if (!strcmp(flag, "repeat"))
		return sv_bench_read_count(flag, text, 1, SV_BENCH_REPEATS, &s->repeat);
	if (!strcmp(flag, "threads"))
		return sv_bench_read_count(flag, text, 1, 4096, &s->threads);
	if (!strcmp(flag, "format"))
		return sv_bench_read_format(flag, text, &s->json);
	s->machine = text;
	return 0;
}

static int run(const struct sv_command *self, int argc, char **argv)
{
	struct settings s = { .repeat = 15, .threads = 16, .machine = "westmere-ex-80" };
	int status = sv_bench_read(self, argc, argv, take, &s);
	struct sv_diag *diag;

	if (status >= 0)
		return status;
	diag = sv_diag_new();
	sv_bench_pin(1);
	status = bench_all(&s, diag) < 0 ? SV_EXIT_FAILED : SV_EXIT_DONE;
	sv_diag_print(diag, stderr);
	sv_diag_free(diag);
	return status;
}

const struct sv_command sv_bench_lock = {
	.name = "bench lock",
	.arguments = "",
	.help = "Wall time of a simulated acquire and release, by lock",
	.flags = flags,
	.run = run,
};
