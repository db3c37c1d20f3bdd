/*
 * topology.h - what the simulator needs of an hwloc topology
 *
 * For every PU, in hwloc's logical order: its core, its shared caches, its package and
 * its NUMA node, each as a number counted from 0 in the order of first appearance.
 */
#ifndef SV_TOPOLOGY_H
#define SV_TOPOLOGY_H

#include <hwloc.h>
#include <stdint.h>

#define SV_MAX_PUS 4096 /* and as many NUMA nodes */

struct sv_topology {
	unsigned pus, cores, l2s, llcs, packages, nodes;
	uint16_t core_of[SV_MAX_PUS];
	uint16_t l2_of[SV_MAX_PUS];  /* PUs without an L2 each count as having one of their own */
	uint16_t llc_of[SV_MAX_PUS]; /* last-level cache; the package where it has no cache */
	uint16_t package_of[SV_MAX_PUS];
	uint16_t node_of[SV_MAX_PUS];
	uint16_t node_package[SV_MAX_PUS]; /* by node; UINT16_MAX: shared by several, or by none */
};

/*
 * Each fills *t and returns NULL, or says what is wrong as a constant string. None of
 * them prints, whatever its input.
 */
const char *sv_topology_synthetic(struct sv_topology *t, const char *text);
const char *sv_topology_xml(struct sv_topology *t, const char *path);
const char *sv_topology_this_host(struct sv_topology *t);

/* The common part: takes over a topology that is set up but not loaded, and destroys it. */
const char *sv_topology_load(struct sv_topology *t, hwloc_topology_t hwloc);

#endif
