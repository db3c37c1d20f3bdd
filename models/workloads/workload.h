/*
 * workload.h - what runs on the CPUs of a system
 *
 * A workload is one file and one line in workload_list.h. Its type is a const table;
 * its state is one struct that the world allocates.
 */
#ifndef SV_WORKLOAD_H
#define SV_WORKLOAD_H

#include "diag.h"
#include "machine/cost.h"
#include "options.h"
#include "world/result.h"

struct sv_lock;
struct sv_node;
struct sv_system; /* the CPUs it runs on: models/world/system.h */

/* A disk of its VM. */
struct sv_disk_known {
	const char *name;
	uint64_t bytes;
	bool polled; /* its completions are not signalled */
};

struct sv_workload {
	const char *name, *help;
	const struct sv_table *options;
	const struct sv_metric *metrics; /* ends with name == NULL */
	/* Checks options against each other and the CPUs that are left to it; `node` is where they
	 * are written. Returns how many of the CPUs it takes, or -1 after reporting. */
	int (*check)(const void *config, unsigned cpus, const struct sv_node *node,
		struct sv_diag *diag);
	/* The lock that its threads use, to check it against the mode of the VM; NULL: its
	 * kernel's. May be NULL. */
	const struct sv_lock *(*lock)(const void *config);
	/* Rows of a profile, beyond those that every machine has, that it charges; SV_COSTS behind
	 * the last. NULL: none. */
	const enum sv_cost *costs;
	/* Checks what it does with the disks of its VM. May be NULL: it uses none. */
	int (*check_disks)(const void *config, const struct sv_disk_known *disk, size_t disks,
		const struct sv_node *node, struct sv_diag *diag);
	/* Starts the tasks. Returns the workload's state, or NULL after reporting. */
	void *(*start)(struct sv_system *system, const char *name, const void *config,
		struct sv_diag *diag);
	/* End of the warm-up: forget what was counted. */
	void (*reset)(void *state, sv_time now);
	/* Whether it has done, since reset, all that it was asked to. NULL: it has no end. */
	bool (*done)(const void *state);
	/* End of the run: check conservation, put the metrics. Returns -1 after reporting a broken
	 * law. */
	int (*finish)(void *state, sv_time now, struct sv_metrics *out, struct sv_diag *diag);
	void (*free)(void *state);
};

/* The list, as a kind of option. */
extern const struct sv_kinds sv_workload_kinds;

#endif
