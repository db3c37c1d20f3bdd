/*
 * world.h - from a scenario's point to its metrics
 *
 * A world is one replication of one point: machine, VMs, workloads, engine. It is made,
 * run and freed by one OpenMP thread and shares nothing with others.
 */
#ifndef SV_WORLD_H
#define SV_WORLD_H

#include "world/result.h"
#include "world/scenario.h"
#include <stdatomic.h>

/*
 * Checks what only the whole scenario can tell (more threads than PUs, a machine that
 * lacks a cost). Reports all mistakes; returns -1 when there were any.
 */
int sv_world_check(const struct sv_scenario *scenario, struct sv_diag *diag);

/*
 * Runs one replication and fills *out. Returns -1 after reporting when the run failed
 * (a broken conservation law, a deadlock) or `cancel` turned true.
 */
int sv_world_run(const struct sv_scenario *scenario, unsigned replication,
	const atomic_bool *cancel, struct sv_metrics *out, struct sv_diag *diag);

#endif
