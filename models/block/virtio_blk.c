/*
 * virtio_blk.c - a guest's driver of virtio-blk
 *
 * A request takes as many entries as it has buffers (header, data, status), or one that points to
 * a table of them.
 *
 * Reference     Linux, drivers/block/virtio_blk.c: virtio_queue_rq(), virtblk_done();
 *               Virtual I/O Device (VIRTIO) Version 1.2, OASIS, 2022, section 5.2.6.
 */
#include "block/virtio_blk.h"
#include "value.h"
#include <stdlib.h>
#include <string.h>

/* In a request's line: the header's type and sector, and behind the header the status. */
enum { TYPE = 0, SECTOR = 8, STATUS = 16, SECTOR_BYTES = 512 };
#define BUFFERS 3

static sv_time now_of(const struct sv_virtio_queue *q)
{
	return sv_now(q->blk->system->memory->lp);
}

static sv_time cost(const struct sv_virtio_queue *q, enum sv_cost which)
{
	return q->blk->system->domain->machine->cost[which];
}

/* Puts a request into the ring, where the lock is held. */
static bool add(struct sv_virtio_queue *q, struct sv_request *r)
{
	bool writes = r->io.op == SV_IO_WRITE, has_data = r->io.bytes > 0;
	uint32_t i = q->n_free ? q->free[q->n_free - 1] : 0, n = 0;
	char *header = q->header + (size_t)i * SV_LINE_BYTES;
	struct sv_buffer buffer[BUFFERS];

	if (q->n_free == 0)
		return false;
	sv_sim_store(header + TYPE, 8, r->io.op, SV_RELAXED);
	sv_sim_store(header + SECTOR, 8, r->io.offset / SECTOR_BYTES, SV_RELAXED);
	buffer[n++] = (struct sv_buffer){ (uintptr_t)header, STATUS, false };
	if (has_data && r->io.op != SV_IO_TRIM)
		buffer[n++] = (struct sv_buffer){ (uintptr_t)r, r->io.bytes, !writes };
	buffer[n++] = (struct sv_buffer){ (uintptr_t)(header + STATUS), 1, true };
	if (!q->blk->ring->add(q->driver, &(struct sv_chain){ buffer, n, r }))
		return false;
	q->n_free--;
	q->request[i] = r;
	r->private[0] = i;
	sv_request_stage(r, now_of(q), SV_STAGE_NOTIFY);
	return true;
}

static void show(struct sv_virtio_queue *q, struct sv_sim_thread *self, bool wanted)
{
	q->kicks += wanted;
	q->blk->published(q, self, wanted);
}

/* A full ring is shown at once, so that it drains. */
static bool virtio_blk_queue(void *driver, unsigned hw_queue, struct sv_sim_thread *self,
	struct sv_request *request, bool last)
{
	struct sv_virtio_blk *blk = driver;
	struct sv_virtio_queue *q = &blk->queue[hw_queue];
	bool added, wanted = false;

	sv_sim_work(self, cost(q, SV_COST_VIRTIO_SUBMIT));
	sv_kernel_lock_acquire(&q->lock, self, request);
	added = add(q, request);
	if (last || !added)
		wanted = blk->ring->publish(q->driver);
	sv_kernel_lock_release(&q->lock, self);
	if (last || !added)
		show(q, self, wanted);
	return added;
}

static void virtio_blk_commit(void *driver, unsigned hw_queue, struct sv_sim_thread *self)
{
	struct sv_virtio_blk *blk = driver;
	struct sv_virtio_queue *q = &blk->queue[hw_queue];
	bool wanted;

	sv_kernel_lock_acquire(&q->lock, self, NULL);
	wanted = blk->ring->publish(q->driver);
	sv_kernel_lock_release(&q->lock, self);
	show(q, self, wanted);
}

/* Appends what has completed to a list. */
static struct sv_request **reap(struct sv_virtio_queue *q, struct sv_request **tail)
{
	struct sv_reaped reaped;

	while (q->blk->ring->reap(q->driver, &reaped)) {
		struct sv_request *r = reaped.token;
		uint32_t i = (uint32_t)r->private[0];

		sv_sim_load(q->header + (size_t)i * SV_LINE_BYTES + STATUS, 1);
		q->free[q->n_free++] = i;
		sv_request_stage(r, now_of(q), SV_STAGE_FINISH);
		r->next = NULL;
		*tail = r;
		tail = &r->next;
	}
	return tail;
}

static unsigned end_all(
	struct sv_virtio_queue *q, struct sv_request *done, struct sv_sim_thread *self)
{
	unsigned n = 0;

	for (struct sv_request *next; done; done = next, n++) {
		next = done->next;
		sv_sim_work(self, cost(q, SV_COST_VIRTIO_COMPLETE));
		sv_disk_end(q->blk->disk, done, self);
	}
	return n;
}

