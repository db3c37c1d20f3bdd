/*
 * disk.h - a block device as a kernel sees it: what programs submit requests to
 *
 * A disk is a block layer (block_layer.h) over a driver (driver.h). Guests have disks whose
 * drivers talk to back ends; the host has one for each device that it drives itself, whose driver
 * talks to the device. A back end submits to the host's disk as a program submits to the guest's.
 */
#ifndef SV_DISK_H
#define SV_DISK_H

#include "block/request.h"

struct sv_disk;
struct sv_system;
struct sv_sim_thread;

/* The disk of a name in a VM; NULL: it has none. */
struct sv_disk *sv_system_disk(const struct sv_system *system, const char *name);

uint64_t sv_disk_capacity(const struct sv_disk *disk);

/* Submits n requests as one batch (plugged, as io_submit() does). Charges the running thread for
 * the kernel's part; waits where the kernel would sleep for a tag. Their end() is called later, by
 * the handler that completes them, or by who polls. */
void sv_disk_submit(
	struct sv_disk *disk, struct sv_sim_thread *self, struct sv_request **request, unsigned n);

/* Looks for completions of what this CPU submitted (iopoll); returns how many ended. */
unsigned sv_disk_poll(struct sv_disk *disk, struct sv_sim_thread *self);

#endif
