/*
 * fit.h - what `simsvirt fit` may change, and trials of a study with other values
 *
 *	fit:
 *	  metric: build.rate
 *	  unit: 1/h
 *	  x: {vms.guest.vcpus: cores}
 *	  parameters:
 *	    vms.guest.workloads.build.section: {from: 100ns, to: 10us}
 *
 * A parameter moves on its share of the range, 0 at `from` and 1 at `to`, linear or by
 * the logarithm. Values are rounded to six digits before they are simulated, so that
 * what a report prints gives the very same predictions again.
 */
#ifndef SV_FIT_BLOCK_H
#define SV_FIT_BLOCK_H

#include "world/data.h"

#define SV_FIT_PARAMS 6
#define SV_FIT_TEXT   192 /* bytes that hold the text of any value */

struct sv_fit_param {
	const char *path;
	struct sv_place place;
	const struct sv_option *row; /* by which its numbers are read and written */
	double from, to, start;      /* as read by the row: times in picoseconds */
	bool log;
	const struct sv_dist *shape; /* the distribution whose mean is fitted; NULL: a number */
};

struct sv_fit {
	struct sv_data_spec data;
	const char *metric, *unit; /* NULL: not said */
	double unit_factor;        /* the metric's unit over `unit` */
	const char *metric_unit;   /* NULL without metric */
	size_t params;
	struct sv_fit_param param[SV_FIT_PARAMS];
};

/* NULL when the scenario has no such block. */
const struct sv_fit *sv_study_fit(const struct sv_study *study);

/* The value at a share of the range, not rounded; its inverse; and its derivative. */
double sv_fit_value(const struct sv_fit_param *param, double share);
double sv_fit_share(const struct sv_fit_param *param, double value);
double sv_fit_slope(const struct sv_fit_param *param, double share);
/* The value as a scenario writes it, rounded; buf holds SV_FIT_TEXT bytes and is returned. */
char *sv_fit_text(const struct sv_fit_param *param, double value, char *buf);
/* An error of a value, rounded to two digits, as the block `uncertain:` writes it. */
char *sv_fit_error_text(const struct sv_fit_param *param, double error, char *buf);
/* For people: times in seconds, "s"; a bare number "1". */
double sv_fit_in_unit(const struct sv_fit_param *param, double value);
const char *sv_fit_unit(const struct sv_fit_param *param);

/* A point with other values: one that needs not be on the grid. */
struct sv_trial;
/* NULL after reporting. The study must outlive it. */
struct sv_trial *sv_trial_at(const struct sv_study *study, size_t point,
	const struct sv_override *set, size_t n, struct sv_diag *diag);
/* The first point. */
struct sv_trial *sv_trial_new(const struct sv_study *study, const struct sv_override *set, size_t n,
	struct sv_diag *diag);
void sv_trial_free(struct sv_trial *trial);
/* Immutable; threads may share it. */
const struct sv_scenario *sv_trial_scenario(const struct sv_trial *trial);

#endif
