/*
 * ahci_driver.c - a kernel's driver of a SATA drive behind an AHCI host adapter
 *
 * Native command queuing: a command is a header of 32 bytes and a table of 128 in memory, in one of
 * 32 slots, and two writes of registers that say which slot is new. Each command is told by itself.
 * The handler asks the adapter, then the port, why, tells the port that it knows, asks which slots
 * are still active, and at the end tells the adapter: three reads of registers, for which the CPU
 * waits, and two writes. One lock, with interrupts off, guards the port on both ways.
 *
 * Reference     Serial ATA AHCI 1.3.1; Linux 6.6, drivers/ata/libahci.c, ahci_qc_issue() and
 *               ahci_single_level_irq_intr().
 */
#include "block/ahci_driver.h"
#include "agent.h"
#include "block/disk_private.h"
#include "block/kernel_lock.h"
#include "devices/device.h"
#include "vm/doorbell.h"
#include "vm/irq.h"
#define SV_SUBSTRATE_simulated 1
#include "substrate.h"
#include <stdlib.h>

enum { SLOTS = 32, HEADER_BYTES = 32, TABLE_BYTES = 128, FIS_BYTES = 8 };

/* A slot's memory: what the driver writes and the device reads. */
struct slot_memory {
	_Alignas(SV_LINE_BYTES) unsigned char header[HEADER_BYTES];
	_Alignas(SV_LINE_BYTES) unsigned char table[TABLE_BYTES];
};

struct ahci {
	struct sv_device_port port; /* first: the device knows it */
	struct sv_device_alarm bell;
	struct sv_disk *disk;
	struct sv_lock_class locks;
	struct sv_kernel_lock lock;
	struct sv_irq irq;
	struct sv_sim_thread agent;
	struct slot_memory *memory;
	unsigned char *fis; /* received: which slots are done */
	uint32_t slots;     /* that there are */
	uint32_t used, done;
	struct sv_request *request[SLOTS];
	uint8_t issued[SLOTS]; /* slots that the device has not fetched, a ring */
	unsigned first, n;
	bool has_irq, refused;
};

static struct ahci *ahci_of(struct sv_device_port *port)
{
	return (struct ahci *)port;
}

/* The device's side. */

static struct sv_io *fetch(struct sv_device_port *port)
{
	struct ahci *a = ahci_of(port);
	struct sv_sim_thread *before;
	struct slot_memory copy;
	unsigned slot;

	if (a->n == 0)
		return NULL;
	slot = a->issued[a->first];
	a->first = (a->first + 1) % SLOTS;
	a->n--;
	before = sv_sim_act_as(&a->agent);
	sv_copy_in(copy.header, a->memory[slot].header, HEADER_BYTES);
	sv_copy_in(copy.table, a->memory[slot].table, TABLE_BYTES);
	sv_sim_act_as(before);
	return &a->request[slot]->io;
}

static void post(struct sv_device_port *port, struct sv_io *io)
{
	struct ahci *a = ahci_of(port);
	const struct sv_request *r = (const struct sv_request *)io;
	struct sv_sim_thread *before = sv_sim_act_as(&a->agent);
	uint64_t fis[FIS_BYTES / sizeof(uint64_t)] = { UINT64_C(1) << r->private[0] };

	sv_copy_out(a->fis, fis, FIS_BYTES);
	sv_sim_act_as(before);
	io->posted = sv_now(port->device->lp);
	a->done |= UINT32_C(1) << r->private[0];
}

static void interrupt(struct sv_device_port *port)
{
	sv_irq_raise(&ahci_of(port)->irq, NULL);
}

static void ring(struct sv_device_alarm *alarm)
{
	struct ahci *a = (struct ahci *)((char *)alarm - offsetof(struct ahci, bell));

	a->port.device->kind->ring(a->port.device, &a->port);
}

/* The driver's. */

static void write_command(struct ahci *a, unsigned slot)
{
	const struct slot_memory command = { .header = { 0 } };

	sv_copy_out(a->memory[slot].table, command.table, TABLE_BYTES);
	sv_copy_out(a->memory[slot].header, command.header, HEADER_BYTES);
}

static bool ahci_queue(void *driver, unsigned hw_queue, struct sv_sim_thread *self,
	struct sv_request *r, bool last)
{
	struct ahci *a = driver;
	uint32_t open;
	unsigned slot;

	(void)hw_queue, (void)last;
	sv_sim_work(self, sv_disk_cost(a->disk, SV_COST_SATA_SUBMIT));
	sv_kernel_lock_acquire(&a->lock, self, r);
	open = ~a->used & (a->slots == SLOTS ? UINT32_MAX : (UINT32_C(1) << a->slots) - 1);
	if (!open) {
		sv_kernel_lock_release(&a->lock, self);
		return false;
	}
	slot = (unsigned)__builtin_ctz(open);
	a->used |= UINT32_C(1) << slot;
	a->request[slot] = r;
	r->private[0] = slot;
	write_command(a, slot);
	sv_mmio_write(self); /* PxSACT */
	sv_mmio_write(self); /* PxCI */
	sv_request_stage(r, sv_now(self->process.lp), SV_STAGE_QUEUE);
	a->issued[(a->first + a->n++) % SLOTS] = (uint8_t)slot;
	sv_device_after(a->port.device->lp, a->port.device->doorbell, &a->bell);
	sv_kernel_lock_release(&a->lock, self);
	return true;
}

