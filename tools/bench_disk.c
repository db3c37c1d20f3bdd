/*
 * bench_disk.c - simsvirt bench disk
 *
 * Simulated requests per second of the program's time, for random reads of 4 KiB through the
 * whole path: program, kernel, queues, whatever stands between, drive. One thread; a run before
 * those that count warms caches up. The most memory that the process has held is told, too: it
 * must not grow with --window.
 */
#include "bench.h"
#include "bug.h"
#include "wallclock.h"
#include "world/world.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

struct setup {
	const char *path, *device, *disk;
	unsigned long long cpus, depth, window_ms, repeat;
	int json;
};

/* Of each measurement; and of all, what is the same in each. */
struct result {
	double per_cpu_s[SV_BENCH_REPEATS], per_wall_s[SV_BENCH_REPEATS];
	double events_each;
};

static const char scenario[] = "simsvirt: 1\n"
			       "host: {machine: westmere-ex-80}\n"
			       "devices: {ssd: %s%s%s}\n"
			       "vms: {vm: {mode: %s, disks: {vda: {device: ssd, path: %s%s%s}}, "
			       "workloads: {io: {kind: fio,\n"
			       "  numjobs: %llu, iodepth: %llu}}}}\n"
			       "run: {warmup: 2ms, duration: %llums}\n";

static struct sv_study *make(const struct setup *s, struct sv_diag *diag)
{
	bool guest = strcmp(s->path, "host") != 0, kind = *s->device == '{';
	struct sv_study *study;
	char *text = NULL, mode[40];

	snprintf(mode, sizeof(mode), guest ? "hvm, vcpus: %llu" : "container", s->cpus);
	SV_BUG_ON(asprintf(&text, scenario, kind ? "" : "{kind: nvme, model: ", s->device,
			  kind ? "" : "}", mode, s->path, s->disk ? ", " : "",
			  s->disk ? s->disk : "", s->cpus, s->depth, s->window_ms) < 0);
	study = sv_study_parse("bench", text, strlen(text), diag);
	free(text);
	return study;
}

/* Returns the requests of one run; 0 after a failure. */
static double run_once(
	const struct sv_study *study, const struct setup *s, uint64_t *events, struct sv_diag *diag)
{
	struct sv_metrics m;
	double requests = 0;

	sv_metrics_init(&m);
	if (sv_world_run(sv_study_point(study, 0), 0, NULL, &m, diag) == 0) {
		requests = sv_metrics_get(&m, "io.iops")->value * 1e-3 * (double)s->window_ms;
		*events = m.events;
	}
	sv_metrics_fini(&m);
	return requests;
}

static const struct sv_flag flags[] = {
	{ '\0', "path", "PATH", "one of `list paths`; by default host" },
	{ '\0', "disk", "KEYS",
		"more keys of the disk, as in a scenario: \"queues: 4, iothreads: per-queue\"" },
	{ '\0', "device", "DEVICE",
		"a model of `list devices`, or \"{kind: null, ...}\"; by default p4800x" },
	{ '\0', "cpus", "N", "vCPUs, and threads that read; by default 8" },
	{ '\0', "depth", "N", "requests that each has under way; by default 8" },
	{ '\0', "window", "MS", "simulated milliseconds of a measurement; by default 500" },
	{ '\0', "repeat", "N", "measurements; by default 5" },
	{ 'f', "format", "FORMAT", "table or json" },
	{ 0 },
};

static int take(void *setup, const char *flag, const char *text)
{
	struct setup *s = setup;

	if (!strcmp(flag, "path")) {
		s->path = text;
		return 0;
	}
	if (!strcmp(flag, "disk")) {
		s->disk = text;
		return 0;
	}
	if (!strcmp(flag, "device")) {
		s->device = text;
		return 0;
	}
	if (!strcmp(flag, "cpus"))
		return sv_bench_read_count(flag, text, 1, 80, &s->cpus);
	if (!strcmp(flag, "depth"))
		return sv_bench_read_count(flag, text, 1, 1024, &s->depth);
	if (!strcmp(flag, "window"))
		return sv_bench_read_count(flag, text, 1, 100000, &s->window_ms);
	if (!strcmp(flag, "repeat"))
		return sv_bench_read_count(flag, text, 1, SV_BENCH_REPEATS, &s->repeat);
	return sv_bench_read_format(flag, text, &s->json);
}

