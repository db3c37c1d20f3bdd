/*
 * workload_list.h - every workload: one line each
 *
 * X(name): models/workloads/name.c defines sv_workload_name.
 */
#ifndef SV_WORKLOAD_LIST_H
#define SV_WORKLOAD_LIST_H

/* clang-format off */
#define SV_WORKLOAD_LIST(X) \
	X(counters) \
	X(cpu_burn) \
	X(critical) \
	X(fio) \
	X(gmake) \
	X(lock_storm) \
	X(memory_stress) \
	X(mixed) \
	X(ring) \
	X(vhost_user)
/* clang-format on */

#endif
