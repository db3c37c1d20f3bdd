/*
 * fio_job_private.h - what the files that read job files share
 */
#ifndef SV_FIO_JOB_PRIVATE_H
#define SV_FIO_JOB_PRIVATE_H

#include "workloads/fio_job.h"

/* A job while it is read. */
struct sv_fio_reading {
	struct sv_fio_job job;
	bool direct, random, time_based, stonewall;
	int64_t io_bytes, rate_bytes, rate_ios; /* 0: not given */
	const char *file;
	struct sv_place file_place;
};

/* Reads one line of a section into it. Returns -1 after reporting. */
int sv_fio_read_entry(struct sv_fio_reading *r, const struct sv_ini_entry *e, struct sv_diag *diag);

#endif
