/*
 * mounts.c - the disks of one copy of a VM
 */
#include "block/qemu.h"
#include "devices/device.h"
#include "world/storage.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sv_mount {
	char name[SV_METRIC_NAME_BYTES]; /* "guest.vda" */
	const struct sv_path *path;
	void *state;
	struct sv_system_disk entry;
};

static struct sv_mounts *mounts_of(struct sv_site *site)
{
	return (struct sv_mounts *)((char *)site - offsetof(struct sv_mounts, site));
}

static struct sv_disk *site_disk(struct sv_site *site, const char *device, struct sv_diag *diag)
{
	return sv_storage_disk(mounts_of(site)->storage, device, diag);
}

static int init_one(struct sv_mount *mount, struct sv_mounts *m, struct sv_system *system,
	const struct sv_disk_options *options, struct sv_diag *diag)
{
	struct sv_unit *unit = sv_storage_unit(m->storage, options->device);
	const struct sv_device_kind *kind = unit->device->kind;
	const struct sv_path *path = options->path.object;
	struct sv_seat seat = { .name = mount->name,
		.options = options,
		.system = system,
		.device = unit->device,
		.queues = sv_disk_queues(options, unit->variant, system->team.cpus),
		.depth = kind->depth(unit->variant->config),
		.capacity = kind->capacity(unit->variant->config),
		.max_bytes =
			path->uses & SV_PATH_ENGINE ? 0 : kind->max_transfer(unit->variant->config),
		.site = &m->site };

	mount->path = path;
	mount->state = mount->path->start(&seat, &mount->entry.disk, diag);
	if (!mount->state)
		return -1;
	mount->entry.next = system->disks;
	system->disks = &mount->entry;
	return 0;
}

int sv_mounts_init(struct sv_mounts *m, struct sv_storage *storage, const struct sv_vm *vm,
	struct sv_system *system, const char *name, struct sv_diag *diag)
{
	const struct sv_disk_options *options = vm->disks.item;

	*m = (struct sv_mounts){ .storage = storage,
		.site = { .disk = site_disk, .host = &storage->host, .qemu = &m->qemu },
		.system = system,
		.mount = calloc(vm->disks.n + 1, sizeof(*m->mount)) };
	if (!m->mount)
		return sv_error(diag, NULL, "out of memory");
	system->server = &storage->host;
	if (sv_qemu_init(&m->qemu, &storage->host, &vm->iothreads, diag) < 0)
		return -1;
	for (; m->mounts < vm->disks.n; m->mounts++) {
		struct sv_mount *mount = &m->mount[m->mounts];

		mount->entry.name = vm->disks.name[m->mounts];
		snprintf(mount->name, sizeof(mount->name), "%s.%s", name, mount->entry.name);
		if (init_one(mount, m, system, &options[m->mounts], diag) < 0)
			return -1;
	}
	return 0;
}

void sv_mounts_fini(struct sv_mounts *m)
{
	for (size_t i = 0; i < m->mounts; i++)
		if (m->mount[i].path->free)
			m->mount[i].path->free(m->mount[i].state);
	if (m->mount)
		sv_qemu_fini(&m->qemu);
	free(m->mount);
}

void sv_mounts_reset(struct sv_mounts *m, sv_time now)
{
	m->since = now;
	for (size_t i = 0; i < m->mounts; i++) {
		struct sv_mount *mount = &m->mount[i];

		if (mount->path->uses & SV_PATH_LAYER)
			sv_disk_reset(mount->entry.disk, now);
		if (mount->path->reset)
			mount->path->reset(mount->state, now);
	}
	if (m->mounts > 0)
		sv_qemu_reset(&m->qemu, now);
}

static uint64_t count_exits(const struct sv_domain *d)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < d->cpus; i++)
		for (int reason = 0; reason < SV_EXIT_REASONS; reason++)
			n += d->cpu[i].exits.count[reason];
	return n;
}

/* Of a disk whose metrics are there already. */
static void put_path(const struct sv_mounts *m, const struct sv_mount *mount, sv_time now,
	struct sv_metrics *out)
{
	char iops[SV_METRIC_NAME_BYTES + 8];
	struct sv_path_counts counts = { .kicks = NAN,
		.exits = (double)count_exits(m->system->domain) };

	snprintf(iops, sizeof(iops), "%s.iops", mount->name);
	counts.requests = sv_metrics_get(out, iops)->value * sv_seconds(now - m->since);
	if (mount->path->kicks)
		counts.kicks = (double)mount->path->kicks(mount->state);
	if (mount->path->threads)
		mount->path->threads(mount->state, now, &counts.threads);
	sv_path_put(mount->name, &counts, out);
}

int sv_mounts_finish(struct sv_mounts *m, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	int result = 0;

	for (size_t i = 0; i < m->mounts; i++) {
		struct sv_mount *mount = &m->mount[i];

		if (!(mount->path->uses & SV_PATH_LAYER))
			continue;
		if (sv_disk_finish(mount->entry.disk, now, out, diag) < 0)
			result = -1;
		else
			put_path(m, mount, now, out);
	}
	return result;
}
