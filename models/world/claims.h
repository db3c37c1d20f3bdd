/*
 * claims.h - what a scenario says of its results: published values, expectations, output
 */
#ifndef SV_CLAIMS_H
#define SV_CLAIMS_H

#include "config.h"

struct sv_study;

/* A published or measured value, matched to the points where it holds. */
struct sv_reference {
	const char *source, *metric, *unit;
	double value, low, high; /* in the metric's unit; low and high NAN when not given */
	size_t point;
	size_t left_out; /* rows of its data that are at no point */
};
size_t sv_study_references(const struct sv_study *study);
const struct sv_reference *sv_study_reference(const struct sv_study *study, size_t i);

enum sv_relation { SV_AT_LEAST, SV_AT_MOST, SV_GREATER, SV_LESS };
#define SV_RELATIONS 4

/*
 * An expectation: at-least, at-most, less-than or greater-than; a number in the metric's
 * unit, an amount with a unit, or another metric or point times a factor:
 *	expect:
 *	  - {metric: locks.jain, where: {vms.host.workloads.locks.lock: ticket}, at-least: 0.99}
 *	  - metric: locks.throughput
 *	    where: {vms.host.workloads.locks.lock: mcs}
 *	    greater-than: {where: {vms.host.workloads.locks.lock: ticket}, factor: 2}
 * Swept paths that `where` leaves open hold for all their values; those that the other
 * side leaves open have the same value there.
 */
struct sv_expectation {
	struct sv_place place;
	const char *metric, *other_metric;
	size_t point, other_point; /* other_point == SIZE_MAX: compare with `bound` */
	double bound, factor;
	enum sv_relation relation;
};
size_t sv_study_expectations(const struct sv_study *study);
const struct sv_expectation *sv_study_expectation(const struct sv_study *study, size_t i);

/* What to print and draw (`output:`): metrics of the table, and plots. */
struct sv_plot {
	const char *title;
	const char *x, *series, *panels; /* swept paths; series and panels may be NULL */
	const char *metric;
	bool log_x, log_y;
};
struct sv_output {
	struct sv_list metrics; /* of const char *; empty: the headline metrics */
	struct sv_named plots;  /* of struct sv_plot */
};
const struct sv_output *sv_study_output(const struct sv_study *study);

#endif