static void interrupted(struct sv_sim_thread *self, void *arg)
{
	struct sv_virtio_queue *q = arg;
	const struct sv_queue *ring = q->blk->ring;
	struct sv_request *done = NULL, **tail = &done;

	q->interrupts++;
	sv_kernel_lock_acquire(&q->lock, self, NULL);
	do {
		ring->quiet(q->driver);
		tail = reap(q, tail);
	} while (ring->listen(q->driver));
	sv_kernel_lock_release(&q->lock, self);
	end_all(q, done, self);
}

static unsigned virtio_blk_poll(void *driver, unsigned hw_queue, struct sv_sim_thread *self)
{
	struct sv_virtio_blk *blk = driver;
	struct sv_virtio_queue *q = &blk->queue[hw_queue];
	struct sv_request *done = NULL;

	sv_kernel_lock_acquire(&q->lock, self, NULL);
	reap(q, &done);
	sv_kernel_lock_release(&q->lock, self);
	return end_all(q, done, self);
}

static void virtio_blk_reset(void *driver, sv_time now)
{
	struct sv_virtio_blk *blk = driver;

	(void)now;
	for (unsigned i = 0; i < blk->queues; i++) {
		struct sv_virtio_queue *q = &blk->queue[i];

		q->kicks = q->interrupts = 0;
		q->irq.count = 0;
		sv_kernel_lock_reset(&q->lock);
	}
}

static const char *virtio_blk_check(const void *driver)
{
	const struct sv_virtio_blk *blk = driver;

	for (unsigned i = 0; i < blk->queues; i++) {
		const struct sv_queue_side *of_driver = blk->queue[i].driver,
					   *of_device = blk->queue[i].device;

		if (of_driver->broken || of_device->broken)
			return of_driver->broken ? of_driver->broken : of_device->broken;
		if (blk->queue[i].lock.broken)
			return "two threads had the lock of a queue";
	}
	return NULL;
}

static sv_time virtio_blk_waited(const void *driver)
{
	const struct sv_virtio_blk *blk = driver;
	sv_time sum = 0;

	for (unsigned i = 0; i < blk->queues; i++)
		sum += blk->queue[i].lock.waited;
	return sum;
}

static uint64_t virtio_blk_interrupts(const void *driver)
{
	const struct sv_virtio_blk *blk = driver;
	uint64_t sum = 0;

	for (unsigned i = 0; i < blk->queues; i++)
		sum += blk->queue[i].interrupts;
	return sum;
}

static void virtio_blk_free(void *driver)
{
	struct sv_virtio_blk *blk = driver;

	for (unsigned i = 0; blk->queue && i < blk->queues; i++) {
		struct sv_virtio_queue *q = &blk->queue[i];

		sv_irq_fini(&q->irq);
		free(q->driver);
		free(q->device);
		free(q->request);
		free(q->free);
	}
	free(blk->queue);
	free(blk->ring_config);
	sv_lock_class_fini(&blk->locks);
	free(blk);
}

static const struct sv_driver virtio_blk = {
	.name = "virtio-blk",
	.queue = virtio_blk_queue,
	.commit = virtio_blk_commit,
	.poll = virtio_blk_poll,
	.reset = virtio_blk_reset,
	.check = virtio_blk_check,
	.waited = virtio_blk_waited,
	.interrupts = virtio_blk_interrupts,
	.free = virtio_blk_free,
};

struct sv_request *sv_virtio_take(struct sv_virtio_queue *q)
{
	struct sv_taken taken;
	struct sv_request *r;
	char *header;

	if (!q->blk->ring->take(q->device, &taken))
		return NULL;
	header = (char *)(uintptr_t)taken.buffer[0].address;
	sv_sim_load(header + TYPE, 8);
	sv_sim_load(header + SECTOR, 8);
	r = q->request[(size_t)(header - q->header) / SV_LINE_BYTES];
	r->private[1] = taken.id;
	/* From when it was notified, or was running anyway. */
	sv_request_stage(r, q->told > r->since ? q->told : r->since, SV_STAGE_WAKE);
	sv_request_stage(r, now_of(q), SV_STAGE_BACKEND);
	return r;
}

void sv_virtio_put(struct sv_virtio_queue *q, struct sv_request *request)
{
	uint32_t data = request->io.op == SV_IO_READ ? request->io.bytes : 0;

	sv_sim_store(q->header + request->private[0] * SV_LINE_BYTES + STATUS, 1,
		request->io.failed, SV_RELAXED);
	q->blk->ring->complete(q->device, (uint32_t)request->private[1], data + 1);
	sv_request_stage(request, now_of(q), SV_STAGE_INJECT);
}

bool sv_virtio_flush(struct sv_virtio_queue *q)
{
	return q->blk->ring->flush(q->device) && !q->blk->polls;
}

void sv_virtio_quiet(struct sv_virtio_queue *q)
{
	q->blk->ring->device_quiet(q->device);
}

bool sv_virtio_listen(struct sv_virtio_queue *q)
{
	return q->blk->ring->device_listen(q->device);
}

