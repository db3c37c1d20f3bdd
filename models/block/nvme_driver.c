/*
 * nvme_driver.c - a kernel's NVMe driver over the queue pairs of a device
 *
 * One lock a queue guards both of its rings, with interrupts off. Requests of a batch are written
 * to the ring one by one and told to the device by one doorbell. The handler of a queue's vector
 * reaps all completions under the lock and ends the requests without it.
 *
 * Left out: Linux since 4.18 has a lock for each ring, or none for the completions, which costs
 * the handler an atomic less.
 *
 * Reference     Linux 4.14, drivers/nvme/host/pci.c, nvme_queue_rq(), nvme_irq() and nvme_poll().
 */
#include "block/nvme_driver.h"
#include "block/disk_private.h"
#include "block/kernel_lock.h"
#include "devices/nvme_port.h"
#include "queues/queues.h"
#include "vm/irq.h"
#include <stdlib.h>

/* How often who polls looks before it returns: more than one poller may be at a queue, and what one
 * waits for may be ended by another. */
enum { POLL_TESTS = 64 };

extern const struct sv_queue sv_queue_nvme_pair_simulated;
static const struct sv_queue *const pair = &sv_queue_nvme_pair_simulated;

struct nvme;
struct nvme_queue {
	struct nvme *nvme;
	struct sv_kernel_lock lock;
	void *driver; /* the driver's side of the pair */
	struct sv_nvme_port *port;
	struct sv_irq irq;
	struct sv_request_list untold; /* in the ring, but not told to the device */
	bool has_irq;
};

struct nvme {
	struct sv_disk *disk;
	struct sv_lock_class locks;
	struct nvme_queue *queue;
	unsigned queues;
	void *options;        /* of the pair */
	bool refused;         /* the device has refused a command */
	enum sv_stage signal; /* from a completion in memory until a CPU sees it */
};

/* All that the ring has, the device may take now. */
static void tell(struct nvme_queue *q, struct sv_sim_thread *self)
{
	struct sv_request *r;

	if (!q->untold.first)
		return;
	if (pair->publish(q->driver))
		sv_nvme_port_ring(q->port);
	while ((r = sv_request_list_take(&q->untold)))
		sv_request_stage(r, sv_now(self->process.lp), SV_STAGE_QUEUE);
}

static bool add(struct nvme_queue *q, struct sv_request *r)
{
	struct sv_nvme_command command;
	struct sv_buffer buffer = { .bytes = sizeof(command) };
	struct sv_chain chain = { .buffer = &buffer, .buffers = 1, .token = r };

	buffer.address = (uintptr_t)&command;
	sv_nvme_command(&command, &r->io);
	return pair->add(q->driver, &chain);
}

static bool nvme_queue(void *driver, unsigned hw_queue, struct sv_sim_thread *self,
	struct sv_request *r, bool last)
{
	struct nvme *n = driver;
	struct nvme_queue *q = &n->queue[hw_queue];
	bool room;

	sv_sim_work(self, sv_disk_cost(n->disk, SV_COST_NVME_SUBMIT));
	sv_kernel_lock_acquire(&q->lock, self, r);
	room = add(q, r);
	if (room)
		sv_request_list_add(&q->untold, r);
	if (last || !room)
		tell(q, self);
	sv_kernel_lock_release(&q->lock, self);
	return room;
}

static void nvme_commit(void *driver, unsigned hw_queue, struct sv_sim_thread *self)
{
	struct nvme_queue *q = &((struct nvme *)driver)->queue[hw_queue];

	sv_kernel_lock_acquire(&q->lock, self, NULL);
	tell(q, self);
	sv_kernel_lock_release(&q->lock, self);
}

/* Takes all completions that are there. */
static struct sv_request_list reap(struct nvme_queue *q, struct sv_sim_thread *self)
{
	struct sv_request_list done = { .n = 0 };
	struct sv_reaped reaped;

	sv_kernel_lock_acquire(&q->lock, self, NULL);
	while (pair->reap(q->driver, &reaped)) {
		q->nvme->refused |= reaped.result != SV_NVME_DONE;
		sv_request_arrive(reaped.token, sv_now(self->process.lp), q->nvme->signal);
		sv_request_list_add(&done, reaped.token);
	}
	sv_kernel_lock_release(&q->lock, self);
	return done;
}

static unsigned complete(struct nvme_queue *q, struct sv_sim_thread *self)
{
	struct sv_request_list done = reap(q, self);
	const struct sv_disk *disk = q->nvme->disk;
	unsigned n = done.n;
	struct sv_request *r;

	while ((r = sv_request_list_take(&done))) {
		sv_sim_work(self, sv_disk_cost(disk, SV_COST_NVME_COMPLETE));
		sv_disk_end(q->nvme->disk, r, self);
	}
	return n;
}

static void handler(struct sv_sim_thread *self, void *arg)
{
	complete(arg, self);
}

static unsigned nvme_poll(void *driver, unsigned hw_queue, struct sv_sim_thread *self)
{
	struct nvme_queue *q = &((struct nvme *)driver)->queue[hw_queue];

	if (!pair->await(q->driver, POLL_TESTS))
		return 0;
	return complete(q, self);
}

static void nvme_reset(void *driver, sv_time now)
{
	struct nvme *n = driver;

	(void)now;
	for (unsigned i = 0; i < n->queues; i++) {
		sv_kernel_lock_reset(&n->queue[i].lock);
		n->queue[i].irq.count = 0;
	}
}

