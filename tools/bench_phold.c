/*
 * bench_phold.c - simsvirt bench phold
 */
#include "bench.h"
#include "phold.h"
#include "wallclock.h"
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_REPEATS 1000
#define MOST_THREADS 8 /* counts in one run */

static const char usage[] =
	"usage: simsvirt bench phold [OPTION]...\n"
	"Committed events per second of the engine running PHOLD.\n"
	"  --lps N           logical processes (4096)\n"
	"  --population N    events per LP (1)\n"
	"  --mean TIME       mean increment of time (1us)\n"
	"  --lookahead X     minimum increment: a time, or a share of the mean (0.1)\n"
	"  --remote SHARE    of events sent to a random LP (0.25)\n"
	"  --threads N[,N]   numbers of threads, measured by turns (1)\n"
	"  --duration TIME   simulated, for each measurement (for 4 million events)\n"
	"  --repeat N        measurements (15)\n"
	"  --seed N          (1)\n"
	"  --pin             pin each thread to a CPU\n"
	"  --format F        table or json\n";

struct setup {
	struct sv_phold_config model;
	double lookahead_share; /* of the mean; negative: lookahead was given as a time */
	sv_time duration;
	unsigned long long threads[MOST_THREADS], repeat;
	size_t n_threads;
	int json, pin, help;
};

struct result {
	struct sv_phold *model;
	double *rate;
	uint64_t events, checksum;
	struct sv_bench_sample sample;
};

static int read_time(const char *option, const char *text, sv_time *out)
{
	const char *wrong = sv_time_parse(text, out);

	if (!wrong && *out < 1)
		wrong = "is not positive";
	if (!wrong)
		return 0;
	fprintf(stderr, "simsvirt bench: --%s %s: %s\n", option, text, wrong);
	return -1;
}

static int read_lookahead(const char *text, struct setup *s)
{
	if (text[strspn(text, "0123456789.eE+-")] == '\0')
		return sv_bench_read_share("lookahead", text, &s->lookahead_share);
	s->lookahead_share = -1;
	return read_time("lookahead", text, &s->model.lookahead);
}

static int read_u32(const char *option, const char *text, uint32_t most, uint32_t *out)
{
	unsigned long long value;

	if (sv_bench_read_count(option, text, 1, &value) < 0)
		return -1;
	if (value > most) {
		fprintf(stderr, "simsvirt bench: --%s %s: at most %u\n", option, text, most);
		return -1;
	}
	*out = (uint32_t)value;
	return 0;
}

enum {
	LPS = 256,
	POPULATION,
	MEAN,
	LOOKAHEAD,
	REMOTE,
	THREADS,
	DURATION,
	REPEAT,
	SEED,
	PIN,
	FORMAT,
	HELP
};

static const struct option options[] = {
	{ "lps", required_argument, NULL, LPS },
	{ "population", required_argument, NULL, POPULATION },
	{ "mean", required_argument, NULL, MEAN },
	{ "lookahead", required_argument, NULL, LOOKAHEAD },
	{ "remote", required_argument, NULL, REMOTE },
	{ "threads", required_argument, NULL, THREADS },
	{ "duration", required_argument, NULL, DURATION },
	{ "repeat", required_argument, NULL, REPEAT },
	{ "seed", required_argument, NULL, SEED },
	{ "pin", no_argument, NULL, PIN },
	{ "format", required_argument, NULL, FORMAT },
	{ "help", no_argument, NULL, HELP },
	{ NULL, 0, NULL, 0 },
};

static int read_option(int option, const char *text, struct setup *s)
{
	unsigned long long seed;
	int n;

	switch (option) {
	case LPS:
		return read_u32("lps", text, 1u << 24, &s->model.lps);
	case POPULATION:
		return read_u32("population", text, 1u << 24, &s->model.population);
	case MEAN:
		return read_time("mean", text, &s->model.mean);
	case LOOKAHEAD:
		return read_lookahead(text, s);
	case REMOTE:
		return sv_bench_read_share("remote", text, &s->model.remote);
	case THREADS:
		n = sv_bench_read_counts("threads", text, s->threads, MOST_THREADS);
		s->n_threads = n < 0 ? 0 : (size_t)n;
		return n;
	case DURATION:
		return read_time("duration", text, &s->duration);
	case REPEAT:
		return sv_bench_read_count("repeat", text, 1, &s->repeat);
	case SEED:
		n = sv_bench_read_count("seed", text, 0, &seed);
		s->model.seed = n < 0 ? 0 : seed;
		return n;
	case PIN:
		s->pin = 1;
		return 0;
	case FORMAT:
		return sv_bench_read_format("format", text, &s->json);
	case HELP:
		s->help = 1;
		return 0;
	default:
		return -1;
	}
}

