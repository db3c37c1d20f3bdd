/*
 * calibrate_plot.h - a heat map of the line transfers between PUs
 */
#ifndef SV_CALIBRATE_PLOT_H
#define SV_CALIBRATE_PLOT_H

#include "calibrate.h"
#include "files.h"

/*
 * Draws into `name` in the directory of `files`, which is empty before and after; beside it is
 * the script, NAME.gp, with the data in it. A gnuplot that is missing or fails is a
 * warning. Returns -1 after reporting when the files cannot be stored.
 */
int sv_calibrate_plot(const struct sv_calibration *c, const char *title, const char *name,
	struct sv_files *files, struct sv_diag *diag);

#endif
