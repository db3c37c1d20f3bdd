/*
 * vm_metrics.h - what the scheduling of one VM came to
 */
#ifndef SV_VM_METRICS_H
#define SV_VM_METRICS_H

#include "vm/guest.h"
#include "world/result.h"
#include "world/system.h"

/* The window starts anew. guest: NULL for a container. */
void sv_vm_reset(struct sv_system *s, struct sv_guest *guest);

/* Puts the metrics of a window of such a length. */
void sv_vm_finish(const struct sv_system *s, struct sv_guest *guest, const char *name,
	sv_time window, struct sv_metrics *out);

#endif
