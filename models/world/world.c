/*
 * world.c - one replication of one point
 */
#include "world/world.h"
#include "devices/device.h"
#include "vm/guest.h"
#include "workloads/workload.h"
#include "world/copies.h"
#include "world/modes.h"
#include "world/storage.h"
#include "world/system.h"
#include "world/vm_metrics.h"
#include "world/vm_time.h"
#include "world/vms.h"
#include <stdlib.h>

/* A workload that runs, and the scenario's name for it. */
struct running {
	const struct sv_workload *workload;
	void *state;
};

/* One copy of a VM. */
struct copy {
	struct sv_system system;
	struct sv_guest guest;
	struct sv_machine machine; /* as its mode pays for it, where that differs */
	struct running *running;
	size_t n_running;
	struct sv_mounts mounts;
	const struct sv_vm *vm;
	const char *name;
	bool has_system, has_guest;
	struct sv_account account; /* of what the host's CPUs did for it */
};

struct world {
	const struct sv_scenario *scenario;
	struct sv_engine *engine;
	struct sv_lp *lp;
	struct sv_memory *memory;
	struct sv_smt *smt;    /* when the machine has it */
	struct sv_domain host; /* when anything is scheduled */
	bool has_host, stores;
	struct sv_storage storage; /* when VMs have disks */
	struct sv_host_time time;
	double *ran; /* by copy: CPU time of the host */
	struct copy *copy;
	size_t copies;
	unsigned first; /* the next PU of a bare system */
};

static void handle(struct sv_lp *lp, const struct sv_event *event)
{
	struct world *w = lp->state;

	if (!sv_cpu_handle(event) && !sv_device_handle(event))
		sv_sim_handle(w->memory, event);
}

static void copy_fini(struct copy *c)
{
	for (size_t i = 0; i < c->n_running; i++)
		c->running[i].workload->free(c->running[i].state);
	free(c->running);
	sv_mounts_fini(&c->mounts);
	if (c->has_system)
		sv_system_fini(&c->system);
	if (c->has_guest)
		sv_guest_fini(&c->guest);
}

static void world_fini(struct world *w)
{
	for (size_t i = 0; i < w->copies; i++)
		copy_fini(&w->copy[i]);
	free(w->copy);
	free(w->ran);
	sv_storage_fini(&w->storage);
	if (w->has_host)
		sv_domain_fini(&w->host);
	sv_smt_free(w->smt);
	sv_memory_free(w->memory);
	sv_engine_free(w->engine);
}

static size_t count_copies(const struct sv_scenario *s)
{
	const struct sv_vm *vm = s->vms.item;
	size_t n = 0;

	for (size_t i = 0; i < s->vms.n; i++)
		n += (size_t)vm[i].count;
	return n;
}

static int start_workloads(struct copy *c, struct sv_diag *diag)
{
	const struct sv_variant *v = c->vm->workloads.item;

	/* The language requires a workload, and a VM of a host; the checks are for who reads this
	 * alone. */
	SV_BUG_ON(c->vm->workloads.n == 0);
	c->running = calloc(c->vm->workloads.n, sizeof(*c->running));
	if (!c->running)
		return sv_error(diag, NULL, "out of memory");
	for (size_t i = 0; i < c->vm->workloads.n; i++) {
		struct running *r = &c->running[i];

		r->workload = v[i].object;
		r->state =
			r->workload->start(&c->system, c->vm->workloads.name[i], v[i].config, diag);
		if (!r->state)
			return -1;
		c->n_running++;
	}
	return 0;
}

