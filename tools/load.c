/*
 * load.c - scenarios from the command line, read and checked as a whole
 */
#include "load.h"
#include "catalog.h"
#include "world/world.h"
#include <stdlib.h>

struct sv_study *sv_load(const char *name, const struct sv_override *override, size_t overrides,
	char **path, struct sv_diag *diag)
{
	struct sv_study *study;
	size_t errors = sv_diag_errors(diag);

	*path = sv_catalog_scenario_path(name);
	study = sv_study_load(*path, override, overrides, diag);
	for (size_t i = 0; study && i < sv_study_points(study); i++)
		sv_world_check(sv_study_point(study, i), diag);
	if (study && sv_diag_errors(diag) > errors) {
		sv_study_free(study);
		study = NULL;
	}
	if (!study) {
		free(*path);
		*path = NULL;
	}
	return study;
}
