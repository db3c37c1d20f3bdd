/*
 * validate_plot.h - a picture of predicted against measured
 */
#ifndef SV_VALIDATE_PLOT_H
#define SV_VALIDATE_PLOT_H

#include "compare.h"
#include "files.h"

/*
 * Draws the first metric of every cell, a series for each value of the second parameter, into
 * `name` in the directory of `files`. Returns -1 after reporting that it cannot be stored.
 */
int sv_validate_plot(const struct sv_comparison *c, const char *name, struct sv_files *files,
	struct sv_diag *diag);

#endif
