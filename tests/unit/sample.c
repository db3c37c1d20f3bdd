/*
 * sample.c - sets of samples, their verdicts, and batches on bound threads
 */
#include "sample.h"
#include "pinned.h"
#include "run_suite.h"
#include <math.h>

/* Nanoseconds of a line's way between two cores, recorded on a machine of two, in order. */
static const double recorded[] = { 29.8, 26.1, 27.4, 25.9, 31.2, 26.6, 28.3, 25.2, 27.0, 26.8,
	30.1 };
#define RECORDED (sizeof(recorded) / sizeof(recorded[0]))

static struct sv_summary summarize(const double *value, size_t n, size_t discarded)
{
	struct sv_samples s = { 0 };

	for (size_t i = 0; i < n; i++)
		sv_samples_put(&s, value[i], false);
	for (size_t i = 0; i < discarded; i++)
		sv_samples_put(&s, 1e9, true);
	struct sv_summary sum = sv_samples_summary(&s);
	sv_samples_fini(&s);
	return sum;
}

START_TEST(quartiles_lie_between_neighbours)
{
	const double four[] = { 4, 1, 3, 2 };
	struct sv_summary sum = summarize(four, 4, 0);

	ck_assert_double_eq(sum.median, 2.5);
	ck_assert_double_eq(sum.low, 1.75);
	ck_assert_double_eq(sum.high, 3.25);
}
END_TEST

START_TEST(recorded_samples_have_the_quartiles_of_a_hand_calculation)
{
	struct sv_summary sum = summarize(recorded, RECORDED, 0);

	ck_assert_double_eq(sum.median, 27.0);
	ck_assert_double_eq_tol(sum.low, (26.1 + 26.6) / 2, 1e-9);
	ck_assert_double_eq_tol(sum.high, (28.3 + 29.8) / 2, 1e-9);
	ck_assert_int_eq(sum.quality, SV_STABLE);
}
END_TEST

START_TEST(disturbed_samples_are_counted_and_change_no_quartile)
{
	struct sv_summary clean = summarize(recorded, RECORDED, 0),
			  dirty = summarize(recorded, RECORDED, 4);

	ck_assert_uint_eq(dirty.kept, RECORDED);
	ck_assert_uint_eq(dirty.discarded, 4);
	ck_assert_double_eq(dirty.median, clean.median);
	ck_assert_double_eq(dirty.high, clean.high);
}
END_TEST

START_TEST(a_figure_is_noisy_when_most_samples_were_discarded_or_it_spreads)
{
	const double wide[] = { 100, 110, 120, 130, 140, 90, 80 };

	ck_assert_int_eq(summarize(recorded, RECORDED, RECORDED).quality, SV_STABLE);
	ck_assert_int_eq(summarize(recorded, RECORDED, RECORDED + 1).quality, SV_NOISY);
	ck_assert_int_eq(summarize(wide, 7, 0).quality, SV_NOISY);
}
END_TEST

START_TEST(a_figure_is_unusable_when_too_few_samples_are_left_or_two_regimes_mix)
{
	const double two[] = { 26, 162, 27, 164, 26, 163, 28, 165 };

	ck_assert_int_eq(summarize(recorded, 4, 0).quality, SV_UNUSABLE);
	ck_assert_int_eq(summarize(recorded, 5, 0).quality, SV_STABLE);
	ck_assert_int_eq(summarize(two, 8, 0).quality, SV_UNUSABLE);
	ck_assert_int_eq(summarize(two, 0, 0).quality, SV_UNUSABLE);
	ck_assert(isnan(summarize(two, 0, 3).median));
}
END_TEST

START_TEST(preemption_and_waiting_and_theft_disturb)
{
	struct sv_interference none = { .elapsed_ns = 1000000, .delay_ns = 9000 };
	struct sv_interference waited = { .elapsed_ns = 1000000, .delay_ns = 11000 };
	struct sv_interference preempted = { .elapsed_ns = 1000000, .preempted = 1 };
	struct sv_interference robbed = { .elapsed_ns = 1000000, .stolen = true };

	ck_assert(!sv_is_disturbed(&none, false));
	ck_assert(sv_is_disturbed(&waited, false));
	ck_assert(!sv_is_disturbed(&waited, true));
	ck_assert(sv_is_disturbed(&preempted, true));
	ck_assert(sv_is_disturbed(&robbed, true));
}
END_TEST

