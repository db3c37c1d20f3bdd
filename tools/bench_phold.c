/*
 * bench_phold.c - simsvirt bench phold
 */
#include "bench.h"
#include "phold.h"
#include "wallclock.h"
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_COUNTS  8 /* of threads, in one run */
#define MOST_THREADS 4096

struct setup {
	struct sv_phold_config model;
	double lookahead_share; /* of the mean; negative: lookahead was given as a time */
	sv_time duration;
	unsigned long long threads[MOST_COUNTS], repeat;
	size_t n_threads;
	int json, pin;
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

static int read_u32(const char *flag, const char *text, uint32_t most, uint32_t *out)
{
	unsigned long long value;

	if (sv_bench_read_count(flag, text, 1, most, &value) < 0)
		return -1;
	*out = (uint32_t)value;
	return 0;
}

static const struct sv_flag flags[] = {
	{ '\0', "lps", "N", "logical processes; by default 4096" },
	{ '\0', "population", "N", "events per LP; by default 1" },
	{ '\0', "mean", "TIME", "mean increment of time; by default 1us" },
	{ '\0', "lookahead", "X",
		"minimum increment: a time, or a share of the mean; by default 0.1" },
	{ '\0', "remote", "SHARE", "of events sent to a random LP; by default 0.25" },
	{ '\0', "threads", "N[,N]", "numbers of threads, measured by turns; by default 1" },
	{ '\0', "duration", "TIME",
		"simulated, for each measurement; by default enough for 4 million events" },
	{ '\0', "repeat", "N", "measurements; by default 15" },
	{ '\0', "seed", "N", "of the random streams; by default 1" },
	{ '\0', "pin", NULL, "pin each thread to a CPU" },
	{ 'f', "format", "FORMAT", "table or json" },
	{ 0 },
};

static int take_threads(struct setup *s, const char *text)
{
	int n = sv_bench_read_counts("threads", text, MOST_THREADS, s->threads, MOST_COUNTS);

	s->n_threads = n < 0 ? 0 : (size_t)n;
	return n;
}

static int take(void *setup, const char *flag, const char *text)
{
	struct setup *s = setup;
	unsigned long long seed;

	if (!strcmp(flag, "lps"))
		return read_u32(flag, text, 1u << 24, &s->model.lps);
	if (!strcmp(flag, "population"))
		return read_u32(flag, text, 1u << 24, &s->model.population);
	if (!strcmp(flag, "mean"))
		return read_time(flag, text, &s->model.mean);
	if (!strcmp(flag, "lookahead"))
		return read_lookahead(text, s);
	if (!strcmp(flag, "remote"))
		return sv_bench_read_share(flag, text, &s->model.remote);
	if (!strcmp(flag, "threads"))
		return take_threads(s, text);
	if (!strcmp(flag, "duration"))
		return read_time(flag, text, &s->duration);
	if (!strcmp(flag, "repeat"))
		return sv_bench_read_count(flag, text, 1, SV_BENCH_REPEATS, &s->repeat);
	if (!strcmp(flag, "seed")) {
		if (sv_bench_read_count(flag, text, 0, ULLONG_MAX, &seed) < 0)
			return -1;
		s->model.seed = seed;
		return 0;
	}
	if (!strcmp(flag, "pin"))
		return s->pin = 1;
	return sv_bench_read_format(flag, text, &s->json);
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
	duration = 4e6 / c->lps / c->population * (double)c->mean;
	if (s->duration == 0)
		s->duration = duration > 1e15 ? (sv_time)1e15 : (sv_time)duration + 1;
	return 0;
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
	sv_bench_print(all);
}

static int run(const struct sv_command *self, int argc, char **argv)
{
	struct setup s = {
		.model = { .lps = 4096, .population = 1, .mean = SV_US, .remote = 0.25, .seed = 1 },
		.lookahead_share = 0.1,
		.threads = { 1 },
		.n_threads = 1,
		.repeat = 15,
	};
	struct result results[MOST_COUNTS] = { 0 };
	int status = sv_bench_read(self, argc, argv, take, &s);

	if (status >= 0)
		return status;
	if (settle(&s) < 0)
		return SV_EXIT_USAGE;
	status = prepare(&s, results) < 0 || measure(&s, results) < 0;
	if (status == 0 && s.json)
		print_json(&s, results);
	else if (status == 0)
		print_table(&s, results);
	for (size_t i = 0; i < MOST_COUNTS; i++) {
		sv_phold_free(results[i].model);
		free(results[i].rate);
	}
	return status;
}

const struct sv_command sv_bench_phold = {
	.name = "bench phold",
	.arguments = "",
	.help = "Committed events per second of the engine running PHOLD, by threads",
	.flags = flags,
	.run = run,
};
