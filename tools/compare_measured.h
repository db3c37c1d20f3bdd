/*
 * compare_measured.h - a result of `run` beside what another program measured
 */
#ifndef SV_COMPARE_MEASURED_H
#define SV_COMPARE_MEASURED_H

#include "cli.h"

#define SV_COMPARE_WHERES 16

struct sv_compare_measured {
	const char *result;                   /* of `run --format json` */
	const char *measured;                 /* fio's JSON */
	const char *workload;                 /* NULL: the only one that has such metrics */
	const char *where[SV_COMPARE_WHERES]; /* PATH=VALUE, that the point has */
	size_t wheres;
	const char *output; /* NULL: none */
	bool json;
	double max_error; /* as a share; NAN: any will do */
};

/* Returns the exit status. */
int sv_compare_measured(const struct sv_compare_measured *how);

#endif
