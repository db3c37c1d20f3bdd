/*
 * reported.h - what a program outside measured, by the names of our metrics
 *
 * fio's JSON, version 3 and later. Several of its jobs are taken together, as a workload with
 * several groups is: rates add up, means are weighted by their I/Os; percentiles cannot be
 * joined and are left out unless one job and one direction has done it all.
 */
#ifndef SV_REPORTED_H
#define SV_REPORTED_H

#include "diag.h"

#define SV_REPORTED_MOST 32

struct sv_reported {
	char program[32]; /* "fio-3.33" */
	size_t jobs, n;
	struct sv_reported_value {
		const char *name; /* "latency.p99" of a workload */
		double value;     /* in the metric's unit */
	} value[SV_REPORTED_MOST];
};

/* Returns -1 after reporting every mistake. */
int sv_reported_fio(struct sv_reported *out, const char *path, struct sv_diag *diag);

#endif
