/*
 * random.c - known answers, naming and independence of random streams
 */
#include "random.h"
#include "run_suite.h"
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

/* Random123's published vectors (kat_vectors, philox4x32 with 10 rounds). */
static const struct known {
	uint32_t counter[4], key[2], answer[4];
} known[] = {
	{ { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
	{ { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff }, { 0xffffffff, 0xffffffff },
		{ 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
	{ { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 }, { 0xa4093822, 0x299f31d0 },
		{ 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
};

static uint64_t join(const uint32_t *half)
{
	return (uint64_t)half[1] << 32 | half[0];
}

START_TEST(blocks_match_the_published_vectors)
{
	const struct known *k = &known[_i];
	struct sv_stream s;

	sv_stream_init(
		&s, join(k->key), k->counter[3] >> 16, k->counter[2], k->counter[3] & 0xffff);
	s.block = join(k->counter);
	ck_assert_uint_eq(sv_stream_next(&s), join(k->answer));
	ck_assert_uint_eq(sv_stream_next(&s), join(k->answer + 2));
	ck_assert_uint_eq(s.block, join(k->counter) + 1);
}
END_TEST

START_TEST(same_name_gives_the_same_numbers)
{
	struct sv_stream a, b;

	sv_stream_init(&a, 42, 3, 7, 1);
	sv_stream_init(&b, 42, 3, 7, 1);
	for (int i = 0; i < 1000; i++)
		ck_assert_uint_eq(sv_stream_next(&a), sv_stream_next(&b));
}
END_TEST

START_TEST(every_part_of_the_name_matters)
{
	struct sv_stream s[6];
	uint64_t first[6];

	sv_stream_init(&s[0], 1, 0, 0, 0);
	sv_stream_init(&s[1], 2, 0, 0, 0);
	sv_stream_init(&s[2], 1, 1, 0, 0);
	sv_stream_init(&s[3], 1, 0, 1, 0);
	sv_stream_init(&s[4], 1, 0, 0, 1);
	sv_stream_init(&s[5], 1ull << 32 | 1, 0, 0, 0);
	for (int i = 0; i < 6; i++) {
		first[i] = sv_stream_next(&s[i]);
		for (int j = 0; j < i; j++)
			ck_assert_uint_ne(first[i], first[j]);
	}
}
END_TEST

START_TEST(gsl_draws_the_streams_numbers)
{
	struct sv_stream a, b;

	sv_stream_init(&a, 9, 0, 0, 0);
	sv_stream_init(&b, 9, 0, 0, 0);
	ck_assert_str_eq(gsl_rng_name(sv_stream_gsl(&a)), "philox4x32-10");
	ck_assert_uint_eq(gsl_rng_max(sv_stream_gsl(&a)), UINT64_MAX);
	for (int i = 0; i < 100; i++) {
		double x = (double)(sv_stream_next(&b) >> 11) / 9007199254740992.0;

		ck_assert_double_eq(gsl_rng_uniform(sv_stream_gsl(&a)), x);
		ck_assert_uint_eq(gsl_rng_get(sv_stream_gsl(&a)), sv_stream_next(&b));
	}
}
END_TEST

START_TEST(gsl_can_allocate_and_clone_one)
{
	gsl_rng *a = gsl_rng_alloc(sv_rng_philox), *b;
	struct sv_stream s;

	gsl_rng_set(a, 5);
	sv_stream_init(&s, 5, 0, 0, 0);
	ck_assert_uint_eq(gsl_rng_get(a), sv_stream_next(&s));
	b = gsl_rng_clone(a);
	for (int i = 0; i < 10; i++)
		ck_assert_uint_eq(gsl_rng_get(a), gsl_rng_get(b));
	gsl_rng_free(a);
	gsl_rng_free(b);
}
END_TEST

enum { N = 1 << 16, CELLS = 256 };

static double chisq(const double *count)
{
	double sum = 0, expected = (double)N / CELLS;

	for (int c = 0; c < CELLS; c++)
		sum += pow(count[c] - expected, 2) / expected;
	return sum;
}

/* Each byte of the output separately, so that a weak or constant bit cannot hide. */
START_TEST(every_byte_is_uniform)
{
	double count[8][CELLS] = { 0 };
	struct sv_stream s;

	sv_stream_init(&s, 1, 0, 0, 0);
	for (int i = 0; i < N; i++) {
		uint64_t x = sv_stream_next(&s);

		for (int byte = 0; byte < 8; byte++)
			count[byte][x >> (8 * byte) & 0xff]++;
	}
	for (int byte = 0; byte < 8; byte++) {
		ck_assert_double_gt(chisq(count[byte]), gsl_cdf_chisq_Pinv(1e-5, CELLS - 1));
		ck_assert_double_lt(chisq(count[byte]), gsl_cdf_chisq_Qinv(1e-5, CELLS - 1));
	}
}
END_TEST

static void fill(double *x, uint64_t seed, uint32_t replication, uint32_t lp, uint32_t use)
{
	struct sv_stream s;

	sv_stream_init(&s, seed, replication, lp, use);
	for (int i = 0; i < N; i++)
		x[i] = gsl_rng_uniform(sv_stream_gsl(&s));
}

/* The correlation of N independent pairs has standard deviation 1/sqrt(N); beyond 4.5 of them lie
 * 7 in a million. */
START_TEST(neighbouring_streams_are_uncorrelated)
{
	static double a[N], b[4][N];
	const double bound = 4.5 / sqrt(N);

	fill(a, 1, 0, 0, 0);
	fill(b[0], 2, 0, 0, 0);
	fill(b[1], 1, 1, 0, 0);
	fill(b[2], 1, 0, 1, 0);
	fill(b[3], 1, 0, 0, 1);
	for (int i = 0; i < 4; i++)
		ck_assert_double_lt(fabs(gsl_stats_correlation(a, 1, b[i], 1, N)), bound);
	ck_assert_double_lt(fabs(gsl_stats_correlation(a, 1, a + 1, 1, N - 1)), bound);
	ck_assert_double_lt(fabs(gsl_stats_correlation(a, 1, a + 2, 1, N - 2)), bound);
}
END_TEST

/* Pairs of two streams' numbers fill the unit square: dependence that no correlation shows. */
START_TEST(streams_of_neighbouring_lps_fill_the_square)
{
	static double a[N], b[N];
	double count[CELLS] = { 0 };

	fill(a, 1, 0, 1000, 0);
	fill(b, 1, 0, 1001, 0);
	for (int i = 0; i < N; i++)
		count[(int)(a[i] * 16) * 16 + (int)(b[i] * 16)]++;
	ck_assert_double_gt(chisq(count), gsl_cdf_chisq_Pinv(1e-5, CELLS - 1));
	ck_assert_double_lt(chisq(count), gsl_cdf_chisq_Qinv(1e-5, CELLS - 1));
}
END_TEST

/* GSL's ziggurat and its integer draws depend on the declared range of the generator. */
START_TEST(gsl_distributions_come_out_right)
{
	struct sv_stream s;
	double sum = 0, square = 0, ints = 0;

	sv_stream_init(&s, 3, 0, 0, 0);
	for (int i = 0; i < N; i++) {
		double x = gsl_ran_gaussian_ziggurat(sv_stream_gsl(&s), 1);

		sum += x;
		square += x * x;
		ints += (double)gsl_rng_uniform_int(sv_stream_gsl(&s), 1000);
	}
	ck_assert_double_lt(fabs(sum / N), 4.5 / sqrt(N));
	ck_assert_double_lt(fabs(square / N - 1), 4.5 * sqrt(2.0 / N));
	ck_assert_double_lt(fabs(ints / N - 499.5), 4.5 * 288.7 / sqrt(N));
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("stream");

	tcase_add_loop_test(tc, blocks_match_the_published_vectors, 0, 3);
	tcase_add_test(tc, same_name_gives_the_same_numbers);
	tcase_add_test(tc, every_part_of_the_name_matters);
	tcase_add_test(tc, gsl_draws_the_streams_numbers);
	tcase_add_test(tc, gsl_can_allocate_and_clone_one);
	tcase_add_test(tc, every_byte_is_uniform);
	tcase_add_test(tc, neighbouring_streams_are_uncorrelated);
	tcase_add_test(tc, streams_of_neighbouring_lps_fill_the_square);
	tcase_add_test(tc, gsl_distributions_come_out_right);
	return run_case("random", tc);
}
