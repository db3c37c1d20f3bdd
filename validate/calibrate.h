/*
 * calibrate.h - measuring this host, and writing what was found as a machine profile
 *
 *	struct sv_calibration *c = sv_calibration_new(&how, diag);
 *	if (c && sv_calibration_run(c, ...) == 0)
 *		sv_calibration_write(c, ..., file);
 *	sv_calibration_free(c);
 *
 * The probes are run in rounds, each a part of the time, so that a machine that is in another
 * state after some seconds shows it in every figure. When the time is over or the user has
 * had enough, what is there counts; a cost without a sample keeps that of another machine, with
 * its source, as the profile says.
 */
#ifndef SV_CALIBRATE_H
#define SV_CALIBRATE_H

#include "probe.h"

struct sv_calibrate_how {
	double seconds;            /* in all, about */
	const atomic_bool *cancel; /* may be NULL */
	/* Behind each probe of each round; may be NULL. */
	void (*step)(void *arg, const struct sv_probe *probe);
	void *arg;
};

struct sv_calibration *sv_calibration_new(const struct sv_calibrate_how *how, struct sv_diag *diag);
void sv_calibration_free(struct sv_calibration *c);

/* How often `step` will be called. */
size_t sv_calibration_steps(const struct sv_calibration *c);

/*
 * What was measured while lines took another time than for most of the run is discarded, and a
 * note says so: the hypervisor had moved virtual CPUs. Called at the end of a run.
 */
void sv_calibration_settle(struct sv_calibration *c);

/* Returns -1 after reporting; being cancelled is no failure. */
int sv_calibration_run(struct sv_calibration *c, const struct sv_calibrate_how *how);

/*
 * The topology of this host as an hwloc synthetic string, which the caller frees. NULL: no such
 * string says all; it takes the XML export, of which sv_calibration_xml() returns -1 after
 * reporting.
 */
char *sv_calibration_synthetic(void);
int sv_calibration_xml(FILE *to, struct sv_diag *diag);

/*
 * From the latencies between n packages, as firmware tells them: the nearest are one hop apart,
 * those that are next two, all others three. Fills hops[n * n].
 */
void sv_calibration_rank(const uint64_t *latency, unsigned n, uint8_t *hops);

/* The hops of this host as the profile writes them; NULL: nobody tells, or one hop is all. The
 * caller frees it. */
char *sv_calibration_hops(void);

/* Writes the profile, whose topology is a synthetic string or the name of the XML file beside it.
 * `defaults` is the machine that supplies what was not measured. */
void sv_calibration_write(const struct sv_calibration *c, const char *topology,
	const struct sv_machine *defaults, FILE *to);

#endif
