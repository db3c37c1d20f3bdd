/*
 * bench.h - the benchmarks that `simsvirt bench` runs
 */
#ifndef SV_BENCH_H
#define SV_BENCH_H

#include "cli.h"
#include <jansson.h>
#include <stddef.h>

/*
 * A benchmark is a command named "bench NAME": one file and one line of the list in
 * bench.c. Its run() returns an exit status.
 */
extern const struct sv_command sv_bench_phold, sv_bench_hold, sv_bench_fiber, sv_bench_lock,
	sv_bench_queue, sv_bench_ssd, sv_bench_disk;

extern const struct sv_command *const sv_benches[]; /* ends with NULL */
const char *sv_bench_name(const struct sv_command *bench);

/* What several measurements of one thing come to. */
struct sv_bench_sample {
	double median, low, high;
	size_t n;
};

/* Sorts x. */
struct sv_bench_sample sv_bench_sample(double *x, size_t n);
json_t *sv_bench_sample_json(const struct sv_bench_sample *sample);

/* Seconds that the calling thread has run: for what one thread does on a busy machine. */
double sv_bench_cpu_clock(void);

/* Pins the calling thread and the threads that OpenMP will use to one CPU each. */
void sv_bench_pin(unsigned threads);

#define SV_BENCH_REPEATS 1000 /* at the most */

/* Takes the value of a flag into the benchmark's setup. Returns -1 after saying what is wrong. */
typedef int sv_bench_taker(void *setup, const char *flag, const char *text);
/* Reads all flags. Returns -1 to go on, otherwise the exit status. */
int sv_bench_read(
	const struct sv_command *self, int argc, char **argv, sv_bench_taker *take, void *setup);

/* Read values of flags; on a mistake they name the flag on stderr and return -1. */
int sv_bench_read_count(const char *flag, const char *text, unsigned long long min,
	unsigned long long max, unsigned long long *out);
/* "1,2,4", each from 1 to max: returns how many were read, `room` at the most. */
int sv_bench_read_counts(const char *flag, const char *text, unsigned long long max,
	unsigned long long *out, size_t room);
int sv_bench_read_share(const char *flag, const char *text, double *out);
int sv_bench_read_format(const char *flag, const char *text, int *json);

/* Prints a benchmark's result as JSON and lets it go. */
void sv_bench_print(json_t *result);

#endif
