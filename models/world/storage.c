/*
 * storage.c - the devices of a host, and the disks of its VMs
 */
#include "world/storage.h"
#include "block/ahci_driver.h"
#include "block/nvme_driver.h"
#include "devices/device.h"
#include "world/vm_metrics.h"
#include "world/vms.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool sv_scenario_stores(const struct sv_scenario *s)
{
	const struct sv_vm *vm = s->vms.item;

	for (size_t i = 0; i < s->vms.n; i++)
		if (vm[i].disks.n > 0)
			return true;
	return false;
}

/* Bare systems do not mix with others: sv_world_check() sees to it. */
bool sv_scenario_schedules(const struct sv_scenario *s)
{
	const struct sv_vm *vm = s->vms.item;

	return s->vms.n > 0 && (vm[0].mode != SV_MODE_BARE || sv_scenario_stores(s));
}

const struct sv_variant *sv_scenario_device(const struct sv_scenario *s, const char *name)
{
	const struct sv_variant *v = s->devices.item;

	for (size_t i = 0; i < s->devices.n; i++)
		if (!strcmp(s->devices.name[i], name))
			return &v[i];
	return NULL;
}

/* A queue for each CPU, as Linux has it, as far as there are queues. */
unsigned sv_disk_queues(
	const struct sv_disk_options *disk, const struct sv_variant *device, unsigned cpus)
{
	const struct sv_path *path = disk->path.object;
	const struct sv_device_kind *kind = device->object;
	unsigned most = path->uses & SV_PATH_QUEUES ? cpus : 1;

	if (disk->queues)
		return (unsigned)disk->queues;
	if (path->uses & SV_PATH_OWN_QUEUES && kind->queues(device->config) < most)
		most = kind->queues(device->config);
	return most;
}

struct sv_unit *sv_storage_unit(struct sv_storage *st, const char *name)
{
	struct sv_unit *u = st->unit;

	while (strcmp(u->name, name) != 0)
		u++;
	return u;
}

static int init_host(struct sv_storage *st, const struct sv_scenario *s, struct sv_memory *memory,
	struct sv_domain *domain)
{
	if (sv_system_init(&st->host, memory, 0, domain->cpus) < 0)
		return -1;
	st->has_host = true;
	st->host.domain = domain;
	st->host.spinlock = s->host.spinlock;
	st->host.seed = (uint64_t)s->run.seed;
	st->host.team.smt = domain->smt;
	st->host.team.exact_polling = s->run.polling == SV_POLLING_EXACT;
	return 0;
}

int sv_storage_init(struct sv_storage *st, const struct sv_scenario *s, struct sv_memory *memory,
	struct sv_domain *host, unsigned replication, struct sv_diag *diag)
{
	const struct sv_variant *v = s->devices.item;

	st->scenario = s;
	st->unit = calloc(s->devices.n + 1, sizeof(*st->unit));
	if (!st->unit || init_host(st, s, memory, host) < 0)
		return sv_error(diag, NULL, "out of memory");
	st->host.replication = replication;
	for (size_t i = 0; i < s->devices.n; i++) {
		const struct sv_device_kind *kind = v[i].object;
		struct sv_unit *u = &st->unit[i];

		u->name = s->devices.name[i];
		u->variant = &v[i];
		u->device = kind->start(
			memory->lp, u->name, v[i].config, (uint64_t)s->run.seed, replication, diag);
		if (!u->device)
			return -1;
		st->units++;
	}
	return 0;
}

struct sv_disk *sv_storage_disk(struct sv_storage *st, const char *device, struct sv_diag *diag)
{
	struct sv_unit *u = sv_storage_unit(st, device);

	const struct sv_device_kind *kind = u->device->kind;
	const void *options = u->variant->config;
	struct sv_disk_config config = { .owner = u->disk_name,
		.system = &st->host,
		.layer = &st->scenario->host.block.layer,
		.queues = kind->queues(options),
		/* One entry of a ring stays empty. */
		.depth = kind->depth(options) - !kind->sata,
		.max_bytes = kind->max_transfer(options),
		.capacity = kind->capacity(options) };

	snprintf(u->disk_name, sizeof(u->disk_name), "host.%s", u->name);
	if (!u->disk && kind->sata)
		u->disk = sv_ahci_disk_new(&config, u->device, diag);
	else if (!u->disk)
		u->disk = sv_nvme_disk_new(&config, u->device, diag);
	return u->disk;
}

void sv_storage_fini(struct sv_storage *st)
{
	for (size_t i = 0; i < st->units; i++) {
		if (st->unit[i].disk)
			sv_disk_free(st->unit[i].disk);
		st->unit[i].device->kind->free(st->unit[i].device);
	}
	free(st->unit);
	if (st->has_host)
		sv_system_fini(&st->host);
}

void sv_storage_reset(struct sv_storage *st, sv_time now)
{
	sv_vm_reset(&st->host, NULL);
	for (size_t i = 0; i < st->units; i++) {
		st->unit[i].device->kind->reset(st->unit[i].device, now);
		if (st->unit[i].disk)
			sv_disk_reset(st->unit[i].disk, now);
	}
}

int sv_storage_finish(
	struct sv_storage *st, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	int result = 0;

	for (size_t i = 0; i < st->units; i++) {
		struct sv_device *d = st->unit[i].device;

		if (d->kind->finish(d, now, out, diag) < 0 ||
			(st->unit[i].disk && sv_disk_finish(st->unit[i].disk, now, out, diag) < 0))
			result = -1;
	}
	return result;
}
