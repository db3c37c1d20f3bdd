/*
 * fit_data.h - measured values, each with the scenario's values it was measured at
 */
#ifndef SV_FIT_DATA_H
#define SV_FIT_DATA_H

#include "csv.h"
#include "world/fit.h"

struct sv_fit_point {
	struct sv_place place;
	const char **x; /* by path: the text */
	double value;
	double error; /* standard error; NAN: not given */
};

struct sv_fit_data {
	size_t paths, points;
	const char **path;
	struct sv_fit_point *point;
	bool has_errors;
	/* Private. */
	struct sv_csv csv;
	size_t *column; /* by path */
	const char **text;
};

/* Reads what the scenario's fit: block asks for. Returns -1 after reporting every mistake; *out can
 * be freed in any case. */
int sv_fit_data_load(struct sv_fit_data *out, const char *path, const struct sv_study *study,
	struct sv_diag *diag);
void sv_fit_data_free(struct sv_fit_data *data);

/* "vcpus=8 mode=pvm": what tells a point from the others; the caller frees. */
char *sv_fit_data_label(const struct sv_fit_data *data, size_t point);

#endif
