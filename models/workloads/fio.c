/*
 * fio.c - programs that read and write a disk, as the benchmark fio does
 *
 * Its threads submit to a disk of their system (block/disk.h) and wait for the ends, by one of the
 * kernel's interfaces. Memory does not grow with the number of I/Os: a thread has as many requests
 * as may be in flight.
 */
#include "workloads/fio.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fio_free(void *state)
{
	struct sv_fio *f = state;

	for (unsigned i = 0; f->thread && i < f->threads; i++) {
		sv_sim_thread_fini(&f->thread[i].thread);
		sv_fio_trace_close(&f->thread[i].trace);
		free(f->thread[i].io);
		free(f->thread[i].batch);
	}
	sv_fio_metrics_fini(f);
	sv_fio_jobs_free(&f->jobs);
	free(f->thread);
	free(f->ran);
	free(f);
}

static struct sv_disk *find_disk(
	const struct sv_fio *f, const struct sv_fio_job *job, struct sv_diag *diag)
{
	const struct sv_system_disk *disks = f->system->disks;
	struct sv_disk *disk;

	if (!job->disk && disks && !disks->next)
		return disks->disk;
	disk = job->disk ? sv_system_disk(f->system, job->disk) : NULL;
	if (!disk)
		sv_error(diag, NULL, "%s: there is no disk '%.60s'", f->name,
			job->disk ? job->disk : "");
	return disk;
}

/* The i-th thread of a job has its part of the disk, or of the trace. */
static int place_part(struct sv_fio_thread *t, int64_t i, struct sv_diag *diag)
{
	const struct sv_fio_job *job = t->job;
	int64_t first, bytes;

	t->number = i;
	if (job->trace)
		return sv_fio_trace_open(&t->trace, job->trace, diag);
	if (!sv_fio_job_part(job, i, sv_disk_capacity(t->disk), &first, &bytes))
		return sv_error(diag, NULL, "%s: thread %lld lies beyond its disk", t->all->name,
			(long long)i);
	sv_fio_offsets_init(
		&t->offsets, job->order, job->skew, (uint64_t)(bytes / job->block_bytes));
	t->offsets.first = (uint64_t)first;
	return 0;
}

static int make_requests(struct sv_fio_thread *t)
{
	size_t depth = (size_t)t->job->depth;

	t->io = calloc(depth, sizeof(*t->io));
	t->batch = calloc((size_t)t->job->batch, sizeof(struct sv_request *));
	if (!t->io || !t->batch)
		return -1;
	for (size_t i = depth; i-- > 0;) {
		t->io[i].thread = t;
		t->io[i].next = t->free;
		t->free = &t->io[i];
	}
	return 0;
}

static int start_thread(
	struct sv_fio *f, const struct sv_fio_job *job, int64_t i, struct sv_diag *diag)
{
	struct sv_team_cfg team = { .threads = f->threads, .placement = f->cfg->placement };
	struct sv_fio_thread *t = &f->thread[f->running];
	sv_time at;

	t->all = f;
	t->job = job;
	t->done_end = &t->done;
	t->disk = find_disk(f, job, diag);
	if (!t->disk || place_part(t, i, diag) < 0)
		return -1;
	if (make_requests(t) < 0 || sv_team_place(&team, f->system, &t->thread, &t->stream) < 0)
		return sv_error(diag, NULL, "%s: out of memory", f->name);
	/* A trace begins when the warm-up is over. */
	at = job->trace ? 2 * f->system->settle : sv_team_start(f->system, &t->stream);
	if (sv_sim_thread_start(&t->thread, sv_fio_live, t, at) < 0)
		return sv_error(diag, NULL, "%s: out of memory", f->name);
	f->running++;
	return 0;
}

static int start_threads(struct sv_fio *f, struct sv_diag *diag)
{
	for (size_t i = 0; i < f->jobs.n; i++)
		f->threads += (unsigned)f->jobs.job[i].threads;
	f->thread = calloc(f->threads, sizeof(*f->thread));
	f->ran = calloc(f->threads, sizeof(*f->ran));
	if (!f->thread || !f->ran)
		return sv_error(diag, NULL, "%s: out of memory", f->name);
	for (size_t i = 0; i < f->jobs.n; i++)
		for (int64_t k = 0; k < f->jobs.job[i].threads; k++)
			if (start_thread(f, &f->jobs.job[i], k, diag) < 0)
				return -1;
	return 0;
}

static void *fio_start(
	struct sv_system *system, const char *name, const void *config, struct sv_diag *diag)
{
	struct sv_fio *f = calloc(1, sizeof(*f));

	if (!f) {
		sv_error(diag, NULL, "%s: out of memory", name);
		return NULL;
	}
	f->cfg = config;
	f->system = system;
	f->name = name;
	f->diag = diag;
	sv_fio_metrics_init(f);
	if (sv_fio_jobs_of(&f->jobs, f->cfg, NULL, diag) == 0 && start_threads(f, diag) == 0)
		return f;
	fio_free(f);
	return NULL;
}

static void fio_reset(void *state, sv_time now)
{
	struct sv_fio *f = state;

	sv_fio_metrics_reset(f, now);
	f->counts = true;
	for (unsigned i = 0; i < f->threads; i++)
		f->thread[i].issued = 0;
}

