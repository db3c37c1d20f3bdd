/*
 * bench_hold.c - simsvirt bench hold
 *
 * The hold model: pop the first event, push one an exponential time later. Increments
 * come from a table, so that the set is measured and not the logarithm. Time is the thread's own.
 */
#include "bench.h"
#include "pending.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PENDING UINT32_MAX
#define MOST_SIZES   16
#define TABLE        (1u << 14)

struct setup {
	unsigned long long size[MOST_SIZES], holds, repeat;
	int n_sizes, json;
};

static sv_time increment[TABLE];

static void fill_increments(void)
{
	for (unsigned i = 0; i < TABLE; i++)
		increment[i] = (sv_time)(-log((i + 0.5) / TABLE) * (double)SV_US) + 1;
}

/* A multiplicative congruential generator's high bits: a nanosecond a draw. */
static sv_time draw(uint64_t *state)
{
	*state *= 0xd1342543de82ef95u;
	return increment[*state >> 50];
}

static int measure(const struct setup *s, unsigned long long size, double *ns)
{
	struct sv_pending set;
	struct sv_event e = { .time = 0 };
	uint64_t state = 1;

	if (sv_pending_init(&set) < 0)
		return -1;
	for (unsigned long long i = 0; i < size; i++) {
		e.tie = i;
		e.time = draw(&state);
		sv_pending_push(&set, e);
	}
	/* Each event is held twice before the first measurement. */
	for (size_t k = 0; k <= s->repeat; k++) {
		unsigned long long holds = k ? s->holds : s->holds + 2 * size;
		double start = sv_bench_cpu_clock();

		for (unsigned long long i = 0; i < holds; i++) {
			e = *sv_pending_pop(&set, SV_TIME_MAX);
			e.time += draw(&state);
			sv_pending_push(&set, e);
		}
		if (k)
			ns[k - 1] = 1e9 * (sv_bench_cpu_clock() - start) / (double)holds;
	}
	sv_pending_fini(&set);
	return set.out_of_memory ? -1 : 0;
}

static const struct sv_flag flags[] = {
	{ '\0', "pending", "N[,N]",
		"events in the set; by default 1,10,100,1000,10000,100000,1000000" },
	{ '\0', "holds", "N", "in each measurement; by default 1000000" },
	{ '\0', "repeat", "N", "measurements; by default 15" },
	{ 'f', "format", "FORMAT", "table or json" },
	{ 0 },
};

static int take(void *setup, const char *flag, const char *text)
{
	struct setup *s = setup;

	if (!strcmp(flag, "pending"))
		return s->n_sizes =
			       sv_bench_read_counts(flag, text, MOST_PENDING, s->size, MOST_SIZES);
	if (!strcmp(flag, "holds"))
		return sv_bench_read_count(flag, text, 1, ULLONG_MAX, &s->holds);
	if (!strcmp(flag, "repeat"))
		return sv_bench_read_count(flag, text, 1, SV_BENCH_REPEATS, &s->repeat);
	return sv_bench_read_format(flag, text, &s->json);
}

static int run_all(const struct setup *s)
{
	static double ns[SV_BENCH_REPEATS];
	json_t *sets = json_array(), *all;

	fill_increments();
	if (!s->json)
		printf("%9s  %14s  %s\n", "pending", "ns for a hold", "low .. high");
	for (int i = 0; i < s->n_sizes; i++) {
		struct sv_bench_sample sample;

		if (measure(s, s->size[i], ns) < 0) {
			fputs("simsvirt bench: no memory left\n", stderr);
			json_decref(sets);
			return SV_EXIT_FAILED;
		}
		sample = sv_bench_sample(ns, s->repeat);
		if (!s->json)
			printf("%9llu  %14.1f  %.1f .. %.1f\n", s->size[i], sample.median,
				sample.low, sample.high);
		json_array_append_new(
			sets, json_pack("{s:I, s:o}", "pending", (json_int_t)s->size[i], "hold_ns",
				      sv_bench_sample_json(&sample)));
	}
	all = json_pack("{s:s, s:o}", "benchmark", "hold", "sets", sets);
	if (s->json)
		sv_bench_print(all);
	else
		json_decref(all);
	return SV_EXIT_DONE;
}

static int run(const struct sv_command *self, int argc, char **argv)
{
	struct setup s = {
		.size = { 1, 10, 100, 1000, 10000, 100000, 1000000 },
		.n_sizes = 7,
		.holds = 1000000,
		.repeat = 15,
	};
	int status = sv_bench_read(self, argc, argv, take, &s);

	return status >= 0 ? status : run_all(&s);
}

const struct sv_command sv_bench_hold = {
	.name = "bench hold",
	.arguments = "",
	.help = "Nanoseconds for a pop and a push of the pending event set",
	.flags = flags,
	.run = run,
};
