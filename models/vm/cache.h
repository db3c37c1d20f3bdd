/*
 * cache.h - what threads find left in the cache of a CPU
 *
 * A thread that comes back finds less of what it had there, the longer others have worked on
 * the same physical CPU meanwhile, on whatever level they were scheduled. It loads that anew
 * before its first instruction, for `cold-cache` at most. Others evict a thing by loading
 * another: so refilling takes no longer than they have worked; their own refilling only brings
 * back what was there. Idle time evicts nothing. A thread that comes from another core loads
 * everything.
 */
#ifndef SV_CACHE_H
#define SV_CACHE_H

#include "vm/cpu.h"

/* A thread is about to run on a CPU: how long it refills before. It then counts as filled. */
sv_time sv_cache_refill(struct sv_cpu *c, struct sv_task *t);

/* It runs from now on, and until now. */
void sv_cache_enter(struct sv_cpu *c, struct sv_task *t);
void sv_cache_leave(struct sv_cpu *c, struct sv_task *t);

#endif
