/*
 * nvme_driver.h - a kernel's NVMe driver over the queue pairs of a device
 *
 * The host's, or that of a guest to which the device is passed through: the same code on the
 * same device, whose interrupts go to the CPUs of either.
 */
#ifndef SV_NVME_DRIVER_H
#define SV_NVME_DRIVER_H

#include "block/disk.h"

struct sv_device;

/*
 * A disk whose driver has config->queues of the device's queue pairs to itself, each of
 * config->depth requests at most. Its interrupts are message-signalled, one vector a queue; the
 * queues of a disk that polls have none. The system's threads must be scheduled, unless it polls.
 * NULL after reporting.
 */
struct sv_disk *sv_nvme_disk_new(
	const struct sv_disk_config *config, struct sv_device *device, struct sv_diag *diag);

#endif
