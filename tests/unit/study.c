/*
 * study.c - scenarios: points, overrides, references, expectations, output
 */
#include "test_text.h"
#include "workloads/workload.h"
#include "world/scenario.h"
#include <math.h>
#include <unistd.h>

#define HEAD                                                                                       \
	"simsvirt: 1\n"                                                                            \
	"host: {machine: toy-4}\n"                                                                 \
	"vms: {host: {workloads: {locks: {kind: critical, lock: ticket}}}}\n"
#define LOCKS "vms.host.workloads.locks."
#define SWEEP "sweep: {" LOCKS "threads: [1, 2, 4], " LOCKS "lock: [ticket, mcs]}\n"

static struct sv_study *parse(const char *text, struct sv_diag *diag)
{
	return sv_study_parse("s.yaml", text, strlen(text), diag);
}

static struct sv_study *must_parse(const char *text, struct sv_diag *diag)
{
	struct sv_study *study = parse(text, diag);

	test_no_errors(diag);
	ck_assert_ptr_nonnull(study);
	return study;
}

/* Asserts that HEAD and `rest` are refused with a message that contains a part. */
static void refused(const char *rest, const char *part)
{
	struct sv_diag *diag = sv_diag_new();
	char text[2000];

	snprintf(text, sizeof(text), "%s%s", HEAD, rest);
	ck_assert_ptr_null(parse(text, diag));
	ck_assert_uint_gt(sv_diag_errors(diag), 0);
	test_says(diag, part);
	sv_diag_free(diag);
}

static struct sv_study *load(
	const char *text, const struct sv_override *o, size_t n, struct sv_diag *diag)
{
	char name[] = "/tmp/simsvirt-study-XXXXXX";
	int fd = mkstemp(name);
	FILE *file = fdopen(fd, "w");
	struct sv_study *study;

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
	study = sv_study_load(name, o, n, diag);
	unlink(name);
	return study;
}

START_TEST(a_scenario_without_a_sweep_is_one_point)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = must_parse(HEAD, diag);
	const struct sv_scenario *s = sv_study_point(study, 0);
	const struct sv_vm *vm = s->vms.item;
	const struct sv_variant *w = vm->workloads.item;

	ck_assert_uint_eq(sv_study_points(study), 1);
	ck_assert_uint_eq(sv_study_params(study), 0);
	ck_assert_int_eq(s->run.warmup, SV_MS);
	ck_assert_int_eq(s->run.replications, 5);
	ck_assert(s->run.run_ahead);
	ck_assert_uint_eq(s->host.machine->pus, 4);
	ck_assert_str_eq(s->vms.name[0], "host");
	ck_assert_int_eq(vm->count, 1);
	ck_assert_str_eq(vm->workloads.name[0], "locks");
	ck_assert_str_eq(w->name, "critical");
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(the_last_swept_path_varies_fastest)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = must_parse(HEAD SWEEP, diag);
	json_t *json;

	ck_assert_uint_eq(sv_study_points(study), 6);
	ck_assert_uint_eq(sv_study_params(study), 2);
	ck_assert_str_eq(sv_study_param_path(study, 1), LOCKS "lock");
	ck_assert_str_eq(sv_study_param_value(study, 0, 0), "1");
	ck_assert_str_eq(sv_study_param_value(study, 1, 0), "ticket");
	ck_assert_str_eq(sv_study_param_value(study, 0, 3), "2");
	ck_assert_str_eq(sv_study_param_value(study, 1, 3), "mcs");
	ck_assert_uint_eq(sv_study_param_index(study, 0, 5), 2);
	ck_assert_uint_eq(sv_study_param_values(study, 0), 3);
	json = sv_study_param_json(study, 0, 5);
	ck_assert_int_eq(json_integer_value(json), 4);
	json_decref(json);
	json = sv_study_param_json(study, 1, 5);
	ck_assert_str_eq(json_string_value(json), "mcs");
	json_decref(json);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(points_share_a_machine_unless_the_host_is_swept)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = must_parse(HEAD SWEEP, diag);

	ck_assert_ptr_eq(
		sv_study_point(study, 0)->host.machine, sv_study_point(study, 5)->host.machine);
	sv_study_free(study);
	study = must_parse(
		HEAD "sweep: {host.costs.pause: [1ns, 2ns], " LOCKS "threads: [1, 2]}\n", diag);
	ck_assert_ptr_eq(
		sv_study_point(study, 0)->host.machine, sv_study_point(study, 1)->host.machine);
	ck_assert_int_eq(sv_study_point(study, 1)->host.machine->cost[SV_COST_PAUSE], SV_NS);
	ck_assert_int_eq(sv_study_point(study, 2)->host.machine->cost[SV_COST_PAUSE], 2 * SV_NS);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

