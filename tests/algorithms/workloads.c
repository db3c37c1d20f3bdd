/*
 * workloads.c - every workload of the list, with its defaults, on the toy machine
 */
#include "run_suite.h"
#include "workloads/workload.h"
#include "world/scenario.h"
#include "world/world.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static struct sv_study *study_of(const char *kind, const char *run, struct sv_diag *diag)
{
	char text[256];
	struct sv_study *study;

	snprintf(text, sizeof(text),
		"simsvirt: 1\n"
		"host: {machine: " SV_SOURCE_DIR "/scenarios/machines/toy-4.yaml}\n"
		"vms: {host: {workloads: {w: %s}}}\n"
		"run: {warmup: 10us, duration: 100us%s}\n",
		kind, run);
	study = sv_study_parse("workloads", text, strlen(text), diag);
	ck_assert_ptr_nonnull(study);
	return study;
}

/* Runs one replication and returns what it yields. */
static struct sv_metrics run(const char *kind, const char *options, unsigned replication)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = study_of(kind, options, diag);
	struct sv_metrics m;
	int status;

	sv_metrics_init(&m);
	status = sv_world_run(sv_study_point(study, 0), replication, NULL, &m, diag);
	sv_diag_print(diag, stderr);
	ck_assert_int_eq(status, 0);
	sv_study_free(study);
	sv_diag_free(diag);
	return m;
}

static bool same(const struct sv_metrics *a, const struct sv_metrics *b)
{
	if (a->n != b->n || a->events != b->events)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->value[i].value != b->value[i].value)
			return false;
	return true;
}

START_TEST(reports_each_of_its_metrics_once_and_in_order)
{
	const struct sv_workload *w = sv_workload_kinds.at((size_t)_i).object;
	struct sv_metrics m = run(w->name, "", 0);
	size_t n = 0;

	for (; w->metrics[n].name; n++) {
		ck_assert_uint_lt(n, m.n);
		ck_assert_ptr_eq(m.value[n].metric, &w->metrics[n]);
		ck_assert_msg(isfinite(m.value[n].value), "%s", m.value[n].name);
	}
	ck_assert_uint_eq(n, m.n);
	ck_assert_uint_gt(m.events, 0);
	sv_metrics_fini(&m);
}
END_TEST

START_TEST(depends_on_the_replication_and_not_on_running_ahead)
{
	const struct sv_workload *w = sv_workload_kinds.at((size_t)_i).object;
	struct sv_metrics a = run(w->name, "", 0), b = run(w->name, ", run-ahead: false", 0);
	struct sv_metrics other = run(w->name, "", 1);

	ck_assert_msg(same(&a, &b), "%s: running ahead changes it", w->name);
	ck_assert_msg(!same(&a, &other), "%s: replications repeat each other", w->name);
	sv_metrics_fini(&a);
	sv_metrics_fini(&b);
	sv_metrics_fini(&other);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each workload");
	int n = 0;

	while (sv_workload_kinds.at((size_t)n).name)
		n++;
	tcase_add_loop_test(each, reports_each_of_its_metrics_once_and_in_order, 0, n);
	tcase_add_loop_test(each, depends_on_the_replication_and_not_on_running_ahead, 0, n);
	return run_case("workloads", each);
}
