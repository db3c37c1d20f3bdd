/*
 * host.c - no virtualization: the disk is the host's own
 *
 * What a program on the host itself, or in a container, has: the host's block layer and its driver
 * over the device. All systems of the host share that one disk, and its queues.
 */
#include "block/path.h"
#include "world/scenario.h"

static void *host_start(const struct sv_seat *seat, struct sv_disk **disk, struct sv_diag *diag)
{
	*disk = seat->site->disk(seat->site, seat->options->device, diag);
	return *disk;
}

const struct sv_path sv_path_host = {
	.name = "host",
	.help = "no virtualization: the host's own disk, for bare systems and containers",
	.modes = SV_MODES_OF_HOSTS,
	.start = host_start,
};
