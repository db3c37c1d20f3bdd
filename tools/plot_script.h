/*
 * plot_script.h - a gnuplot script for arranged points
 */
#ifndef SV_PLOT_SCRIPT_H
#define SV_PLOT_SCRIPT_H

#include "plot_data.h"

/*
 * Writes a script that draws `file`.dat into `file`.png and `file`.svg; the variables
 * png and svg, set on gnuplot's command line, name other files. `metric` is the heading
 * of the y axis.
 */
void sv_plot_script(const struct sv_plot_data *d, const struct sv_plot *plot, const char *file,
	const char *metric, FILE *to);

/* Blocks of "x mean half", one a series, apart by two empty lines, panel by panel. */
void sv_plot_script_data(const struct sv_plot_data *d, FILE *to);

#endif
