/*
 * bench_disk.c - simsvirt bench disk
 *
 * Simulated requests per second of the program's time, for random reads of 4 KiB through the
 * whole path: program, kernel, queues, whatever stands between, drive. One thread; a run before
 * those that count warms caches up.
 */
#include "bench.h"
#include "bug.h"
#include "world/world.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct setup {
	const char *path, *device;
	unsigned long long cpus, depth, window_ms, repeat;
	int json;
};

static const char scenario[] =
	"simsvirt: 1\n"
	"host: {machine: westmere-ex-80}\n"
	"devices: {ssd: {kind: nvme, model: %s}}\n"
	"vms: {vm: {mode: %s, disks: {vda: {device: ssd, path: %s}}, workloads: {io: {kind: fio,\n"
	"  numjobs: %llu, iodepth: %llu}}}}\n"
	"run: {warmup: 2ms, duration: %llums}\n";

static struct sv_study *make(const struct setup *s, struct sv_diag *diag)
{
	bool guest = strcmp(s->path, "host") != 0;
	struct sv_study *study;
	char *text = NULL, mode[40];

	snprintf(mode, sizeof(mode), guest ? "hvm, vcpus: %llu" : "container", s->cpus);
	SV_BUG_ON(asprintf(&text, scenario, s->device, mode, s->path, s->cpus, s->depth,
			  s->window_ms) < 0);
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
	{ '\0', "device", "MODEL", "a model of `list devices`; by default p4800x" },
	{ '\0', "cpus", "N", "vCPUs, and threads that read; by default 8" },
	{ '\0', "depth", "N", "requests that each has under way; by default 8" },
	{ '\0', "window", "MS", "simulated milliseconds of a measurement; by default 100" },
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

static void report(const struct setup *s, double *rate, double events)
{
	struct sv_bench_sample sample = sv_bench_sample(rate, s->repeat);

	if (s->json) {
		sv_bench_print(json_pack("{s:s, s:s, s:s, s:I, s:I, s:f, s:o}", "benchmark", "disk",
			"path", s->path, "device", s->device, "cpus", (json_int_t)s->cpus, "depth",
			(json_int_t)s->depth, "events_per_request", events, "requests_per_s",
			sv_bench_sample_json(&sample)));
		return;
	}
	printf("%s over %s, %llu CPUs, depth %llu each, 4 KiB random reads\n", s->path, s->device,
		s->cpus, s->depth);
	printf("%.0f thousand requests/s (%.0f .. %.0f), %.1f events each\n", sample.median * 1e-3,
		sample.low * 1e-3, sample.high * 1e-3, events);
}

static int measure(const struct sv_study *study, const struct setup *s, double *rate,
	double *events_each, struct sv_diag *diag)
{
	for (size_t i = 0; i <= s->repeat; i++) {
		uint64_t events = 0;
		double begin = sv_bench_cpu_clock(), n = run_once(study, s, &events, diag);

		if (n <= 0)
			return SV_EXIT_FAILED;
		if (i > 0)
			rate[i - 1] = n / (sv_bench_cpu_clock() - begin);
		*events_each = (double)events / n;
	}
	return SV_EXIT_DONE;
}

static int run(const struct sv_command *self, int argc, char **argv)
{
	static double rate[SV_BENCH_REPEATS];
	struct setup s = { .path = "host",
		.device = "p4800x",
		.cpus = 8,
		.depth = 8,
		.window_ms = 100,
		.repeat = 5 };
	int status = sv_bench_read(self, argc, argv, take, &s);
	struct sv_study *study;
	struct sv_diag *diag;
	double events = 0;

	if (status >= 0)
		return status;
	diag = sv_diag_new();
	study = make(&s, diag);
	status = study ? measure(study, &s, rate, &events, diag) : SV_EXIT_USAGE;
	if (status == SV_EXIT_DONE)
		report(&s, rate, events);
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
