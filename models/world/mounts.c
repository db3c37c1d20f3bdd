/*
 * mounts.c - the disks of one copy of a VM
 */
#include "devices/device.h"
#include "world/storage.h"
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
	struct sv_seat seat = { .name = mount->name,
		.options = options,
		.system = system,
		.device = unit->device,
		.queues = sv_disk_queues(options, unit->variant, system->team.cpus),
		.site = &m->site };

	mount->path = options->path.object;
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
		.vm = vm,
		.site = { .disk = site_disk, .host = &storage->host },
		.mount = calloc(vm->disks.n + 1, sizeof(*m->mount)) };
	if (!m->mount)
		return sv_error(diag, NULL, "out of memory");
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
	free(m->mount);
}

void sv_mounts_reset(struct sv_mounts *m, sv_time now)
{
	for (size_t i = 0; i < m->mounts; i++)
		if (m->mount[i].path->reset)
			m->mount[i].path->reset(m->mount[i].state, now);
}
