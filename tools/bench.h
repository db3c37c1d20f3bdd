/*
 * bench.h - the benchmarks that `simsvirt bench` runs
 */
#ifndef SV_BENCH_H
#define SV_BENCH_H

#include <jansson.h>
#include <stddef.h>

/* argv[0] is the benchmark's name; returns an exit status: 0, 1 failed, 2 usage. */
struct sv_bench {
	const char *name, *help;
	int (*run)(int argc, char **argv);
};

extern const struct sv_bench sv_benches[]; /* ends with name == NULL */

int sv_bench_phold(int argc, char **argv);
int sv_bench_hold(int argc, char **argv);
int sv_bench_fiber(int argc, char **argv);
int sv_bench_lock(int argc, char **argv);

/* What several measurements of one thing come to. */
struct sv_bench_sample {
	double median, low, high;
	size_t n;
};

/* Sorts x. */
struct sv_bench_sample sv_bench_sample(double *x, size_t n);
json_t *sv_bench_sample_json(const struct sv_bench_sample *sample);

/* Pins the calling thread and the threads that OpenMP will use to one CPU each. */
void sv_bench_pin(unsigned threads);

/* Reads option values; on a mistake they name the option on stderr and return -1. */
int sv_bench_read_count(
	const char *option, const char *text, unsigned long long min, unsigned long long *out);
/* "1,2,4": returns how many were read. */
int sv_bench_read_counts(
	const char *option, const char *text, unsigned long long *out, size_t most);
int sv_bench_read_share(const char *option, const char *text, double *out);
int sv_bench_read_format(const char *option, const char *text, int *json);

#endif
