/*
 * world_check_disks.c - whether disks fit their paths, devices, threads and machine
 */
#include "block/path.h"
#include "devices/device.h"
#include "locks/locks.h"
#include "value.h"
#include "workloads/workload.h"
#include "world/modes.h"
#include "world/storage.h"
#include "world/vms.h"
#include "world/world_check.h"
#include <stdlib.h>
#include <string.h>

/* A disk as it is checked: where it is written, and how messages call it. */
struct checked {
	const struct sv_scenario *scenario;
	const struct sv_vm *vm;
	const char *vm_name, *name;
	const struct sv_node *node;
	const struct sv_disk_options *options;
	const struct sv_path *path;
	struct sv_diag *diag;
};

#define COMPLAIN(c, key, text, ...)                                                                \
	sv_error((c)->diag, sv_node_place((c)->node, key), "vms.%s.disks.%s." key ": " text,       \
		(c)->vm_name, (c)->name, __VA_ARGS__)

static int check_mode(const struct checked *c)
{
	if (c->path->uses & SV_PATH_POSTED && !c->vm->posted)
		return COMPLAIN(c, "path", "path %s needs posted-interrupts of vms.%s",
			c->path->name, c->vm_name);
	if (c->path->modes & 1u << c->vm->mode)
		return 0;
	return COMPLAIN(c, "path", "a disk of mode %s cannot have the path %s%s",
		sv_mode_names[c->vm->mode], c->path->name,
		c->vm->mode < SV_MODE_HVM ? "; without a guest it is host" : "");
}

/* What the path has no use for would do nothing. */
static int check_uses(const struct checked *c)
{
	static const struct {
		unsigned use;
		const char *key;
	} keys[] = {
		{ SV_PATH_QUEUES, "queues" },
		{ SV_PATH_RING | SV_PATH_OWN_QUEUES, "queue-size" },
		{ SV_PATH_RING, "ring" },
		{ SV_PATH_RING, "event-idx" },
		{ SV_PATH_RING, "indirect" },
		{ SV_PATH_RING, "in-order" },
		{ SV_PATH_IOTHREADS, "iothreads" },
		{ SV_PATH_IOTHREADS, "poll-max" },
		{ SV_PATH_ENGINE, "engine" },
		{ SV_PATH_ENGINE, "backing" },
		{ SV_PATH_LAYER, "lock" },
		{ SV_PATH_LAYER, "layer" },
		{ SV_PATH_LAYER, "scheduler" },
		{ SV_PATH_LAYER, "queue-depth" },
		{ SV_PATH_LAYER, "plug" },
		{ SV_PATH_LAYER, "merge" },
		{ SV_PATH_POLLED, "poll" },
		{ SV_PATH_LAYER, "rq-affinity" },
	};
	int result = 0;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!(c->path->uses & keys[i].use) && sv_node_get(c->node, keys[i].key))
			result = sv_error(c->diag, sv_node_place(c->node, keys[i].key),
				"vms.%s.disks.%s.%s: path %s has no use for it", c->vm_name,
				c->name, keys[i].key, c->path->name);
	return result;
}

static int check_device(const struct checked *c, const struct sv_variant *device)
{
	const struct sv_device_kind *kind = device->object;
	unsigned queues = kind->queues(device->config);
	uint32_t depth = kind->depth(device->config);
	int result = 0;

	if (kind->sata && c->path->uses & (SV_PATH_DRIVES | SV_PATH_OWN_QUEUES))
		return COMPLAIN(c, "device", "path %s needs queues of NVMe, and %s is a SATA drive",
			c->path->name, c->options->device);
	if (kind->sata && c->scenario->host.block.layer.poll != SV_POLL_NONE)
		return COMPLAIN(c, "device",
			"%s is a SATA drive, which host.block.poll cannot poll",
			c->options->device);
	if (!(c->path->uses & SV_PATH_OWN_QUEUES))
		return 0;
	if (c->options->queues > (int64_t)queues)
		result = COMPLAIN(c, "queues", "device %s has %u queues, and %lld are asked for",
			c->options->device, queues, (long long)c->options->queues);
	if (c->options->queue_size > (int64_t)depth)
		result = COMPLAIN(c, "queue-size", "a queue of device %s has at most %u entries",
			c->options->device, depth);
	return result;
}

