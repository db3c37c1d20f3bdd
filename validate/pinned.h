/*
 * pinned.h - threads bound to the PUs that hwloc finds
 *
 * Native runs of locks and queues are sets of threads, each bound to one PU. With more
 * threads than PUs, PUs get several.
 */
#ifndef SV_PINNED_H
#define SV_PINNED_H

#include "diag.h"

/* PUs that this process may use. Returns -1 after reporting. */
int sv_pinned_pus(struct sv_diag *diag);

/*
 * Runs body(thread, arg) on so many threads, the i-th bound to the i-th allowed PU in
 * hwloc's order, round and round. All start together, and all have ended on return.
 * Returns -1 after reporting when a thread cannot be made or bound; then none has run body.
 */
int sv_pinned_run(unsigned threads, void (*body)(unsigned thread, void *arg), void *arg,
	struct sv_diag *diag);

#endif
