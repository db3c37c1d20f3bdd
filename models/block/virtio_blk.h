/*
 * virtio_blk.h - a guest's driver of virtio-blk, and its virtqueues as a back end sees them
 *
 * The driver is Linux's: a request has a header and a byte for the status in a line of its own, its
 * buffers go into a virtqueue under that queue's lock, with interrupts off, and the device is
 * notified behind the lock if the ring says that it wants to be. The handler of a queue's
 * interrupt reaps until none is left after it has asked for interrupts anew.
 *
 *	blk = sv_virtio_blk_new(&config, diag);			the guest's side
 *
 *	while ((r = sv_virtio_take(q)))				the back end's, by any thread
 *		...
 *	sv_virtio_put(q, r);
 *	if (sv_virtio_flush(q))
 *		sv_irq_raise(&q->irq, self);
 *
 * Rules. One thread at a time takes, and one at a time puts, of a queue. The disk frees the driver.
 */
#ifndef SV_VIRTIO_BLK_H
#define SV_VIRTIO_BLK_H

#include "block/driver.h"
#include "block/kernel_lock.h"
#include "block/path.h"
#include "queues/queues.h"
#include "vm/irq.h"

struct sv_virtio_blk;
struct sv_virtio_queue {
	struct sv_virtio_blk *blk;
	unsigned number;
	struct sv_irq irq; /* of the guest */
	struct sv_kernel_lock lock;
	void *driver, *device; /* the ring's two sides */
	char *header;          /* a line for each request */
	struct sv_request **request;
	uint32_t *free, n_free; /* lines without a request */
	sv_time told;           /* when the device was last notified */
	void *back;             /* the back end's */
	/* Since the start of the window. */
	uint64_t kicks, interrupts;
};

struct sv_virtio_blk {
	struct sv_disk *disk;
	struct sv_system *system;
	const struct sv_queue *ring;
	struct sv_lock_class locks;
	struct sv_virtio_queue *queue;
	unsigned queues;
	bool polls; /* it takes no interrupts */
	void *ring_config;
	void (*published)(struct sv_virtio_queue *q, struct sv_sim_thread *self, bool wanted);
};

struct sv_virtio_config {
	const struct sv_seat *seat;
	/* The guest's thread has shown requests to the device, which did or did not ask to be told
	 * of them: then it is, in whatever way the path has. */
	void (*published)(struct sv_virtio_queue *q, struct sv_sim_thread *self, bool wanted);
};

/* The costs that it charges, for a path's list. */
#define SV_VIRTIO_BLK_COSTS SV_COST_VIRTIO_SUBMIT, SV_COST_VIRTIO_COMPLETE, SV_COST_IRQ_ENTRY

/* Makes the disk, blk->disk, and drives it. NULL after reporting. */
struct sv_virtio_blk *sv_virtio_blk_new(
	const struct sv_virtio_config *config, struct sv_diag *diag);

/* The oldest request that waits; NULL: none does. */
struct sv_request *sv_virtio_take(struct sv_virtio_queue *q);
/* It is done; the guest may not see it yet. */
void sv_virtio_put(struct sv_virtio_queue *q, struct sv_request *request);
/* Shows the guest what is done. True: it wants an interrupt. */
bool sv_virtio_flush(struct sv_virtio_queue *q);
/* The device wants no notifications, or does; then true says that requests have come. */
void sv_virtio_quiet(struct sv_virtio_queue *q);
bool sv_virtio_listen(struct sv_virtio_queue *q);

#endif
