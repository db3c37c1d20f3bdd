/*
 * storage.h - the devices of a host, and the disks of its VMs
 *
 * A world has one sv_storage, made before its VMs, and a sv_mounts for each copy of a VM: its
 * disks and the threads of its hypervisor that serve them. All of it is made before the first
 * event. The threads of the host itself, and the handlers of its interrupts, are those of
 * storage->host.
 */
#ifndef SV_STORAGE_H
#define SV_STORAGE_H

#include "block/path.h"
#include "block/qemu.h"
#include "world/scenario.h"
#include "world/system.h"

/* A device of the host. */
struct sv_unit {
	const char *name;
	const struct sv_variant *variant; /* object: const struct sv_device_kind */
	struct sv_device *device;
	struct sv_disk *disk; /* of the host's own kernel, once somebody has asked for it */
	char disk_name[SV_METRIC_NAME_BYTES];
};

struct sv_mount;

struct sv_storage {
	const struct sv_scenario *scenario;
	struct sv_system host; /* its I/O threads and interrupt handlers */
	struct sv_unit *unit;
	size_t units;
	bool has_host;
};

/* What of it a VM has. */
struct sv_mounts {
	struct sv_mount *mount;
	size_t mounts;
	struct sv_qemu qemu;
	struct sv_site site;
	struct sv_storage *storage;
	struct sv_system *system;
	sv_time since; /* of the window */
};

/* Whether any VM has disks, so that its threads and the host's share CPUs. */
bool sv_scenario_stores(const struct sv_scenario *s);

/* The device of a name, as the scenario has it; NULL: there is none. */
const struct sv_variant *sv_scenario_device(const struct sv_scenario *s, const char *name);

/* How many queues a disk has in a system of so many CPUs. */
unsigned sv_disk_queues(
	const struct sv_disk_options *disk, const struct sv_variant *device, unsigned cpus);

/* Each returns -1 after reporting; what there is then is freed as otherwise. */
int sv_storage_init(struct sv_storage *st, const struct sv_scenario *s, struct sv_memory *memory,
	struct sv_domain *host, unsigned replication, struct sv_diag *diag);
int sv_mounts_init(struct sv_mounts *m, struct sv_storage *storage, const struct sv_vm *vm,
	struct sv_system *system, const char *name, struct sv_diag *diag);

/* The device of a name, which there must be. */
struct sv_unit *sv_storage_unit(struct sv_storage *st, const char *name);

/* The host's own disk of a device; NULL after reporting. */
struct sv_disk *sv_storage_disk(struct sv_storage *st, const char *device, struct sv_diag *diag);

/* The window starts anew. */
void sv_storage_reset(struct sv_storage *st, sv_time now);
void sv_mounts_reset(struct sv_mounts *m, sv_time now);

/* Put the metrics; -1 after reporting a law that is broken. */
int sv_storage_finish(
	struct sv_storage *st, sv_time now, struct sv_metrics *out, struct sv_diag *diag);
int sv_mounts_finish(
	struct sv_mounts *m, sv_time now, struct sv_metrics *out, struct sv_diag *diag);

void sv_mounts_fini(struct sv_mounts *m);
/* After the mounts. */
void sv_storage_fini(struct sv_storage *st);

#endif
