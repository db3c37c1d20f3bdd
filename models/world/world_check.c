/*
 * world_check.c - what only the whole scenario can tell
 */
#include "world/world_check.h"
#include "locks.h"
#include "workloads/team.h"
#include "workloads/workload.h"
#include "world/modes.h"
#include "world/vms.h"
#include "world/world.h"
#include <math.h>
#include <string.h>

/* The workloads of a VM take its CPUs in the order of the file. */
static int check_workloads(
	const struct sv_vm *vm, const struct sv_node *node, unsigned cpus, struct sv_diag *diag)
{
	const struct sv_variant *v = vm->workloads.item;
	int result = 0;

	for (size_t i = 0; i < vm->workloads.n; i++) {
		const struct sv_workload *workload = v[i].object;
		int taken = workload->check(v[i].config, cpus, node->child[i], diag);

		if (taken < 0)
			result = -1;
		else
			cpus -= (unsigned)taken;
	}
	return result;
}

/*
 * A lock that halts its CPU and kicks others needs hypercalls, which a hardware-assisted or
 * emulated guest does not have. In a container it would halt CPUs of the host, on which others run.
 * Bare threads halt by futexes, as natively.
 */
static int check_lock(const struct sv_vm *vm, const struct sv_lock *lock, const char *name,
	const struct sv_place *place, struct sv_diag *diag)
{
	bool refused = vm->mode == SV_MODE_HVM || vm->mode == SV_MODE_CONTAINER ||
		       vm->mode == SV_MODE_EMULATED;

	if (!lock || !refused || !(lock->traits & SV_LOCK_PARAVIRTUAL))
		return 0;
	return sv_error(diag, place,
		"%s: lock %s halts and kicks by hypercalls, which mode %s does not "
		"have; mode pvm does",
		name, lock->name, sv_mode_names[vm->mode]);
}

static int check_locks(const struct sv_vm *vm, const struct sv_node *node, struct sv_diag *diag)
{
	const struct sv_node *workloads = sv_node_get(node, "workloads");
	const struct sv_variant *v = vm->workloads.item;
	int result = check_lock(vm, vm->kernel.spinlock.object, "kernel.spinlock",
		sv_node_place(node, "kernel"), diag);

	for (size_t i = 0; i < vm->workloads.n; i++) {
		const struct sv_workload *workload = v[i].object;
		const struct sv_lock *lock = workload->lock ? workload->lock(v[i].config) : NULL;

		if (check_lock(vm, lock, vm->workloads.name[i], &workloads->key_place[i], diag) < 0)
			result = -1;
	}
	return result;
}

/* Scheduled threads and vCPUs share the PUs; only pinning needs as many. */
static int check_scheduled(const struct sv_scenario *s, const struct sv_vm *vm,
	const struct sv_node *node, const char *name, struct sv_diag *diag)
{
	unsigned pus = s->host.machine->pus, cpus = sv_vm_cpus(vm, pus);
	int result = 0;

	if (!strcmp(name, "host"))
		result = sv_error(diag, sv_node_place(node, "mode"),
			"vms.host: the host reports under this name, and a VM that is scheduled "
			"needs another");
	if (vm->mode == SV_MODE_CONTAINER && vm->vcpus)
		result = sv_error(diag, sv_node_place(node, "vcpus"),
			"vms.%s.vcpus: a container has no CPUs of its own", name);
	if (vm->mode == SV_MODE_CONTAINER && vm->pin == SV_PIN_ONE_TO_ONE)
		result = sv_error(diag, sv_node_place(node, "pin"),
			"vms.%s.pin: a container has no vCPUs to pin; its threads can be: "
			"round-robin",
			name);
	/* All of a gang run at the same time or none. */
	if (!strcmp(s->host.scheduler.name, "gang") && cpus > pus)
		result = sv_error(diag, sv_node_place(node, "vcpus"),
			"vms.%s.vcpus: a gang of %u vCPUs never fits on the %u PUs of %s", name,
			cpus, pus, s->host.machine->name);
	else if (vm->pin == SV_PIN_ONE_TO_ONE && cpus > pus)
		result = sv_error(diag, sv_node_place(node, "vcpus"),
			"vms.%s.vcpus: %u vCPUs cannot be pinned one to one: %s has %u PUs", name,
			cpus, s->host.machine->name, pus);
	if (check_workloads(vm, sv_node_get(node, "workloads"), SV_TEAM_MAX, diag) < 0 ||
		check_locks(vm, node, diag) < 0)
		result = -1;
	return result;
}

