/*
 * test_world.h - one replication of a scenario
 */
#ifndef TEST_WORLD_H
#define TEST_WORLD_H

#include "world/world.h"
#include <check.h>
#include <string.h>

/* A metric of the first point of a scenario. */
static inline double value_of(const char *text, const char *metric)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = sv_study_parse("world", text, strlen(text), diag);
	struct sv_metrics m;
	double value;

	sv_diag_print(diag, stderr);
	ck_assert_ptr_nonnull(study);
	sv_metrics_init(&m);
	ck_assert_int_eq(sv_world_run(sv_study_point(study, 0), 0, NULL, &m, diag), 0);
	value = sv_metrics_get(&m, metric)->value;
	sv_metrics_fini(&m);
	sv_study_free(study);
	sv_diag_free(diag);
	return value;
}

#endif