static const char *nvme_check(const void *driver)
{
	const struct nvme *n = driver;

	for (unsigned i = 0; i < n->queues; i++) {
		const struct nvme_queue *q = &n->queue[i];
		const struct sv_queue_side *side = q->driver;
		const char *device = sv_nvme_port_broken(q->port);

		if (side->broken || device)
			return side->broken ? side->broken : device;
		if (q->lock.broken)
			return "two threads held the lock of an NVMe queue at once";
	}
	return n->refused ? "the device refused a command: it is too large, or lies outside of it"
			  : NULL;
}

static sv_time nvme_waited(const void *driver)
{
	const struct nvme *n = driver;
	sv_time sum = 0;

	for (unsigned i = 0; i < n->queues; i++)
		sum += n->queue[i].lock.waited;
	return sum;
}

static uint64_t nvme_interrupts(const void *driver)
{
	const struct nvme *n = driver;
	uint64_t sum = 0;

	for (unsigned i = 0; i < n->queues; i++)
		sum += n->queue[i].irq.count;
	return sum;
}

static void nvme_free(void *driver)
{
	struct nvme *n = driver;

	for (unsigned i = 0; i < n->queues; i++) {
		sv_nvme_port_free(n->queue[i].port);
		if (n->queue[i].has_irq)
			sv_irq_fini(&n->queue[i].irq);
		free(n->queue[i].driver);
	}
	sv_lock_class_fini(&n->locks);
	free(n->options);
	free(n->queue);
	free(n);
}

static const struct sv_driver nvme_driver = { .name = "nvme",
	.queue = nvme_queue,
	.commit = nvme_commit,
	.poll = nvme_poll,
	.reset = nvme_reset,
	.check = nvme_check,
	.waited = nvme_waited,
	.interrupts = nvme_interrupts,
	.free = nvme_free };

/* The rings and both of their sides, near the CPU that takes the interrupts. */
static int make_pair(struct nvme_queue *q, struct sv_system *system, unsigned node,
	struct sv_nvme_port_config *port, struct sv_diag *diag)
{
	uint32_t entries = sv_disk_depth(q->nvme->disk) + 1;
	struct sv_queue_layout layout;
	struct sv_ring ring;
	void *memory;

	pair->layout(entries, q->nvme->options, &layout);
	memory = sv_memory_alloc(system->memory, layout.bytes, node);
	q->driver = calloc(1, layout.driver_bytes);
	if (!memory || !q->driver)
		return sv_error(
			diag, NULL, "%s: out of simulated memory for queues", port->device->name);
	ring = sv_queue_ring(&layout, memory, entries);
	pair->driver_init(q->driver, &ring, q->nvme->options);
	port->ring = &ring;
	q->port = sv_nvme_port_new(port, diag);
	return q->port ? 0 : -1;
}

static int init_queue(struct nvme *n, unsigned number, struct sv_system *system,
	struct sv_device *device, struct sv_diag *diag)
{
	struct nvme_queue *q = &n->queue[number];
	unsigned cpu = sv_disk_queue_cpu(n->disk, number);
	unsigned node = system->memory->machine->node_of[system->pu[cpu]];
	struct sv_nvme_port_config port = { .device = device,
		.memory = system->memory,
		.team = &system->team,
		.queue = pair,
		.options = n->options };

	q->nvme = n;
	if (sv_kernel_lock_init(&q->lock, &n->locks, node, diag) < 0)
		return -1;
	if (!sv_disk_polls(n->disk)) {
		q->has_irq = true;
		if (sv_irq_init(&q->irq, system, cpu, handler, q) < 0)
			return sv_error(diag, NULL, "%s: out of memory", device->name);
		port.irq = &q->irq;
	}
	return make_pair(q, system, node, &port, diag);
}

static int check_costs(const struct sv_machine *machine, struct sv_diag *diag)
{
	static const enum sv_cost needed[] = { SV_COST_NVME_SUBMIT, SV_COST_NVME_COMPLETE,
		SV_COST_MMIO_WRITE, SV_COST_IRQ_ENTRY };

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (machine->cost[needed[i]] < 0)
			return sv_error(diag, NULL, "%s: has no cost %s, which NVMe drivers need",
				machine->name, sv_cost_name(needed[i]));
	return 0;
}

static int nvme_init(struct nvme *n, const struct sv_disk_config *config, struct sv_device *device,
	struct sv_diag *diag)
{
	n->queue = calloc(sv_disk_hw_queues(n->disk), sizeof(*n->queue));
	n->options = calloc(1, pair->options->size);
	if (!n->queue || !n->options)
		return sv_error(diag, NULL, "%s: out of memory", device->name);
	if (check_costs(config->system->memory->machine, diag) < 0 ||
		sv_lock_class_init(&n->locks, config->system, config->lock, true, diag) < 0)
		return -1;
	while (n->queues < sv_disk_hw_queues(n->disk))
		if (init_queue(n, n->queues++, config->system, device, diag) < 0)
			return -1;
	return 0;
}

struct sv_disk *sv_nvme_disk_new(
	const struct sv_disk_config *config, struct sv_device *device, struct sv_diag *diag)
{
	struct sv_disk *disk = sv_disk_new(config, diag);
	struct nvme *n = disk ? calloc(1, sizeof(*n)) : NULL;

	if (!disk)
		return NULL;
	if (!n) {
		sv_disk_free(disk);
		sv_error(diag, NULL, "%s: out of memory", device->name);
		return NULL;
	}
	n->disk = disk;
	/* To a guest it is an injection, or a posted interrupt. */
	n->signal = config->system->domain && config->system->domain->cpu->body ? SV_STAGE_INJECT
										: SV_STAGE_COMPLETE;
	sv_disk_drive(disk, &nvme_driver, n);
	if (nvme_init(n, config, device, diag) == 0)
		return disk;
	sv_disk_free(disk);
	return NULL;
}