static int check_nodes(const struct sv_vm *vm, unsigned cpus, const struct sv_node *node,
	const char *name, struct sv_diag *diag)
{
	if (vm->kernel.numa_nodes == 0)
		return 0;
	if (vm->mode == SV_MODE_BARE || vm->mode == SV_MODE_CONTAINER)
		return sv_error(diag, sv_node_place(node, "kernel"),
			"vms.%s.kernel.numa-nodes: a system without vCPUs sees the nodes of the "
			"machine",
			name);
	if (vm->kernel.numa_nodes > (int64_t)cpus)
		return sv_error(diag, sv_node_place(node, "kernel"),
			"vms.%s.kernel.numa-nodes: %lld nodes for %u vCPUs", name,
			(long long)vm->kernel.numa_nodes, cpus);
	return 0;
}

/* Without a guest there is nothing to post, nobody but the host to poll, and no kernel but the
 * host's that ticks. */
static int check_no_guest(
	const struct sv_vm *vm, const struct sv_node *node, const char *name, struct sv_diag *diag)
{
	const struct {
		const char *parent, *key;
		bool set;
	} option[] = {
		{ NULL, "posted-interrupts", vm->posted },
		{ NULL, "guest-halt-poll", vm->guest_poll > 0 },
		{ "kernel", "nohz-full", vm->kernel.nohz_full },
		{ "kernel", "skew-tick", vm->kernel.skew_tick },
	};
	int result = 0;

	for (size_t i = 0; i < sizeof(option) / sizeof(option[0]); i++) {
		const char *parent = option[i].parent;

		if (option[i].set)
			result = sv_error(diag,
				sv_node_place(
					parent ? sv_node_get(node, parent) : node, option[i].key),
				"vms.%s.%s%s%s: mode %s has no guest that it is for", name,
				parent ? parent : "", parent ? "." : "", option[i].key,
				sv_mode_names[vm->mode]);
	}
	return result;
}

static int check_guest(const struct sv_scenario *s, const struct sv_vm *vm,
	const struct sv_node *node, const char *name, struct sv_diag *diag)
{
	if (vm->mode < SV_MODE_HVM)
		return check_no_guest(vm, node, name, diag);
	if (vm->posted && vm->mode > SV_MODE_PVM)
		return sv_error(diag, sv_node_place(node, "posted-interrupts"),
			"vms.%s.posted-interrupts: only modes hvm and pvm have interrupts to post",
			name);
	if (vm->posted && s->host.machine->cost[SV_COST_VM_POSTED] < 0)
		return sv_error(diag, sv_node_place(node, "posted-interrupts"),
			"vms.%s.posted-interrupts: %s has no cost %s", name, s->host.machine->name,
			sv_cost_name(SV_COST_VM_POSTED));
	return 0;
}

/* The VMs take the PUs in the order of the file. */
static int check_vms(const struct sv_scenario *s, struct sv_diag *diag)
{
	const struct sv_vm *vm = s->vms.item;
	const struct sv_node *vms = sv_node_get(sv_doc_root(s->doc), "vms");
	unsigned pus = s->host.machine->pus, used = 0, left, cpus;
	int result = 0;

	for (size_t i = 0; i < s->vms.n; i++) {
		const struct sv_node *node = vms->child[i];

		result |= check_guest(s, &vm[i], node, vms->key[i], diag);
		if ((vm[i].mode == SV_MODE_BARE) != (vm[0].mode == SV_MODE_BARE))
			result = sv_error(diag, sv_node_place(node, "mode"),
				"vms.%s.mode: bare systems have PUs of their own and cannot share "
				"a host with scheduled ones",
				vms->key[i]);
		if (check_nodes(&vm[i], sv_vm_cpus(&vm[i], pus), node, vms->key[i], diag) < 0)
			result = -1;
		if (vm[i].mode != SV_MODE_BARE) {
			result |= check_scheduled(s, &vm[i], node, vms->key[i], diag);
			continue;
		}
		left = pus > used ? pus - used : 0;
		cpus = sv_vm_cpus(&vm[i], left);

		if (vm[i].count != 1)
			result = sv_error(diag, sv_node_place(node, "count"),
				"vms.%s.count: a bare system cannot be copied", vms->key[i]);
		if (cpus == 0 || cpus > left)
			result = sv_error(diag, sv_node_place(node, "vcpus"),
				"vms.%s.vcpus: %u CPUs do not fit: %s has %u PUs, and %u of them "
				"are taken by the systems before",
				vms->key[i], cpus, s->host.machine->name, pus, used);
		else if (check_workloads(&vm[i], sv_node_get(node, "workloads"), cpus, diag) < 0)
			result = -1;
		used += cpus;
	}
	return result;
}

/* An operation that takes no time would let a loop of them run for ever at one instant. */
static int check_costs(const struct sv_scenario *s, struct sv_diag *diag)
{
	static const enum sv_cost needed[] = { SV_COST_HIT_LOAD, SV_COST_HIT_STORE, SV_COST_HIT_RMW,
		SV_COST_PAUSE };
	int result = 0;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (s->host.machine->cost[needed[i]] < 1)
			result = sv_error(diag, NULL,
				"%s: cost %s: must be at least 1ps, or a loop could run "
				"without time passing",
				s->host.machine->name, sv_cost_name(needed[i]));
	return result;
}

