/*
 * fio_job.c - job files of fio
 *
 * What needs several options together is settled when a job is complete.
 */
#include "bug.h"
#include "value.h"
#include "workloads/fio_job_private.h"
#include <stdlib.h>
#include <string.h>

/* "/dev/vda" means the disk vda. */
static int settle_disk(struct sv_fio_reading *r, struct sv_diag *diag)
{
	const char *slash, *wrong;

	if (r->job.disk)
		return 0;
	if (!r->file)
		return sv_error(diag, &r->job.place,
			"%s: names no disk: write filename=/dev/vda here, or `disk: vda` beside "
			"`job:` in the scenario",
			r->job.name);
	slash = strrchr(r->file, '/');
	r->job.disk = slash ? slash + 1 : r->file;
	wrong = sv_name_check(r->job.disk);
	if (wrong)
		return sv_error(diag, &r->file_place, "filename: '%.60s' names no disk: '%.60s' %s",
			r->file, r->job.disk, wrong);
	return 0;
}

/* A job that is not limited by time ends when it has done its size once. */
static void settle_end(struct sv_fio_reading *r)
{
	struct sv_fio_job *j = &r->job;
	int64_t bytes = r->io_bytes ? r->io_bytes : j->size_bytes;

	if (!j->ios && !r->time_based && bytes)
		j->ios = (bytes + j->block_bytes - 1) / j->block_bytes;
}

static int settle(struct sv_fio_reading *r, struct sv_diag *diag)
{
	struct sv_fio_job *j = &r->job;
	struct sv_fio_fault fault;
	int result = settle_disk(r, diag);

	if (!r->direct)
		result = sv_error(diag, &j->place,
			"%s: goes through the page cache, which is not simulated: write direct=1",
			j->name);
	if (r->stonewall)
		result = sv_error(diag, &j->place,
			"%s: stonewall: jobs do not wait for each other here; run one at a time by "
			"`section:` beside `job:` in the scenario",
			j->name);
	if (!r->random)
		j->order = SV_FIO_SEQUENTIAL;
	j->rate = (double)r->rate_ios;
	if (r->rate_bytes && !r->rate_ios)
		j->rate = (double)r->rate_bytes / (double)j->block_bytes;
	settle_end(r);
	fault = sv_fio_job_check(j);
	if (fault.key)
		result = sv_error(
			diag, &j->place, "%s: %s: %s", j->name, fault.file_key, fault.text);
	return result;
}

/* What fio does when nothing is said. */
static const struct sv_fio_reading start = { .job = { .threads = 1,
						     .reads = 0.5,
						     .order = SV_FIO_UNIFORM,
						     .block_bytes = 4096,
						     .depth = 1,
						     .batch = 1,
						     .reap = 1,
						     .think_blocks = 1 } };

static int report_no_job(const struct sv_fio_jobs *jobs, const char *section, struct sv_diag *diag)
{
	const struct sv_ini *ini = &jobs->ini;
	struct sv_place place = { .source = ini->source };
	const char **names, *near;

	if (!section)
		return sv_error(diag, &place, "has no job: write a section such as [reads]");
	names = calloc(ini->sections + 1, sizeof(*names));
	SV_BUG_ON(!names);
	for (size_t i = 0; i < ini->sections; i++)
		names[i] = ini->section[i].name;
	near = sv_nearest(section, names);
	sv_error(diag, &place, "has no job '%.60s'%s%s%s", section, near ? "; did you mean '" : "",
		near ? near : "", near ? "'?" : "");
	free(names);
	return -1;
}

static int read_section(struct sv_fio_reading *r, const struct sv_fio_jobs *jobs,
	const struct sv_ini_section *s, struct sv_diag *diag)
{
	int bad = 0;

	r->job.name = s->name;
	r->job.place = s->place;
	for (size_t k = 0; k < s->n; k++)
		bad |= sv_fio_read_entry(r, &jobs->ini.entry[s->first + k], diag);
	return bad;
}

/* Returns `result`, of reading the file, or -1 after reporting. */
static int read_jobs(struct sv_fio_jobs *out, const struct sv_fio_beside *beside, int result,
	struct sv_diag *diag)
{
	const struct sv_ini *ini = &out->ini;
	struct sv_fio_reading global = start, own;

	global.job.disk = beside->disk;
	out->job = calloc(ini->sections + 1, sizeof(*out->job));
	SV_BUG_ON(!out->job);
	for (size_t i = 0; i < ini->sections; i++) {
		const struct sv_ini_section *s = &ini->section[i];
		int bad;

		if (!strcmp(s->name, "global")) {
			result |= read_section(&global, out, s, diag);
			continue;
		}
		if (beside->section && strcmp(s->name, beside->section) != 0)
			continue;
		own = global;
		bad = read_section(&own, out, s, diag);
		/* One that is alone waits for nobody. */
		own.stonewall = own.stonewall && !beside->section;
		if (!bad)
			bad = settle(&own, diag);
		out->job[out->n++] = own.job;
		result |= bad;
	}
	return out->n == 0 && result == 0 ? report_no_job(out, beside->section, diag) : result;
}

int sv_fio_jobs_parse(struct sv_fio_jobs *out, const char *source, const char *text,
	size_t text_bytes, const struct sv_fio_beside *beside, struct sv_diag *diag)
{
	*out = (struct sv_fio_jobs){ 0 };
	return read_jobs(
		out, beside, sv_ini_parse(&out->ini, source, text, text_bytes, diag), diag);
}

int sv_fio_jobs_load(struct sv_fio_jobs *out, const char *path, const struct sv_fio_beside *beside,
	struct sv_diag *diag)
{
	*out = (struct sv_fio_jobs){ 0 };
	return read_jobs(out, beside, sv_ini_load(&out->ini, path, diag), diag);
}

void sv_fio_jobs_free(struct sv_fio_jobs *jobs)
{
	free(jobs->job);
	sv_ini_free(&jobs->ini);
	free(jobs->path);
}
