/*
 * driver.h - what stands between a kernel's block layer and a device
 *
 * A driver has hardware queues, each with a lock of the kernel's kind and an interrupt or polling.
 * The block layer calls queue() on the thread that submits, requests in order; `last` says that no
 * other follows at once, so that one notification serves a batch. The driver ends requests by
 * sv_disk_end(), from its interrupt handlers or from poll(), and holds no lock then, because the
 * layer may take locks, or queue() what waits.
 *
 * The driver moves a request on through its stages: out of SUBMIT when the device can see it, to
 * FINISH when it has seen its completion.
 */
#ifndef SV_DRIVER_H
#define SV_DRIVER_H

#include "block/disk.h"

struct sv_driver {
	const char *name;
	/* False: its ring is full; the block layer tries again when a request has ended. */
	bool (*queue)(void *driver, unsigned hw_queue, struct sv_sim_thread *self,
		struct sv_request *request, bool last);
	/* After a batch whose last request was refused. */
	void (*commit)(void *driver, unsigned hw_queue, struct sv_sim_thread *self);
	/* Looks for completions on a queue, for a while; ends them. Returns how many. */
	unsigned (*poll)(void *driver, unsigned hw_queue, struct sv_sim_thread *self);
	void (*reset)(void *driver, sv_time now); /* may be NULL */
	/* What is wrong with it at the end of a run; NULL: nothing. May itself be NULL. */
	const char *(*check)(const void *driver);
	/* How long its locks were waited for since reset. May be NULL. */
	sv_time (*waited)(const void *driver);
	/* Its interrupts since reset. May be NULL. */
	uint64_t (*interrupts)(const void *driver);
	void (*free)(void *driver);
};

/* The CPU that takes the interrupts of a queue, and the queue of a CPU. */
unsigned sv_disk_queue_cpu(const struct sv_disk *disk, unsigned hw_queue);
unsigned sv_disk_cpu_queue(const struct sv_disk *disk, unsigned cpu);

/* A request is done: the block layer frees its tag, starts what waits for one, and calls end(). */
void sv_disk_end(struct sv_disk *disk, struct sv_request *request, struct sv_sim_thread *self);

#endif
