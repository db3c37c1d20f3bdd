/*
 * lock_state.h - what a host knows of the locks of its guests, and may do with it
 *
 * A part of cpu.h.
 */
#ifndef SV_LOCK_STATE_H
#define SV_LOCK_STATE_H

#include "options.h"
#include "words.h"

enum sv_real_time { SV_REAL_TIME_BY_LOCK, SV_REAL_TIME_ON, SV_REAL_TIME_OFF };

/* The switches, one for each mechanism: `vms.NAME.lock-yield`. */
struct sv_lock_yield {
	bool pause_exit, hints, aware, boost_others;
	int real_time; /* enum sv_real_time */
};
extern const struct sv_table sv_lock_yield_table;

struct sv_vcpu_lock {
	struct sv_pv_hint hint; /* of its last halt */
	bool asks;              /* its exit to halt is not over */
	bool waits;             /* it halts in a lock, or yielded there and has not run since */
	bool holds;             /* it has been kicked as the next holder and has not run since */
};

struct sv_guest_lock {
	struct sv_lock_yield yield;
	struct sv_domain *guests, *next; /* a host's, each with the next of the same host */
	/* Since the start of the window: halts that a lock asked for, and what became directed
	 * yields; of all directed yields, those to a vCPU known to hold the lock. */
	uint64_t exits, yields, to_holder;
};

#endif
