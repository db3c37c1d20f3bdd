/*
 * fit_block.c - tests of world/fit.h: the `fit:` block, values of parameters, trials
 */
#include "run_suite.h"
#include "test_study.h"
#include "world/fit.h"
#include <math.h>

#define FIT(parameters) "fit: {metric: locks.throughput, parameters: {" parameters "}}\n"

static const struct sv_fit_param *only_param(
	const char *entry, struct sv_study **study, struct sv_diag *diag)
{
	char text[2000];

	snprintf(text, sizeof(text), "%sfit: {parameters: {%s}}\n", HEAD, entry);
	*study = must_parse(text, diag);
	ck_assert_uint_eq(sv_study_fit(*study)->params, 1);
	return &sv_study_fit(*study)->param[0];
}

START_TEST(the_block_says_what_is_free_and_what_is_measured)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study =
		must_parse(HEAD "fit:\n"
				"  metric: locks.throughput\n"
				"  unit: 1/h\n"
				"  x: {" LOCKS "threads: n, " LOCKS "lock: ~}\n"
				"  value: rate\n"
				"  select: {series: native}\n"
				"  parameters:\n"
				"    " LOCKS "critical: {from: 10ns, to: 1us, start: 200ns}\n"
				"    " LOCKS "zipf: {from: 0, to: 2}\n",
			diag);
	const struct sv_fit *fit = sv_study_fit(study);

	ck_assert_str_eq(fit->metric, "locks.throughput");
	ck_assert_double_eq_tol(fit->unit_factor, 3600, 1e-9);
	ck_assert_str_eq(fit->data.value, "rate");
	ck_assert_ptr_null(fit->data.error);
	ck_assert_uint_eq(fit->data.xs, 2);
	ck_assert_str_eq(fit->data.x[0].column, "n");
	ck_assert_str_eq(fit->data.x[0].is, LOCKS "threads");
	ck_assert_ptr_null(fit->data.x[1].column);
	ck_assert_str_eq(fit->data.select[0].column, "series");
	ck_assert_str_eq(fit->data.select[0].is, "native");
	ck_assert_uint_eq(fit->params, 2);
	ck_assert_double_eq(fit->param[0].from, 10e3);
	ck_assert_double_eq(fit->param[0].start, 200e3);
	ck_assert(fit->param[0].log);
	/* From 0 there is no logarithm; the scenario's own value is the start. */
	ck_assert(!fit->param[1].log);
	ck_assert_double_eq(fit->param[1].start, 0);
	sv_study_free(study);
	study = must_parse(HEAD, diag);
	ck_assert_ptr_null(sv_study_fit(study));
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(shares_span_the_range)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study;
	const struct sv_fit_param *p =
		only_param(LOCKS "think: {from: 1us, to: 100us}", &study, diag);

	ck_assert_double_eq_tol(sv_fit_value(p, 0), 1e6, 1e-3);
	ck_assert_double_eq_tol(sv_fit_value(p, 0.5), 10e6, 1e-3);
	ck_assert_double_eq_tol(sv_fit_value(p, 1), 100e6, 1e-3);
	ck_assert_double_eq_tol(sv_fit_share(p, 10e6), 0.5, 1e-12);
	ck_assert_double_eq_tol(sv_fit_slope(p, 0.5),
		(sv_fit_value(p, 0.5 + 1e-6) - sv_fit_value(p, 0.5 - 1e-6)) / 2e-6, 1);
	/* The scenario's 0ns is outside: the middle. */
	ck_assert_double_eq_tol(p->start, 10e6, 1e-3);
	ck_assert_double_eq_tol(sv_fit_in_unit(p, 10e6), 10e-6, 1e-15);
	ck_assert_str_eq(sv_fit_unit(p), "s");
	sv_study_free(study);
	p = only_param(LOCKS "zipf: {from: 1, to: 3, scale: linear}", &study, diag);
	ck_assert_double_eq_tol(sv_fit_value(p, 0.25), 1.5, 1e-12);
	ck_assert_double_eq_tol(sv_fit_share(p, 1.5), 0.25, 1e-12);
	ck_assert_double_eq_tol(sv_fit_slope(p, 0.25), 2, 1e-12);
	ck_assert_str_eq(sv_fit_unit(p), "1");
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(values_are_written_with_six_digits)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study;
	const struct sv_fit_param *p = only_param(LOCKS "think: {from: 1us, to: 1s}", &study, diag);
	char text[SV_FIT_TEXT];

	ck_assert_str_eq(sv_fit_text(p, 12345678.9, text), "12345700ps");
	ck_assert_str_eq(sv_fit_text(p, 40e6, text), "40us");
	sv_study_free(study);
	p = only_param(LOCKS "threads: {from: 1, to: 4}", &study, diag);
	ck_assert_str_eq(sv_fit_text(p, 2.7, text), "3");
	sv_study_free(study);
	p = only_param(LOCKS "zipf: {from: 0.1234567, to: 2}", &study, diag);
	ck_assert_str_eq(sv_fit_text(p, 1.0 / 3, text), "0.333333");
	/* Rounding does not leave the range. */
	ck_assert_str_eq(sv_fit_text(p, 0.1234567, text), "0.123457");
	sv_study_free(study);
	p = only_param("host.costs.pause: {from: 1ns, to: 1us}", &study, diag);
	ck_assert_str_eq(sv_fit_text(p, 12e3, text), "12ns");
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

