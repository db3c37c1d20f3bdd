/*
 * case.h - what a case of `simsvirt validate` is
 *
 * A case runs the same code natively and simulated and has both measured in the same words.
 * It is one file, native_NAME.c, and one line in case_list.h. Its table has the parameters
 * of one setting; a cell is one setting: measured on threads bound to PUs, and described as
 * a scenario that predicts it.
 *
 *	open()		makes what the roles of the cell work on
 *	repeat()	one measurement, a few milliseconds: a set of threads, each a role, runs
 *			code of the substrate. Called again and again, other cells in between.
 *	scenario()	the same as a scenario
 *
 * Rules. A cell's values are texts, as the scenario language writes them: what is recorded
 * can be predicted again without measuring.
 */
#ifndef SV_CASE_H
#define SV_CASE_H

#include "config.h"
#include <stdatomic.h>

#define SV_CASE_AXES    8
#define SV_CASE_METRICS 6

/* A parameter, and the values that it takes unless the user says otherwise. */
struct sv_case_axis {
	const char *name;   /* a row of the case's table */
	const char *values; /* separated by blanks; NULL: every kind of a variant, or numbers of
			     * threads by the host */
};

struct sv_case_metric {
	const char *name, *unit;
	const char *predicted; /* the metric of the scenario: "locks.throughput" */
	bool small;            /* values below a clock's reading say nothing: no error is told */
};

/* What a case must know of a host, measured or recorded. */
struct sv_case_host {
	unsigned pus;       /* that may be used */
	unsigned online;    /* PUs of the host: the kernel's slices depend on it */
	bool unbound;       /* threads cannot be bound to them */
	const char *kernel; /* its release, "6.18.1" */
};

/* What one repeat found. */
struct sv_repeat {
	double value[SV_CASE_METRICS]; /* in the metrics' units; NAN: not observed */
	double transfer;               /* seconds for a line's way to another PU; NAN: no such */
	bool disturbed;                /* the values mean little */
};

struct sv_case {
	const char *name, *help;
	const struct sv_table *table;
	const struct sv_case_axis *axis;     /* one for each row; ends with NULL */
	const struct sv_case_metric *metric; /* the first is judged; ends with NULL */
	/* Why there is no such cell, for who asks ("over-subscribed ..."); NULL: there is. */
	const char *(*unfit)(const void *cfg, const struct sv_case_host *host);
	/* NULL after reporting. */
	void *(*open)(const void *cfg, const struct sv_case_host *host, struct sv_diag *diag);
	/* Returns -1 after reporting. It ends soon when *cancel is set. */
	int (*repeat)(void *state, const atomic_bool *cancel, struct sv_repeat *out,
		struct sv_diag *diag);
	void (*close)(void *state);
	/* Whether a machine of so many PUs can be asked for a prediction. */
	bool (*fits)(const void *cfg, const struct sv_case_host *host, unsigned pus);
	/* `values` are the cell's, by axis; the machine's name is written by the caller. */
	void (*scenario)(const void *cfg, char *const *values, const struct sv_case_host *host,
		const char *machine, FILE *to);
};

extern const struct sv_case *const sv_cases[]; /* ends with NULL */
const struct sv_case *sv_case_find(const char *name);
size_t sv_case_axes(const struct sv_case *kind);
size_t sv_case_metrics(const struct sv_case *kind);

/* Linux' scheduler of a release, on so many CPUs, as the scenario language writes it. Returns buf.
 */
#define SV_CASE_LINUX 96
char *sv_case_linux(const char *kernel, unsigned cpus, char *buf, size_t size);

#endif
