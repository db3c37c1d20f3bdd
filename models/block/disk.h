/*
 * disk.h - a block device as a kernel sees it: what programs submit requests to
 *
 * A disk is a block layer (layer_options.h) over a driver (driver.h). Guests have disks whose
 * drivers talk to back ends; the host has one for each device that it drives itself, whose driver
 * talks to the device. A back end submits to the host's disk as a program submits to the guest's.
 *
 *	disk = sv_disk_new(&config, diag);
 *	driver = my_driver_new(disk, ...);	has sv_disk_hw_queues(disk) queues
 *	sv_disk_drive(disk, &my_driver, driver);
 *
 *	sv_request_begin(r, sv_now(lp));	where it enters the kernel
 *	... sv_disk_submit(disk, self, &r, 1) ...
 *	while (!ended)				only if sv_disk_polls(disk)
 *		sv_disk_poll(disk, self, r);
 *
 * Rules. Disks are made before the first event. A request is the disk's from submission until its
 * end() is called; in an interrupt handler, which must not sleep, and so does not submit.
 */
#ifndef SV_DISK_H
#define SV_DISK_H

#include "block/layer_options.h"
#include "block/request.h"
#include "diag.h"
#include "world/result.h"

struct sv_disk;
struct sv_driver;
struct sv_system;
struct sv_sim_thread;

struct sv_disk_config {
	const char *owner;        /* of its metrics: "guest.vda" */
	struct sv_system *system; /* whose kernel has it; outlives it */
	const struct sv_layer_options *layer;
	const struct sv_variant *lock; /* of its queues; NULL or no name: the kernel's spinlock */
	unsigned queues;               /* of the driver, at most one for each CPU is used */
	uint32_t depth;                /* requests that such a queue has room for */
	uint32_t max_bytes;            /* of a command; larger requests go in parts; 0: 1 GiB */
	uint64_t capacity;
};

/* NULL after reporting. */
struct sv_disk *sv_disk_new(const struct sv_disk_config *config, struct sv_diag *diag);
/* Gives it its driver, which it frees. */
void sv_disk_drive(struct sv_disk *disk, const struct sv_driver *driver, void *state);
void sv_disk_free(struct sv_disk *disk);

void sv_disk_reset(struct sv_disk *disk, sv_time now);
/* Checks the conservation of requests, Little's law and the locks; puts the metrics. Returns -1
 * after reporting a broken law. */
int sv_disk_finish(struct sv_disk *disk, sv_time now, struct sv_metrics *out, struct sv_diag *diag);
extern const struct sv_metric sv_disk_metrics[]; /* ends with name == NULL */

/* The disk of a name in a VM; NULL: it has none (world/system.c). */
struct sv_disk *sv_system_disk(const struct sv_system *system, const char *name);

uint64_t sv_disk_capacity(const struct sv_disk *disk);
unsigned sv_disk_hw_queues(const struct sv_disk *disk);
uint32_t sv_disk_depth(const struct sv_disk *disk);
/* Completions are not signalled: who waits polls. */
bool sv_disk_polls(const struct sv_disk *disk);

/* Submits n requests as one batch (plugged, as io_submit() does), each begun before. Charges the
 * running thread for the kernel's part; waits where the kernel would sleep for a tag. Their end()
 * is called later, by the handler that completes them, or by who polls. */
void sv_disk_submit(
	struct sv_disk *disk, struct sv_sim_thread *self, struct sv_request **request, unsigned n);

/* Looks for completions on the queue of a request that has not ended, for a while; the first time
 * sleeps before if polling is hybrid. Returns how many ended, of whichever request. */
unsigned sv_disk_poll(struct sv_disk *disk, struct sv_sim_thread *self, struct sv_request *request);

#endif
