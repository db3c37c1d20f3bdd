/*
 * fio_check.c - what does not fit together in a job, of a file or of a scenario
 */
#include "workloads/fio_job.h"

static struct sv_fio_fault fault(const char *key, const char *file_key, const char *text)
{
	return (struct sv_fio_fault){ key, file_key, text };
}

static struct sv_fio_fault check_depth(const struct sv_fio_job *j)
{
	if (j->engine == SV_FIO_SYNC && j->depth > 1)
		return fault("iodepth", "iodepth",
			"a synchronous engine has one I/O in flight; libaio and io_uring have "
			"several");
	if (j->batch > j->depth)
		return fault("batch", "iodepth_batch",
			"more are submitted at once than may be in flight (iodepth)");
	if (j->reap > j->depth)
		return fault("batch-complete", "iodepth_batch_complete_min",
			"more are waited for than may be in flight (iodepth)");
	return fault(NULL, NULL, NULL);
}

struct sv_fio_fault sv_fio_job_check(const struct sv_fio_job *j)
{
	if (j->block_bytes % 512)
		return fault("bs", "bs",
			"is no multiple of 512 bytes, the least that direct I/O can do");
	if (j->offset % 512)
		return fault("offset", "offset", "is no multiple of 512 bytes");
	if (j->step_bytes % 512)
		return fault("offset-increment", "offset_increment", "is no multiple of 512 bytes");
	if (j->size_bytes && j->size_bytes < j->block_bytes)
		return fault("size", "size", "is less than one block (bs)");
	if (j->order == SV_FIO_ZIPF && !(j->skew > 0 && j->skew <= 5))
		return fault("skew", "random_distribution",
			"zipf's theta must be above 0 and at most 5");
	if (j->order == SV_FIO_PARETO && !(j->skew > 0 && j->skew < 1))
		return fault("skew", "random_distribution", "pareto's h must be between 0 and 1");
	return check_depth(j);
}

bool sv_fio_job_part(const struct sv_fio_job *job, int64_t i, uint64_t disk_bytes, int64_t *first,
	int64_t *bytes)
{
	int64_t most = (int64_t)disk_bytes;

	/* Each is at most 2^50, and there are at most 2^12 threads. */
	*first = job->offset + i * job->step_bytes;
	*bytes = job->size_bytes ? job->size_bytes : most - *first;
	return *bytes >= job->block_bytes && *first <= most - *bytes;
}
