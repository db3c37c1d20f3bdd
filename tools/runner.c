/*
 * runner.c - runs all replications of all points of a study over OpenMP threads
 */
#include "runner.h"
#include "digits.h"
#include "memory.h"
#include "wallclock.h"
#include <math.h>
#include <string.h>

struct job {
	size_t point;
	unsigned replication;
	struct sv_metrics metrics;
	struct sv_diag *diag;
	enum { JOB_MISSING, JOB_DONE, JOB_FAILED } state;
};

struct batch {
	struct sv_results *results;
	const struct sv_run_config *config;
	size_t n;
	struct job *job;
	size_t *first;            /* by point: its first job */
	atomic_uint *outstanding; /* by point: jobs that have not ended */
};

void sv_results_init(struct sv_results *r, size_t points)
{
	*r = (struct sv_results){ .n = points, .point = sv_array(points, sizeof(*r->point)) };
}

void sv_results_fini(struct sv_results *r)
{
	for (size_t i = 0; i < r->n; i++)
		sv_summary_fini(&r->point[i].summary);
	free(r->point);
	*r = (struct sv_results){ 0 };
}

const struct sv_estimate *sv_results_get(
	const struct sv_results *r, size_t point, const char *metric)
{
	const struct sv_result_point *p = &r->point[point];

	return p->state == SV_POINT_DONE ? sv_summary_get(&p->summary, metric) : NULL;
}

static unsigned replications(const struct sv_result_point *p)
{
	return (unsigned)p->scenario->run.replications;
}

static void batch_init(struct batch *b, struct sv_results *r, const struct sv_run_config *config)
{
	size_t next = 0;

	*b = (struct batch){ .results = r, .config = config };
	b->first = sv_array(r->n, sizeof(*b->first));
	b->outstanding = sv_array(r->n, sizeof(*b->outstanding));
	for (size_t i = 0; i < r->n; i++) {
		b->first[i] = b->n;
		b->n += replications(&r->point[i]);
		atomic_init(&b->outstanding[i], replications(&r->point[i]));
	}
	b->job = sv_array(b->n, sizeof(*b->job));
	for (size_t i = 0; i < r->n; i++)
		for (unsigned k = 0; k < replications(&r->point[i]); k++)
			b->job[next++] = (struct job){ .point = i, .replication = k };
}

static void batch_fini(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		sv_metrics_fini(&b->job[i].metrics);
		if (b->job[i].diag)
			sv_diag_free(b->job[i].diag);
	}
	free(b->job);
	free(b->first);
	free(b->outstanding);
}

/* What progress shows of a job: the first headline metric. */
static const struct sv_metric_value *headline(const struct job *job)
{
	if (job->state != JOB_DONE)
		return NULL;
	for (size_t i = 0; i < job->metrics.n; i++)
		if (job->metrics.value[i].metric->headline > 0)
			return &job->metrics.value[i];
	return NULL;
}

static void announce(const struct batch *b, const struct job *job)
{
	const struct sv_result_point *p = &b->results->point[job->point];
	const struct sv_metric_value *v = headline(job);
	bool last = atomic_fetch_sub(&b->outstanding[job->point], 1) == 1;
	char number[64], text[256];

	if (!b->config->progress)
		return;
	snprintf(text, sizeof(text), "%s%s%s%s%s", p->label ? p->label : "",
		v && p->label && p->label[0] ? ": " : "", v ? v->metric->name : "", v ? " " : "",
		v ? sv_digits_text(v->value, NAN, v->metric->unit, number) : "");
	sv_progress_step(b->config->progress, last, text);
}

static bool is_uncertain(const struct sv_results *r, size_t point)
{
	return r->study && sv_study_uncertain(r->study, point) > 0;
}

