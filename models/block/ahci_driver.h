/*
 * ahci_driver.h - a kernel's driver of a SATA drive behind an AHCI host adapter
 */
#ifndef SV_AHCI_DRIVER_H
#define SV_AHCI_DRIVER_H

#include "block/disk.h"

struct sv_device;

/* A disk on the one port of a drive, with config->depth command slots, 32 at most. It has one
 * interrupt, on the system's CPU 0, and cannot be polled; the system's threads must be scheduled.
 * NULL after reporting. */
struct sv_disk *sv_ahci_disk_new(
	const struct sv_disk_config *config, struct sv_device *device, struct sv_diag *diag);

#endif
