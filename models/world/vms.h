/*
 * vms.h - how the VMs of a scenario share the host
 */
#ifndef SV_VMS_H
#define SV_VMS_H

#include "world/result.h"
#include "world/scenario.h"

/* CPUs of a VM: what it asks for, or all that are left. */
static inline unsigned sv_vm_cpus(const struct sv_vm *vm, unsigned left)
{
	return vm->vcpus ? (unsigned)vm->vcpus : left;
}

/* Whether threads of VMs are tasks that the host schedules; of all or of none. Bare threads are
 * where there are disks: they share CPUs with handlers of interrupts and threads of the host. */
bool sv_scenario_schedules(const struct sv_scenario *s);

/* What a scheduled VM reports under its own name, "VM.METRIC", and its host under "host". */
extern const struct sv_metric sv_vm_metrics[], sv_vm_time_metrics[], sv_host_metrics[];

/* All tables of metrics that are no workload's, and whose they are; the last has no owner. */
struct sv_metric_group {
	const char *owner;
	const struct sv_metric *metrics;
};
extern const struct sv_metric_group sv_metric_groups[];

#endif