/* The most memory that the process has held; Linux tells it in KiB. */
static double peak_bytes(void)
{
	struct rusage use;

	SV_BUG_ON(getrusage(RUSAGE_SELF, &use) < 0);
	return (double)use.ru_maxrss * 1024;
}

static void report(const struct setup *s, struct result *r)
{
	struct sv_bench_sample cpu = sv_bench_sample(r->per_cpu_s, s->repeat);
	struct sv_bench_sample wall = sv_bench_sample(r->per_wall_s, s->repeat);

	if (s->json) {
		sv_bench_print(json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:f, s:o, s:o, s:I}",
			"benchmark", "disk", "path", s->path, "device", s->device, "disk",
			s->disk ? s->disk : "", "cpus", (json_int_t)s->cpus, "depth",
			(json_int_t)s->depth, "window_ms", (json_int_t)s->window_ms,
			"events_per_request", r->events_each, "requests_per_s",
			sv_bench_sample_json(&cpu), "requests_per_wall_s",
			sv_bench_sample_json(&wall), "peak_bytes", (json_int_t)peak_bytes()));
		return;
	}
	printf("%s over %s, %llu CPUs, depth %llu each, 4 KiB random reads\n", s->path, s->device,
		s->cpus, s->depth);
	printf("%.0f thousand requests/s of CPU time (%.0f .. %.0f), %.1f events each\n",
		cpu.median * 1e-3, cpu.low * 1e-3, cpu.high * 1e-3, r->events_each);
	printf("%.0f thousand requests/s of wall time (%.0f .. %.0f)\n", wall.median * 1e-3,
		wall.low * 1e-3, wall.high * 1e-3);
	printf("%.1f MB of memory at the most\n", peak_bytes() * 1e-6);
}

static int measure(
	const struct sv_study *study, const struct setup *s, struct result *r, struct sv_diag *diag)
{
	for (size_t i = 0; i <= s->repeat; i++) {
		uint64_t events = 0;
		double cpu = sv_bench_cpu_clock(), wall = sv_wallclock();
		double n = run_once(study, s, &events, diag);

		if (n <= 0)
			return SV_EXIT_FAILED;
		if (i > 0) {
			r->per_cpu_s[i - 1] = n / (sv_bench_cpu_clock() - cpu);
			r->per_wall_s[i - 1] = n / (sv_wallclock() - wall);
		}
		r->events_each = (double)events / n;
	}
	return SV_EXIT_DONE;
}

static int run(const struct sv_command *self, int argc, char **argv)
{
	static struct result result;
	struct setup s = { .path = "host",
		.device = "p4800x",
		.cpus = 8,
		.depth = 8,
		.window_ms = 500,
		.repeat = 5 };
	int status = sv_bench_read(self, argc, argv, take, &s);
	struct sv_study *study;
	struct sv_diag *diag;

	if (status >= 0)
		return status;
	diag = sv_diag_new();
	study = make(&s, diag);
	status = study ? measure(study, &s, &result, diag) : SV_EXIT_USAGE;
	if (status == SV_EXIT_DONE)
		report(&s, &result);
	sv_diag_print(diag, stderr);
	sv_study_free(study);
	sv_diag_free(diag);
	return status;
}

const struct sv_command sv_bench_disk = {
	.name = "bench disk",
	.arguments = "",
	.help = "Simulated requests per second of the program's time, from a program to a drive",
	.flags = flags,
	.run = run,
};
