/*
 * bench.c - the list of benchmarks and what they share
 */
#include "bench.h"
#include "memory.h"
#include <errno.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <omp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const struct sv_command *const sv_benches[] = { &sv_bench_phold, &sv_bench_hold, &sv_bench_fiber,
	&sv_bench_lock, &sv_bench_queue, &sv_bench_ssd, &sv_bench_disk, NULL };

const char *sv_bench_name(const struct sv_command *bench)
{
	return bench->name + strlen("bench ");
}

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

double sv_bench_cpu_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
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

static int mistake(const char *flag, const char *text, const char *expected)
{
	fprintf(stderr, "simsvirt bench: --%s %s: expected %s\n", flag, text, expected);
	return -1;
}

int sv_bench_read(
	const struct sv_command *self, int argc, char **argv, sv_bench_taker *take, void *setup)
{
	const struct sv_flag *flag;
	struct sv_cli cli;

	sv_cli_init(&cli, self, argc, argv);
	while ((flag = sv_cli_next(&cli)))
		if (take(setup, flag->name, cli.argument) < 0)
			return SV_EXIT_USAGE;
	if (cli.status < 0 && cli.files > 0)
		return sv_cli_mistake(self, "%s: unexpected", cli.file[0]);
	return cli.status;
}

int sv_bench_read_count(const char *flag, const char *text, unsigned long long min,
	unsigned long long max, unsigned long long *out)
{
	char expected[80], *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (end == text || *end || errno || strchr(text, '-') || value < min || value > max) {
		snprintf(expected, sizeof(expected), "a whole number from %llu to %llu", min, max);
		return mistake(flag, text, expected);
	}
	*out = value;
	return 0;
}

int sv_bench_read_counts(const char *flag, const char *text, unsigned long long max,
	unsigned long long *out, size_t room)
{
	char *copy = sv_must(strdup(text)), *save = NULL, *word;
	int n = 0;

	for (word = strtok_r(copy, ",", &save); word && n >= 0; word = strtok_r(NULL, ",", &save)) {
		if ((size_t)n == room)
			n = mistake(flag, text, "fewer numbers");
		else if (sv_bench_read_count(flag, word, 1, max, &out[n]) < 0)
			n = -1;
		else
			n++;
	}
	free(copy);
	return n == 0 ? mistake(flag, text, "a number, or several with commas between") : n;
}

int sv_bench_read_share(const char *flag, const char *text, double *out)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= 0 && value <= 1))
		return mistake(flag, text, "a share from 0 to 1");
	*out = value;
	return 0;
}

int sv_bench_read_format(const char *flag, const char *text, int *json)
{
	*json = strcmp(text, "json") == 0;
	if (!*json && strcmp(text, "table") != 0)
		return mistake(flag, text, "table or json");
	return 0;
}

void sv_bench_print(json_t *result)
{
	json_dumpf(result, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(result);
}
