/*
 * stores.h - what a store buffer is made of
 */
#ifndef SV_STORES_H
#define SV_STORES_H

#include "machine/coherence.h"

struct sv_sim_thread;

/* Entries of a store buffer: Skylake's, Intel 64 and IA-32 Optimization Reference Manual, table
 * 2-1. */
#define SV_STORE_BUFFER 56

struct sv_sim_store {
	void *word;
	uint64_t value;
	unsigned bytes;
};

/* A line that is on its way for a store behind the oldest. */
#define SV_STORES_AHEAD 15
struct sv_sim_ahead {
	struct sv_line_request request;
	struct sv_sim_thread *thread;
	bool under_way;
	sv_time done; /* its data have come */
};

#endif
