/*
 * dist.c - reading, sampling and writing distributions
 */
#include "dist.h"
#include "run_suite.h"
#include <check.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Text, canonical text, mean and variance by the closed form of GSL's manual; times in ns here. */
static const struct moments {
	const char *text, *canonical;
	double mean, variance;
} moments[] = {
	{ "2us", "fixed(2us)", 2000, 0 },
	{ " fixed( 2us ) ", "fixed(2us)", 2000, 0 },
	{ "0ns", "fixed(0s)", 0, 0 },
	{ "exponential(10us)", "exponential(10us)", 1e4, 1e8 },
	{ "exponential(0ns)", "exponential(0s)", 0, 0 },
	{ "uniform(1us,3us)", "uniform(1us, 3us)", 2000, 2000.0 * 2000.0 / 12 },
	{ "uniform(1us, 1us)", "uniform(1us, 1us)", 1000, 0 },
	{ "lognormal(10us, 1.5)", "lognormal(10us, 1.5)", 1e4, 2.25e8 },
	{ "lognormal(10us, 0)", "lognormal(10us, 0)", 1e4, 0 },
	{ "erlang(3, 10us)", "erlang(3, 10us)", 1e4, 1e8 / 3 },
	{ "erlang(1,1h)", "erlang(1, 3600s)", 3.6e12, 3.6e12 * 3.6e12 },
	{ "hyperexponential(0.75, 1us, 5us)", "hyperexponential(0.75, 1us, 5us)", 2000,
		2 * (0.75e6 + 0.25 * 25e6) - 4e6 },
	/* a / ((a - 1)^2 (a - 2)) m^2 */
	{ "pareto(5, 1us)", "pareto(5, 1us)", 1250, 5.0 / (16 * 3) * 1e6 },
};

enum { N = 100000 };

START_TEST(samples_have_the_mean_and_variance_of_the_formula)
{
	const struct moments *m = &moments[_i];
	static double x[N];
	struct sv_stream s;
	struct sv_dist d;
	double mean, spread;

	ck_assert_ptr_null(sv_dist_parse(m->text, &d));
	sv_stream_init(&s, 1, 0, 0, (uint32_t)_i);
	for (int i = 0; i < N; i++)
		x[i] = (double)sv_dist_sample(&d, &s) / (double)SV_NS;
	mean = gsl_stats_mean(x, 1, N);
	/* 4.5 standard errors, and half a picosecond of rounding. */
	ck_assert_double_le(fabs(mean - m->mean), 4.5 * sqrt(m->variance / N) + 0.0005);
	ck_assert_double_eq_tol(sv_dist_mean(&d) / (double)SV_NS, m->mean, 1e-9 * m->mean + 1e-9);
	/* Heavy tails converge slowly: 10 % still tells any formula from its neighbours. */
	spread = gsl_stats_variance(x, 1, N);
	ck_assert_double_le(fabs(spread - m->variance), 0.1 * m->variance + 1e-6);
}
END_TEST

START_TEST(written_text_reads_back_the_same)
{
	struct sv_dist a, b;
	char buf[160];

	ck_assert_ptr_null(sv_dist_parse(moments[_i].text, &a));
	ck_assert_str_eq(sv_dist_format(buf, sizeof(buf), &a), moments[_i].canonical);
	ck_assert_ptr_null(sv_dist_parse(buf, &b));
	ck_assert_int_eq(a.kind, b.kind);
	ck_assert_mem_eq(a.p, b.p, sizeof(a.p));
}
END_TEST

START_TEST(longest_text_fits_the_promised_buffer)
{
	struct sv_dist a, b;
	char buf[160];

	ck_assert_ptr_null(sv_dist_parse("hyperexponential(0.12345678901234567, "
					 "8123456789.012345ms, 8.123456789012345e18ps)",
		&a));
	ck_assert_uint_lt(strlen(sv_dist_format(buf, sizeof(buf), &a)), sizeof(buf) - 1);
	ck_assert_ptr_null(sv_dist_parse(buf, &b));
	ck_assert_mem_eq(a.p, b.p, sizeof(a.p));
}
END_TEST

