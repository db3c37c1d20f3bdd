/*
 * sched_list.h - every scheduling policy: one line each
 *
 * X(name): models/sched/name.c defines SV_SCHED(name).
 */
#ifndef SV_SCHED_LIST_H
#define SV_SCHED_LIST_H

/* clang-format off */
#define SV_SCHED_LIST(X) \
	X(cfs) \
	X(eevdf) \
	X(credit) \
	X(rr) \
	X(fifo) \
	X(gang)
/* clang-format on */

#endif