static int check_factor(const struct sv_machine *machine, enum sv_factor factor, const char *why,
	struct sv_diag *diag)
{
	if (!isnan(machine->factor[factor]))
		return 0;
	return sv_error(diag, NULL, "%s: has no factor %s, which %s", machine->name,
		sv_factor_name(factor), why);
}

static bool has_mode(const struct sv_scenario *s, int first, int last)
{
	const struct sv_vm *vm = s->vms.item;

	for (size_t i = 0; i < s->vms.n; i++)
		if (vm[i].mode >= first && vm[i].mode <= last)
			return true;
	return false;
}

/* What virtual machines cost is left out of profiles of machines that never had one. */
static int check_vm_costs(const struct sv_scenario *s, struct sv_diag *diag)
{
	static const enum sv_cost needed[] = { SV_COST_VM_EXIT, SV_COST_VM_HYPERCALL,
		SV_COST_VM_INJECT, SV_COST_VM_IPI, SV_COST_VM_EOI, SV_COST_VM_EPT,
		SV_COST_TIMER_TICK };
	const struct sv_machine *m = s->host.machine;
	int result = 0;

	if (!has_mode(s, SV_MODE_HVM, SV_MODE_NESTED))
		return 0;
	if (has_mode(s, SV_MODE_EMULATED, SV_MODE_EMULATED) && m->cost[SV_COST_EMULATED_EXIT] < 0)
		result = sv_error(diag, NULL, "%s: has no cost %s, which mode emulated needs",
			m->name, sv_cost_name(SV_COST_EMULATED_EXIT));
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (s->host.machine->cost[needed[i]] < 0)
			result = sv_error(diag, NULL,
				"%s: has no cost %s, which virtual machines need",
				s->host.machine->name, sv_cost_name(needed[i]));
	return result;
}

/* How fast threads compute. */
static int check_factors(const struct sv_scenario *s, struct sv_diag *diag)
{
	const struct sv_machine *m = s->host.machine;
	int result = 0;

	if (sv_smt_exists(m))
		result |= check_factor(
			m, SV_FACTOR_SMT_THROUGHPUT, "cores with several PUs need", diag);
	if (has_mode(s, SV_MODE_HVM, SV_MODE_PVM) || has_mode(s, SV_MODE_NESTED, SV_MODE_NESTED))
		result |= check_factor(
			m, SV_FACTOR_NESTED_PAGING, "modes hvm, pvm and nested need", diag);
	if (has_mode(s, SV_MODE_NESTED, SV_MODE_NESTED))
		result |= check_factor(m, SV_FACTOR_NESTED_EXIT, "mode nested needs", diag);
	if (has_mode(s, SV_MODE_EMULATED, SV_MODE_EMULATED))
		result |= check_factor(m, SV_FACTOR_EMULATION, "mode emulated needs", diag);
	return result;
}

/* Whose CPUs run several tasks in turn. */
static int check_switches(const struct sv_scenario *s, struct sv_diag *diag)
{
	const struct sv_machine *m = s->host.machine;

	if (!sv_scenario_schedules(s) || m->cost[SV_COST_COLD_CACHE] >= 0)
		return 0;
	return sv_error(diag, NULL, "%s: has no cost %s, which scheduled threads need", m->name,
		sv_cost_name(SV_COST_COLD_CACHE));
}

/* A run that stops when all is done needs something that can be done. */
static int check_end(const struct sv_scenario *s, struct sv_diag *diag)
{
	const struct sv_vm *vm = s->vms.item;
	const struct sv_node *run = sv_node_get(sv_doc_root(s->doc), "run");
	const struct sv_node *key = run ? sv_node_get(run, "until-done") : NULL;

	if (!s->run.until_done)
		return 0;
	for (size_t i = 0; i < s->vms.n; i++)
		for (size_t j = 0; j < vm[i].workloads.n; j++) {
			const struct sv_variant *v = vm[i].workloads.item;
			const struct sv_workload *workload = v[j].object;

			if (workload->done)
				return 0;
		}
	return sv_error(diag, key ? &key->place : NULL,
		"run.until-done: no workload here has an end; gmake has one");
}

int sv_world_check(const struct sv_scenario *scenario, struct sv_diag *diag)
{
	int vms = check_vms(scenario, diag), costs = check_costs(scenario, diag);
	int virtual = check_vm_costs(scenario, diag), factors = check_factors(scenario, diag);
	int switches = check_switches(scenario, diag), end = check_end(scenario, diag);
	int disks = sv_check_disks(scenario, diag);

	return vms < 0 || costs < 0 || virtual < 0 || factors < 0 || switches < 0 || end < 0 ||
			       disks < 0
		       ? -1
		       : 0;
}