static int init_guest(struct world *w, struct copy *c, const char *name, unsigned cpus)
{
	const struct sv_host *host = &w->scenario->host;
	/* These are KVM's. */
	bool kvm = c->vm->mode != SV_MODE_EMULATED;
	struct sv_guest_config g = { .name = name,
		.host = &w->host,
		.machine = sv_mode_machine(c->vm->mode, host->machine, &c->machine),
		.sched = c->vm->scheduler.object,
		.options = c->vm->scheduler.config,
		.vcpus = cpus,
		.group = (uint32_t)w->copies,
		.poll_limit = kvm ? host->halt_poll : 0,
		.pause_window = kvm ? host->pause_window : 0,
		.lock_yield = c->vm->lock_yield,
		.guest_poll = c->vm->guest_poll,
		.posted = c->vm->posted,
		.ticks = !c->vm->kernel.nohz_full,
		.skew_tick = c->vm->kernel.skew_tick,
		.pinned = c->vm->pin != SV_PIN_NONE };

	c->has_guest = true;
	return sv_guest_init(&c->guest, &g);
}

/* Threads of a guest are tasks of its domain, those of a container of the host's; bare ones have
 * PUs. */
static int init_copy(struct world *w, struct copy *c, const char *name, struct sv_diag *diag)
{
	unsigned pus = w->scenario->host.machine->pus;
	unsigned cpus = sv_vm_cpus(c->vm, pus - w->first);
	unsigned first = c->vm->mode == SV_MODE_BARE ? w->first : 0;

	if (c->vm->mode == SV_MODE_CONTAINER)
		cpus = pus;
	if (c->vm->mode >= SV_MODE_HVM && init_guest(w, c, name, cpus) < 0)
		return sv_error(diag, NULL, "out of memory");
	if (sv_system_init(&c->system, w->memory, first, cpus) < 0)
		return sv_error(diag, NULL, "out of memory");
	c->has_system = true;
	if (c->vm->mode == SV_MODE_BARE)
		w->first += cpus;
	c->system.own_cpus = c->vm->mode == SV_MODE_BARE;
	c->system.team.first_cpu = first;
	if (w->has_host)
		c->system.domain = c->has_guest ? &c->guest.domain : &w->host;
	c->system.dealt = c->vm->mode == SV_MODE_CONTAINER && c->vm->pin != SV_PIN_NONE;
	return 0;
}

static int start_copy(struct world *w, size_t vm, unsigned replication, struct sv_diag *diag)
{
	const struct sv_scenario *s = w->scenario;
	const struct sv_vm *vms = s->vms.item;
	struct copy *c = &w->copy[w->copies++];
	const struct copy *before = w->copies > 1 ? c - 1 : NULL;

	c->vm = &vms[vm];
	c->name = s->vms.name[vm];
	if (init_copy(w, c, s->vms.name[vm], diag) < 0)
		return -1;
	c->system.seed = (uint64_t)s->run.seed;
	c->system.replication = replication;
	c->system.settle = s->run.warmup / 2;
	c->system.spinlock = vms[vm].kernel.spinlock;
	c->system.group = (uint32_t)w->copies;
	c->system.pinned = vms[vm].pin != SV_PIN_NONE;
	if (c->has_guest)
		c->system.team.numa_nodes =
			vms[vm].kernel.numa_nodes ? (unsigned)vms[vm].kernel.numa_nodes : 1;
	c->system.team.smt = w->smt;
	c->system.team.pace = sv_mode_pace(vms[vm].mode, s->host.machine);
	c->system.team.exact_polling = s->run.polling == SV_POLLING_EXACT;
	if (before && c->system.domain && !c->system.own_cpus)
		c->system.first_thread = before->system.first_thread + before->system.threads;
	if (w->stores && c->has_guest &&
		sv_guest_serve(&c->guest, w->memory, &w->storage.host.team) < 0)
		return sv_error(diag, NULL, "out of memory");
	if (w->stores &&
		sv_mounts_init(&c->mounts, &w->storage, c->vm, &c->system, c->name, diag) < 0)
		return -1;
	return start_workloads(c, diag);
}

