/*
 * fit_search.h - evaluations of a fit, kept (private to the fit's files)
 */
#ifndef SV_FIT_SEARCH_H
#define SV_FIT_SEARCH_H

#include "fit.h"
#include <gsl/gsl_matrix.h>

struct sv_fit_search {
	const struct sv_fit_task *task;
	size_t n, room; /* evaluations */
	double *share;  /* n x params */
	double *mean, *noise;
	size_t best; /* SIZE_MAX: none yet */
	double best_chi2;
	bool stopped, exhausted, settled;
	double *step; /* of the derivatives, by parameter, in shares */
};

void sv_fit_search_init(struct sv_fit_search *s, const struct sv_fit_task *task);
void sv_fit_search_fini(struct sv_fit_search *s);

/* Where the evaluations of n vectors are kept; -1 when the search has to end. `beyond`: although no
 * evaluations are left. */
int sv_fit_search_at(
	struct sv_fit_search *s, size_t n, const double *share, size_t *index, bool beyond);
/* Residuals over sigma, by point; the sum of their squares. */
double sv_fit_search_residuals(const struct sv_fit_search *s, size_t index, double *out);

/* The derivatives of the residuals by the shares, points x params. */
int sv_fit_jacobian(struct sv_fit_search *s, const double *share, gsl_matrix *out, bool beyond);

#endif
