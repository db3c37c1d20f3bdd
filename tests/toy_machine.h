/*
 * toy_machine.h - a machine made in C, with round costs, for tests of the models
 *
 * Two packages of two cores, one PU each. Every cost is a round number of nanoseconds,
 * so that a test can add up what it expects.
 */
#ifndef SV_TOY_MACHINE_H
#define SV_TOY_MACHINE_H

#include "machine/machine.h"
#include <math.h>

#define TOY_PUS 4

struct toy_machine {
	struct sv_machine machine;
	uint16_t core[TOY_PUS], package[TOY_PUS], node[TOY_PUS], node_package[2];
	uint8_t distance[TOY_PUS * TOY_PUS], hops[4];
};

static inline void toy_family(struct sv_machine *m, enum sv_cost family, sv_time l3, sv_time hop)
{
	for (unsigned d = SV_SMT; d < SV_DISTANCES; d++)
		m->cost[(unsigned)family + d - SV_SMT] = d <= SV_PACKAGE ? l3 : hop;
}

static inline void toy_machine_init(struct toy_machine *t)
{
	struct sv_machine *m = &t->machine;

	*t = (struct toy_machine){ .hops = { 0, 1, 1, 0 }, .node_package = { 0, 1 } };
	for (unsigned i = 0; i < TOY_PUS; i++) {
		t->core[i] = (uint16_t)i;
		t->package[i] = t->node[i] = (uint16_t)(i / 2);
		for (unsigned j = 0; j < TOY_PUS; j++)
			t->distance[i * TOY_PUS + j] = i == j           ? SV_SAME_PU
						       : i / 2 == j / 2 ? SV_L3
									: SV_HOP1;
	}
	*m = (struct sv_machine){ .name = "toy",
		.pus = TOY_PUS,
		.cores = TOY_PUS,
		.packages = 2,
		.numa_nodes = 2,
		.core_of = t->core,
		.package_of = t->package,
		.node_of = t->node,
		.distance = t->distance,
		.hops = t->hops,
		.node_package = t->node_package };
	toy_family(m, SV_COST_LOAD_MODIFIED, 40 * SV_NS, 100 * SV_NS);
	toy_family(m, SV_COST_LOAD_SHARED, 20 * SV_NS, 80 * SV_NS);
	toy_family(m, SV_COST_RMW, 60 * SV_NS, 120 * SV_NS);
	toy_family(m, SV_COST_OCCUPY_READ, 10 * SV_NS, 20 * SV_NS);
	toy_family(m, SV_COST_OCCUPY_WRITE, 30 * SV_NS, 70 * SV_NS);
	m->cost[SV_COST_HIT_LOAD] = 1 * SV_NS;
	m->cost[SV_COST_HIT_STORE] = 1 * SV_NS;
	m->cost[SV_COST_HIT_RMW] = 5 * SV_NS;
	m->cost[SV_COST_FENCE] = 8 * SV_NS;
	m->cost[SV_COST_MEMORY_LOCAL] = 90 * SV_NS;
	m->cost[SV_COST_MEMORY_REMOTE] = 150 * SV_NS;
	m->cost[SV_COST_INVALIDATE] = 2 * SV_NS;
	m->cost[SV_COST_RETENTION] = 0;
	m->cost[SV_COST_PAUSE] = 4 * SV_NS;
	m->cost[SV_COST_SYSCALL] = 200 * SV_NS;
	m->cost[SV_COST_CONTEXT_SWITCH] = 1500 * SV_NS;
	m->cost[SV_COST_FUTEX_WAKE] = 500 * SV_NS;
	m->cost[SV_COST_WAKE_UP] = 5000 * SV_NS;
	for (unsigned c = SV_COST_OPTIONALS_FIRST; c < SV_COSTS; c++)
		m->cost[c] = -1;
	for (unsigned f = 0; f < SV_FACTORS; f++)
		m->factor[f] = NAN;
}

#endif