static int start_host(struct world *w, struct sv_diag *diag)
{
	const struct sv_host *host = &w->scenario->host;
	struct sv_domain_config d = { .name = "host",
		.lp = w->lp,
		.machine = host->machine,
		.sched = host->scheduler.object,
		.options = host->scheduler.config,
		.cpus = host->machine->pus,
		.physical = true,
		.smt = w->smt };

	w->has_host = true;
	if (sv_domain_init(&w->host, &d) < 0)
		return sv_error(diag, NULL, "out of memory");
	w->host.ticks = !host->nohz_full;
	w->host.skew_tick = host->skew_tick;
	w->host.latency_limit = host->latency_limit;
	for (unsigned i = 0; i < d.cpus; i++)
		w->host.cpu[i].pu = (uint16_t)i;
	return 0;
}

static int start_vms(struct world *w, unsigned replication, struct sv_diag *diag)
{
	const struct sv_scenario *s = w->scenario;
	const struct sv_vm *vm = s->vms.item;

	if (sv_scenario_schedules(s) && start_host(w, diag) < 0)
		return -1;
	w->stores = sv_scenario_stores(s);
	if (w->stores &&
		sv_storage_init(&w->storage, s, w->memory, &w->host, replication, diag) < 0)
		return -1;
	for (size_t i = 0; i < s->vms.n; i++)
		for (int64_t copy = 0; copy < vm[i].count; copy++)
			if (start_copy(w, i, replication, diag) < 0)
				return -1;
	return 0;
}

static int world_init(
	struct world *w, unsigned replication, const atomic_bool *cancel, struct sv_diag *diag)
{
	const struct sv_scenario *s = w->scenario;
	struct sv_engine_config config = {
		.threads = 1, .no_run_ahead = !s->run.run_ahead, .cancel = cancel
	};
	size_t copies;

	w->engine = sv_engine_new(&config);
	if (!w->engine)
		return sv_error(diag, NULL, "out of memory");
	w->lp = sv_engine_add(w->engine, handle, w, "host");
	w->memory = sv_memory_new(w->lp, s->host.machine, (uint64_t)s->run.seed, replication);
	if (sv_smt_exists(s->host.machine) && !(w->smt = sv_smt_new(s->host.machine)))
		return sv_error(diag, NULL, "out of memory");
	copies = count_copies(s);
	SV_BUG_ON(copies == 0);
	w->copy = calloc(copies, sizeof(*w->copy));
	w->ran = calloc(copies, sizeof(*w->ran));
	if (!w->memory || !w->copy || !w->ran)
		return sv_error(diag, NULL, "out of memory");
	return start_vms(w, replication, diag);
}

/* What has passed of the window; it may end before its time. */
static sv_time window_of(const struct world *w)
{
	return sv_now(w->lp) - w->scenario->run.warmup;
}

static struct sv_guest *guest_of(struct copy *c)
{
	return c->has_guest ? &c->guest : NULL;
}

static int account_for(struct world *w, struct sv_diag *diag)
{
	for (size_t i = 0; i < w->copies; i++) {
		struct copy *c = &w->copy[i];

		if (sv_vm_time(&c->account, &c->system, guest_of(c), c->name, diag) < 0)
			return -1;
		sv_host_time_add(&w->time, &c->account);
		w->ran[i] = sv_seconds(c->account.ran);
	}
	if (w->stores &&
		sv_vm_time(&w->time.own, &w->storage.host, NULL, "the host's threads", diag) < 0)
		return -1;
	return sv_host_time_finish(&w->time, &w->host, window_of(w), diag);
}

static void finish_vm(struct world *w, struct copy *c, struct sv_metrics *out)
{
	if (!c->system.domain)
		return;
	sv_vm_finish(&c->system, guest_of(c), c->name, window_of(w), out);
	sv_vm_time_put(&c->account, &w->time, c->name, out);
	sv_vm_wake_ups_put(&c->system, guest_of(c), c->name, out);
}

/* Of a VM, whose first copy is c: means, and how the copies differ. */
static void put_copies(struct world *w, const struct copy *c, const struct sv_metrics *part,
	struct sv_metrics *out)
{
	size_t copies = (size_t)c->vm->count;

	sv_metrics_put_means(out, part, copies);
	if (!c->system.domain)
		return;
	sv_vm_fairness_put(&w->ran[c - w->copy], copies, c->name, out);
	for (size_t i = 0; copies > 1 && i < c->n_running; i++)
		sv_copies_put(c->running[i].workload, c->vm->workloads.name[i], part, copies, out);
}

