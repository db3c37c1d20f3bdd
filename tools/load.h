/*
 * load.h - scenarios from the command line, read and checked as a whole
 */
#ifndef SV_LOAD_H
#define SV_LOAD_H

#include "world/scenario.h"

/*
 * Reads a scenario (a path, or the name of an installed one) and checks every point of
 * it. *path, which the caller frees, is the file that was read. NULL after reporting
 * every mistake.
 */
struct sv_study *sv_load(const char *name, const struct sv_override *override, size_t overrides,
	char **path, struct sv_diag *diag);

#endif
