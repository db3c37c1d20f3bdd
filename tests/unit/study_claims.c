/*
 * study_claims.c - what a scenario says of its points: references, expectations, output
 */
#include "run_suite.h"
#include "test_study.h"
#include <math.h>

START_TEST(references_hold_at_the_points_of_their_where)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study =
		must_parse(HEAD SWEEP "reference:\n"
				      "  - {source: paper, where: {" LOCKS
				      "lock: {kind: mcs}}, metric: locks.throughput, "
				      "value: 3600, unit: 1/h, low: 1800}\n",
			diag);
	const struct sv_reference *r;

	ck_assert_uint_eq(sv_study_references(study), 3);
	r = sv_study_reference(study, 2);
	ck_assert_uint_eq(r->point, 5);
	ck_assert_str_eq(r->source, "paper");
	ck_assert_str_eq(r->unit, "1/s");
	ck_assert_double_eq_tol(r->value, 1, 1e-12);
	ck_assert_double_eq_tol(r->low, 0.5, 1e-12);
	ck_assert(isnan(r->high));
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(a_where_may_look_into_what_is_swept)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study =
		must_parse(HEAD SWEEP "reference:\n"
				      "  - {source: x, where: {" LOCKS
				      "lock.kind: mcs, run.seed: 1}, metric: locks.jain, "
				      "value: 1, unit: \"1\"}\n",
			diag);

	ck_assert_uint_eq(sv_study_references(study), 3);
	ck_assert_uint_eq(sv_study_reference(study, 0)->point, 1);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

#define REFERENCE(where, metric, unit)                                                             \
	SWEEP "reference:\n  - {source: x, where: " where ", metric: " metric                      \
	      ", value: 1, unit: " unit "}\n"

START_TEST(references_that_fit_nothing_are_refused)
{
	refused(REFERENCE("{" LOCKS "threads: 3}", "locks.jain", "'1'"),
		"s.yaml:6:59: error: where: " LOCKS "threads has this value at no point");
	refused(REFERENCE("{" LOCKS "lock: tiket}", "locks.jain", "'1'"),
		"there is no lock 'tiket'; did you mean 'ticket'?");
	refused(REFERENCE("{run.seed: 2}", "locks.jain", "'1'"), "run.seed has this value at no");
	refused(REFERENCE("{run.sed: 2}", "locks.jain", "'1'"),
		"run: unknown key 'sed'; did you mean 'seed'?");
	refused(REFERENCE("3", "locks.jain", "'1'"), "where: expected a mapping");
	refused(REFERENCE("{}", "locks.jian", "'1'"),
		"there is no metric 'locks.jian'; did you mean 'locks.jain'?");
	refused(REFERENCE("{}", "nothing", "'1'"), "there is no metric 'nothing'; it is written");
	refused(REFERENCE("{}", "locks.jain", "1/s"), "reference.unit: '1/s' is no unit for");
	refused("reference: [{metric: locks.jain, value: 1, unit: '1'}]\n",
		"reference: key 'source' is missing");
}
END_TEST

static const struct sv_expectation *only_expectation(
	const char *text, size_t n, struct sv_study **study, struct sv_diag *diag)
{
	char whole[2000];

	snprintf(whole, sizeof(whole), "%sexpect:\n  - %s\n", HEAD SWEEP, text);
	*study = must_parse(whole, diag);
	ck_assert_uint_eq(sv_study_expectations(*study), n);
	return sv_study_expectation(*study, n - 1);
}

