/*
 * passthrough.c - the guest drives the device itself
 *
 * The guest's NVMe driver has queue pairs of the device, whose registers and memory are mapped into
 * the guest (VFIO): a request costs no exit. The device's interrupts are the host's to deliver:
 * each makes a running vCPU exit, unless they are posted (`posted-interrupts` of the VM).
 */
#include "block/nvme_driver.h"
#include "block/path.h"
#include "world/scenario.h"

static void *passthrough_start(
	const struct sv_seat *seat, struct sv_disk **disk, struct sv_diag *diag)
{
	const struct sv_disk_options *o = seat->options;
	struct sv_disk_config config = { .owner = seat->name,
		.system = seat->system,
		.layer = &o->layer,
		.lock = &o->lock,
		.queues = seat->queues,
		/* One entry of a ring stays empty. */
		.depth = (o->queue_size ? (uint32_t)o->queue_size : seat->depth) - 1,
		.max_bytes = seat->max_bytes,
		.capacity = seat->capacity };

	*disk = sv_nvme_disk_new(&config, seat->device, diag);
	return *disk;
}

static void passthrough_free(void *state)
{
	sv_disk_free(state);
}

const struct sv_path sv_path_passthrough = {
	.name = "passthrough",
	.help = "the guest drives the device itself, without exits but those of interrupts",
	.modes = SV_MODES_OF_GUESTS,
	.uses = SV_PATH_QUEUES | SV_PATH_OWN_QUEUES | SV_PATH_WHOLE_DEVICE | SV_PATH_LAYER |
		SV_PATH_POLLED | SV_PATH_DRIVES,
	.start = passthrough_start,
	.free = passthrough_free,
};