START_TEST(a_distribution_keeps_its_form)
{
	static const struct {
		const char *present, *fitted;
	} cases[] = {
		{ "exponential(1us)", "exponential(3us)" },
		{ "uniform(1us, 3us)", "uniform(1500ns, 4500ns)" },
		{ "lognormal(1us, 1.5)", "lognormal(3us, 1.5)" },
		{ "erlang(3, 1us)", "erlang(3, 3us)" },
		{ "hyperexponential(0.5, 1us, 3us)", "hyperexponential(0.5, 1500ns, 4500ns)" },
		{ "pareto(2, 1us)", "pareto(2, 1500ns)" },
		{ "2us", "3us" },
	};
	struct sv_diag *diag = sv_diag_new();
	char text[2000], value[SV_FIT_TEXT];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sv_study *study;

		snprintf(text, sizeof(text),
			"simsvirt: 1\nhost: {machine: toy-4}\nvms: {host: {workloads: {locks: "
			"{kind: critical, think: \"%s\"}}}}\n"
			"fit: {parameters: {" LOCKS "think: {from: 1us, to: 10us}}}\n",
			cases[i].present);
		study = must_parse(text, diag);
		ck_assert_str_eq(
			sv_fit_text(&sv_study_fit(study)->param[0], 3e6, value), cases[i].fitted);
		sv_study_free(study);
	}
	sv_diag_free(diag);
}
END_TEST

START_TEST(parameters_that_cannot_be_fitted_are_refused)
{
	refused(FIT(LOCKS "critcal: {from: 1ns, to: 2ns}"),
		"s.yaml:4:46: error: vms.host.workloads.locks: unknown key 'critcal'; did you "
		"mean 'critical'?");
	refused(FIT(LOCKS "lock: {from: 1, to: 2}"), "lock' is not a number");
	refused(FIT("run.seed: {from: 1, to: 2}"), "'run.seed' is no number of host or vms");
	refused(FIT(LOCKS "critical: {from: 2us, to: 1us}"), "`from` must be below `to`");
	refused(FIT(LOCKS "critical: {from: 2us, to: 2us}"), "`from` must be below `to`");
	refused(FIT(LOCKS "critical: {from: 2, to: 2us}"), "critical.from: 2 lacks a unit");
	refused(FIT(LOCKS "critical: {from: 1us}"), "key 'to' is missing");
	refused(FIT(LOCKS "critical: {from: 1us, to: 2us, start: 3us}"),
		"start 3us is outside 1us to 2us");
	refused(FIT(LOCKS "critical: {from: 0us, to: 2us, scale: log}"),
		"a log scale needs a `from` above 0");
	refused(FIT(LOCKS "zipf: {from: 1, to: 11}"), "zipf.to: 11 is outside 0 to 10");
	refused(FIT(LOCKS "zipf: 3"), "expected a mapping");
	refused("fit: {parameters: [1]}\n", "expected a mapping of paths to {from, to}");
	refused("fit: {parameters: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}}}\n",
		"more than 6 are free");
}
END_TEST

START_TEST(other_mistakes_of_the_block_are_refused)
{
	refused("fit: {metric: locks.jian}\n", "s.yaml:4:15: error: there is no metric "
					       "'locks.jian'; did you mean 'locks.jain'?");
	refused("fit: {metric: locks.jain, unit: 1/h}\n", "'1/h' is no unit for locks.jain");
	refused("fit: {metrik: locks.jain}\n", "did you mean 'metric'?");
	refused("fit: {x: {title: n}}\n", "'title' cannot vary");
	refused("fit: {x: {run.sed: n}}\n", "did you mean 'seed'?");
	refused("fit: {x: {run.seed: [n]}}\n", "expected one text");
	refused("fit: {x: 3}\n", "fit.x: expected a mapping");
	refused("fit: {x: {" LOCKS "zipf: n}, parameters: {" LOCKS "zipf: {from: 0, to: 1}}}\n",
		"is a free parameter; the data cannot set it too");
	refused("fit: 3\n", "expected a mapping");
}
END_TEST

static struct sv_trial *trial(
	const struct sv_study *study, const char *path, const char *value, struct sv_diag *diag)
{
	struct sv_override set = { path, value, { "data.csv", 2, 1 } };

	return sv_trial_new(study, &set, 1, diag);
}

START_TEST(a_trial_is_a_point_off_the_grid)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = must_parse(HEAD SWEEP, diag);
	const struct sv_scenario *first = sv_study_point(study, 0);
	struct sv_trial *a = trial(study, "run.seed", "99", diag);
	struct sv_trial *b = trial(study, "host.costs.pause", "77ns", diag);

	test_no_errors(diag);
	ck_assert_int_eq(sv_trial_scenario(a)->run.seed, 99);
	ck_assert_int_eq(first->run.seed, 1);
	/* A machine is made anew only for what changes it. */
	ck_assert_ptr_eq(sv_trial_scenario(a)->host.machine, first->host.machine);
	ck_assert_ptr_ne(sv_trial_scenario(b)->host.machine, first->host.machine);
	sv_trial_free(a);
	sv_trial_free(b);
	ck_assert_ptr_null(trial(study, LOCKS "threads", "5000", diag));
	test_says(diag, "data.csv:2:1: error: vms.host.workloads.locks.threads: 5000 is outside");
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		the_block_says_what_is_free_and_what_is_measured,
		shares_span_the_range,
		values_are_written_with_six_digits,
		a_distribution_keeps_its_form,
		parameters_that_cannot_be_fitted_are_refused,
		other_mistakes_of_the_block_are_refused,
		a_trial_is_a_point_off_the_grid,
		NULL,
	};

	return run_tests("fit_block", tests);
}
