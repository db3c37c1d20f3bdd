/*
 * repairman.c - one lock against the machine-repairman model
 *
 * Threads that think for an exponential time and hold one lock for an exponential time
 * are machines that break down and are repaired one at a time. Where moving lines costs
 * nothing, the throughput has a closed form (Gross and Harris, Fundamentals of Queueing
 * Theory, 2.7): with r = E[critical] / E[think],
 *
 *	p0 = 1 / sum_k N! / (N - k)! r^k,	throughput = (1 - p0) / E[critical].
 */
#include "run_suite.h"
#include "stats.h"
#include "world/world.h"
#include <check.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REPLICATIONS 20
#define CRITICAL     1e-6

struct a_case {
	const char *lock;
	unsigned threads;
	double think;
};

/* The level of each interval, so that all of them hold together with 99 %: Bonferroni. */
static const struct a_case cases[] = {
	{ "mcs", 4, 10e-6 },
	{ "mcs", 8, 10e-6 },
	{ "ticket", 8, 10e-6 },
	{ "clh", 16, 10e-6 },
	{ "qspinlock", 16, 20e-6 },
	{ "ttas", 8, 5e-6 },
};
#define CASES (sizeof(cases) / sizeof(cases[0]))

static double closed_form(const struct a_case *c)
{
	double r = CRITICAL / c->think, sum = 0;

	for (unsigned k = 0; k <= c->threads; k++)
		sum += gsl_sf_fact(c->threads) / gsl_sf_fact(c->threads - k) * pow(r, k);
	return (1 - 1 / sum) / CRITICAL;
}

/* Every cost that the topology needs is one picosecond: the least that lets time pass. */
static const char scenario[] =
	"simsvirt: 1\n"
	"host:\n"
	"  machine:\n"
	"    base: toy-4\n"
	"    topology: \"package:1 l3:1 core:16 pu:1\"\n"
	"    costs: {load.modified.l3: 0ps, load.shared.l3: 0ps, rmw.l3: 0ps,\n"
	"            occupancy.read.l3: 0ps, occupancy.write.l3: 0ps, invalidate: 0ps,\n"
	"            memory.local: 0ps, memory.remote: 0ps, retention: 0ps, fence: 0ps,\n"
	"            hit.load: 1ps, hit.store: 1ps, hit.rmw: 1ps, pause: 1ps}\n"
	"vms: {host: {workloads: {w: {kind: critical, lock: %s, threads: %u, lines: 0,\n"
	"  critical: exponential(1us), think: exponential(%.0fns)}}}}\n"
	"run: {warmup: 1ms, duration: 40ms, replications: 1}\n";

START_TEST(throughput_is_the_closed_form)
{
	const struct a_case *c = &cases[_i];
	struct sv_diag *diag = sv_diag_new();
	double x[REPLICATIONS], expected = closed_form(c);
	struct sv_study *study;
	struct sv_ci ci;
	char text[2048];

	snprintf(text, sizeof(text), scenario, c->lock, c->threads, c->think * 1e9);
	study = sv_study_parse("repairman", text, strlen(text), diag);
	sv_diag_print(diag, stderr);
	ck_assert_ptr_nonnull(study);
	for (unsigned i = 0; i < REPLICATIONS; i++) {
		struct sv_metrics m;

		sv_metrics_init(&m);
		ck_assert_int_eq(sv_world_run(sv_study_point(study, 0), i, NULL, &m, diag), 0);
		x[i] = sv_metrics_get(&m, "w.throughput")->value;
		sv_metrics_fini(&m);
	}
	ci = sv_ci(x, REPLICATIONS, 1 - 0.01 / CASES);
	ck_assert_msg(
		ci.half < 0.01 * expected, "%s: half-width %g of %g", c->lock, ci.half, expected);
	ck_assert_msg(fabs(ci.mean - expected) <= ci.half,
		"%s, %u threads: %g +- %g, closed form %g", c->lock, c->threads, ci.mean, ci.half,
		expected);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each lock");

	tcase_set_timeout(each, 120);
	tcase_add_loop_test(each, throughput_is_the_closed_form, 0, CASES);
	return run_case("repairman", each);
}