/* The replication, with values of its own where some are uncertain. */
static int run_world(const struct batch *b, struct job *job)
{
	const struct sv_results *r = b->results;
	const struct sv_scenario *scenario = r->point[job->point].scenario;
	struct sv_trial *drawn = NULL;
	int status = -1;

	if (is_uncertain(r, job->point)) {
		drawn = sv_uncertain_trial(r->study, job->point, job->replication, job->diag);
		scenario = drawn ? sv_trial_scenario(drawn) : NULL;
	}
	if (scenario)
		status = b->config->world(
			scenario, job->replication, b->config->cancel, &job->metrics, job->diag);
	sv_trial_free(drawn);
	return status;
}

static void run_job(const struct batch *b, struct job *job)
{
	const atomic_bool *cancel = b->config->cancel;
	int status;

	if (atomic_load(cancel))
		return;
	job->diag = sv_diag_new();
	sv_metrics_init(&job->metrics);
	status = run_world(b, job);
	/* A run that was cut off failed for no reason of its own. */
	if (status == 0)
		job->state = JOB_DONE;
	else if (!atomic_load(cancel))
		job->state = JOB_FAILED;
	/* Only what report() may print is kept. */
	if (job->state == JOB_MISSING || (job->state == JOB_DONE && job->replication > 0)) {
		sv_diag_free(job->diag);
		job->diag = NULL;
	}
	if (job->state != JOB_MISSING)
		announce(b, job);
}

/* From the interval of the mean to that of one more draw. */
static void widen(struct sv_summary *s)
{
	for (size_t i = 0; i < s->n; i++)
		s->estimate[i].ci.half *= sqrt(s->estimate[i].ci.n + 1.0);
}

static void finish_point(const struct batch *b, size_t index)
{
	struct sv_result_point *p = &b->results->point[index];
	const struct job *job = &b->job[b->first[index]];
	unsigned n = replications(p), failed = 0, missing = 0;
	struct sv_metrics *metrics = sv_array(n, sizeof(*metrics));

	for (unsigned k = 0; k < n; k++) {
		failed += job[k].state == JOB_FAILED;
		missing += job[k].state == JOB_MISSING;
		metrics[k] = job[k].metrics;
	}
	if (failed) {
		p->state = SV_POINT_FAILED;
		b->results->failed++;
	} else if (!missing) {
		p->state = SV_POINT_DONE;
		sv_summary_init(&p->summary, metrics, n);
		if (is_uncertain(b->results, index))
			widen(&p->summary);
		b->results->done++;
		b->results->events += p->summary.events;
		b->results->acquisitions += p->summary.acquisitions;
	}
	free(metrics);
}

/* One message a point is enough: its replications mostly fail for the same reason. */
static void report(const struct batch *b, size_t index)
{
	const struct sv_result_point *p = &b->results->point[index];
	const struct job *job = &b->job[b->first[index]];
	FILE *to = b->config->errors;
	unsigned k = 0;

	if (p->state == SV_POINT_FAILED) {
		while (job[k].state != JOB_FAILED)
			k++;
		fprintf(to, "simsvirt: the run failed%s%s, replication %u:\n",
			p->label && p->label[0] ? " at " : "", p->label ? p->label : "", k + 1);
	}
	if (job[k].diag)
		sv_diag_print(job[k].diag, to);
}

/* A thread without a job costs a stack for nothing. */
static unsigned threads_for(size_t jobs, unsigned threads)
{
	return jobs < threads ? (unsigned)jobs : threads;
}

int sv_results_run(struct sv_results *r, const struct sv_run_config *config)
{
	struct batch b;
	double start = sv_wallclock();

	batch_init(&b, r, config);
	if (config->progress)
		sv_progress_start(config->progress, r->n, b.n);
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads_for(b.n, config->threads))
	for (size_t i = 0; i < b.n; i++)
		run_job(&b, &b.job[i]);
	if (config->progress)
		sv_progress_stop(config->progress);
	for (size_t i = 0; i < r->n; i++) {
		finish_point(&b, i);
		report(&b, i);
	}
	r->wall_s = sv_wallclock() - start;
	batch_fini(&b);
	return r->done == r->n ? 0 : -1;
}