/* Queues of the device that a disk of a path takes that drives it. */
static unsigned driven(const struct checked *c, const struct sv_vm *vm,
	const struct sv_disk_options *o, const struct sv_variant *device)
{
	const struct sv_path *path = o->path.object;
	const struct sv_server_options *server = o->path.config;
	unsigned queues = sv_disk_queues(o, device, sv_vm_cpus(vm, c->scenario->host.machine->pus));

	if (path->uses & SV_PATH_OWN_QUEUES)
		return queues;
	if (path->options)
		return server->threads < queues ? (unsigned)server->threads : queues;
	if (sv_disk_threads(o) == SV_IO_THREADS_PER_QUEUE)
		return queues;
	return sv_disk_threads(o) == SV_IO_THREADS_NAMED ? sv_disk_thread_names(o) : 1;
}

/* A device is driven by the host's kernel or by others, who have as many queues as it has. */
static int check_sharing(const struct checked *c, const struct sv_variant *device)
{
	const struct sv_device_kind *kind = device->object;
	const struct sv_vm *vm = c->scenario->vms.item;
	unsigned has = kind->queues(device->config), taken = 0;
	bool mixed = false;

	if (!(c->path->uses & SV_PATH_DRIVES))
		return 0;
	for (size_t i = 0; i < c->scenario->vms.n; i++) {
		const struct sv_disk_options *o = vm[i].disks.item;

		for (size_t j = 0; j < vm[i].disks.n; j++) {
			const struct sv_path *path = o[j].path.object;

			if (strcmp(o[j].device, c->options->device) != 0)
				continue;
			mixed |= !(path->uses & SV_PATH_DRIVES);
			taken += (unsigned)vm[i].count * driven(c, &vm[i], &o[j], device);
		}
	}
	if (mixed)
		return COMPLAIN(c, "device",
			"path %s drives %s itself, and another disk needs the host's kernel to",
			c->path->name, c->options->device);
	if (taken > has && c->options->queues <= (int64_t)has)
		return COMPLAIN(c, "device", "%s has %u queues, and its disks take %u of them",
			c->options->device, has, taken);
	return 0;
}

/* Threads that are told where to stay need PUs. */
static int check_server(const struct checked *c)
{
	const struct sv_server_options *o = c->options->path.config;
	unsigned pus = c->scenario->host.machine->pus;

	if (!c->path->options || o->cpu < 0 || o->cpu + o->threads <= (int64_t)pus)
		return 0;
	return COMPLAIN(c, "path", "%lld threads from PU %lld on: %s has %u PUs",
		(long long)o->threads, (long long)o->cpu, c->scenario->host.machine->name, pus);
}

static int check_ring(const struct checked *c)
{
	const struct sv_disk_options *o = c->options;

	if (!(c->path->uses & SV_PATH_RING) || o->queue_size == 0)
		return 0;
	if (o->ring == SV_RING_SPLIT && (o->queue_size & (o->queue_size - 1)))
		return COMPLAIN(c, "queue-size",
			"%lld is no power of two, which a split virtqueue needs; a packed one does "
			"not",
			(long long)o->queue_size);
	/* Header, data and status. */
	if (!o->indirect && o->queue_size < 3)
		return COMPLAIN(c, "queue-size",
			"a request takes three entries unless `indirect` is true, and there are "
			"%lld",
			(long long)o->queue_size);
	return 0;
}

static int check_thread(const struct checked *c, const struct sv_node *node)
{
	const struct sv_named *threads = &c->vm->iothreads;
	const char *near = NULL;

	if (node->kind != SV_NODE_SCALAR)
		return sv_error(c->diag, &node->place,
			"vms.%s.disks.%s.iothreads: expected the name of a thread", c->vm_name,
			c->name);
	for (size_t i = 0; i < threads->n; i++)
		if (!strcmp(threads->name[i], node->text))
			return 0;
	if (threads->n > 0)
		near = sv_nearest(node->text, threads->name);
	return sv_error(c->diag, &node->place,
		"vms.%s.disks.%s.iothreads: vms.%s.iothreads has no thread '%.40s'%s%s%s",
		c->vm_name, c->name, c->vm_name, node->text, near ? "; did you mean '" : "",
		near ? near : "", near ? "'?" : "");
}

static int check_threads(const struct checked *c)
{
	const struct sv_node *node = c->options->iothreads;
	int result = 0;

	if (!(c->path->uses & SV_PATH_IOTHREADS) ||
		sv_disk_threads(c->options) != SV_IO_THREADS_NAMED)
		return 0;
	if (sv_node_get(c->node, "poll-max"))
		result = COMPLAIN(c, "poll-max",
			"threads that have names say it in vms.%s.iothreads", c->vm_name);
	if (node->kind == SV_NODE_SCALAR)
		return result | check_thread(c, node);
	if (node->kind == SV_NODE_MAPPING || node->n == 0)
		return COMPLAIN(
			c, "iothreads", "expected %s", "none, one, per-queue, or names of threads");
	for (size_t i = 0; i < node->n; i++)
		result |= check_thread(c, node->child[i]);
	return result;
}

