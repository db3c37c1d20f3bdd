/*
 * plot.h - the plots of a scenario's `output:`, drawn by gnuplot
 *
 * A plot is a script NAME.gp and its data NAME.dat, which anybody can draw again and
 * change, and what gnuplot makes of them: NAME.png and NAME.svg. Paths that are swept
 * but not named in the plot become part of the series.
 */
#ifndef SV_PLOT_H
#define SV_PLOT_H

#include "files.h"
#include "report.h"

/* Adds script and data of every plot to the set. Returns -1 after reporting. */
int sv_plots_write(const struct sv_report *r, struct sv_files *files, struct sv_diag *diag);

/*
 * Draws every plot; the scripts must have been committed. A gnuplot that is missing or
 * fails is a warning, because the data and the scripts are there. Returns -1 after
 * reporting when the pictures cannot be stored.
 */
int sv_plots_draw(const struct sv_report *r, struct sv_files *files, struct sv_diag *diag);

#endif