/* What depends on several options. */
static int settle(struct setup *s)
{
	struct sv_phold_config *c = &s->model;
	double duration;

	if (s->lookahead_share >= 0)
		c->lookahead = (sv_time)(s->lookahead_share * (double)c->mean);
	if (c->lookahead < 1)
		c->lookahead = 1;
	if (c->lookahead > c->mean) {
		fputs("simsvirt bench: --lookahead: longer than the mean increment\n", stderr);
		return -1;
	}
	if (s->repeat > MOST_REPEATS) {
		fprintf(stderr, "simsvirt bench: --repeat %llu: at most %d\n", s->repeat,
			MOST_REPEATS);
		return -1;
	}
	duration = 4e6 / c->lps / c->population * (double)c->mean;
	if (s->duration == 0)
		s->duration = duration > 1e15 ? (sv_time)1e15 : (sv_time)duration + 1;
	return 0;
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
	return settle(s);
}

static int prepare(const struct setup *s, struct result *r)
{
	for (size_t i = 0; i < s->n_threads; i++) {
		struct sv_phold_config config = s->model;

		config.threads = (unsigned)s->threads[i];
		r[i].rate = calloc(s->repeat, sizeof(*r[i].rate));
		r[i].model = sv_phold_new(&config);
		if (!r[i].rate || !r[i].model) {
			fputs("simsvirt bench: no memory left\n", stderr);
			return -1;
		}
	}
	return 0;
}

/* The first turn only fills caches and pools. */
static int measure(const struct setup *s, struct result *r)
{
	for (size_t k = 0; k <= s->repeat; k++) {
		for (size_t i = 0; i < s->n_threads; i++) {
			double start;
			uint64_t events;

			if (s->pin)
				sv_bench_pin((unsigned)s->threads[i]);
			start = sv_wallclock();
			events = sv_phold_run(r[i].model, s->duration);
			if (events == 0 && k > 0)
				return -1;
			if (k > 0)
				r[i].rate[k - 1] = (double)events / (sv_wallclock() - start);
			r[i].events += events;
		}
	}
	for (size_t i = 0; i < s->n_threads; i++) {
		r[i].sample = sv_bench_sample(r[i].rate, s->repeat);
		r[i].checksum = sv_phold_checksum(r[i].model);
		if (r[i].checksum != r[0].checksum) {
			fputs("simsvirt bench: the order of events depends on threads\n", stderr);
			return -1;
		}
	}
	return 0;
}

static void print_table(const struct setup *s, const struct result *r)
{
	char mean[32], lookahead[32];

	printf("PHOLD: %u LPs x %u, mean %s, lookahead %s, remote %g, %llu measurements\n",
		s->model.lps, s->model.population,
		sv_time_format(mean, sizeof(mean), s->model.mean),
		sv_time_format(lookahead, sizeof(lookahead), s->model.lookahead), s->model.remote,
		s->repeat);
	printf("%7s  %20s  %17s  %5s  %16s\n", "threads", "events/s, millions", "low .. high",
		"ratio", "order");
	for (size_t i = 0; i < s->n_threads; i++)
		printf("%7llu  %20.2f  %7.2f .. %6.2f  %5.2f  %016" PRIx64 "\n", s->threads[i],
			r[i].sample.median / 1e6, r[i].sample.low / 1e6, r[i].sample.high / 1e6,
			r[i].sample.median / r[0].sample.median, r[i].checksum);
}

static void print_json(const struct setup *s, const struct result *r)
{
	json_t *runs = json_array(), *all;
	char order[32];

	for (size_t i = 0; i < s->n_threads; i++) {
		snprintf(order, sizeof(order), "%016" PRIx64, r[i].checksum);
		json_array_append_new(runs,
			json_pack("{s:I, s:o, s:I, s:s}", "threads", (json_int_t)s->threads[i],
				"events_per_s", sv_bench_sample_json(&r[i].sample), "events",
				(json_int_t)r[i].events, "order", order));
	}
	all = json_pack("{s:s, s:I, s:I, s:f, s:f, s:f, s:I, s:o}", "benchmark", "phold", "lps",
		(json_int_t)s->model.lps, "population", (json_int_t)s->model.population, "mean_s",
		sv_seconds(s->model.mean), "lookahead_s", sv_seconds(s->model.lookahead), "remote",
		s->model.remote, "seed", (json_int_t)s->model.seed, "runs", runs);
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
}

int sv_bench_phold(int argc, char **argv)
{
	struct setup s = {
		.model = { .lps = 4096, .population = 1, .mean = SV_US, .remote = 0.25, .seed = 1 },
		.lookahead_share = 0.1,
		.threads = { 1 },
		.n_threads = 1,
		.repeat = 15,
	};
	struct result results[MOST_THREADS] = { 0 };
	int status;

	if (read_options(argc, argv, &s) < 0) {
		fputs("Try 'simsvirt bench phold --help'.\n", stderr);
		return 2;
	}
	if (s.help) {
		fputs(usage, stdout);
		return 0;
	}
	status = prepare(&s, results) < 0 || measure(&s, results) < 0;
	if (status == 0 && s.json)
		print_json(&s, results);
	else if (status == 0)
		print_table(&s, results);
	for (size_t i = 0; i < MOST_THREADS; i++) {
		sv_phold_free(results[i].model);
		free(results[i].rate);
	}
	return status;
}
