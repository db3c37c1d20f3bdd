/*
 * polling.c - parked waiters against the oracle that simulates every poll
 *
 * Many waiters over several packages: their fetches, the requests of newcomers and the
 * release stand in one queue, and whoever goes first there decides the throughput. Few
 * waiters would not tell a wrong order from a right one.
 */
#include "run_suite.h"
#include "world/world.h"
#include <math.h>
#include <string.h>

#define REPLICATIONS 4

struct a_case {
	const char *lock, *machine, *times, *duration;
};
static const struct a_case cases[] = {
	{ "ttas", "{base: toy-4, topology: \"package:4 [numa] l3:1 core:8 pu:1\"}",
		"critical: exponential(500ns), think: exponential(1us)", "1ms" },
	{ "ticket", "westmere-ex-80", "critical: 50ns, think: exponential(1us)", "400us" },
	{ "qspinlock", "westmere-ex-80", "critical: 50ns, think: exponential(1us)", "200us" },
};
#define CASES (sizeof(cases) / sizeof(cases[0]))

static const char scenario[] = "simsvirt: 1\n"
			       "host: {machine: %s}\n"
			       "vms: {host: {workloads: {w: {kind: critical, lock: %s, %s}}}}\n"
			       "run: {warmup: 100us, duration: %s, replications: 1}\n"
			       "sweep: {run.polling: [parked, exact]}\n";

struct means {
	double throughput, transfers;
};

static struct means mean(const struct sv_study *study, size_t point, struct sv_diag *diag)
{
	struct means sum = { 0 };

	for (unsigned i = 0; i < REPLICATIONS; i++) {
		struct sv_metrics m;

		sv_metrics_init(&m);
		ck_assert_int_eq(sv_world_run(sv_study_point(study, point), i, NULL, &m, diag), 0);
		sum.throughput += sv_metrics_get(&m, "w.throughput")->value / REPLICATIONS;
		sum.transfers += sv_metrics_get(&m, "w.transfers")->value / REPLICATIONS;
		sv_metrics_fini(&m);
	}
	return sum;
}

START_TEST(many_parked_waiters_cost_what_polling_ones_do)
{
	const struct a_case *c = &cases[_i];
	struct sv_diag *diag = sv_diag_new();
	struct means parked, polled;
	struct sv_study *study;
	char text[1024];

	snprintf(text, sizeof(text), scenario, c->machine, c->lock, c->times, c->duration);
	study = sv_study_parse("polling", text, strlen(text), diag);
	sv_diag_print(diag, stderr);
	ck_assert_ptr_nonnull(study);
	parked = mean(study, 0, diag);
	polled = mean(study, 1, diag);
	ck_assert_msg(fabs(parked.throughput / polled.throughput - 1) < 0.05,
		"%s: throughput %g parked, %g polled", c->lock, parked.throughput,
		polled.throughput);
	ck_assert_msg(fabs(parked.transfers / polled.transfers - 1) < 0.05,
		"%s: %g transfers parked, %g polled", c->lock, parked.transfers, polled.transfers);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each lock");

	tcase_set_timeout(each, 240);
	tcase_add_loop_test(each, many_parked_waiters_cost_what_polling_ones_do, 0, CASES);
	return run_case("polling", each);
}
