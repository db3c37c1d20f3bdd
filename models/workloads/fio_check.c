/*
 * fio_check.c - what does not fit together in a job, from a file or a scenario
 */
#include "workloads/fio_job.h"

const char *sv_fio_job_check(const struct sv_fio_job *j)
{
	if (j->engine == SV_FIO_SYNC && j->depth > 1)
		return "iodepth: a synchronous engine has one I/O in flight; libaio and io_uring "
		       "have several";
	if (j->batch > j->depth)
		return "iodepth_batch: more are submitted at once than may be in flight (iodepth)";
	if (j->reap > j->depth)
		return "iodepth_batch_complete_min: more are waited for than may be in flight "
		       "(iodepth)";
	if (j->poll && j->engine == SV_FIO_LIBAIO)
		return "hipri: libaio cannot poll for completions; io_uring and pvsync2 can";
	if (j->block_bytes % 512)
		return "bs: is no multiple of 512 bytes, the least that direct I/O can do";
	if (j->order == SV_FIO_ZIPF && !(j->skew > 0 && j->skew <= 5))
		return "random_distribution: zipf's theta is above 0 and at most 5";
	if (j->order == SV_FIO_PARETO && !(j->skew > 0 && j->skew < 1))
		return "random_distribution: pareto's h is between 0 and 1";
	if (j->size_bytes && j->size_bytes < j->block_bytes)
		return "size: is less than one block (bs)";
	return NULL;
}
