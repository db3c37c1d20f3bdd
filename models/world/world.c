/*
 * world.c - one replication of one point
 */
#include "world/world.h"
#include "workloads/workload.h"
#include "world/system.h"
#include <stdlib.h>

/* A workload that runs, and the scenario's name for it. */
struct running {
	const struct sv_workload *workload;
	void *state;
};

struct world {
	const struct sv_scenario *scenario;
	struct sv_engine *engine;
	struct sv_lp *lp;
	struct sv_memory *memory;
	struct sv_system *system; /* one for each VM */
	size_t systems;
	struct running *running;
	size_t n_running;
};

static void handle(struct sv_lp *lp, const struct sv_event *event)
{
	struct world *w = lp->state;

	sv_sim_handle(w->memory, event);
}

static void world_fini(struct world *w)
{
	for (size_t i = 0; i < w->n_running; i++)
		w->running[i].workload->free(w->running[i].state);
	for (size_t i = 0; i < w->systems; i++)
		sv_system_fini(&w->system[i]);
	free(w->system);
	free(w->running);
	sv_memory_free(w->memory);
	sv_engine_free(w->engine);
}

static size_t count_workloads(const struct sv_scenario *s)
{
	const struct sv_vm *vm = s->vms.item;
	size_t n = 0;

	for (size_t i = 0; i < s->vms.n; i++)
		n += vm[i].workloads.n;
	return n;
}

/* CPUs of a VM: what it asks for, or all that the VMs before it have left. */
static unsigned cpus_of(const struct sv_vm *vm, unsigned left)
{
	return vm->vcpus ? (unsigned)vm->vcpus : left;
}

static int start_workloads(
	struct world *w, const struct sv_vm *vm, struct sv_system *system, struct sv_diag *diag)
{
	const struct sv_variant *v = vm->workloads.item;

	for (size_t i = 0; i < vm->workloads.n; i++) {
		struct running *r = &w->running[w->n_running];

		r->workload = v[i].object;
		r->state = r->workload->start(system, vm->workloads.name[i], v[i].config, diag);
		if (!r->state)
			return -1;
		w->n_running++;
	}
	return 0;
}

static int start_systems(struct world *w, unsigned replication, struct sv_diag *diag)
{
	const struct sv_scenario *s = w->scenario;
	const struct sv_vm *vm = s->vms.item;
	unsigned first = 0;

	for (size_t i = 0; i < s->vms.n; i++) {
		struct sv_system *system = &w->system[i];
		unsigned cpus = cpus_of(&vm[i], s->host.machine->pus - first);

		if (sv_system_init(system, w->memory, first, cpus) < 0)
			return sv_error(diag, NULL, "out of memory");
		w->systems++;
		system->seed = (uint64_t)s->run.seed;
		system->replication = replication;
		system->settle = s->run.warmup / 2;
		system->team.exact_polling = s->run.polling == SV_POLLING_EXACT;
		if (start_workloads(w, &vm[i], system, diag) < 0)
			return -1;
		first += cpus;
	}
	return 0;
}

static int world_init(
	struct world *w, unsigned replication, const atomic_bool *cancel, struct sv_diag *diag)
{
	const struct sv_scenario *s = w->scenario;
	struct sv_engine_config config = {
		.threads = 1, .no_run_ahead = !s->run.run_ahead, .cancel = cancel
	};

	w->engine = sv_engine_new(&config);
	if (!w->engine)
		return sv_error(diag, NULL, "out of memory");
	w->lp = sv_engine_add(w->engine, handle, w, "host");
	w->memory = sv_memory_new(w->lp, s->host.machine, (uint64_t)s->run.seed, replication);
	w->system = calloc(s->vms.n, sizeof(*w->system));
	w->running = calloc(count_workloads(s) + 1, sizeof(*w->running));
	if (!w->memory || !w->system || !w->running)
		return sv_error(diag, NULL, "out of memory");
	return start_systems(w, replication, diag);
}

static int measure(struct world *w, struct sv_metrics *out, struct sv_diag *diag)
{
	const struct sv_run_options *run = &w->scenario->run;
	int result = 0;

	if (sv_engine_run(w->engine, run->warmup, diag) < 0)
		return -1;
	for (size_t i = 0; i < w->n_running; i++)
		w->running[i].workload->reset(w->running[i].state, run->warmup);
	if (sv_engine_run(w->engine, run->warmup + run->duration, diag) < 0)
		return -1;
	for (size_t i = 0; i < w->n_running; i++)
		if (w->running[i].workload->finish(
			    w->running[i].state, run->warmup + run->duration, out, diag) < 0)
			result = -1;
	out->events = sv_engine_events(w->engine);
	return result;
}

/* Where to point: at the key if it is written, else at the VM. */
static const struct sv_place *place_of(const struct sv_node *vm, const char *key)
{
	const struct sv_node *inner = sv_node_get(vm, key);

	return inner ? &inner->place : &vm->place;
}

/* The workloads of a VM take its CPUs in the order of the file. */
static int check_workloads(
	const struct sv_vm *vm, const struct sv_node *node, unsigned cpus, struct sv_diag *diag)
{
	const struct sv_variant *v = vm->workloads.item;
	int result = 0;

	for (size_t i = 0; i < vm->workloads.n; i++) {
		const struct sv_workload *workload = v[i].object;
		int taken = workload->check(v[i].config, cpus, &node->key_place[i], diag);

		if (taken < 0)
			result = -1;
		else
			cpus -= (unsigned)taken;
	}
	return result;
}

/* The VMs take the PUs in the order of the file. */
static int check_vms(const struct sv_scenario *s, struct sv_diag *diag)
{
	const struct sv_vm *vm = s->vms.item;
	const struct sv_node *vms = sv_node_get(sv_doc_root(s->doc), "vms");
	unsigned pus = s->host.machine->pus, used = 0;
	int result = 0;

	for (size_t i = 0; i < s->vms.n; i++) {
		const struct sv_node *node = vms->child[i];
		unsigned left = pus > used ? pus - used : 0, cpus = cpus_of(&vm[i], left);

		if (vm[i].count != 1)
			result = sv_error(diag, place_of(node, "count"),
				"vms.%s.count: a bare system cannot be copied", vms->key[i]);
		if (cpus == 0 || cpus > left)
			result = sv_error(diag, place_of(node, "vcpus"),
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

int sv_world_check(const struct sv_scenario *scenario, struct sv_diag *diag)
{
	int vms = check_vms(scenario, diag), costs = check_costs(scenario, diag);

	return vms < 0 || costs < 0 ? -1 : 0;
}

int sv_world_run(const struct sv_scenario *scenario, unsigned replication,
	const atomic_bool *cancel, struct sv_metrics *out, struct sv_diag *diag)
{
	struct world w = { .scenario = scenario };
	int result = world_init(&w, replication, cancel, diag);

	if (result == 0)
		result = measure(&w, out, diag);
	world_fini(&w);
	return result;
}