static void expect_values(const char *sweep, const char *expected)
{
	struct sv_diag *diag = sv_diag_new();
	char text[2000], got[500] = "";
	struct sv_study *study;

	snprintf(text, sizeof(text), "%ssweep: {%s}\n", HEAD, sweep);
	study = must_parse(text, diag);
	for (size_t i = 0; i < sv_study_points(study); i++) {
		strcat(got, i ? " " : "");
		strcat(got, sv_study_param_value(study, 0, i));
	}
	ck_assert_str_eq(got, expected);
	sv_study_free(study);
	sv_diag_free(diag);
}

START_TEST(ranges_count_by_steps_and_factors)
{
	expect_values(LOCKS "threads: {from: 1, to: 4, step: 1}", "1 2 3 4");
	expect_values(LOCKS "threads: {from: 4, to: 1, step: -2}", "4 2");
	expect_values(LOCKS "threads: {from: 1, to: 4, factor: 2}", "1 2 4");
	expect_values(LOCKS "threads: {from: 1, to: 4, factor: 1.3}", "1 2 3 4");
	expect_values(LOCKS "think: {from: 1us, to: 1.5us, step: 250ns}", "1us 1250ns 1500ns");
	expect_values("run.duration: {from: 1ms, to: 100ms, factor: 10}", "1ms 10ms 100ms");
	expect_values("host.costs.load.modified.l3: {from: 10ns, to: 30ns, step: 10ns}",
		"10ns 20ns 30ns");
	expect_values(LOCKS "threads: {from: 2, to: 2, step: 1}", "2");
}
END_TEST

START_TEST(sweeps_that_make_no_sense_are_refused)
{
	refused("sweep: {" LOCKS "threads: []}\n",
		"s.yaml:4:43: error: sweep." LOCKS "threads: sweeps over nothing");
	refused("sweep: {" LOCKS "thread: [1]}\n",
		"s.yaml:4:9: error: vms.host.workloads.locks: unknown key 'thread'; did you mean");
	refused("sweep: {vms.hots.vcpus: [1]}\n", "vms: there is nothing named 'hots'");
	refused("sweep: {" LOCKS "threads: 4}\n", "expected a list of values, {from, to, step}");
	refused("sweep: {" LOCKS "lines: [1, 65]}\n", "s.yaml:4:45: error: " LOCKS "lines: 65");
	refused("sweep: {" LOCKS "threads: [2, 2]}\n", "the value 2 is listed twice");
	refused("sweep: {run.duration: [1us, 1000ns]}\n", "the value 1000ns is listed twice");
	refused("sweep: {run.duration: [1us, 2]}\n", "run.duration: 2 lacks a unit");
	refused("sweep: {title: [a, b]}\n", "'title' cannot be swept");
	refused("sweep: 3\n", "sweep: expected a mapping of paths");
	refused("sweep: {run.seed: {from: 1, to: 3, step: 0}}\n", "step 0 never leads from 1 to 3");
	refused("sweep: {run.seed: {from: 1, to: 3, step: -1}}\n", "never leads from 1 to 3");
	refused("sweep: {run.seed: {from: 1, to: 3, factor: 1}}\n", "never leads from 1 to 3");
	refused("sweep: {run.seed: {from: 1, to: 3}}\n", "either a step or a factor");
	refused("sweep: {run.seed: {from: 1, to: 3, step: 1, factor: 2}}\n", "either a step or");
	refused("sweep: {run.seed: {from: 1, step: 1}}\n", "sweep.run.seed: key 'to' is missing");
	refused("sweep: {run.duration: {from: 1, to: 3us, step: 1us}}\n", "from: 1 lacks a unit");
	refused("sweep: {run.seed: {from: 1, to: 9999999, step: 1}}\n", "more than 100000 values");
	refused("sweep: {run.polling: {from: 1, to: 9, step: 1}}\n", "has no numbers to count");
	refused("sweep: {run.seed: {from: 1, to: 1000, step: 1}, "
		"run.replications: {from: 1, to: 1000, step: 1}}\n",
		"s.yaml:4:8: error: sweep: more than 100000 points");
}
END_TEST

START_TEST(a_sweep_may_choose_a_kind_and_then_its_options)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = must_parse(HEAD "sweep:\n"
						 "  " LOCKS "lock: [ttas-backoff]\n"
						 "  " LOCKS "lock.first: [10, 20]\n",
		diag);

	ck_assert_uint_eq(sv_study_points(study), 2);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(a_required_option_may_come_from_the_sweep)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study =
		must_parse("simsvirt: 1\nhost: {}\n"
			   "vms: {host: {workloads: {locks: {kind: critical, lock: ticket}}}}\n"
			   "sweep: {host.machine: [toy-4]}\n",
			diag);

	sv_study_free(study);
	ck_assert_ptr_null(parse("simsvirt: 1\nhost: {}\n"
				 "vms: {host: {workloads: {locks: {kind: critical}}}}\n"
				 "sweep: {host.machine: [toy-4], run.seed: [-1]}\n",
		diag));
	ck_assert_uint_eq(sv_diag_errors(diag), 1);
	test_says(diag, "s.yaml:4:43: error: run.seed: -1 is below 0");
	sv_diag_free(diag);
}
END_TEST

