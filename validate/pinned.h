/*
 * pinned.h - threads bound to the PUs that hwloc finds
 *
 * Native runs of locks and queues are sets of threads, each bound to one PU. With more
 * threads than PUs, PUs get several.
 *
 * The topology is read once, at the first call, and costs some milliseconds then.
 */
#ifndef SV_PINNED_H
#define SV_PINNED_H

#include "diag.h"
#include <limits.h>

#define SV_PINNED_ANYWHERE UINT_MAX /* in place of a PU: a thread that is left unbound */

/* This host as hwloc sees it, with only the PUs that the process may use; NULL: it cannot. */
struct hwloc_topology *sv_pinned_topology(void);

/* PUs that this process may use. Returns -1 after reporting. */
int sv_pinned_pus(struct sv_diag *diag);

/* The kernel's number of the i-th allowed PU, as /proc and /sys have it; -1: no such PU. */
int sv_pinned_os_index(unsigned pu);

/* Bytes of the data cache of a level (1 to 5) that the PU uses; 0: it has none. */
size_t sv_pinned_cache_bytes(unsigned pu, unsigned level);

/* Whether threads may be bound at all: binds the caller to the first PU, and then as before. */
bool sv_pinned_may_bind(void);

/*
 * Runs body(thread, arg) on so many threads, the i-th bound to the i-th allowed PU in
 * hwloc's order, round and round. All start together, and all have ended on return.
 * Returns -1 after reporting when a thread cannot be made or bound; then none has run body.
 */
int sv_pinned_run(unsigned threads, void (*body)(unsigned thread, void *arg), void *arg,
	struct sv_diag *diag);

/* The same, the i-th thread bound to the allowed PU pu[i]; several may be on one. */
int sv_pinned_run_on(const unsigned *pu, unsigned threads, void (*body)(unsigned thread, void *arg),
	void *arg, struct sv_diag *diag);

#endif
