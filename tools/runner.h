/*
 * runner.h - runs all replications of all points of a study over OpenMP threads
 *
 *	struct sv_results results;
 *	sv_results_init(&results, points);
 *	results.point[i].scenario = ...; results.point[i].label = ...;
 *	sv_results_run(&results, &config);
 *	sv_results_fini(&results);
 *
 * A job is one replication of one point. Jobs start in the order of the points, and
 * what they yield is stored by index: results, their order and the choice of messages
 * do not depend on the number of threads. A failed job stops no other, so that the
 * same failures are reported whatever the threads.
 *
 * Where values are uncertain each replication draws its own, and an estimate's interval
 * holds 95 % of what further draws would predict. It does not shrink with the number of
 * replications, as the confidence interval of a mean does: what is not known about the
 * values no simulation finds out.
 */
#ifndef SV_RUNNER_H
#define SV_RUNNER_H

#include "progress.h"
#include "world/result.h"
#include "world/scenario.h"
#include "world/uncertain.h"
#include <stdatomic.h>

/* sv_world_run(), or a stand-in of a test. */
typedef int sv_world_fn(const struct sv_scenario *scenario, unsigned replication,
	const atomic_bool *cancel, struct sv_metrics *out, struct sv_diag *diag);

enum sv_point_state {
	SV_POINT_MISSING, /* not all replications ran: the run was cancelled */
	SV_POINT_DONE,
	SV_POINT_FAILED,
};

struct sv_result_point {
	const struct sv_scenario *scenario;
	const char *label; /* "lock=ticket threads=8", for messages */
	enum sv_point_state state;
	struct sv_summary summary; /* when DONE */
};

struct sv_results {
	const struct sv_study *study; /* whose replications may draw values; NULL: none do */
	size_t n, done, failed;
	struct sv_result_point *point;
	uint64_t events, acquisitions; /* of the points that are done */
	double wall_s;
};

struct sv_run_config {
	sv_world_fn *world;
	unsigned threads;
	const atomic_bool *cancel;
	struct sv_progress *progress; /* NULL: none */
	FILE *errors; /* where the messages of failed jobs go, once all have ended */
};

void sv_results_init(struct sv_results *r, size_t points);
void sv_results_fini(struct sv_results *r);

/* Returns 0 when every point is done, -1 when some failed or are missing. */
int sv_results_run(struct sv_results *r, const struct sv_run_config *config);

/* The estimate of a metric at a point; NULL when the point is not done or has no such metric. */
const struct sv_estimate *sv_results_get(
	const struct sv_results *r, size_t point, const char *metric);

#endif
