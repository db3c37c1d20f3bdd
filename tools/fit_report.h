/*
 * fit_report.h - what a fit has to tell
 */
#ifndef SV_FIT_REPORT_H
#define SV_FIT_REPORT_H

#include "fit.h"
#include "fit_data.h"
#include <stdint.h>

struct sv_fit_report {
	const struct sv_study *study;
	const struct sv_data *data;
	const char *scenario, *csv; /* names of the files */
	struct sv_fit_result result;
	uint64_t events;
	double wall_s;
};

/* The best value of a parameter as it was simulated, and its standard error (NAN: not known); as
 * the row reads them, times in picoseconds. */
double sv_fit_report_value(const struct sv_fit_report *r, size_t param);
double sv_fit_report_error(const struct sv_fit_report *r, size_t param);

/* What the reader must not miss: the i-th warning, or NULL. The caller frees. */
char *sv_fit_report_warning(const struct sv_fit_report *r, size_t i);

void sv_fit_report_table(const struct sv_fit_report *r, FILE *to, size_t width);
void sv_fit_report_json(const struct sv_fit_report *r, FILE *to);
/* The values as a mapping of paths, below the table as a comment. */
void sv_fit_report_yaml(const struct sv_fit_report *r, FILE *to);

#endif
