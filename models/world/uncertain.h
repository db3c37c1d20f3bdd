/*
 * uncertain.h - values that are known with an error, carried into the predictions
 *
 *	uncertain:
 *	  vms.guest.workloads.build.lock-rate: {low: 5000/s, high: 27000/s, scale: log}
 *	  vms.guest.workloads.build.cpu-per-build: {error: 26s}
 *
 * Each replication draws values of its own, so that replications differ by what is not
 * known as well as by chance. The draws are stratified (a Latin hypercube): the
 * range of each value is cut into as many parts of equal probability as there are
 * replications, and each part is drawn from once. The k-th replication draws the same
 * at all points (common random numbers), so that points compare.
 *
 * Draws follow from run.seed and run.replications alone, whoever asks in whatever order.
 */
#ifndef SV_UNCERTAIN_H
#define SV_UNCERTAIN_H

#include "world/fit.h"

/* How many values are uncertain at a point: none when `run.uncertain` is false there. */
size_t sv_study_uncertain(const struct sv_study *study, size_t point);
const char *sv_uncertain_path(const struct sv_study *study, size_t i);
/* What a replication of a point draws, as the scenario would write it; buf holds SV_FIT_TEXT bytes
 * and is returned. */
char *sv_uncertain_text(const struct sv_study *study, size_t i, const struct sv_scenario *point,
	unsigned replication, char *buf);

/* A point with the values that a replication draws. NULL after reporting. The study must outlive
 * it. Threads may call it at once, each with a diag of its own. */
struct sv_trial *sv_uncertain_trial(
	const struct sv_study *study, size_t point, unsigned replication, struct sv_diag *diag);

#endif
