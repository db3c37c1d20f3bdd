/*
 * fit_search.c - evaluations of a fit, kept, and their derivatives
 */
#include "fit_search.h"
#include "memory.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

#define FIRST_STEP (1.0 / 64)
#define LAST_STEP  (1.0 / 8)
#define ABOVE      4.0  /* times the noise is a change that can be trusted */
#define NOTHING    1e-9 /* of the measured value: a prediction of 0 has no logarithm */

double sv_fit_residual(double predicted, double measured)
{
	double ratio = predicted / measured;

	return log(ratio > NOTHING ? ratio : NOTHING);
}

void sv_fit_search_init(struct sv_fit_search *s, const struct sv_fit_task *task)
{
	*s = (struct sv_fit_search){ .task = task, .best = SIZE_MAX, .best_chi2 = INFINITY };
	s->step = sv_array(task->params, sizeof(*s->step));
	for (size_t p = 0; p < task->params; p++)
		s->step[p] = FIRST_STEP;
}

void sv_fit_search_fini(struct sv_fit_search *s)
{
	free(s->share);
	free(s->mean);
	free(s->noise);
	free(s->step);
}

double sv_fit_search_residuals(const struct sv_fit_search *s, size_t index, double *out)
{
	const struct sv_fit_task *t = s->task;
	const double *mean = s->mean + index * t->points;
	double chi2 = 0;

	for (size_t k = 0; k < t->points; k++) {
		double r = sv_fit_residual(mean[k], t->measured[k]);

		if (t->sigma)
			r /= t->sigma[k];
		if (out)
			out[k] = r;
		chi2 += r * r;
	}
	return chi2;
}

static size_t find(const struct sv_fit_search *s, const double *share)
{
	size_t params = s->task->params;

	for (size_t i = 0; i < s->n; i++)
		if (!memcmp(s->share + i * params, share, params * sizeof(*share)))
			return i;
	return SIZE_MAX;
}

static void *grown(void *array, size_t n, size_t bytes)
{
	return sv_must(realloc(array, n * bytes));
}

static void make_room(struct sv_fit_search *s, size_t n)
{
	const struct sv_fit_task *t = s->task;

	if (s->n + n <= s->room)
		return;
	s->room = 2 * (s->n + n);
	s->share = grown(s->share, s->room, t->params * sizeof(double));
	s->mean = grown(s->mean, s->room, t->points * sizeof(double));
	s->noise = grown(s->noise, s->room, t->points * sizeof(double));
}

/* Evaluates the n vectors that stand behind those that are known. */
static int evaluate(struct sv_fit_search *s, size_t n)
{
	const struct sv_fit_task *t = s->task;
	size_t at = s->n;

	if (n == 0)
		return 0;
	if (t->predict(t->arg, n, s->share + at * t->params, s->mean + at * t->points,
		    s->noise + at * t->points) < 0) {
		s->stopped = true;
		return -1;
	}
	s->n += n;
	for (size_t i = at; i < s->n; i++) {
		double chi2 = sv_fit_search_residuals(s, i, NULL);

		if (chi2 < s->best_chi2) {
			s->best_chi2 = chi2;
			s->best = i;
		}
	}
	return 0;
}

int sv_fit_search_at(
	struct sv_fit_search *s, size_t n, const double *share, size_t *index, bool beyond)
{
	size_t params = s->task->params, fresh = 0;

	make_room(s, n);
	for (size_t i = 0; i < n; i++) {
		index[i] = find(s, share + i * params);
		if (index[i] != SIZE_MAX)
			continue;
		index[i] = s->n + fresh;
		memcpy(s->share + (s->n + fresh++) * params, share + i * params,
			params * sizeof(*share));
	}
	if (fresh > 0 && !beyond && s->n + fresh > s->task->most) {
		s->exhausted = true;
		return -1;
	}
	return s->stopped ? -1 : evaluate(s, fresh);
}

/* One parameter's difference: two vectors, as far apart as the bounds allow. */
struct difference {
	size_t param;
	double width;
};

static void place(const struct sv_fit_search *s, const double *share, size_t param, double *pair,
	struct difference *d)
{
	size_t params = s->task->params;
	double low = fmax(share[param] - s->step[param], 0);
	double high = fmin(share[param] + s->step[param], 1);

	memcpy(pair, share, params * sizeof(*share));
	memcpy(pair + params, share, params * sizeof(*share));
	pair[param] = low;
	pair[params + param] = high;
	*d = (struct difference){ param, high - low };
}

/* Writes a column; returns whether the change stands out of the noise. */
static bool differentiate(const struct sv_fit_search *s, const struct difference *d,
	const size_t index[2], gsl_matrix *out)
{
	const struct sv_fit_task *t = s->task;
	double change = 0, noise = 0;

	for (size_t k = 0; k < t->points; k++) {
		const double *mean[2], *error[2];
		double sigma = t->sigma ? t->sigma[k] : 1, r[2];

		for (size_t i = 0; i < 2; i++) {
			mean[i] = &s->mean[index[i] * t->points + k];
			error[i] = &s->noise[index[i] * t->points + k];
			r[i] = sv_fit_residual(*mean[i], t->measured[k]) / sigma;
			if (*error[i] > 0 && *mean[i] > 0)
				noise += pow(*error[i] / *mean[i] / sigma, 2);
		}
		change += pow(r[1] - r[0], 2);
		gsl_matrix_set(out, k, d->param, (r[1] - r[0]) / d->width);
	}
	return change > ABOVE * ABOVE * noise;
}

int sv_fit_jacobian(struct sv_fit_search *s, const double *share, gsl_matrix *out, bool beyond)
{
	size_t params = s->task->params, n = params;
	double *pair = sv_array(2 * params * params, sizeof(*pair));
	struct difference *d = sv_array(params, sizeof(*d));
	size_t *index = sv_array(2 * params, sizeof(*index));
	int status = 0;

	for (size_t p = 0; p < params; p++)
		d[p].param = p;
	/* Only those that did not stand out are tried again, with twice the step. */
	while (n > 0 && status == 0) {
		size_t again = 0;

		for (size_t i = 0; i < n; i++)
			place(s, share, d[i].param, pair + 2 * i * params, &d[i]);
		status = sv_fit_search_at(s, 2 * n, pair, index, beyond);
		for (size_t i = 0; i < n && status == 0; i++) {
			size_t p = d[i].param;

			if (differentiate(s, &d[i], &index[2 * i], out) || s->step[p] >= LAST_STEP)
				continue;
			s->step[p] *= 2;
			d[again++].param = p;
		}
		n = again;
	}
	free(pair);
	free(d);
	free(index);
	return status;
}
