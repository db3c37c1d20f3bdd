/*
 * report.h - what a run has to tell, in the form that all outputs print
 *
 * A report joins a study (what was asked) and its results. Tests make one by hand.
 */
#ifndef SV_REPORT_H
#define SV_REPORT_H

#include "expect.h"
#include "runner.h"
#include "world/scenario.h"

/* A swept path. */
struct sv_report_param {
	const char *path;
	char *heading;      /* the shortest ending of the path that no other parameter has */
	const char **value; /* by point: as the scenario writes it */
	json_t **json;      /* by point: numbers without a unit are numbers */
};

struct sv_report {
	const char *title;
	int64_t seed;
	size_t params;
	struct sv_report_param *param;
	size_t references;
	const struct sv_reference **reference;
	size_t expectations;
	const struct sv_expectation **expectation;
	struct sv_output output;
	bool explain; /* details, too */
	json_t *effective;
	struct sv_results results;
	char **label; /* by point */
};

/* Everything but the results, which sv_results_run() then fills. The study must outlive it. */
void sv_report_init(struct sv_report *r, const struct sv_study *study);
void sv_report_fini(struct sv_report *r);

/* Fills headings from paths, and labels ("lock=ticket threads=8") from values. */
void sv_report_name(struct sv_report *r);

/*
 * The metrics that tables show, as "WORKLOAD.metric", in the order of the scenario's
 * choice or, without one, the headline metrics in the order of the results.
 * Returns how many; the caller frees the array, not the names.
 */
size_t sv_report_metrics(const struct sv_report *r, const char ***names);

/* The metric's description; NULL when no point that is done has it. */
const struct sv_metric *sv_report_metric(const struct sv_report *r, const char *name);

/* Whether outputs for programs show it: details only when they are asked for. */
bool sv_report_shows(const struct sv_report *r, const struct sv_estimate *e);

/* The name without "WORKLOAD." when all metrics are of one workload. */
const char *sv_report_short(const struct sv_report *r, const char *metric);

/* Outputs. All are silent about points that are not done. */
void sv_report_json(const struct sv_report *r, FILE *to);
void sv_report_csv(const struct sv_report *r, FILE *to);
/* Title, machine, predictions, references, expectations, and what is missing. */
void sv_report_table(const struct sv_report *r, FILE *to, size_t width);
/* Parts of it. */
void sv_report_table_references(const struct sv_report *r, FILE *to, size_t width);
void sv_report_table_curves(const struct sv_report *r, FILE *to, size_t width);
void sv_report_table_expectations(const struct sv_report *r, FILE *to, size_t width);
void sv_report_table_explain(const struct sv_report *r, FILE *to, size_t width);

/* The object "references"; the caller owns it. */
json_t *sv_report_json_references(const struct sv_report *r);

/* Whether the i-th reference is the first of its source and metric: a series. */
bool sv_report_is_series(const struct sv_report *r, size_t i);
/* The errors of all references of its series, by sv_reference_error() or another measure; *n of
 * them have one, the summary is empty when 0. */
typedef double sv_error_fn(const struct sv_reference *reference, const struct sv_results *results);
struct sv_error_summary sv_report_series_error(
	const struct sv_report *r, size_t i, sv_error_fn *measure, size_t *n);

/* The first point whose replications draw uncertain values; SIZE_MAX: there is none. */
size_t sv_report_uncertain_point(const struct sv_report *r);

bool sv_report_is_broken(const struct sv_report *r, size_t expectation);
/* How many expectations are broken. */
size_t sv_report_broken(const struct sv_report *r);
/* The i-th expectation with the values found: "jain at lock=tas: 0.81 >= 0.99". The caller frees.
 */
char *sv_report_expectation(const struct sv_report *r, size_t i);

#endif