/* Only the queues of mq can be polled, and there are several only with it. */
static int check_layer(const struct checked *c)
{
	const struct sv_layer_options *o = &c->options->layer;
	int result = 0;

	if (o->layer == SV_LAYER_SQ && o->poll != SV_POLL_NONE)
		result = COMPLAIN(c, "poll", "layer %s cannot poll", sv_layer_names[o->layer]);
	if (o->layer == SV_LAYER_SQ && c->options->queues > 1)
		result = COMPLAIN(c, "queues", "layer %s has one queue", sv_layer_names[o->layer]);
	return result;
}

/* The driver's queues are locked with interrupts off, by handlers, too. */
static int check_lock(const struct checked *c)
{
	const struct sv_lock *lock = c->options->lock.object;

	if (!(c->path->uses & SV_PATH_LAYER) || !lock)
		return 0;
	if ((lock->traits & (SV_LOCK_BLOCKING | SV_LOCK_PARAVIRTUAL)) == SV_LOCK_BLOCKING)
		return COMPLAIN(c, "lock",
			"waiters for %s sleep, which a kernel's queue lock must "
			"not let them",
			lock->name);
	if (lock->traits & SV_LOCK_PARAVIRTUAL && c->vm->mode != SV_MODE_PVM &&
		c->vm->mode != SV_MODE_NESTED)
		return COMPLAIN(c, "lock",
			"%s halts and kicks by hypercalls, which mode %s does not have; mode pvm "
			"does",
			lock->name, sv_mode_names[c->vm->mode]);
	return 0;
}

/* The same of the host's own disks. */
static int check_host(const struct sv_scenario *s, struct sv_diag *diag)
{
	const struct sv_layer_options *o = &s->host.block.layer;
	const struct sv_node *host = sv_node_get(sv_doc_root(s->doc), "host");
	const struct sv_node *block = host ? sv_node_get(host, "block") : NULL;

	if (o->layer != SV_LAYER_SQ || o->poll == SV_POLL_NONE)
		return 0;
	return sv_error(diag, sv_node_place(block, "poll"), "host.block.poll: layer %s cannot poll",
		sv_layer_names[o->layer]);
}

/* A path may need the device for itself. */
static int check_alone(const struct checked *c)
{
	const struct sv_vm *vm = c->scenario->vms.item;
	unsigned others = 0;

	if (!(c->path->uses & SV_PATH_WHOLE_DEVICE))
		return 0;
	for (size_t i = 0; i < c->scenario->vms.n; i++) {
		const struct sv_disk_options *o = vm[i].disks.item;

		for (size_t j = 0; j < vm[i].disks.n; j++)
			if (!strcmp(o[j].device, c->options->device))
				others += (unsigned)vm[i].count;
	}
	if (others == 1)
		return 0;
	return COMPLAIN(c, "device", "path %s needs %s for itself, and %u disks are on it",
		c->path->name, c->options->device, others);
}

/* A machine's profile may lack what paths charge. */
static int check_costs(const struct checked *c)
{
	const struct sv_machine *m = c->scenario->host.machine;
	int result = 0;

	for (const enum sv_cost *cost = c->path->costs; cost && *cost != SV_COSTS; cost++)
		if (m->cost[*cost] < 0)
			result = COMPLAIN(c, "path", "%s has no cost %s, which path %s needs",
				m->name, sv_cost_name(*cost), c->path->name);
	return result;
}

static int check_disk(const struct checked *c)
{
	const struct sv_variant *device = sv_scenario_device(c->scenario, c->options->device);
	const struct sv_named *devices = &c->scenario->devices;
	int result = check_mode(c) | check_uses(c) | check_ring(c) | check_threads(c) |
		     check_costs(c) | check_layer(c) | check_lock(c) | check_alone(c) |
		     check_server(c);
	const char *near = NULL;

	if (device)
		return result | check_device(c, device) | check_sharing(c, device);
	if (devices->n > 0)
		near = sv_nearest(c->options->device, devices->name);
	return COMPLAIN(c, "device", "there is no device '%.40s'%s%s%s", c->options->device,
		near ? "; did you mean '" : " in `devices`", near ? near : "", near ? "'?" : "");
}

