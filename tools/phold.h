/*
 * phold.h - PHOLD, the usual model to measure an engine with
 *
 * LPs hold a population of events. Each event is answered by one for the LP itself or, with
 * probability `remote`, for any LP, later by lookahead + exponential(mean - lookahead). Of
 * Fujimoto, Performance of Time Warp under synthetic workloads, SCS Multiconference
 * on Distributed Simulation, 1990. An event costs one block of Philox and one logarithm.
 *
 * C++ may include this file.
 */
#ifndef SV_PHOLD_H
#define SV_PHOLD_H

#include "simtime.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sv_phold_config {
	uint32_t lps, population;
	sv_time mean, lookahead; /* of the increment of time; lookahead >= 1 ps */
	double remote;
	uint64_t seed;
	unsigned threads;
};

struct sv_phold;

/* NULL when no memory is left. */
struct sv_phold *sv_phold_new(const struct sv_phold_config *config);
void sv_phold_free(struct sv_phold *p);

/* Simulates another `duration`. Returns the events it took, or 0 after an error. */
uint64_t sv_phold_run(struct sv_phold *p, sv_time duration);

/* Depends on every event's time and place in the order of its LP; not on threads. */
uint64_t sv_phold_checksum(const struct sv_phold *p);

#ifdef __cplusplus
}
#endif

#endif
