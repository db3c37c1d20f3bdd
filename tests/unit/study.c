/*
 * study.c - scenarios: points, overrides, references, expectations, output
 */
#include "run_suite.h"
#include "test_study.h"
#include <unistd.h>

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

START_TEST(the_effective_scenario_is_a_scenario_and_its_own_effective)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = must_parse(HEAD SWEEP, diag);
	json_t *json = sv_study_effective(study), *again;
	char *text = json_dumps(json, 0);

	sv_study_free(study);
	study = must_parse(text, diag);
	again = sv_study_effective(study);
	ck_assert(json_equal(json, again));
	json_decref(json);
	json_decref(again);
	free(text);
	sv_study_free(study);
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
		the_effective_scenario_is_a_scenario_and_its_own_effective,
		the_effective_scenario_has_its_defaults,
		NULL,
	};

	return run_tests("study", tests);
}