/* Direct descriptors are a chain; else each request has a table of its own. */
static int make_config(struct sv_virtio_blk *blk, const struct sv_disk_options *o)
{
	const struct sv_table *table = blk->ring->options;
	char *config = calloc(1, table->size);

	blk->ring_config = config;
	if (!config)
		return -1;
	for (const struct sv_option *row = table->rows; row->name; row++) {
		if (!strcmp(row->name, "event-idx"))
			*(bool *)(void *)(config + row->offset) = o->event_idx;
		else if (!strcmp(row->name, "in-order"))
			*(bool *)(void *)(config + row->offset) = o->in_order;
		else if (!strcmp(row->name, "indirect"))
			*(int64_t *)(void *)(config + row->offset) = o->indirect ? 2 : 0;
		else if (!strcmp(row->name, "indirect-entries"))
			*(int64_t *)(void *)(config + row->offset) = BUFFERS + 1;
	}
	return 0;
}

static void *side(size_t bytes)
{
	size_t lines = (bytes + SV_LINE_BYTES - 1) / SV_LINE_BYTES;
	void *p = aligned_alloc(SV_LINE_BYTES, lines * SV_LINE_BYTES);

	return p ? memset(p, 0, lines * SV_LINE_BYTES) : NULL;
}

static int init_queue(
	struct sv_virtio_blk *blk, unsigned number, uint32_t size, struct sv_diag *diag)
{
	struct sv_virtio_queue *q = &blk->queue[number];
	struct sv_system *system = blk->system;
	unsigned cpu = sv_disk_queue_cpu(blk->disk, number);
	unsigned node = system->memory->machine->node_of[system->pu[cpu]];
	struct sv_queue_layout layout;
	struct sv_ring ring;
	void *memory;

	*q = (struct sv_virtio_queue){ .blk = blk, .number = number };
	blk->ring->layout(size, blk->ring_config, &layout);
	q->driver = side(layout.driver_bytes);
	q->device = side(layout.device_bytes);
	q->request = calloc(size, sizeof(struct sv_request *));
	q->free = calloc(size, sizeof(*q->free));
	memory = sv_memory_alloc(system->memory, layout.bytes, node);
	q->header = sv_memory_alloc(system->memory, (size_t)size * SV_LINE_BYTES, node);
	if (!q->driver || !q->device || !q->request || !q->free || !memory || !q->header)
		return sv_error(diag, NULL, "out of memory for virtqueues");
	for (uint32_t i = 0; i < size; i++)
		q->free[q->n_free++] = size - 1 - i;
	ring = sv_queue_ring(&layout, memory, size);
	blk->ring->driver_init(q->driver, &ring, blk->ring_config);
	blk->ring->device_init(q->device, &ring, blk->ring_config);
	if (sv_irq_init(&q->irq, system, cpu, interrupted, q) < 0)
		return sv_error(diag, NULL, "out of memory");
	return sv_kernel_lock_init(&q->lock, &blk->locks, node, diag);
}

static int init_queues(struct sv_virtio_blk *blk, uint32_t size, struct sv_diag *diag)
{
	unsigned queues = sv_disk_hw_queues(blk->disk);

	blk->queue = calloc(queues, sizeof(*blk->queue));
	if (!blk->queue)
		return sv_error(diag, NULL, "out of memory");
	for (; blk->queues < queues; blk->queues++)
		if (init_queue(blk, blk->queues, size, diag) < 0) {
			blk->queues++;
			return -1;
		}
	return 0;
}

struct sv_virtio_blk *sv_virtio_blk_new(const struct sv_virtio_config *config, struct sv_diag *diag)
{
	const struct sv_seat *seat = config->seat;
	const struct sv_disk_options *o = seat->options;
	uint32_t size = o->queue_size ? (uint32_t)o->queue_size : SV_VIRTIO_ENTRIES;
	struct sv_disk_config disk = { .owner = seat->name,
		.system = seat->system,
		.layer = &o->layer,
		.lock = &o->lock,
		.queues = seat->queues,
		.depth = o->indirect ? size : size / BUFFERS,
		.max_bytes = seat->max_bytes,
		.capacity = seat->capacity };
	struct sv_virtio_blk *blk = calloc(1, sizeof(*blk));

	if (!blk) {
		sv_error(diag, NULL, "%s: out of memory", seat->name);
		return NULL;
	}
	blk->system = seat->system;
	blk->published = config->published;
	blk->ring = sv_kinds_find(
		&sv_queue_kinds, o->ring == SV_RING_PACKED ? "vring-packed" : "vring-split")
			    .object;
	blk->disk = sv_disk_new(&disk, diag);
	if (!blk->disk) {
		free(blk);
		return NULL;
	}
	blk->polls = sv_disk_polls(blk->disk);
	sv_disk_drive(blk->disk, &virtio_blk, blk);
	if (make_config(blk, o) < 0 ||
		sv_lock_class_init(&blk->locks, seat->system, &o->lock, true, diag) < 0 ||
		init_queues(blk, size, diag) < 0) {
		sv_disk_free(blk->disk);
		return NULL;
	}
	return blk;
}
