/*
 * directed.h - directed yields: a vCPU that cannot get on lends its CPU to one that may
 */
#ifndef SV_DIRECTED_H
#define SV_DIRECTED_H

#include "vm/cpu.h"

/*
 * The preempted vCPU that should run in place of the giver, or NULL. One that is known to hold
 * the lock goes first; then round robin from the last that was helped. hint: what the giver
 * waits for, or NULL.
 */
struct sv_cpu *sv_directed_choose(struct sv_cpu *giver, const struct sv_pv_hint *hint);

/* Lends the CPU. False when the giver keeps it, because nobody else waits for this CPU. */
bool sv_directed_yield(struct sv_cpu *giver, struct sv_cpu *chosen);

#endif
