/*
 * fio_offset.c - tests of the blocks that the workload fio chooses
 */
#include "run_suite.h"
#include "workloads/fio.h"
#include <math.h>

START_TEST(zipf_s_law_holds_for_the_blocks)
{
	static const double thetas[] = { 0.5, 1, 1.2, 3 };
	enum { BLOCKS = 16, SAMPLES = 100000 };
	double theta = thetas[_i], sum = 0, count[BLOCKS] = { 0 };
	struct sv_fio_offsets o;
	struct sv_stream stream;

	sv_stream_init(&stream, 1, 0, 0, 0);
	/* Of a power of two the scattering is a permutation: rank i is block i times an odd number.
	 */
	sv_fio_offsets_init(&o, SV_FIO_ZIPF, theta, BLOCKS);
	for (int i = 0; i < SAMPLES; i++)
		count[sv_fio_offsets_next(&o, &stream)]++;
	for (int i = 0; i < BLOCKS; i++)
		sum += pow(i + 1, -theta);
	for (uint64_t i = 0; i < BLOCKS; i++) {
		double expected = SAMPLES * pow((double)i + 1, -theta) / sum;
		double found = count[i * 0x9e3779b97f4a7c15u % BLOCKS];

		ck_assert_double_eq_tol(found, expected, 5 * sqrt(expected) + 1);
	}
}
END_TEST

START_TEST(pareto_gives_most_to_few)
{
	enum { BLOCKS = 1024, SAMPLES = 100000 };
	unsigned count[BLOCKS] = { 0 }, few = 0;
	struct sv_fio_offsets o;
	struct sv_stream stream;

	sv_stream_init(&stream, 1, 0, 0, 0);
	sv_fio_offsets_init(&o, SV_FIO_PARETO, 0.2, BLOCKS);
	for (int i = 0; i < SAMPLES; i++)
		count[sv_fio_offsets_next(&o, &stream)]++;
	for (uint64_t i = 0; i < BLOCKS / 5; i++)
		few += count[i * 0x9e3779b97f4a7c15u % BLOCKS];
	ck_assert_double_eq_tol((double)few / SAMPLES, 0.8, 0.01);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("fio_offset");

	tcase_add_loop_test(c, zipf_s_law_holds_for_the_blocks, 0, 4);
	tcase_add_test(c, pareto_gives_most_to_few);
	return run_case("fio_offset", c);
}
