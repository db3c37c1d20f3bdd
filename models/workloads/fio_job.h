/*
 * fio_job.h - what a group of fio's threads does, as options of a scenario or as a job of a file
 *
 * A job file is fio's own (https://fio.readthedocs.io): sections, [global] and the common options
 * with fio's units and defaults. What does not change what is simulated is read and has no effect
 * (names, reports, contents of buffers; runtime and ramp_time, which the scenario's `run:` says);
 * every other option is an error, because a job that does less than it says would predict
 * something else.
 */
#ifndef SV_FIO_JOB_H
#define SV_FIO_JOB_H

#include "dist.h"
#include "ini.h"
#include "options.h"

#define SV_FIO_THREADS_MAX 4096
#define SV_FIO_DEPTH_MAX   4096

enum sv_fio_rw { SV_FIO_READ, SV_FIO_WRITE, SV_FIO_MIXED };
enum sv_fio_order { SV_FIO_SEQUENTIAL, SV_FIO_UNIFORM, SV_FIO_ZIPF, SV_FIO_PARETO };
enum sv_fio_engine { SV_FIO_SYNC, SV_FIO_LIBAIO, SV_FIO_IO_URING };

struct sv_fio_job {
	const char *name;      /* of its section; NULL: it is of a scenario */
	struct sv_place place; /* of its section */
	const char *disk;      /* NULL: the system's only one */
	int64_t threads;
	int rw;                     /* enum sv_fio_rw */
	double reads;               /* share, of a mix */
	int order;                  /* enum sv_fio_order */
	double skew;                /* zipf's theta, pareto's h */
	int64_t block_bytes;        /* of each I/O */
	int64_t offset, size_bytes; /* of its part of the disk; size 0: to the end */
	int64_t step_bytes;         /* between the parts of two threads */
	int engine;                 /* enum sv_fio_engine */
	bool poll;                  /* hipri: for disks that are polled */
	int64_t depth, batch, reap; /* in flight; submitted, waited for at once */
	double rate;                /* of a thread's I/Os; 0: as fast as they end */
	bool poisson;               /* at random times, else in step */
	struct sv_dist think;       /* sleep after so many: */
	int64_t think_blocks;
	int64_t ios;       /* of a thread, and then it ends; 0: none */
	const char *trace; /* a file, whose I/Os are done instead; NULL: none */
	bool timed;        /* at its times, else as fast as they end */
	double speed;      /* of these times */
};

struct sv_fio_jobs {
	size_t n;
	struct sv_fio_job *job;
	struct sv_ini ini; /* names are its */
	char *path;        /* of the file, or of a trace; NULL: the caller's, or none */
};

/* What is said beside a file. */
struct sv_fio_beside {
	const char *disk;    /* of all jobs, whatever their file names; NULL: as they say */
	const char *section; /* the only one that is run; NULL: all */
};

/* Returns -1 after reporting every mistake; *out can be freed in any case. The path, or source, and
 * `beside` must outlive *out. */
int sv_fio_jobs_load(struct sv_fio_jobs *out, const char *path, const struct sv_fio_beside *beside,
	struct sv_diag *diag);
/* The same from memory. */
int sv_fio_jobs_parse(struct sv_fio_jobs *out, const char *source, const char *text,
	size_t text_bytes, const struct sv_fio_beside *beside, struct sv_diag *diag);
void sv_fio_jobs_free(struct sv_fio_jobs *jobs);

/* The first thing in a job that does not fit: the option in a scenario and in a file, and why; no
 * key: all does. */
struct sv_fio_fault {
	const char *key, *file_key, *text;
};
struct sv_fio_fault sv_fio_job_check(const struct sv_fio_job *job);

/* Where the part of its i-th thread begins and how long it is, on a disk of so many bytes. False:
 * it does not lie there. */
bool sv_fio_job_part(const struct sv_fio_job *job, int64_t i, uint64_t disk_bytes, int64_t *first,
	int64_t *bytes);

#endif