START_TEST(overrides_win_over_the_file_and_its_sweep)
{
	const struct sv_override o[] = {
		{ LOCKS "threads", "3", { "--set threads=3", 0, 0 } },
		{ "run.seed", "7", { "--set run.seed=7", 0, 0 } },
	};
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study =
		load(HEAD SWEEP "reference:\n"
				"  - {source: x, where: {" LOCKS "threads: 4}, "
				"metric: locks.jain, value: 1, unit: \"1\"}\n"
				"output: {plots: {p: {x: " LOCKS "threads, y: locks.jain}}}\n",
			o, 2, diag);

	test_no_errors(diag);
	ck_assert_uint_eq(sv_study_points(study), 2);
	ck_assert_uint_eq(sv_study_params(study), 1);
	ck_assert_int_eq(sv_study_point(study, 1)->run.seed, 7);
	ck_assert_uint_eq(sv_study_references(study), 0);
	ck_assert_uint_eq(sv_study_output(study)->plots.n, 0);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(overrides_can_change_the_sweep)
{
	const struct sv_override o = { "sweep." LOCKS "threads", "[2, 3]", { "--set x", 0, 0 } };
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = load(HEAD SWEEP, &o, 1, diag);

	test_no_errors(diag);
	ck_assert_uint_eq(sv_study_points(study), 4);
	ck_assert_str_eq(sv_study_param_value(study, 0, 3), "3");
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(mistakes_of_overrides_and_file_are_told_together)
{
	const struct sv_override o = { "run.sed", "1", { "--set run.sed=1", 0, 0 } };
	struct sv_diag *diag = sv_diag_new();

	ck_assert_ptr_null(load(HEAD "titel: x\n", &o, 1, diag));
	ck_assert_uint_eq(sv_diag_errors(diag), 2);
	test_says(diag, "--set run.sed=1: error: run: unknown key 'sed'; did you mean 'seed'?\n");
	sv_diag_free(diag);
}
END_TEST

START_TEST(names_of_workloads_are_unique_over_all_vms)
{
	struct sv_diag *diag = sv_diag_new();

	ck_assert_ptr_null(parse("simsvirt: 1\nhost: {machine: toy-4}\nvms:\n"
				 "  a: {vcpus: 2, workloads: {w: critical}}\n"
				 "  b: {vcpus: 2, workloads: {w: critical}}\n",
		diag));
	test_says(diag, "s.yaml:5:29: error: vms.b.workloads: vms.a has a workload 'w' too");
	sv_diag_free(diag);
}
END_TEST

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
	ck_assert_int_eq(e->relation, '>' + 256);
	ck_assert_uint_eq(e->place.line, 6);
	sv_study_free(study);
	e = only_expectation("{metric: locks.acquire.mean, where: {" LOCKS "lock: mcs, " LOCKS
			     "threads: 4}, less-than: 40us}",
		1, &study, diag);
	ck_assert_double_eq_tol(e->bound, 40e-6, 1e-15);
	ck_assert_int_eq(e->relation, '<');
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
	ck_assert_int_eq(e->relation, '>');
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
	ck_assert_str_eq(plot->name, "zoo");
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

START_TEST(the_effective_scenario_has_its_defaults)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = must_parse(HEAD, diag);
	json_t *json = sv_study_effective(study);
	const json_t *run = json_object_get(json, "run");

	ck_assert_str_eq(json_string_value(json_object_get(run, "warmup")), "1ms");
	ck_assert_int_eq(json_integer_value(json_object_get(run, "seed")), 1);
	json_decref(json);
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_scenario_without_a_sweep_is_one_point,
		the_last_swept_path_varies_fastest,
		points_share_a_machine_unless_the_host_is_swept,
		ranges_count_by_steps_and_factors,
		sweeps_that_make_no_sense_are_refused,
		a_sweep_may_choose_a_kind_and_then_its_options,
		a_required_option_may_come_from_the_sweep,
		overrides_win_over_the_file_and_its_sweep,
		overrides_can_change_the_sweep,
		mistakes_of_overrides_and_file_are_told_together,
		names_of_workloads_are_unique_over_all_vms,
		references_hold_at_the_points_of_their_where,
		a_where_may_look_into_what_is_swept,
		references_that_fit_nothing_are_refused,
		expectations_are_bounds,
		expectations_compare_points,
		expectations_that_say_nothing_are_refused,
		output_names_metrics_and_plots,
		the_effective_scenario_has_its_defaults,
		NULL,
	};

	return test_run("study", tests);
}