START_TEST(values_of_another_circumstance_are_discarded_unless_all_are)
{
	struct sv_samples s = { 0 };

	for (int i = 0; i < 4; i++)
		sv_samples_put(&s, i, false);
	sv_samples_tag(&s, 27);
	sv_samples_put(&s, 10, false);
	sv_samples_put(&s, 11, true);
	sv_samples_tag(&s, 163);
	sv_samples_put(&s, 12, false);
	sv_samples_tag(&s, INFINITY);
	sv_samples_put(&s, 13, false);
	sv_samples_tag(&s, NAN);
	ck_assert_uint_eq(sv_samples_keep(&s, 1000, 1.6), 6);
	ck_assert_uint_eq(s.n, 1);
	ck_assert_double_eq(s.value[0], 13);
	ck_assert_uint_eq(s.discarded, 7);
	sv_samples_fini(&s);
	for (int i = 0; i < 4; i++)
		sv_samples_put(&s, i, false);
	sv_samples_tag(&s, 27);
	sv_samples_put(&s, 10, false);
	sv_samples_tag(&s, 163);
	ck_assert_uint_eq(sv_samples_keep(&s, 1000, 1.6), 0);
	ck_assert_uint_eq(sv_samples_keep(&s, 28, 1.6), 1);
	ck_assert_uint_eq(s.n, 4);
	ck_assert_double_eq(s.value[3], 3);
	sv_samples_fini(&s);
}
END_TEST

struct count {
	atomic_uint bodies;
	unsigned batches, together;
};

static void count_body(unsigned thread, void *arg)
{
	struct count *c = arg;

	(void)thread;
	atomic_fetch_add(&c->bodies, 1);
}

static void count_done(void *arg, bool disturbed)
{
	struct count *c = arg;

	(void)disturbed;
	c->batches++;
	c->together += atomic_load(&c->bodies) == 2 * c->batches;
}

START_TEST(every_thread_has_run_its_part_when_a_batch_is_concluded)
{
	const unsigned pu[] = { 0, 0 };
	struct count count = { 0 };
	struct sv_diag *diag = sv_diag_new();
	struct sv_batches b = { .pu = pu,
		.threads = 2,
		.body = count_body,
		.done = count_done,
		.arg = &count,
		.shared = true,
		.seconds = 100,
		.most = 50 };

	ck_assert_int_eq(sv_batches_run(&b, diag), 50);
	ck_assert_uint_eq(count.batches, 50);
	ck_assert_uint_eq(count.together, 50);
	sv_diag_free(diag);
}
END_TEST

START_TEST(no_batch_begins_after_the_time_is_over_or_the_user_has_had_enough)
{
	const unsigned pu = SV_PINNED_ANYWHERE;
	atomic_bool cancel = true;
	struct count count = { 0 };
	struct sv_diag *diag = sv_diag_new();
	struct sv_batches b = { .pu = &pu,
		.threads = 1,
		.body = count_body,
		.done = count_done,
		.arg = &count,
		.seconds = 0,
		.most = 1000000000 };

	ck_assert_int_eq(sv_batches_run(&b, diag), 1);
	b.cancel = &cancel;
	ck_assert_int_eq(sv_batches_run(&b, diag), 0);
	sv_diag_free(diag);
}
END_TEST

START_TEST(a_pu_that_is_not_there_is_refused_in_words)
{
	const unsigned pu = 1u << 20;
	struct count count = { 0 };
	struct sv_diag *diag = sv_diag_new();
	struct sv_batches b = { .pu = &pu,
		.threads = 1,
		.body = count_body,
		.done = count_done,
		.arg = &count,
		.seconds = 1,
		.most = 1 };

	ck_assert_int_eq(sv_batches_run(&b, diag), -1);
	ck_assert_uint_eq(sv_diag_errors(diag), 1);
	ck_assert_uint_eq(atomic_load(&count.bodies), 0);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		quartiles_lie_between_neighbours,
		recorded_samples_have_the_quartiles_of_a_hand_calculation,
		disturbed_samples_are_counted_and_change_no_quartile,
		a_figure_is_noisy_when_most_samples_were_discarded_or_it_spreads,
		a_figure_is_unusable_when_too_few_samples_are_left_or_two_regimes_mix,
		values_of_another_circumstance_are_discarded_unless_all_are,
		preemption_and_waiting_and_theft_disturb,
		every_thread_has_run_its_part_when_a_batch_is_concluded,
		no_batch_begins_after_the_time_is_over_or_the_user_has_had_enough,
		a_pu_that_is_not_there_is_refused_in_words,
		NULL,
	};

	return run_tests("sample", tests);
}
