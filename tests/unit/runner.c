/*
 * runner.c - tests of tools/runner.h, with a world that computes its metrics from its name
 */
#include "runner.h"
#include "run_suite.h"
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POINTS 7

static const struct sv_metric rate = { "rate", "1/s", "operations per second", 1 };
static atomic_bool cancel;
static atomic_uint started;
static struct sv_scenario scenario[POINTS];

static int point_of(const struct sv_scenario *s)
{
	return (int)(s - scenario);
}

static int good_world(const struct sv_scenario *s, unsigned replication, const atomic_bool *stop,
	struct sv_metrics *out, struct sv_diag *diag)
{
	(void)stop;
	(void)diag;
	atomic_fetch_add(&started, 1);
	sv_metrics_put(out, "w", &rate, 100 * point_of(s) + replication);
	out->events = 10;
	return 0;
}

/* Point 2 fails in its second replication, point 5 in all. */
static int frail_world(const struct sv_scenario *s, unsigned replication, const atomic_bool *stop,
	struct sv_metrics *out, struct sv_diag *diag)
{
	good_world(s, replication, stop, out, diag);
	if ((point_of(s) == 2 && replication == 1) || point_of(s) == 5)
		return sv_error(diag, NULL, "law %u is broken", replication);
	return 0;
}

/* Ctrl-C while point 3 runs. */
static int interrupted_world(const struct sv_scenario *s, unsigned replication,
	const atomic_bool *stop, struct sv_metrics *out, struct sv_diag *diag)
{
	good_world(s, replication, stop, out, diag);
	if (point_of(s) == 3)
		atomic_store(&cancel, true);
	return atomic_load(stop) ? sv_error(diag, NULL, "cancelled") : 0;
}

static void init(struct sv_results *r)
{
	sv_results_init(r, POINTS);
	atomic_store(&cancel, false);
	atomic_store(&started, 0);
	for (int i = 0; i < POINTS; i++) {
		scenario[i].run.replications = 1 + i % 3;
		r->point[i].scenario = &scenario[i];
		r->point[i].label = "here";
	}
}

/* Runs with messages in a string, which the caller frees. */
static int run(struct sv_results *r, sv_world_fn *world, unsigned threads, char **messages)
{
	size_t bytes;
	FILE *errors = open_memstream(messages, &bytes);
	struct sv_run_config config = {
		.world = world, .threads = threads, .cancel = &cancel, .errors = errors
	};
	int status = sv_results_run(r, &config);

	fclose(errors);
	return status;
}

START_TEST(every_replication_of_every_point_runs_once)
{
	struct sv_results r;
	char *messages;

	init(&r);
	ck_assert_int_eq(run(&r, good_world, 4, &messages), 0);
	ck_assert_uint_eq(atomic_load(&started), 1 + 2 + 3 + 1 + 2 + 3 + 1);
	ck_assert_uint_eq(r.done, POINTS);
	ck_assert_uint_eq(r.events, 130);
	ck_assert_str_eq(messages, "");
	for (int i = 0; i < POINTS; i++) {
		const struct sv_estimate *e = sv_results_get(&r, (size_t)i, "w.rate");

		ck_assert_uint_eq(e->ci.n, (unsigned)scenario[i].run.replications);
		ck_assert_double_eq_tol(e->ci.mean, 100 * i + 0.5 * (double)(e->ci.n - 1), 1e-9);
	}
	free(messages);
	sv_results_fini(&r);
}
END_TEST

START_TEST(results_do_not_depend_on_threads)
{
	static const unsigned threads[] = { 1, 2, 8 };
	struct sv_results r[3];
	char *messages[3];

	for (int i = 0; i < 3; i++) {
		init(&r[i]);
		ck_assert_int_eq(run(&r[i], frail_world, threads[i], &messages[i]), -1);
		ck_assert_str_eq(messages[0], messages[i]);
		ck_assert_uint_eq(r[0].events, r[i].events);
		for (size_t p = 0; p < POINTS; p++) {
			const struct sv_estimate *a = sv_results_get(&r[0], p, "w.rate");
			const struct sv_estimate *b = sv_results_get(&r[i], p, "w.rate");

			ck_assert_int_eq(r[0].point[p].state, r[i].point[p].state);
			ck_assert_int_eq(!a, !b);
			if (a)
				ck_assert_mem_eq(&a->ci.mean, &b->ci.mean, sizeof(double));
		}
	}
	for (int i = 0; i < 3; i++) {
		free(messages[i]);
		sv_results_fini(&r[i]);
	}
}
END_TEST

