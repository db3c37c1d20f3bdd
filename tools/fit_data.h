/*
 * fit_data.h - measured values, each with the scenario's values it was measured at
 */
#ifndef SV_FIT_DATA_H
#define SV_FIT_DATA_H

#include "world/data.h"
#include "world/fit.h"

/* Reads what the scenario's fit: block asks for. Returns -1 after reporting every mistake; *out can
 * be freed in any case. */
int sv_fit_data_load(
	struct sv_data *out, const char *path, const struct sv_study *study, struct sv_diag *diag);

/* "vcpus=8 mode=pvm": what tells a point from the others; the caller frees. */
char *sv_fit_data_label(const struct sv_data *data, size_t point);

#endif
