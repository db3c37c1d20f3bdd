/*
 * fit_world.c - the predictions that a fit asks for, by simulation
 */
#include "fit_world.h"
#include "fit.h"
#include "fit_errors.h"
#include "memory.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

/* The point of the data at which the parameters have these values. */
static struct sv_trial *make_trial(const struct sv_study *study, const struct sv_data *data,
	size_t point, const double *value, struct sv_diag *diag)
{
	const struct sv_fit *fit = sv_study_fit(study);
	struct sv_override *set = sv_array(data->paths + fit->params, sizeof(*set));
	char text[SV_FIT_PARAMS][SV_FIT_TEXT];
	struct sv_trial *trial;

	for (size_t i = 0; i < data->paths; i++)
		set[i] = (struct sv_override){ data->path[i], data->point[point].x[i],
			data->point[point].place };
	for (size_t p = 0; p < fit->params; p++)
		set[data->paths + p] = (struct sv_override){ fit->param[p].path,
			sv_fit_text(&fit->param[p], value[p], text[p]), fit->param[p].place };
	trial = sv_trial_new(study, set, data->paths + fit->params, diag);
	free(set);
	return trial;
}

/* "threads=4 think=2us" */
static char *make_label(
	const struct sv_study *study, const struct sv_data *data, size_t point, const double *value)
{
	const struct sv_fit *fit = sv_study_fit(study);
	char *label = NULL, *x = sv_fit_data_label(data, point), text[SV_FIT_TEXT];
	size_t bytes;
	FILE *to = sv_must(open_memstream(&label, &bytes));

	fputs(x, to);
	for (size_t p = 0; p < fit->params; p++)
		fprintf(to, "%s%s=%s", x[0] || p ? " " : "", strrchr(fit->param[p].path, '.') + 1,
			sv_fit_text(&fit->param[p], value[p], text));
	SV_BUG_ON(fclose(to));
	free(x);
	return label;
}

static int check_metric(const struct sv_fit *fit, const struct sv_trial *trial,
	const struct sv_place *place, struct sv_diag *diag)
{
	const struct sv_metric *metric =
		sv_metric_find(sv_trial_scenario(trial), fit->metric, place, diag);

	if (!metric || !strcmp(metric->unit, fit->metric_unit))
		return metric ? 0 : -1;
	return sv_error(diag, place, "here %s is in %s, elsewhere in %s", fit->metric, metric->unit,
		fit->metric_unit);
}

/* What is wrong with the scenario stands at its place there; which values made it so, here. */
static void check_trial(const struct sv_study *study, const struct sv_data *data, size_t point,
	const double *value, struct sv_diag *diag)
{
	struct sv_trial *trial = make_trial(study, data, point, value, diag);
	const struct sv_place *place = &data->point[point].place;
	char *label;

	if (trial) {
		check_metric(sv_study_fit(study), trial, place, diag);
	} else {
		label = make_label(study, data, point, value);
		sv_error(diag, place, "cannot be simulated: %s", label);
		free(label);
	}
	sv_trial_free(trial);
}

int sv_fit_world_check(
	const struct sv_study *study, const struct sv_data *data, struct sv_diag *diag)
{
	const struct sv_fit *fit = sv_study_fit(study);
	size_t before = sv_diag_errors(diag);
	double value[SV_FIT_PARAMS] = { 0 };

	for (size_t p = 0; p < fit->params; p++)
		value[p] = fit->param[p].start;
	for (size_t i = 0; i < data->points; i++)
		check_trial(study, data, i, value, diag);
	for (size_t i = 0; i < data->points && sv_diag_errors(diag) == before; i++)
		for (size_t p = 0; p < fit->params; p++) {
			value[p] = fit->param[p].from;
			check_trial(study, data, i, value, diag);
			value[p] = fit->param[p].to;
			check_trial(study, data, i, value, diag);
			value[p] = fit->param[p].start;
		}
	return sv_diag_errors(diag) > before ? -1 : 0;
}

/* What one call runs: its trials, by vector and point. */
struct batch {
	size_t n;
	struct sv_trial **trial;
	char **label;
	struct sv_results results;
};

