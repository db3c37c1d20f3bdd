/*
 * bench_hold.c - simsvirt bench hold
 *
 * The hold model: pop the first event, push one an exponential time later. Increments
 * come from a table, so that the set is measured and not the logarithm.
 */
#include "bench.h"
#include "pending.h"
#include "wallclock.h"
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_SIZES   16
#define MOST_REPEATS 1000
#define TABLE        (1u << 14)

static const char usage[] =
	"usage: simsvirt bench hold [OPTION]...\n"
	"Nanoseconds for a pop and a push of the pending event set.\n"
	"  --pending N[,N]   events in the set (1,10,100,1000,10000,100000,1000000)\n"
	"  --holds N         in each measurement (1000000)\n"
	"  --repeat N        measurements (15)\n"
	"  --format F        table or json\n";

struct setup {
	unsigned long long size[MOST_SIZES], holds, repeat;
	int n_sizes, json, help;
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
		double start = sv_wallclock();

		for (unsigned long long i = 0; i < holds; i++) {
			e = *sv_pending_pop(&set, SV_TIME_MAX);
			e.time += draw(&state);
			sv_pending_push(&set, e);
		}
		if (k)
			ns[k - 1] = 1e9 * (sv_wallclock() - start) / (double)holds;
	}
	sv_pending_fini(&set);
	return set.out_of_memory ? -1 : 0;
}

enum { PENDING = 256, HOLDS, REPEAT, FORMAT, HELP };

static const struct option options[] = {
	{ "pending", required_argument, NULL, PENDING },
	{ "holds", required_argument, NULL, HOLDS },
	{ "repeat", required_argument, NULL, REPEAT },
	{ "format", required_argument, NULL, FORMAT },
	{ "help", no_argument, NULL, HELP },
	{ NULL, 0, NULL, 0 },
};

static int read_option(int option, const char *text, struct setup *s)
{
	switch (option) {
	case PENDING:
		s->n_sizes = sv_bench_read_counts("pending", text, s->size, MOST_SIZES);
		return s->n_sizes;
	case HOLDS:
		return sv_bench_read_count("holds", text, 1, &s->holds);
	case REPEAT:
		return sv_bench_read_count("repeat", text, 1, &s->repeat);
	case FORMAT:
		return sv_bench_read_format("format", text, &s->json);
	case HELP:
		s->help = 1;
		return 0;
	default:
		return -1;
	}
}

static int read_options(int argc, char **argv, struct setup *s)
{
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (read_option(option, optarg, s) < 0)
			return -1;
	if (optind < argc) {
		fprintf(stderr, "simsvirt bench: %s: unexpected\n", argv[optind]);
		return -1;
	}
	if (s->repeat > MOST_REPEATS) {
		fprintf(stderr, "simsvirt bench: --repeat %llu: at most %d\n", s->repeat,
			MOST_REPEATS);
		return -1;
	}
	return 0;
}

static int run(const struct setup *s)
{
	static double ns[MOST_REPEATS];
	json_t *sets = json_array(), *all;

	fill_increments();
	if (!s->json)
		printf("%9s  %14s  %s\n", "pending", "ns for a hold", "low .. high");
	for (int i = 0; i < s->n_sizes; i++) {
		struct sv_bench_sample sample;

		if (measure(s, s->size[i], ns) < 0) {
			fputs("simsvirt bench: no memory left\n", stderr);
			json_decref(sets);
			return 1;
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
	if (s->json) {
		json_dumpf(all, stdout, JSON_INDENT(2));
		putchar('\n');
	}
	json_decref(all);
	return 0;
}

int sv_bench_hold(int argc, char **argv)
{
	struct setup s = {
		.size = { 1, 10, 100, 1000, 10000, 100000, 1000000 },
		.n_sizes = 7,
		.holds = 1000000,
		.repeat = 15,
	};

	if (read_options(argc, argv, &s) < 0) {
		fputs("Try 'simsvirt bench hold --help'.\n", stderr);
		return 2;
	}
	if (s.help) {
		fputs(usage, stdout);
		return 0;
	}
	return run(&s);
}
