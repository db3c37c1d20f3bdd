/*
 * queues.c - the engine against queueing theory
 *
 * Single stations with Poisson arrivals, whose means are known in closed form: M/M/1,
 * M/M/c (Erlang's C), M/D/1 and M/G/1 (Pollaczek and Khinchine). Customers are events,
 * servers are processes, each replication is an LP of its own.
 *
 * Seeds are fixed. The formula must lie inside a confidence interval that is at most
 * 1 % of the mean wide to each side. The level is 99 % for all comparisons of this file
 * together, by Bonferroni: each one's is 1 - 0.01 / COMPARISONS.
 *
 * References: L. Kleinrock, Queueing Systems, volume 1, Wiley 1975, sections 3.2, 3.5 and
 * 5.6; J. Kiefer and J. Wolfowitz, Trans. AMS 78, 1955, for the recursion of waits.
 */
#include "dist.h"
#include "process.h"
#include "run_suite.h"
#include "stats.h"
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

enum { REPLICATIONS = 50, MAX_SERVERS = 16, RING = 1 << 14, ARRIVAL = 1 };
enum { USE_GAPS, USE_SERVICES };

/*
 * Mean service 1 us everywhere. `customers` is what the 1 % needs, over all replications; the
 * last case would need 90 million for a test of its mean wait, and is only held against the
 * recursion.
 */
static const struct station_case {
	const char *name, *service;
	unsigned servers;
	double utilisation;
	double scv; /* squared coefficient of variation of the service */
	double customers;
} cases[] = {
	{ "M/M/1 at 0.3", "exponential(1us)", 1, 0.3, 1, 3.5e6 },
	{ "M/M/1 at 0.5", "exponential(1us)", 1, 0.5, 1, 6e6 },
	{ "M/M/1 at 0.8", "exponential(1us)", 1, 0.8, 1, 20.5e6 },
	{ "M/D/1 at 0.5", "fixed(1us)", 1, 0.5, 0, 2.2e6 },
	{ "M/D/1 at 0.7", "fixed(1us)", 1, 0.7, 0, 6.5e6 },
	{ "M/E3/1 at 0.7", "erlang(3, 1us)", 1, 0.7, 1 / 3.0, 6.5e6 },
	{ "M/H2/1 at 0.5", "hyperexponential(0.75, 0.5us, 2.5us)", 1, 0.5, 2.5, 11e6 },
	{ "M/G/1 at 0.5", "lognormal(1us, 1.2)", 1, 0.5, 1.44, 10e6 },
	{ "M/M/2 at 0.5", "exponential(1us)", 2, 0.5, 1, 11e6 },
	{ "M/M/3 at 0.7", "exponential(1us)", 3, 0.7, 1, 20.5e6 },
	{ "M/M/16 at 0.8", "exponential(1us)", 16, 0.8, 1, 0 },
};

enum {
	N_CASES = sizeof(cases) / sizeof(cases[0]),
	N_MEANS = N_CASES - 1,
	/* Of each case: mean wait, mean population, share of customers who wait. */
	COMPARISONS = 3 * N_MEANS,
};

struct queue {
	struct sv_lp *lp;
	struct sv_dist service, gap;
	struct sv_stream services, gaps;
	struct sv_station station;
	struct sv_process server[MAX_SERVERS], *idle[MAX_SERVERS];
	unsigned servers, idlers;
	sv_time arrived[RING]; /* of those that wait */
	uint64_t first, last;
	sv_time waits; /* sum */
	uint64_t started, waited;
	sv_time *log; /* each wait, when not NULL */
};

static void note_wait(struct queue *q, sv_time wait)
{
	if (q->log)
		q->log[q->started] = wait;
	q->waits += wait;
	q->started++;
	q->waited += wait > 0;
}

static void serve(struct sv_process *self, void *arg)
{
	struct queue *q = arg;

	for (;;) {
		sv_time arrived;

		if (q->first == q->last) {
			q->idle[q->idlers++] = self;
			sv_suspend(self);
			continue;
		}
		arrived = q->arrived[q->first++ % RING];
		note_wait(q, sv_now(q->lp) - arrived);
		sv_hold(self, sv_dist_sample(&q->service, &q->services));
		sv_station_leave(&q->station, sv_now(q->lp), arrived);
	}
}

