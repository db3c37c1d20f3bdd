/*
 * fake_driver.h - a driver that serves requests by a thread, for tests
 *
 * The driver has so many entries a queue and takes a fixed time for each request, all at once.
 * A thread of its own, on the last CPU, ends what is due: what interrupt handlers do elsewhere. A
 * disk that is polled ends it when it is looked at.
 */
#ifndef SV_FAKE_DRIVER_H
#define SV_FAKE_DRIVER_H

#include "block/disk_private.h"
#include "block/kernel_lock.h"
#include "locks/locks.h"
#include "sim_host.h"

#define FAKE_QUEUES 4
#define FAKE_LOG    4096

struct fake_disk {
	struct toy_machine toy;
	struct sim_host host;
	struct sv_disk *disk;
	struct sv_lock_class locks;
	struct sv_kernel_lock lock;
	struct sv_sim_thread completer;
	struct sv_layer_options options;
	uint32_t depth; /* of the driver */
	sv_time latency;
	sv_time dawdle; /* between refusing a request and saying so */
	struct sv_request_list inside[FAKE_QUEUES];
	unsigned most, refused, commits, unnotified;
	/* What came to the driver. */
	uint64_t offset[FAKE_LOG];
	uint32_t bytes[FAKE_LOG];
	unsigned queue[FAKE_LOG], n;
};

static inline bool fake_queue(
	void *driver, unsigned q, struct sv_sim_thread *self, struct sv_request *r, bool last)
{
	struct fake_disk *f = driver;

	sv_kernel_lock_acquire(&f->lock, self, r);
	sv_kernel_lock_touch(&f->lock);
	if (f->inside[q].n >= f->depth) {
		f->refused++;
		sv_kernel_lock_release(&f->lock, self);
		sv_sim_work(self, f->dawdle);
		return false;
	}
	if (f->n < FAKE_LOG) {
		f->offset[f->n] = r->io.offset;
		f->bytes[f->n] = r->io.bytes;
		f->queue[f->n++] = q;
	}
	f->unnotified = last ? 0 : f->unnotified + 1;
	sv_request_stage(r, sv_now(f->host.lp), SV_STAGE_DEVICE);
	r->private[0] = (uint64_t)(sv_now(f->host.lp) + f->latency);
	sv_request_list_add(&f->inside[q], r);
	f->most = f->inside[q].n > f->most ? f->inside[q].n : f->most;
	sv_kernel_lock_release(&f->lock, self);
	return true;
}

static inline void fake_commit(void *driver, unsigned q, struct sv_sim_thread *self)
{
	struct fake_disk *f = driver;

	(void)q, (void)self;
	f->commits++;
	f->unnotified = 0;
}

static inline unsigned fake_poll(void *driver, unsigned q, struct sv_sim_thread *self)
{
	struct fake_disk *f = driver;
	unsigned ended = 0;

	sv_sim_work(self, 50 * SV_NS);
	for (;;) {
		struct sv_request *r;

		sv_kernel_lock_acquire(&f->lock, self, NULL);
		r = f->inside[q].first;
		if (r && (sv_time)r->private[0] <= sv_now(f->host.lp))
			sv_request_list_take(&f->inside[q]);
		else
			r = NULL;
		sv_kernel_lock_release(&f->lock, self);
		if (!r)
			return ended;
		sv_request_stage(r, sv_now(f->host.lp), SV_STAGE_FINISH);
		sv_disk_end(f->disk, r, self);
		ended++;
	}
}

static inline void fake_complete(struct sv_sim_thread *self, void *arg)
{
	struct fake_disk *f = arg;

	for (;;) {
		for (unsigned q = 0; q < FAKE_QUEUES; q++)
			fake_poll(f, q, self);
		sv_sim_work(self, 500 * SV_NS);
	}
}

static inline void fake_free(void *driver)
{
	(void)driver;
}

static inline const char *fake_check(const void *driver)
{
	const struct fake_disk *f = driver;

	return f->unnotified ? "requests that the device was never told of" : NULL;
}

static const struct sv_driver fake_driver = { .name = "fake",
	.queue = fake_queue,
	.commit = fake_commit,
	.poll = fake_poll,
	.check = fake_check,
	.free = fake_free };

#endif