static bool fio_done(const void *state)
{
	const struct sv_fio *f = state;

	return f->running == 0;
}

static int fio_finish(void *state, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	return sv_fio_metrics_put(state, now, out, diag);
}

static int fio_check(
	const void *config, unsigned cpus, const struct sv_node *node, struct sv_diag *diag)
{
	const struct sv_fio_cfg *cfg = config;
	struct sv_team_cfg team = { .placement = cfg->placement };
	struct sv_fio_jobs jobs;
	int result = sv_fio_jobs_of(&jobs, cfg, node, diag);

	for (size_t i = 0; i < jobs.n; i++)
		team.threads += jobs.job[i].threads;
	sv_fio_jobs_free(&jobs);
	if (result < 0)
		return result;
	if (team.threads > SV_TEAM_MAX)
		return sv_error(diag, sv_node_place(node, "job"),
			"job: %lld threads are more than %d", (long long)team.threads, SV_TEAM_MAX);
	return sv_team_check(&team, cpus, node, diag);
}

/* Where a job is written, and how messages begin. */
static int complain(const struct sv_fio_job *job, const struct sv_node *node, const char *key,
	struct sv_diag *diag, const char *text)
{
	const struct sv_place *place = job->name ? &job->place : sv_node_place(node, key);

	return sv_error(diag, place, "%s%s%s: %s", job->name ? job->name : "",
		job->name ? ": " : "", key, text);
}

static int check_trace(const struct sv_fio_job *job, uint64_t disk_bytes,
	const struct sv_node *node, struct sv_diag *diag)
{
	uint64_t end;
	char text[160];

	if (sv_fio_trace_check(job->trace, &end, diag) < 0)
		return -1;
	if (end <= disk_bytes)
		return 0;
	snprintf(text, sizeof(text), "the trace reaches byte %llu, beyond the %llu of the disk",
		(unsigned long long)end, (unsigned long long)disk_bytes);
	return complain(job, node, "replay", diag, text);
}

static int check_disk(const struct sv_fio_job *job, const struct sv_disk_known *disk, size_t disks,
	const struct sv_node *node, struct sv_diag *diag)
{
	const struct sv_disk_known *found = !job->disk && disks == 1 ? disk : NULL;
	int64_t first, bytes;
	char text[160];

	for (size_t i = 0; job->disk && i < disks; i++)
		if (!strcmp(job->disk, disk[i].name))
			found = &disk[i];
	if (!found && job->disk) {
		snprintf(text, sizeof(text), "the VM has no disk '%.60s'", job->disk);
		return complain(job, node, "disk", diag, text);
	}
	if (!found)
		return complain(job, node, "disk", diag,
			disks ? "the VM has several; say which"
			      : "the VM has none; give it one by `disks:`");
	/* Who can poll polls a disk whose completions are not signalled. */
	if (job->poll && !found->polled)
		return complain(job, node, "hipri", diag,
			"completions of the disk are signalled by interrupts");
	if (found->polled && job->engine == SV_FIO_LIBAIO)
		return complain(job, node, "engine", diag,
			"libaio cannot poll, and the disk's completions are not signalled; "
			"io_uring and a "
			"synchronous engine can");
	if (job->trace)
		return check_trace(job, found->bytes, node, diag);
	for (int64_t i = 0; i < job->threads; i++) {
		if (sv_fio_job_part(job, i, found->bytes, &first, &bytes))
			continue;
		snprintf(text, sizeof(text),
			"thread %lld begins at byte %lld and needs %lld, beyond the %llu of the "
			"disk",
			(long long)i, (long long)first,
			(long long)(bytes < job->block_bytes ? job->block_bytes : bytes),
			(unsigned long long)found->bytes);
		return complain(job, node, "offset", diag, text);
	}
	return 0;
}

/* A file with mistakes has been reported before. */
static int fio_check_disks(const void *config, const struct sv_disk_known *disk, size_t disks,
	const struct sv_node *node, struct sv_diag *diag)
{
	struct sv_fio_jobs jobs;
	int bad = sv_fio_jobs_of(&jobs, config, node, diag), result = bad;

	for (size_t i = 0; bad == 0 && i < jobs.n; i++)
		if (check_disk(&jobs.job[i], disk, disks, node, diag) < 0)
			result = -1;
	sv_fio_jobs_free(&jobs);
	return result;
}

static const enum sv_cost costs[] = { SV_COST_IO_USER, SV_COST_IO_DIRECT, SV_COST_IO_AIO_SUBMIT,
	SV_COST_IO_AIO_REAP, SV_COST_IO_URING_SUBMIT, SV_COST_IO_URING_REAP, SV_COSTS };

const struct sv_workload sv_workload_fio = {
	.name = "fio",
	.help = "programs that read and write a disk, as the benchmark fio does, or its job file",
	.options = &sv_fio_table,
	.metrics = sv_fio_metrics,
	.check = fio_check,
	.costs = costs,
	.check_disks = fio_check_disks,
	.start = fio_start,
	.reset = fio_reset,
	.done = fio_done,
	.finish = fio_finish,
	.free = fio_free,
};