static void arrive(struct queue *q)
{
	const sv_time now = sv_now(q->lp);

	sv_station_enter(&q->station, now);
	q->arrived[q->last++ % RING] = now;
	SV_BUG_ON(q->last - q->first > RING);
	if (q->idlers > 0)
		sv_resume(q->idle[--q->idlers], now);
	sv_schedule(q->lp, now + sv_dist_sample(&q->gap, &q->gaps), ARRIVAL, 0);
}

static void handle(struct sv_lp *lp, const struct sv_event *event)
{
	if (!sv_process_handle(event))
		arrive(lp->state);
}

static double gap_mean(const struct station_case *c)
{
	return (double)SV_US / (c->utilisation * c->servers);
}

static void queue_start(struct queue *q, const struct station_case *c, uint32_t replication)
{
	ck_assert_ptr_null(sv_dist_parse(c->service, &q->service));
	q->gap = (struct sv_dist){ .kind = SV_DIST_EXPONENTIAL, .p = { gap_mean(c) } };
	sv_stream_init(&q->gaps, 1, replication, 0, USE_GAPS);
	sv_stream_init(&q->services, 1, replication, 0, USE_SERVICES);
	sv_station_init(&q->station, c->name, 0);
	q->servers = c->servers;
	for (unsigned i = 0; i < c->servers; i++) {
		ck_assert_int_eq(sv_process_init(&q->server[i], q->lp, serve, q), 0);
		sv_process_start(&q->server[i], 0);
	}
	sv_schedule(q->lp, sv_dist_sample(&q->gap, &q->gaps), ARRIVAL, 0);
}

static void queue_fini(struct queue *q)
{
	for (unsigned i = 0; i < q->servers; i++)
		sv_process_fini(&q->server[i]);
}

static void run(struct sv_engine *e, sv_time until)
{
	struct sv_diag *diag = sv_diag_new();

	ck_assert_int_eq(sv_engine_run(e, until, diag), 0);
	sv_diag_free(diag);
}

struct closed_form {
	double wait, population, waiting_share;
};

/* Erlang's C from his B, which is a ratio of Poisson probabilities. */
static double erlang_c(unsigned servers, double utilisation)
{
	const double load = servers * utilisation;
	const double b = gsl_ran_poisson_pdf(servers, load) / gsl_cdf_poisson_P(servers, load);

	return b / (1 - utilisation * (1 - b));
}

/* Mean wait in us. Pollaczek-Khinchine for one server is exact for any service. */
static struct closed_form closed_form(const struct station_case *c)
{
	const double waiting = erlang_c(c->servers, c->utilisation);
	struct closed_form f;

	f.waiting_share = waiting;
	f.wait = waiting * (1 + c->scv) / 2 / (c->servers * (1 - c->utilisation));
	f.population = c->servers * c->utilisation * (f.wait + 1);
	return f;
}

static void compare(const char *name, const char *what, const double *x, double truth)
{
	const struct sv_ci ci = sv_ci(x, REPLICATIONS, 1 - 0.01 / COMPARISONS);

	ck_assert_msg(ci.half <= 0.01 * truth, "%s: %s: half-width %.2f %% of the mean", name, what,
		100 * ci.half / truth);
	ck_assert_msg(fabs(ci.mean - truth) <= ci.half, "%s: %s: %g +- %g, by the formula %g", name,
		what, ci.mean, ci.half, truth);
}

static struct queue queues[REPLICATIONS];

