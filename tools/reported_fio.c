/*
 * reported_fio.c - fio's JSON
 *
 * Its times are in nanoseconds. `lat` is from the making of an I/O until its end was seen, and
 * the sum of `slat` and `clat`, which the submission's return divides; it has percentiles only
 * where they were asked for, `clat` unless they were not.
 */
#include "json_file.h"
#include "reported.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* One direction of one job. */
struct flow {
	double iops, bytes, ios, latency, submission, completion;
	const json_t *latencies, *completions; /* percentiles, or NULL */
};

struct reading {
	struct sv_reported *out;
	struct sv_place place;
	struct sv_diag *diag;
	struct flow sum[2]; /* reads, writes; times times I/Os */
	unsigned busy;      /* flows that did any I/O */
	int bad;
};

static double number(struct reading *r, const json_t *object, const char *where, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_number(value))
		return json_number_value(value);
	r->bad = sv_error(
		r->diag, &r->place, "%s.%s: %s", where, key, value ? "is no number" : "is missing");
	return NAN;
}

static double mean(struct reading *r, const json_t *flow, const char *where, const char *key,
	const json_t **quantiles)
{
	const json_t *times = json_object_get(flow, key);
	char inner[128];

	if (!json_is_object(times)) {
		r->bad = sv_error(r->diag, &r->place,
			"%s.%s: is missing; fio has it from version 3.0 on", where, key);
		return NAN;
	}
	if (quantiles)
		*quantiles = json_object_get(times, "percentile");
	snprintf(inner, sizeof(inner), "%s.%s", where, key);
	return number(r, times, inner, "mean");
}

static void read_flow(struct reading *r, const json_t *flow, const char *where, struct flow *sum)
{
	struct flow f = { 0 };

	if (!json_is_object(flow)) {
		r->bad = sv_error(r->diag, &r->place, "%s: is missing", where);
		return;
	}
	f.ios = number(r, flow, where, "total_ios");
	f.iops = number(r, flow, where, "iops");
	f.bytes = number(r, flow, where, "bw_bytes");
	f.latency = mean(r, flow, where, "lat_ns", &f.latencies);
	f.submission = mean(r, flow, where, "slat_ns", NULL);
	f.completion = mean(r, flow, where, "clat_ns", &f.completions);
	if (r->bad || f.ios <= 0)
		return;
	r->busy++;
	sum->ios += f.ios;
	sum->iops += f.iops;
	sum->bytes += f.bytes;
	sum->latency += f.latency * f.ios;
	sum->submission += f.submission * f.ios;
	sum->completion += f.completion * f.ios;
	sum->latencies = f.latencies;
	sum->completions = f.completions;
}

static void read_job(struct reading *r, const json_t *job, size_t i)
{
	static const char *const flows[] = { "read", "write" };
	const json_t *error = json_object_get(job, "error");
	char where[64];

	if (json_is_integer(error) && json_integer_value(error) != 0)
		r->bad = sv_error(r->diag, &r->place, "jobs[%zu].error: the job failed with %lld",
			i, (long long)json_integer_value(error));
	for (unsigned k = 0; k < 2; k++) {
		snprintf(where, sizeof(where), "jobs[%zu].%s", i, flows[k]);
		read_flow(r, json_object_get(job, flows[k]), where, &r->sum[k]);
	}
}

static void put(struct sv_reported *out, const char *name, double value)
{
	if (isfinite(value))
		out->value[out->n++] = (struct sv_reported_value){ name, value };
}

/* Percentiles by fio's keys, "99.900000". */
static void put_quantiles(struct sv_reported *out, const json_t *percentile, bool completion)
{
	static const struct {
		const char *key, *latency, *completion;
	} quantiles[] = { { "50.000000", "latency.p50", "completion.p50" },
		{ "90.000000", "latency.p90", NULL },
		{ "99.000000", "latency.p99", "completion.p99" },
		{ "99.900000", "latency.p99.9", "completion.p99.9" },
		{ "99.990000", "latency.p99.99", "completion.p99.99" },
		{ "99.999000", "latency.p99.999", "completion.p99.999" } };

	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
		const json_t *value = json_object_get(percentile, quantiles[i].key);
		const char *name = completion ? quantiles[i].completion : quantiles[i].latency;

		if (name && json_is_number(value))
			put(out, name, json_number_value(value) * 1e-9);
	}
}

static void put_all(struct reading *r)
{
	const struct flow *reads = &r->sum[0], *writes = &r->sum[1];
	const struct flow *only = reads->ios > 0 ? reads : writes;
	struct sv_reported *out = r->out;
	double ios = reads->ios + writes->ios;

	put(out, "iops", reads->iops + writes->iops);
	put(out, "bandwidth", reads->bytes + writes->bytes);
	put(out, "latency.mean", (reads->latency + writes->latency) / ios * 1e-9);
	if (r->busy == 1)
		put_quantiles(out, only->latencies, false);
	put(out, "submission.mean", (reads->submission + writes->submission) / ios * 1e-9);
	put(out, "completion.mean", (reads->completion + writes->completion) / ios * 1e-9);
	if (r->busy == 1)
		put_quantiles(out, only->completions, true);
	if (reads->ios <= 0 || writes->ios <= 0)
		return;
	put(out, "read.iops", reads->iops);
	put(out, "read.latency.mean", reads->latency / reads->ios * 1e-9);
	put(out, "write.iops", writes->iops);
	put(out, "write.latency.mean", writes->latency / writes->ios * 1e-9);
}

static void read_jobs(struct reading *r, const json_t *all)
{
	const json_t *jobs = json_object_get(all, "jobs"), *job;
	const char *version = json_string_value(json_object_get(all, "fio version"));
	size_t i;

	if (!version || !json_is_array(jobs)) {
		r->bad = sv_error(r->diag, &r->place,
			"is no output of fio --output-format=json: it has no '%s'",
			version ? "jobs" : "fio version");
		return;
	}
	snprintf(r->out->program, sizeof(r->out->program), "%s", version);
	r->out->jobs = json_array_size(jobs);
	json_array_foreach(jobs, i, job) read_job(r, job, i);
	if (r->bad)
		return;
	if (r->busy == 0)
		r->bad = sv_error(r->diag, &r->place, "no job has read or written anything");
	else
		put_all(r);
}

int sv_reported_fio(struct sv_reported *out, const char *path, struct sv_diag *diag)
{
	struct reading r = { .out = out, .place = { .source = path }, .diag = diag };
	json_t *all = sv_json_load(path, diag);

	*out = (struct sv_reported){ 0 };
	if (!all)
		return -1;
	read_jobs(&r, all);
	json_decref(all);
	return r.bad;
}
