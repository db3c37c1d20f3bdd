/*
 * load.c - scenarios from the command line, read and checked as a whole
 */
#include "load.h"
#include "catalog.h"
#include <stdlib.h>

struct sv_study *sv_load(const char *name, const struct sv_override *override, size_t overrides,
	char **path, struct sv_diag *diag)
{
	struct sv_study *study;

	*path = sv_catalog_scenario_path(name);
	study = sv_study_load(*path, override, overrides, diag);
	if (!study) {
		free(*path);
		*path = NULL;
	}
	return study;
}
