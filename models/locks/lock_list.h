/*
 * lock_list.h - every lock: one line each
 *
 * X(name): models/locks/name.c defines SV_LOCK(name).
 */
#ifndef SV_LOCK_LIST_H
#define SV_LOCK_LIST_H

/* clang-format off */
#define SV_LOCK_LIST(X) \
	X(tas) \
	X(ttas) \
	X(ttas_backoff) \
	X(ticket) \
	X(ticket_backoff) \
	X(mcs) \
	X(clh) \
	X(qspinlock) \
	X(pv_ticket) \
	X(iticket) \
	X(oticket) \
	X(oticket_plus) \
	X(preemptable_ticket) \
	X(pv_qspinlock) \
	X(pv_qspinlock_hybrid) \
	X(qspinlock_plus) \
	X(cna) \
	X(shfllock) \
	X(hmcs) \
	X(mutex) \
	X(spin_park)
/* clang-format on */

#endif