static int finish_copies(struct world *w, struct copy *c, size_t copies, struct sv_metrics *out,
	struct sv_diag *diag)
{
	struct sv_metrics *part = calloc(copies, sizeof(*part));
	sv_time end = sv_now(w->lp);
	int result = part ? 0 : sv_error(diag, NULL, "out of memory");

	for (size_t i = 0; part && i < copies; i++) {
		sv_metrics_init(&part[i]);
		finish_vm(w, &c[i], &part[i]);
		for (size_t j = 0; j < c[i].n_running; j++)
			if (c[i].running[j].workload->finish(
				    c[i].running[j].state, end, &part[i], diag) < 0)
				result = -1;
		if (sv_mounts_finish(&c[i].mounts, end, &part[i], diag) < 0)
			result = -1;
	}
	if (result == 0)
		put_copies(w, c, part, out);
	for (size_t i = 0; part && i < copies; i++)
		sv_metrics_fini(&part[i]);
	free(part);
	return result;
}

static void reset_copy(struct copy *c, sv_time now)
{
	for (size_t i = 0; i < c->n_running; i++)
		c->running[i].workload->reset(c->running[i].state, now);
	sv_mounts_reset(&c->mounts, now);
	if (c->system.domain)
		sv_vm_reset(&c->system, guest_of(c));
}

static bool all_done(const struct world *w)
{
	for (size_t i = 0; i < w->copies; i++)
		for (size_t j = 0; j < w->copy[i].n_running; j++) {
			const struct running *r = &w->copy[i].running[j];

			if (r->workload->done && !r->workload->done(r->state))
				return false;
		}
	return true;
}

/* Runs the window, or the part of it until all is done, in steps that no result depends on. */
static int run_window(struct world *w, struct sv_diag *diag)
{
	const struct sv_run_options *run = &w->scenario->run;
	sv_time end = run->warmup + run->duration, step = run->duration;

	if (run->until_done)
		step = 10 * SV_MS;
	for (sv_time now = run->warmup; now < end && !(run->until_done && all_done(w));) {
		now = step < end - now ? now + step : end;
		if (sv_engine_run(w->engine, now, diag) < 0)
			return -1;
	}
	return 0;
}

static int measure(struct world *w, struct sv_metrics *out, struct sv_diag *diag)
{
	const struct sv_run_options *run = &w->scenario->run;
	int result = 0;

	if (sv_engine_run(w->engine, run->warmup, diag) < 0)
		return -1;
	for (size_t i = 0; i < w->copies; i++)
		reset_copy(&w->copy[i], run->warmup);
	if (w->stores)
		sv_storage_reset(&w->storage, run->warmup);
	if (w->has_host)
		sv_domain_reset(&w->host);
	if (run_window(w, diag) < 0)
		return -1;
	if (w->has_host)
		result = account_for(w, diag);
	for (size_t i = 0; i < w->copies; i += (size_t)w->copy[i].vm->count)
		if (finish_copies(w, &w->copy[i], (size_t)w->copy[i].vm->count, out, diag) < 0)
			result = -1;
	if (w->has_host)
		sv_host_time_put(&w->time, w->ran, w->copies, out);
	if (sv_storage_finish(&w->storage, sv_now(w->lp), out, diag) < 0)
		result = -1;
	out->events = sv_engine_events(w->engine);
	return result;
}

int sv_world_run(const struct sv_scenario *scenario, unsigned replication,
	const atomic_bool *cancel, struct sv_metrics *out, struct sv_diag *diag)
{
	struct world w = { .scenario = scenario };
	int result;

	/* A defect that stops the program names who ran. */
	sv_bug_context.describe = sv_sim_describe;
	result = world_init(&w, replication, cancel, diag);

	if (result == 0)
		result = measure(&w, out, diag);
	world_fini(&w);
	sv_sim_self = NULL;
	return result;
}