START_TEST(expectations_are_bounds)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study;
	const struct sv_expectation *e =
		only_expectation("{metric: locks.jain, at-least: 0.99}", 6, &study, diag);

	ck_assert_uint_eq(e->point, 5);
	ck_assert_uint_eq(e->other_point, SIZE_MAX);
	ck_assert_double_eq(e->bound, 0.99);
	ck_assert_int_eq(e->relation, SV_AT_LEAST);
	ck_assert_uint_eq(e->place.line, 6);
	sv_study_free(study);
	e = only_expectation("{metric: locks.acquire.mean, where: {" LOCKS "lock: mcs, " LOCKS
			     "threads: 4}, less-than: 40us}",
		1, &study, diag);
	ck_assert_double_eq_tol(e->bound, 40e-6, 1e-15);
	ck_assert_int_eq(e->relation, SV_LESS);
	sv_study_free(study);
	e = only_expectation(
		"{metric: locks.throughput, at-most: 2M/s, at-least: 1}", 12, &study, diag);
	ck_assert_double_eq(e->bound, 2e6);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(expectations_compare_points)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study;
	const struct sv_expectation *e =
		only_expectation("{metric: locks.throughput, where: {" LOCKS "lock: mcs}, "
				 "greater-than: {where: {" LOCKS "lock: ticket}, factor: 2}}",
			3, &study, diag);

	/* The swept path that neither side names is the same on both. */
	ck_assert_uint_eq(e->point, 5);
	ck_assert_uint_eq(e->other_point, 4);
	ck_assert_double_eq(e->factor, 2);
	ck_assert_int_eq(e->relation, SV_GREATER);
	ck_assert_str_eq(e->other_metric, "locks.throughput");
	sv_study_free(study);
	e = only_expectation("{metric: locks.acquire.p50, at-most: {metric: locks.acquire.p99}}", 6,
		&study, diag);
	ck_assert_uint_eq(e->other_point, e->point);
	ck_assert_str_eq(e->other_metric, "locks.acquire.p99");
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(expectations_that_say_nothing_are_refused)
{
	refused("expect: [{metric: locks.jain}]\n", "s.yaml:4:10: error: expect: has no bound");
	refused("expect: [{metric: locks.jain, at-least: x}]\n", "'x' is no number in 1");
	refused("expect: [{metric: locks.jain, at-least: {factor: 2}}]\n",
		"compares locks.jain with itself");
	refused("expect: [{metric: locks.jain, at-lest: 2}]\n", "did you mean 'at-least'?");
	refused(SWEEP "expect: [{metric: locks.jain, at-least: {where: {" LOCKS "lock: clh}}}]\n",
		"has this value at no point");
	refused("expect: {metric: locks.jain}\n", "expect: expected a list");
}
END_TEST

START_TEST(output_names_metrics_and_plots)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = must_parse(HEAD SWEEP "output:\n"
						       "  metrics: [locks.throughput, locks.jain]\n"
						       "  plots:\n"
						       "    zoo: {title: Zoo, x: " LOCKS
						       "threads, y: locks.throughput, "
						       "series: " LOCKS "lock, log-y: true}\n",
		diag);
	const struct sv_output *output = sv_study_output(study);
	const struct sv_plot *plot = output->plots.item;

	ck_assert_uint_eq(output->metrics.n, 2);
	ck_assert_str_eq(((const char **)output->metrics.item)[1], "locks.jain");
	ck_assert_uint_eq(output->plots.n, 1);
	ck_assert_str_eq(output->plots.name[0], "zoo");
	ck_assert_str_eq(plot->series, LOCKS "lock");
	ck_assert_ptr_null(plot->panels);
	ck_assert(plot->log_y && !plot->log_x);
	sv_study_free(study);
	refused("output: {metrics: [locks.jian]}\n", "did you mean 'locks.jain'?");
	refused(SWEEP "output: {plots: {p: {x: " LOCKS "thread, y: locks.jain}}}\n",
		"output: x: '" LOCKS "thread' is not swept; did you mean '" LOCKS "threads'?");
	refused("output: {plots: {p: {y: locks.jain}}}\n", "output.plots.p: key 'x' is missing");
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		references_hold_at_the_points_of_their_where,
		a_where_may_look_into_what_is_swept,
		references_that_fit_nothing_are_refused,
		expectations_are_bounds,
		expectations_compare_points,
		expectations_that_say_nothing_are_refused,
		output_names_metrics_and_plots,
		NULL,
	};

	return run_tests("study_claims", tests);
}
