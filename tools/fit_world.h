/*
 * fit_world.h - the predictions that a fit asks for, by simulation
 *
 * All replications of all points of all vectors that are asked for at once run in
 * parallel. The scenario's seed holds for each, so that two evaluations differ by the
 * parameters and not by chance.
 */
#ifndef SV_FIT_WORLD_H
#define SV_FIT_WORLD_H

#include "fit_data.h"
#include "runner.h"

struct sv_fit_world {
	const struct sv_study *study;
	const struct sv_data *data;
	struct sv_run_config
		run; /* its progress counts evaluations; errors: of the first failure */
	uint64_t events;
	size_t evaluations;
	double best; /* the least median error so far, for progress */
	bool failed; /* a run failed, and that was said */
};

/* A sv_fit_predict_fn; arg is a struct sv_fit_world. Predictions are in the unit of the data. */
int sv_fit_world_predict(void *arg, size_t n, const double *share, double *mean, double *noise);

/* Reads every point of the data at the start and at both ends of every parameter, so that what
 * cannot be simulated is told before anything runs. Returns -1 after reporting. */
int sv_fit_world_check(
	const struct sv_study *study, const struct sv_data *data, struct sv_diag *diag);

#endif