START_TEST(means_are_those_of_the_closed_form)
{
	const struct station_case *c = &cases[_i];
	const struct closed_form truth = closed_form(c);
	const sv_time window = (sv_time)(c->customers / REPLICATIONS * gap_mean(c));
	const sv_time warm = window / 20, end = warm + window;
	struct sv_engine *e = sv_engine_new(&(struct sv_engine_config){ .threads = 1 });
	double wait[REPLICATIONS], population[REPLICATIONS], share[REPLICATIONS];

	for (uint32_t r = 0; r < REPLICATIONS; r++) {
		queues[r] = (struct queue){ .lp = sv_engine_add(e, handle, &queues[r], c->name) };
		queue_start(&queues[r], c, r);
	}
	run(e, warm);
	for (uint32_t r = 0; r < REPLICATIONS; r++) {
		sv_station_reset(&queues[r].station, warm);
		queues[r].waits = 0;
		queues[r].started = queues[r].waited = 0;
	}
	run(e, end);
	for (uint32_t r = 0; r < REPLICATIONS; r++) {
		struct queue *q = &queues[r];
		const char *broken = sv_station_check(&q->station, end);

		ck_assert_msg(!broken, "%s: %s", c->name, broken);
		wait[r] = (double)q->waits / (double)q->started / (double)SV_US;
		population[r] = sv_level_mean(&q->station.population, end);
		share[r] = (double)q->waited / (double)q->started;
		queue_fini(q);
	}
	sv_engine_free(e);
	compare(c->name, "mean wait", wait, truth.wait);
	compare(c->name, "mean population", population, truth.population);
	compare(c->name, "share that waits", share, truth.waiting_share);
}
END_TEST

/* The same waits without an engine: each customer goes to the server that is free first. */
static sv_time next_wait(sv_time *free_at, unsigned servers, sv_time arrival, sv_time service)
{
	unsigned best = 0;
	sv_time start;

	for (unsigned i = 1; i < servers; i++)
		if (free_at[i] < free_at[best])
			best = i;
	start = free_at[best] > arrival ? free_at[best] : arrival;
	free_at[best] = start + service;
	return start - arrival;
}

enum { LOGGED = 20000 };

/* Not only in the mean: every single wait, to the picosecond. */
START_TEST(every_wait_is_that_of_the_recursion)
{
	const struct station_case *c = &cases[_i];
	struct queue *q = &queues[0], *oracle = &queues[1];
	struct sv_engine *e = sv_engine_new(&(struct sv_engine_config){ .threads = 1 });
	static sv_time log[2 * LOGGED];
	sv_time free_at[MAX_SERVERS] = { 0 }, arrival = 0;

	*q = (struct queue){ .lp = sv_engine_add(e, handle, q, c->name), .log = log };
	queue_start(q, c, 0);
	run(e, (sv_time)(LOGGED * 1.1 * gap_mean(c)));
	ck_assert_uint_ge(q->started, LOGGED);
	ck_assert_uint_le(q->started, 2 * LOGGED);
	ck_assert_ptr_null(sv_station_check(&q->station, (sv_time)(LOGGED * 1.1 * gap_mean(c))));
	sv_stream_init(&oracle->gaps, 1, 0, 0, USE_GAPS);
	sv_stream_init(&oracle->services, 1, 0, 0, USE_SERVICES);
	for (int i = 0; i < LOGGED; i++) {
		sv_time service = sv_dist_sample(&q->service, &oracle->services);

		arrival += sv_dist_sample(&q->gap, &oracle->gaps);
		ck_assert_int_eq(log[i], next_wait(free_at, c->servers, arrival, service));
	}
	queue_fini(q);
	sv_engine_free(e);
}
END_TEST

/* The formulas themselves, at points known by other means. */
START_TEST(formulas_agree_with_known_values)
{
	const struct station_case md1 = { "", "", 1, 0.5, 0, 0 }, mm1 = { "", "", 1, 0.8, 1, 0 };

	ck_assert_double_eq_tol(erlang_c(1, 0.3), 0.3, 1e-12);
	/* M/M/2: 2 rho^2 / (1 + rho). */
	ck_assert_double_eq_tol(erlang_c(2, 0.5), 1 / 3.0, 1e-12);
	ck_assert_double_eq_tol(closed_form(&mm1).population, 4, 1e-12);
	ck_assert_double_eq_tol(closed_form(&md1).wait, 0.5, 1e-12);
	for (int i = 0; i < N_CASES; i++) {
		struct sv_dist d;

		ck_assert_ptr_null(sv_dist_parse(cases[i].service, &d));
		ck_assert_double_eq_tol(sv_dist_mean(&d), (double)SV_US, 1e-3);
	}
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("queues");

	tcase_set_timeout(tc, 250);
	tcase_add_test(tc, formulas_agree_with_known_values);
	tcase_add_loop_test(tc, every_wait_is_that_of_the_recursion, 0, N_CASES);
	tcase_add_loop_test(tc, means_are_those_of_the_closed_form, 0, N_MEANS);
	return run_case("queues", tc);
}