static void ahci_commit(void *driver, unsigned hw_queue, struct sv_sim_thread *self)
{
	(void)driver, (void)hw_queue, (void)self;
}

static unsigned ahci_poll(void *driver, unsigned hw_queue, struct sv_sim_thread *self)
{
	(void)driver, (void)hw_queue, (void)self;
	return 0;
}

/* Takes the slots that are done. */
static struct sv_request_list reap(struct ahci *a, struct sv_sim_thread *self)
{
	struct sv_request_list list = { .n = 0 };
	uint32_t done;

	sv_kernel_lock_acquire(&a->lock, self, NULL);
	sv_mmio_read(self);  /* PxIS */
	sv_mmio_write(self); /* PxIS */
	sv_mmio_read(self);  /* PxSACT */
	done = a->done;
	a->done = 0;
	a->used &= ~done;
	for (; done; done &= done - 1) {
		struct sv_request *r = a->request[__builtin_ctz(done)];

		a->refused |= r->io.failed;
		sv_request_arrive(r, sv_now(self->process.lp), SV_STAGE_COMPLETE);
		sv_request_list_add(&list, r);
	}
	sv_kernel_lock_release(&a->lock, self);
	return list;
}

static void handler(struct sv_sim_thread *self, void *arg)
{
	struct ahci *a = arg;
	struct sv_request_list list;
	struct sv_request *r;

	sv_mmio_read(self); /* the adapter's IS */
	list = reap(a, self);
	while ((r = sv_request_list_take(&list))) {
		sv_sim_work(self, sv_disk_cost(a->disk, SV_COST_SATA_COMPLETE));
		sv_disk_end(a->disk, r, self);
	}
	sv_mmio_write(self); /* IS */
}

static void ahci_reset(void *driver, sv_time now)
{
	struct ahci *a = driver;

	(void)now;
	sv_kernel_lock_reset(&a->lock);
	a->irq.count = 0;
}

static const char *ahci_check(const void *driver)
{
	const struct ahci *a = driver;

	if (a->lock.broken)
		return "two threads held the lock of an AHCI port at once";
	return a->refused ? "the drive refused a command: it is too large, or lies outside of it"
			  : NULL;
}

static sv_time ahci_waited(const void *driver)
{
	return ((const struct ahci *)driver)->lock.waited;
}

static uint64_t ahci_interrupts(const void *driver)
{
	return ((const struct ahci *)driver)->irq.count;
}

static void ahci_free(void *driver)
{
	struct ahci *a = driver;

	if (a->has_irq)
		sv_irq_fini(&a->irq);
	sv_lock_class_fini(&a->locks);
	free(a);
}

static const struct sv_driver ahci_driver = { .name = "ahci",
	.queue = ahci_queue,
	.commit = ahci_commit,
	.poll = ahci_poll,
	.reset = ahci_reset,
	.check = ahci_check,
	.waited = ahci_waited,
	.interrupts = ahci_interrupts,
	.free = ahci_free };

static int ahci_init(struct ahci *a, const struct sv_disk_config *config, struct sv_device *device,
	struct sv_diag *diag)
{
	static const enum sv_cost needed[] = { SV_COST_SATA_SUBMIT, SV_COST_SATA_COMPLETE,
		SV_COST_MMIO_WRITE, SV_COST_MMIO_READ, SV_COST_IRQ_ENTRY };
	struct sv_memory *m = config->system->memory;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (m->machine->cost[needed[i]] < 0)
			return sv_error(diag, NULL, "%s: has no cost %s, which SATA drives need",
				m->machine->name, sv_cost_name(needed[i]));
	if (sv_disk_polls(a->disk))
		return sv_error(diag, NULL, "%s: a SATA drive cannot be polled", device->name);
	if (sv_lock_class_init(&a->locks, config->system, config->lock, true, diag) < 0 ||
		sv_kernel_lock_init(&a->lock, &a->locks, 0, diag) < 0)
		return -1;
	a->slots = sv_disk_depth(a->disk);
	a->memory = sv_memory_alloc(m, a->slots * sizeof(*a->memory), 0);
	a->fis = sv_memory_alloc(m, FIS_BYTES, 0);
	a->has_irq = true;
	if (!a->memory || !a->fis || sv_irq_init(&a->irq, config->system, 0, handler, a) < 0)
		return sv_error(diag, NULL, "%s: out of memory", device->name);
	sv_sim_agent_init(&a->agent, m, &config->system->team);
	a->bell.fire = ring;
	a->port = (struct sv_device_port){
		.fetch = fetch, .post = post, .interrupt = interrupt, .interrupts = true
	};
	device->kind->attach(device, &a->port);
	return 0;
}

struct sv_disk *sv_ahci_disk_new(
	const struct sv_disk_config *config, struct sv_device *device, struct sv_diag *diag)
{
	struct sv_disk_config one = *config;
	struct sv_disk *disk;
	struct ahci *a;

	one.queues = 1;
	one.depth = one.depth < SLOTS ? one.depth : SLOTS;
	disk = sv_disk_new(&one, diag);
	a = disk ? calloc(1, sizeof(*a)) : NULL;
	if (!disk)
		return NULL;
	if (!a) {
		sv_disk_free(disk);
		sv_error(diag, NULL, "%s: out of memory", device->name);
		return NULL;
	}
	a->disk = disk;
	sv_disk_drive(disk, &ahci_driver, a);
	if (ahci_init(a, &one, device, diag) == 0)
		return disk;
	sv_disk_free(disk);
	return NULL;
}
