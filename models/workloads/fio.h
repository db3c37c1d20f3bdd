/*
 * fio.h - what the files of the workload fio share
 *
 * fio.c is the workload, fio_options.c its options, fio_thread.c what its threads do,
 * fio_offset.c which blocks they choose, fio_trace.c recorded I/Os, fio_metrics.c what is reported.
 */
#ifndef SV_FIO_H
#define SV_FIO_H

#include "block/disk.h"
#include "stats.h"
#include "wait.h"
#include "workloads/fio_job.h"
#include "workloads/fio_trace.h"
#include "workloads/team.h"
#include "workloads/workload.h"

struct sv_fio_cfg {
	const struct sv_node *file;  /* `job:`; NULL: the options below are the job */
	const struct sv_node *trace; /* `replay:`; NULL: none */
	int timing;
	const char *disk, *section;
	int placement, rw, order, arrivals;
	struct sv_fio_job own;
};
extern const struct sv_table sv_fio_table;

/* The jobs that the options mean: those of a file, or one. Returns -1 after reporting; *out can
 * be freed in any case. `node`: of the workload, or NULL when it has been checked. */
int sv_fio_jobs_of(struct sv_fio_jobs *out, const struct sv_fio_cfg *cfg,
	const struct sv_node *node, struct sv_diag *diag);

/* Which blocks a thread takes: of [first, first + blocks) of the disk, in blocks. */
struct sv_fio_offsets {
	int order; /* enum sv_fio_order */
	uint64_t first, blocks, next;
	double skew, h_first, h_last, s; /* of Zipf's law (fio_offset.c) */
};
void sv_fio_offsets_init(struct sv_fio_offsets *o, int order, double skew, uint64_t blocks);
/* The number of the next block, below `blocks`. */
uint64_t sv_fio_offsets_next(struct sv_fio_offsets *o, struct sv_stream *stream);

struct sv_fio_thread;

/* One of the requests that a thread has in flight at most. */
struct sv_fio_io {
	struct sv_request request;
	struct sv_fio_thread *thread;
	sv_time submitted; /* when the submission was done */
	bool flies;        /* it has not ended */
	struct sv_fio_io *next;
};

struct sv_fio_thread {
	struct sv_sim_thread thread;
	struct sv_stream stream;
	struct sv_fio *all;
	const struct sv_fio_job *job;
	struct sv_disk *disk;
	int64_t number; /* among those of its job */
	struct sv_fio_offsets offsets;
	struct sv_fio_trace trace;   /* of a replay */
	struct sv_fio_io *io, *free; /* job->depth of them */
	struct sv_request **batch;
	unsigned flying, probe;
	/* Completed and not seen by the thread yet, in this order. */
	struct sv_fio_io *done, **done_end;
	unsigned n_done, wanted;
	struct sv_wait_queue sleeping;
	sv_time due;    /* of the next I/O, when there is a rate */
	int64_t issued; /* since the start of the window; what `ios` limits */
	int64_t thought;
	bool ended;
};

/* What ended in the window: reads, writes, or the rest (flushes, trims). */
struct sv_fio_direction {
	uint64_t ios, bytes;
	struct sv_hist latency;
};
enum { SV_FIO_READS, SV_FIO_WRITES, SV_FIO_OTHERS, SV_FIO_DIRECTIONS };

struct sv_fio {
	const struct sv_fio_cfg *cfg;
	struct sv_fio_jobs jobs;
	struct sv_system *system;
	const char *name;
	struct sv_fio_thread *thread;
	unsigned threads, running;
	sv_time ended_at; /* when the last one did */
	const char *broken;
	struct sv_diag *diag;
	bool counts; /* the warm-up is over */
	/* Since the start of the window. */
	sv_time since;
	struct sv_fio_direction direction[SV_FIO_DIRECTIONS];
	struct sv_hist latency, submission, completion;
	__extension__ __int128 stage[SV_STAGE_COUNT];
	struct sv_station flying;
	uint64_t paced; /* I/Os that had a time to begin at, and by how much they missed it: */
	__extension__ __int128 late;
	sv_time *ran; /* by thread: before the window */
};

/* A thread's whole life. */
void sv_fio_live(struct sv_sim_thread *self, void *arg);

extern const struct sv_metric sv_fio_metrics[];
void sv_fio_metrics_init(struct sv_fio *f);
void sv_fio_metrics_fini(struct sv_fio *f);
void sv_fio_metrics_reset(struct sv_fio *f, sv_time now);
/* An I/O begins, which should have begun at `due`. */
void sv_fio_begun(struct sv_fio *f, sv_time due, sv_time now);
/* A thread has seen the end of an I/O. */
void sv_fio_seen(struct sv_fio *f, struct sv_fio_io *io, sv_time now);
/* Checks the laws and puts what was observed. */
int sv_fio_metrics_put(struct sv_fio *f, sv_time now, struct sv_metrics *out, struct sv_diag *diag);

#endif