static int check_vm(const struct sv_scenario *s, const struct sv_vm *vm, const char *name,
	const struct sv_node *node, struct sv_diag *diag)
{
	const struct sv_disk_options *o = vm->disks.item;
	const struct sv_iothread_options *thread = vm->iothreads.item;
	int result = 0;

	for (size_t i = 0; i < vm->iothreads.n; i++)
		if (thread[i].cpu >= (int64_t)s->host.machine->pus)
			result = sv_error(diag,
				sv_node_place(sv_node_get(node, "iothreads")->child[i], "cpu"),
				"vms.%s.iothreads.%s.cpu: %s has %u PUs", name,
				vm->iothreads.name[i], s->host.machine->name, s->host.machine->pus);
	for (size_t i = 0; i < vm->disks.n; i++) {
		struct checked c = { .scenario = s,
			.vm = vm,
			.vm_name = name,
			.name = vm->disks.name[i],
			.node = sv_node_get(node, "disks")->child[i],
			.options = &o[i],
			.path = o[i].path.object,
			.diag = diag };

		result |= check_disk(&c);
	}
	return result;
}

static int check_workload_costs(const struct sv_machine *m, const struct sv_workload *w,
	const char *name, const struct sv_place *place, struct sv_diag *diag)
{
	int result = 0;

	for (const enum sv_cost *cost = w->costs; cost && *cost != SV_COSTS; cost++)
		if (m->cost[*cost] < 0)
			result = sv_error(diag, place, "%s: %s has no cost %s, which %s needs",
				name, m->name, sv_cost_name(*cost), w->name);
	return result;
}

static bool polled(const struct sv_scenario *s, const struct sv_disk_options *o)
{
	const struct sv_path *path = o->path.object;

	return (path->uses & SV_PATH_LAYER ? &o->layer : &s->host.block.layer)->poll !=
	       SV_POLL_NONE;
}

/* Disks are as large as their devices; one without its device has been reported. */
static int check_workloads(const struct sv_scenario *s, const struct sv_vm *vm,
	const struct sv_node *node, struct sv_diag *diag)
{
	const struct sv_disk_options *o = vm->disks.item;
	const struct sv_variant *v = vm->workloads.item;
	const struct sv_node *all = sv_node_get(node, "workloads");
	struct sv_disk_known *disk = calloc(vm->disks.n + 1, sizeof(*disk));
	int result = 0;

	if (!disk)
		return sv_error(diag, NULL, "out of memory");
	for (size_t i = 0; i < vm->disks.n; i++) {
		const struct sv_variant *device = sv_scenario_device(s, o[i].device);
		const struct sv_device_kind *kind = device ? device->object : NULL;

		disk[i].name = vm->disks.name[i];
		disk[i].bytes = kind ? kind->capacity(device->config) : INT64_MAX;
		disk[i].polled = polled(s, &o[i]);
	}
	for (size_t i = 0; i < vm->workloads.n; i++) {
		const struct sv_workload *w = v[i].object;

		result |= check_workload_costs(
			s->host.machine, w, vm->workloads.name[i], &all->key_place[i], diag);
		if (w->check_disks)
			result |=
				w->check_disks(v[i].config, disk, vm->disks.n, all->child[i], diag);
	}
	free(disk);
	return result;
}

/* A device's name begins the names of its metrics, as those of VMs and workloads do. */
static int check_name(const struct sv_scenario *s, size_t device, struct sv_diag *diag)
{
	const struct sv_node *node = sv_node_get(sv_doc_root(s->doc), "devices");
	const char *name = s->devices.name[device];
	const struct sv_vm *vm = s->vms.item;
	bool taken = !strcmp(name, "host");

	for (size_t i = 0; i < s->vms.n; i++) {
		taken |= !strcmp(name, s->vms.name[i]);
		for (size_t j = 0; j < vm[i].workloads.n; j++)
			taken |= !strcmp(name, vm[i].workloads.name[j]);
	}
	if (!taken)
		return 0;
	return sv_error(diag, &node->key_place[device],
		"devices.%s: the host, a VM or a workload reports under this name", name);
}

int sv_check_disks(const struct sv_scenario *s, struct sv_diag *diag)
{
	const struct sv_node *root = sv_doc_root(s->doc), *vms = sv_node_get(root, "vms");
	const struct sv_variant *device = s->devices.item;
	const struct sv_vm *vm = s->vms.item;
	int result = check_host(s, diag);

	for (size_t i = 0; i < s->devices.n; i++) {
		const struct sv_device_kind *kind = device[i].object;
		const struct sv_node *node = sv_node_get(root, "devices")->child[i];

		result |= check_name(s, i, diag);
		if (kind->check)
			result |= kind->check(device[i].config, node, diag);
	}
	for (size_t i = 0; i < s->vms.n; i++) {
		result |= check_vm(s, &vm[i], vms->key[i], vms->child[i], diag);
		result |= check_workloads(s, &vm[i], vms->child[i], diag);
	}
	return result;
}
