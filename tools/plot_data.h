/*
 * plot_data.h - the points of a report arranged as a plot needs them
 */
#ifndef SV_PLOT_DATA_H
#define SV_PLOT_DATA_H

#include "digits.h"
#include "report.h"

struct sv_plot_point {
	double x, mean, half; /* half is 0 when there is no interval */
};

struct sv_plot_series {
	char *label; /* "" when the plot has one series only */
	size_t n;
	struct sv_plot_point *point;
};

struct sv_plot_panel {
	char *label; /* NULL: the plot has no panels */
	size_t n;
	struct sv_plot_series *series; /* the same series, in the same order, in all panels */
};

struct sv_plot_data {
	const char *x_heading;
	bool bars;               /* x is not a quantity: its values are names */
	size_t values;           /* distinct values of x */
	const char **value_name; /* as the scenario writes them */
	double *value;           /* numbers, or 0, 1, 2, ... for names */
	struct sv_scale x_scale, y_scale;
	size_t panels, series;
	struct sv_plot_panel *panel;
};

void sv_plot_data_init(
	struct sv_plot_data *d, const struct sv_report *r, const struct sv_plot *plot);
void sv_plot_data_fini(struct sv_plot_data *d);

#endif
