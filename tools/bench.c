/*
 * bench.c - the list of benchmarks and what they share
 */
#include "bench.h"
#include <errno.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <omp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct sv_bench sv_benches[] = {
	{ "phold", "committed events per second of the engine, by threads", sv_bench_phold },
	{ "hold", "nanoseconds for a push and a pop of the pending event set", sv_bench_hold },
	{ "fiber", "nanoseconds for a switch, for waking a process, for a hold", sv_bench_fiber },
	{ "lock", "wall time of a simulated acquire and release, by lock", sv_bench_lock },
	{ NULL, NULL, NULL },
};

struct sv_bench_sample sv_bench_sample(double *x, size_t n)
{
	gsl_sort(x, 1, n);
	return (struct sv_bench_sample){
		.median = gsl_stats_median_from_sorted_data(x, 1, n),
		.low = x[0],
		.high = x[n - 1],
		.n = n,
	};
}

json_t *sv_bench_sample_json(const struct sv_bench_sample *s)
{
	return json_pack("{s:f, s:f, s:f, s:I}", "median", s->median, "low", s->low, "high",
		s->high, "n", (json_int_t)s->n);
}

static void pin_to(unsigned nth, const cpu_set_t *allowed)
{
	cpu_set_t one;
	unsigned seen = 0;

	nth %= (unsigned)CPU_COUNT(allowed);
	CPU_ZERO(&one);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, allowed) && seen++ == nth)
			CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

/* OpenMP keeps its threads from one parallel region to the next. */
void sv_bench_pin(unsigned threads)
{
	static cpu_set_t allowed; /* before anything was pinned */

	if (CPU_COUNT(&allowed) == 0 && sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
		return;
#pragma omp parallel num_threads(threads)
	pin_to((unsigned)omp_get_thread_num(), &allowed);
}

static int mistake(const char *option, const char *text, const char *expected)
{
	fprintf(stderr, "simsvirt bench: --%s %s: expected %s\n", option, text, expected);
	return -1;
}

int sv_bench_read_count(
	const char *option, const char *text, unsigned long long min, unsigned long long *out)
{
	char expected[64], *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (end == text || *end || errno || strchr(text, '-') || value < min) {
		snprintf(expected, sizeof(expected), "a whole number from %llu", min);
		return mistake(option, text, expected);
	}
	*out = value;
	return 0;
}

int sv_bench_read_counts(const char *option, const char *text, unsigned long long *out, size_t most)
{
	char *copy = strdup(text), *save = NULL, *word;
	int n = 0;

	if (!copy)
		return mistake(option, text, "less, with so little memory");
	for (word = strtok_r(copy, ",", &save); word; word = strtok_r(NULL, ",", &save)) {
		if ((size_t)n == most) {
			n = mistake(option, text, "fewer numbers");
			break;
		}
		if (sv_bench_read_count(option, word, 1, &out[n]) < 0) {
			n = -1;
			break;
		}
		n++;
	}
	free(copy);
	return n == 0 ? mistake(option, text, "a number, or several with commas between") : n;
}

int sv_bench_read_share(const char *option, const char *text, double *out)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= 0 && value <= 1))
		return mistake(option, text, "a share from 0 to 1");
	*out = value;
	return 0;
}

int sv_bench_read_format(const char *option, const char *text, int *json)
{
	*json = strcmp(text, "json") == 0;
	if (!*json && strcmp(text, "table") != 0)
		return mistake(option, text, "table or json");
	return 0;
}
