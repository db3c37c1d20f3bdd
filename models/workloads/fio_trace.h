/*
 * fio_trace.h - recorded I/Os, to be done again
 *
 * A trace is a CSV file with a line for each I/O, as one makes it from what blktrace recorded:
 *
 *	time,op,offset,bytes,cpu
 *	0.000012,R,4096,8192,0
 *
 * Times are seconds unless they carry a unit, and never go back; op is R or read, W or write, D or
 * trim, F or flush, or blkparse's letters for these; offset and bytes are multiples of 512, and
 * `sector` may stand instead of `offset`; cpu may be left out. It is read as it is replayed, so
 *that its length costs no memory.
 */
#ifndef SV_FIO_TRACE_H
#define SV_FIO_TRACE_H

#include "csv.h"
#include "devices/device.h"

struct sv_fio_record {
	sv_time time; /* since the first one */
	enum sv_io_op op;
	uint64_t offset;
	uint32_t bytes;
	int64_t cpu; /* -1: the trace does not say */
};

struct sv_fio_trace {
	struct sv_csv_stream csv;
	size_t time, op, offset, sector, bytes, cpu; /* columns */
	sv_time first, last;
	uint64_t n; /* that were read */
};

/* Returns -1 after reporting; *t can be closed in any case. The path must outlive *t. */
int sv_fio_trace_open(struct sv_fio_trace *t, const char *path, struct sv_diag *diag);
/* 1: there is a record; 0: there was none left; -1: after reporting. */
int sv_fio_trace_next(struct sv_fio_trace *t, struct sv_fio_record *out, struct sv_diag *diag);
void sv_fio_trace_close(struct sv_fio_trace *t);

/* Reads all of it. *end_bytes: where the farthest I/O ends. Returns -1 after reporting. */
int sv_fio_trace_check(const char *path, uint64_t *end_bytes, struct sv_diag *diag);

#endif