static int batch_init(struct batch *b, const struct sv_fit_world *w, size_t n, const double *share,
	struct sv_diag *diag)
{
	const struct sv_fit *fit = sv_study_fit(w->study);
	size_t points = w->data->points;
	int bad = 0;

	*b = (struct batch){ .n = n * points };
	b->trial = sv_array(b->n, sizeof(struct sv_trial *));
	b->label = sv_array(b->n, sizeof(char *));
	sv_results_init(&b->results, b->n);
	for (size_t i = 0; i < b->n && !bad; i++) {
		double value[SV_FIT_PARAMS] = { 0 };

		for (size_t p = 0; p < fit->params; p++)
			value[p] =
				sv_fit_value(&fit->param[p], share[i / points * fit->params + p]);
		b->trial[i] = make_trial(w->study, w->data, i % points, value, diag);
		b->label[i] = make_label(w->study, w->data, i % points, value);
		b->results.point[i].label = b->label[i];
		if (b->trial[i])
			b->results.point[i].scenario = sv_trial_scenario(b->trial[i]);
		else
			bad = -1;
	}
	return bad;
}

static void batch_fini(struct batch *b)
{
	sv_results_fini(&b->results);
	for (size_t i = 0; i < b->n; i++) {
		sv_trial_free(b->trial[i]);
		free(b->label[i]);
	}
	free(b->trial);
	free(b->label);
}

/* The standard error that a confidence interval stands for; 0 when it is not known. */
static double standard_error(const struct sv_ci *ci)
{
	if (ci->n < 2 || !isfinite(ci->half))
		return 0;
	return ci->half / gsl_cdf_tdist_Pinv((1 + SV_CONFIDENCE) / 2, ci->n - 1);
}

/* Messages of runs that succeed would come again with each evaluation. */
static int run(struct sv_fit_world *w, struct batch *b)
{
	struct sv_run_config config = w->run;
	char *messages = NULL;
	size_t bytes;
	int status;

	config.progress = NULL;
	config.errors = sv_must(open_memstream(&messages, &bytes));
	status = sv_results_run(&b->results, &config);
	SV_BUG_ON(fclose(config.errors));
	if (b->results.failed > 0) {
		w->failed = true;
		fputs(messages, w->run.errors);
	}
	free(messages);
	return status;
}

static void read_results(
	const struct sv_fit_world *w, const struct batch *b, double *mean, double *noise)
{
	const struct sv_fit *fit = sv_study_fit(w->study);

	for (size_t i = 0; i < b->n; i++) {
		const struct sv_estimate *e = sv_results_get(&b->results, i, fit->metric);

		/* A run too short to observe anything predicts nothing. */
		mean[i] = e && e->ci.n > 0 ? e->ci.mean * fit->unit_factor : 0;
		noise[i] = e ? standard_error(&e->ci) * fit->unit_factor : 0;
	}
}

static void announce(struct sv_fit_world *w, size_t n, const double *mean)
{
	char text[64];

	for (size_t i = 0; i < n; i++) {
		struct sv_fit_errors e = sv_fit_errors(w->data, mean + i * w->data->points);

		if (w->evaluations++ == 0 || e.median < w->best)
			w->best = e.median;
		snprintf(text, sizeof(text), "least median error %.2g %%", 100 * w->best);
		if (w->run.progress)
			sv_progress_step(w->run.progress, true, text);
	}
}

int sv_fit_world_predict(void *arg, size_t n, const double *share, double *mean, double *noise)
{
	struct sv_fit_world *w = arg;
	struct sv_diag *diag = sv_diag_new();
	struct batch b;
	int status = batch_init(&b, w, n, share, diag);

	if (status < 0)
		w->failed = true;
	else
		status = run(w, &b);
	if (status == 0) {
		read_results(w, &b, mean, noise);
		w->events += b.results.events;
		announce(w, n, mean);
	}
	sv_diag_print(diag, w->run.errors);
	sv_diag_free(diag);
	batch_fini(&b);
	return status;
}
