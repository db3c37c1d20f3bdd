/*
 * driver.h - what stands between a kernel's block layer and a device
 *
 * A driver is one file and one line in driver_list.h. It has hardware queues, each with a lock of
 * the kernel's kind and an interrupt or polling. The block layer calls queue() on the thread that
 * submits, requests in order; `last` says that no other follows at once, so that one
 * notification serves a batch. The driver ends requests by sv_disk_end(), from its interrupt
 * handlers or from poll().
 */
#ifndef SV_DRIVER_H
#define SV_DRIVER_H

#include "block/disk.h"
#include "diag.h"

struct sv_driver {
	const char *name, *help;
	/* False: its ring is full; the block layer tries again when a request has ended. */
	bool (*queue)(void *driver, unsigned hw_queue, struct sv_sim_thread *self,
		struct sv_request *request, bool last);
	/* After a batch whose last request was refused or merged away. */
	void (*commit)(void *driver, unsigned hw_queue, struct sv_sim_thread *self);
	/* Ends what has completed on a queue; returns how many. */
	unsigned (*poll)(void *driver, unsigned hw_queue, struct sv_sim_thread *self);
	void (*reset)(void *driver, sv_time now);
	void (*free)(void *driver);
};

/* A request is done: the block layer frees its tag, starts what waits for one, and calls end(). */
void sv_disk_end(struct sv_disk *disk, struct sv_request *request, struct sv_sim_thread *self);

#endif
