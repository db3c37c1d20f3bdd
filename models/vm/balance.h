/*
 * balance.h - which CPU of a domain a task runs on
 *
 * A woken task goes back to where it was, unless it may run at once elsewhere. A CPU without
 * work takes some from another one. And where the policy asks for it, every CPU compares
 * itself with the others from time to time and takes a task from a busier one.
 */
#ifndef SV_BALANCE_H
#define SV_BALANCE_H

#include "vm/cpu.h"

/* Where a woken task goes. */
struct sv_cpu *sv_balance_place(const struct sv_task *t);

/* Before a CPU picks: when it has nothing to run, or nothing as urgent as what waits
 * elsewhere, a task of another CPU joins its queue. */
void sv_balance_before_pick(struct sv_cpu *c);

/* After a tick of a CPU that does not pick: whether it would rather run what waits elsewhere. */
void sv_balance_at_tick(struct sv_cpu *c);

/* Starts the periodic balancing of a domain, if its policy asks for it. */
void sv_balance_start(struct sv_domain *d);
/* Its event. */
void sv_balance(struct sv_domain *d);

#endif
