/*
 * machine.h - the simulated machine: hwloc's topology and a profile of costs
 *
 * A machine comes from a profile in YAML (scenarios/machines/NAME.yaml, a path, or
 * inline in the scenario): a topology, the hop matrix between packages, costs and
 * factors, each a row with value, low, high, source and mark, and the idle states of its
 * CPUs. No cost is a constant in C.
 *
 * The topology is an hwloc synthetic string, an lstopo XML file, or "this-host", with at
 * most 4096 PUs. docs/machines.md tells how to write a profile.
 *
 * A machine is immutable once made and may be shared by threads.
 */
#ifndef SV_MACHINE_H
#define SV_MACHINE_H

#include "config.h"
#include "machine/cost.h"
#include "machine/factor.h"
#include "simtime.h"

/* How far two PUs are from each other, nearest first. */
enum sv_distance {
	SV_SAME_PU,
	SV_SMT,     /* two threads of one core */
	SV_L2,      /* cores that share an L2 */
	SV_L3,      /* cores that share the last-level cache */
	SV_PACKAGE, /* same package, other last-level cache; without any cache it is SV_L3 */
	SV_HOP1,    /* packages joined by one link */
	SV_HOP2,
	SV_HOP3,
	SV_DISTANCES
};
extern const char *const sv_distance_name[SV_DISTANCES]; /* "same-pu", "smt", "l2", ... */

/* A state that an idle CPU may sink into. */
struct sv_idle_state {
	const char *name;
	sv_time exit;      /* latency of leaving it */
	sv_time residency; /* the shortest stay for which it is worth entering */
	const char *source, *mark;
};

/* What a profile says was measured on its machine and is no cost of the model. */
struct sv_measured {
	const char *host; /* what was measured: processor, kernel, hypervisor; NULL: unsaid */
	const char *day;  /* and when; NULL: unsaid */
	unsigned notes, figures, transfer_pus;
	const char **note;
	struct sv_cost_row *figure;
	uint16_t *transfer_pu; /* transfer_pus of them, by logical number */
	sv_time *transfer;     /* one way of a line from PU to PU, [transfer_pus * transfer_pus] */
};

struct sv_machine {
	const char *name, *title, *topology; /* topology: as the profile writes it */
	unsigned pus, cores, packages, numa_nodes;
	unsigned llcs; /* groups of PUs that share a last-level cache */
	/* By logical PU index, hwloc's order. */
	const uint16_t *core_of, *package_of, *node_of;
	const uint8_t *distance;      /* [pus * pus] of enum sv_distance */
	const uint8_t *hops;          /* [packages * packages] */
	const uint16_t *node_package; /* package of each NUMA node; UINT16_MAX: shared by several */
	sv_time cost[SV_COSTS];       /* by enum sv_cost; -1: the profile has no such row */
	const struct sv_cost_row *row; /* SV_COSTS of them: where each came from */
	double factor[SV_FACTORS];     /* by enum sv_factor; NAN: the profile has no such row */
	const struct sv_factor_row *factor_row; /* SV_FACTORS of them */
	unsigned idle_states;                   /* 0: an idle CPU wakes without delay */
	const struct sv_idle_state *idle_state; /* by rising residency and exit */
	const struct sv_measured *measured;     /* NULL: nothing */
};

static inline enum sv_distance sv_machine_distance(
	const struct sv_machine *m, unsigned a, unsigned b)
{
	return m->distance[(size_t)a * m->pus + b];
}

/* What a profile may say. `host.machine` and `host.costs` are SV_NODEs. */
extern const struct sv_table sv_profile_table;

/*
 * Makes the machine that a scenario names: `machine` is a scalar (a name or a path,
 * relative to the file it stands in, then to the installed machines) or an inline
 * profile; `costs` and `factors` override single rows and may be NULL. Every cost that the
 * topology needs must have a row; optional ones, factors and idle states may be left out. NULL
 * after reporting all that is wrong. Free with sv_machine_free().
 */
struct sv_machine *sv_machine_new(const struct sv_node *machine, const struct sv_node *costs,
	const struct sv_node *factors, struct sv_doc *doc, struct sv_diag *diag);
void sv_machine_free(struct sv_machine *m);

/* Prints the topology, the hop matrix and the cost table. Returns -1 when writing failed. */
int sv_machine_print(const struct sv_machine *m, FILE *to);

/* The installed and the built-tree machine profiles: calls back with name, title and path. */
int sv_machine_list(
	void (*each)(void *arg, const char *name, const char *title, const char *path), void *arg);

/* The directory of profiles: $SIMSVIRT_MACHINES, else next to the source tree, else as installed.
 */
const char *sv_machine_directory(void);

#endif