static const struct mistake {
	const char *text, *message;
} mistakes[] = {
	{ "", "empty parameter" },
	{ "7", "lacks a unit" },
	{ "-1us", "is negative" },
	{ "2 parsecs", "has no unit of time" },
	{ "exponential", "needs one parameter: exponential(MEAN)" },
	{ "exponental(10us)", "is no distribution" },
	{ "(10us)", "is no distribution" },
	{ "exponential(10us", "lacks the closing parenthesis" },
	{ "exponential(10us) x", "lacks the closing parenthesis" },
	{ "exponential()", "empty parameter" },
	{ "exponential(10)", "lacks a unit" },
	{ "exponential(10us, 2us)", "needs one parameter" },
	{ "exponential(-10us)", "is negative" },
	{ "uniform(3us, 1us)", "ends before it begins" },
	{ "uniform(3us)", "needs two parameters" },
	{ "uniform(1us,,2us)", "needs two parameters" },
	{ "uniform(1us,)", "empty parameter" },
	{ "lognormal(10us, 1.5us)", "not a number" },
	{ "lognormal(10us, -1)", "not a number" },
	{ "lognormal(10us, nan)", "not a number" },
	{ "lognormal(10us, 1e999)", "not a number" },
	{ "lognormal(10us, 0x10)", "not a number" },
	{ "erlang(2.5, 10us)", "whole number of stages" },
	{ "erlang(0, 10us)", "whole number of stages" },
	{ "hyperexponential(1.1, 1us, 2us)", "probability" },
	{ "hyperexponential(0.5, 1us)", "needs three parameters" },
	{ "pareto(0, 1us)", "greater than 0" },
	{ "pareto(1.5, 0us)", "greater than 0" },
	{ "exponential(1000000000000000000000000000000000000000000000000000000000000000us)",
		"too long" },
	{ "exponential(200000h)", "longer than simulated time" },
};

START_TEST(a_mistake_is_named_and_changes_nothing)
{
	const struct mistake *m = &mistakes[_i];
	struct sv_dist d = { .kind = SV_DIST_ERLANG, .p = { 7, 8, 9 } };
	const char *message = sv_dist_parse(m->text, &d);

	ck_assert_msg(message && strstr(message, m->message), "'%s' gives '%s'", m->text,
		message ? message : "no mistake");
	ck_assert_int_eq(d.kind, SV_DIST_ERLANG);
	ck_assert_double_eq(d.p[0], 7);
}
END_TEST

START_TEST(an_endless_tail_stays_a_time)
{
	struct sv_dist d;
	struct sv_stream s;
	sv_time longest = 0;

	ck_assert_ptr_null(sv_dist_parse("pareto(0.05, 1s)", &d));
	ck_assert(isinf(sv_dist_mean(&d)));
	sv_stream_init(&s, 1, 0, 0, 0);
	for (int i = 0; i < 1000; i++) {
		sv_time t = sv_dist_sample(&d, &s);

		ck_assert_int_ge(t, SV_S);
		if (t > longest)
			longest = t;
	}
	ck_assert_int_eq(longest, (sv_time)1 << 61);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("dist");
	const int cases = (int)(sizeof(moments) / sizeof(moments[0]));

	tcase_add_loop_test(tc, samples_have_the_mean_and_variance_of_the_formula, 0, cases);
	tcase_add_loop_test(tc, written_text_reads_back_the_same, 0, cases);
	tcase_add_test(tc, longest_text_fits_the_promised_buffer);
	tcase_add_loop_test(tc, a_mistake_is_named_and_changes_nothing, 0,
		(int)(sizeof(mistakes) / sizeof(mistakes[0])));
	tcase_add_test(tc, an_endless_tail_stays_a_time);
	return run_case("dist", tc);
}