START_TEST(a_failed_replication_fails_its_point_and_no_other)
{
	struct sv_results r;
	char *messages;

	init(&r);
	ck_assert_int_eq(run(&r, frail_world, 2, &messages), -1);
	ck_assert_uint_eq(r.failed, 2);
	ck_assert_uint_eq(r.done, POINTS - 2);
	ck_assert_int_eq(r.point[2].state, SV_POINT_FAILED);
	ck_assert_int_eq(r.point[5].state, SV_POINT_FAILED);
	ck_assert_ptr_null(sv_results_get(&r, 2, "w.rate"));
	ck_assert_ptr_nonnull(sv_results_get(&r, 3, "w.rate"));
	free(messages);
	sv_results_fini(&r);
}
END_TEST

START_TEST(the_first_failure_of_each_point_is_reported)
{
	struct sv_results r;
	char *messages;

	init(&r);
	run(&r, frail_world, 3, &messages);
	ck_assert_ptr_nonnull(strstr(messages, "failed at here, replication 2"));
	ck_assert_ptr_nonnull(strstr(messages, "law 1 is broken"));
	ck_assert_ptr_nonnull(strstr(messages, "failed at here, replication 1"));
	ck_assert_ptr_nonnull(strstr(messages, "law 0 is broken"));
	ck_assert_ptr_null(strstr(messages, "law 2 is broken"));
	free(messages);
	sv_results_fini(&r);
}
END_TEST

START_TEST(cancelling_keeps_complete_points_and_starts_no_more)
{
	struct sv_results r;
	char *messages;

	init(&r);
	ck_assert_int_eq(run(&r, interrupted_world, 1, &messages), -1);
	ck_assert_uint_eq(r.done, 3);
	ck_assert_uint_eq(r.failed, 0);
	ck_assert_uint_eq(atomic_load(&started), 1 + 2 + 3 + 1);
	for (size_t p = 0; p < POINTS; p++)
		ck_assert_int_eq(r.point[p].state, p < 3 ? SV_POINT_DONE : SV_POINT_MISSING);
	/* To be cut off is no failure. */
	ck_assert_str_eq(messages, "");
	free(messages);
	sv_results_fini(&r);
}
END_TEST

START_TEST(progress_counts_points_and_ends_with_all_of_them)
{
	FILE *to = tmpfile();
	struct sv_progress *progress = sv_progress_new(SV_PROGRESS_ALWAYS, to);
	struct sv_run_config config = { .world = good_world,
		.threads = 2,
		.cancel = &cancel,
		.progress = progress,
		.errors = stderr };
	struct sv_results r;
	char line[200] = "";

	init(&r);
	ck_assert_ptr_nonnull(progress);
	ck_assert_int_eq(sv_results_run(&r, &config), 0);
	rewind(to);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), to));
	ck_assert_ptr_nonnull(strstr(line, "7/7 points"));
	ck_assert_ptr_nonnull(strstr(line, "here: rate "));
	sv_progress_free(progress);
	sv_results_fini(&r);
	fclose(to);
}
END_TEST

START_TEST(progress_is_silent_where_it_should_be)
{
	FILE *to = tmpfile();

	ck_assert_ptr_null(sv_progress_new(SV_PROGRESS_AUTO, to));
	ck_assert_ptr_null(sv_progress_new(SV_PROGRESS_NEVER, to));
	sv_progress_free(NULL);
	fclose(to);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("runner");

	tcase_add_test(tc, every_replication_of_every_point_runs_once);
	tcase_add_test(tc, results_do_not_depend_on_threads);
	tcase_add_test(tc, a_failed_replication_fails_its_point_and_no_other);
	tcase_add_test(tc, the_first_failure_of_each_point_is_reported);
	tcase_add_test(tc, cancelling_keeps_complete_points_and_starts_no_more);
	tcase_add_test(tc, progress_counts_points_and_ends_with_all_of_them);
	tcase_add_test(tc, progress_is_silent_where_it_should_be);
	return run_case("runner", tc);
}
