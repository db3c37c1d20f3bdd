/*
 * probe.h - what a probe of this host is, and what it is given
 *
 * A probe is one file, probe_NAME.c, and one line in probe_list.h. It is run several times, each
 * time for its share of the time, so that what changes slowly shows in every figure:
 *
 *	static int run(struct sv_calibration *c, double seconds)
 *	{
 *		struct sv_reading r = { .to = sv_probe_row(c, "syscall", "getppid() ...") };
 *		return sv_probe_alone(c, measure, &r, seconds);
 *	}
 *	const struct sv_probe sv_probe_syscall = { "syscall", "system calls", 1, run };
 *
 * The name of a cost makes a row of the profile's costs, any other one a row of its
 * measured figures. A probe that cannot run says so with sv_probe_cannot(), and leaves
 * the default. All values are nanoseconds.
 */
#ifndef SV_PROBE_H
#define SV_PROBE_H

#include "machine/machine.h"
#include "pinned.h"
#include "sample.h"

struct sv_calibration;

struct sv_probe {
	const char *name, *help;
	double weight; /* share of the time, relative to the others */
	/* Measures for about so long, at least one batch each. Returns -1 after reporting. */
	int (*run)(struct sv_calibration *c, double seconds);
	/* At the end: rows that follow from the medians of others. May be NULL. */
	void (*finish)(struct sv_calibration *c);
};

extern const struct sv_probe *const sv_probes[]; /* ends with NULL */

/* A row: a cost or a figure. */
struct sv_probe_row {
	char *name, *method; /* method: how it was measured, in words */
	struct sv_samples samples;
};

struct sv_calibration {
	struct sv_machine *machine; /* of this host's topology; its costs mean nothing */
	char *hops;   /* between its packages, as a profile writes them; NULL: one each */
	unsigned pus; /* that threads can be bound to, 0 to pus - 1; 0: binding is not allowed */
	int round, rounds;
	double quiet_ns; /* reading the clock twice */
	double limit;    /* of time: nothing begins later, even if it never had its turn */
	bool late;       /* it was reached */
	const atomic_bool *cancel;
	struct sv_diag *diag;

	/* What the probes found. */
	size_t rows, reasons, notes;
	struct sv_probe_row **row;
	struct sv_probe_reason {
		char *name, *why;
	} * reason; /* of what could not be measured */
	char **note;
	struct sv_samples moment; /* a line's way between the first and the last PU, now and then */
	double looked;            /* when it was measured last */
	unsigned transfer_pus;
	unsigned *transfer_pu;
	struct sv_samples *transfer; /* [transfer_pus * transfer_pus]; only above the diagonal */
};

/* The samples of a row, which is made at its first mention. */
struct sv_samples *sv_probe_row(struct sv_calibration *c, const char *name, const char *method);
/* The same for "family.distance". */
struct sv_samples *sv_probe_row_at(struct sv_calibration *c, const char *family,
	enum sv_distance distance, const char *method);
/* NAN when there is none yet. */
double sv_probe_median(const struct sv_calibration *c, const char *name);
double sv_probe_median_at(
	const struct sv_calibration *c, const char *family, enum sv_distance distance);
/* Why a row is not measured, to be read behind "Not measured: ". The first reason counts. */
void sv_probe_cannot(struct sv_calibration *c, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The reason given for a row, or NULL. */
const char *sv_probe_reason(const struct sv_calibration *c, const char *name);
/* A remark for whoever reads the profile. The same remark counts once. */
void sv_probe_note(struct sv_calibration *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What a batch measured; the first member of a body's argument. */
struct sv_reading {
	struct sv_samples *to;
	double value;
};
/* A sv_batches.done that keeps the value. */
void sv_reading_done(void *arg, bool disturbed);

/* Runs batches on one thread, on the first PU. `arg` begins with a struct sv_reading. */
int sv_probe_alone(struct sv_calibration *c, void (*body)(unsigned thread, void *arg), void *arg,
	double seconds);
/* Whether nothing more is to be begun: the user has had enough, or the limit is reached. */
bool sv_probe_is_over(const struct sv_calibration *c);
/*
 * Runs batches, which give up when the user has had enough. When they move lines between PUs,
 * their values are tagged with what a line's way took before and after, so that those of
 * another regime than the rest can be told. Returns -1 after reporting.
 */
int sv_probe_batches(struct sv_calibration *c, const struct sv_batches *batches);

/* Pairs of PUs at a distance, at most `most` of them, evenly picked. Returns their number. */
struct sv_pair {
	unsigned a, b;
};
unsigned sv_probe_pairs(const struct sv_calibration *c, enum sv_distance distance,
	struct sv_pair *out, unsigned most);

/* Spins until *turn is `mine`; the partner that sets it always does, though perhaps late. */
void sv_probe_await(const _Atomic unsigned *turn, unsigned mine);

#define SV_PROBE_REGIME   1.6   /* times further apart is another regime of line transfers */
#define SV_PROBE_BATCH_NS 300e3 /* how long a batch shall last, about: much less than a slice */

#endif
