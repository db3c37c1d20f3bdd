/*
 * nvme_port.c - an NVMe queue pair in simulated memory as a port of a device
 */
#include "nvme_port.h"
#include "agent.h"
#include "vm/irq.h"
#include <stdlib.h>

_Static_assert(sizeof(struct sv_nvme_command) == 64, "an entry as the specification has it");

struct sv_nvme_port {
	struct sv_device_port port;
	struct sv_device_alarm bell;
	struct sv_sim_thread agent;
	const struct sv_queue *queue;
	void *state; /* of the device's side */
	struct sv_irq *irq;
	void (*posted)(void *arg);
	void *arg;
};

static struct sv_nvme_port *port_of(struct sv_device_port *port)
{
	return (struct sv_nvme_port *)port;
}

void sv_nvme_command(struct sv_nvme_command *command, const struct sv_io *io)
{
	static const uint8_t opcode[] = { [SV_IO_READ] = SV_NVME_READ,
		[SV_IO_WRITE] = SV_NVME_WRITE,
		[SV_IO_FLUSH] = SV_NVME_FLUSH,
		[SV_IO_TRIM] = SV_NVME_DATASET };

	*command = (struct sv_nvme_command){
		.opcode = opcode[io->op], .namespace_id = 1, .metadata = (uintptr_t)io
	};
	if (io->op == SV_IO_FLUSH)
		return;
	command->block = io->offset / SV_NVME_BLOCK_BYTES;
	command->blocks = (io->bytes - 1) / SV_NVME_BLOCK_BYTES;
}

/* The range of a trim is in memory that the device would read; here the sv_io has it. */
static struct sv_io *decode(const struct sv_nvme_command *command)
{
	struct sv_io *io = (struct sv_io *)(uintptr_t)command->metadata;

	if (command->opcode == SV_NVME_READ || command->opcode == SV_NVME_WRITE) {
		io->op = command->opcode == SV_NVME_READ ? SV_IO_READ : SV_IO_WRITE;
		io->offset = command->block * SV_NVME_BLOCK_BYTES;
		io->bytes = ((command->blocks & 0xffff) + 1) * SV_NVME_BLOCK_BYTES;
	} else {
		io->op = command->opcode == SV_NVME_FLUSH ? SV_IO_FLUSH : SV_IO_TRIM;
	}
	return io;
}

/* With shadow doorbells, the device asks to be rung before it believes that nothing waits. */
static bool take(struct sv_nvme_port *p, struct sv_taken *taken)
{
	return p->queue->take(p->state, taken) ||
	       (p->queue->device_listen(p->state) && p->queue->take(p->state, taken));
}

static struct sv_io *fetch(struct sv_device_port *port)
{
	struct sv_nvme_port *p = port_of(port);
	struct sv_sim_thread *before = sv_sim_act_as(&p->agent);
	struct sv_io *io = NULL;
	struct sv_taken taken;

	if (take(p, &taken)) {
		io = decode((const struct sv_nvme_command *)(uintptr_t)taken.buffer->address);
		io->tag = taken.id;
	}
	sv_sim_act_as(before);
	return io;
}

static void post(struct sv_device_port *port, struct sv_io *io)
{
	struct sv_nvme_port *p = port_of(port);
	struct sv_sim_thread *before = sv_sim_act_as(&p->agent);

	p->queue->complete(p->state, io->tag, io->failed ? SV_NVME_OUT_OF_RANGE : SV_NVME_DONE);
	p->queue->flush(p->state);
	io->posted = sv_now(p->port.device->lp);
	sv_sim_act_as(before);
	if (p->posted)
		p->posted(p->arg);
}

static void interrupt(struct sv_device_port *port)
{
	sv_irq_raise(port_of(port)->irq, NULL);
}

static void bell(struct sv_device_alarm *alarm)
{
	struct sv_nvme_port *p =
		(struct sv_nvme_port *)((char *)alarm - offsetof(struct sv_nvme_port, bell));
	struct sv_sim_thread *before = sv_sim_act_as(&p->agent);
	bool late = p->queue->flush(p->state); /* completions that had no room before */

	sv_sim_act_as(before);
	if (late && p->irq)
		interrupt(&p->port);
	p->port.device->kind->ring(p->port.device, &p->port);
}

void sv_nvme_port_ring(struct sv_nvme_port *p)
{
	sv_device_after(p->port.device->lp, p->port.device->doorbell, &p->bell);
}

const char *sv_nvme_port_broken(const struct sv_nvme_port *p)
{
	return ((const struct sv_queue_side *)p->state)->broken;
}

struct sv_nvme_port *sv_nvme_port_new(const struct sv_nvme_port_config *c, struct sv_diag *diag)
{
	struct sv_nvme_port *p = calloc(1, sizeof(*p));
	struct sv_queue_layout layout;

	if (!p)
		goto no_memory;
	c->queue->layout(c->ring->size, c->options, &layout);
	p->queue = c->queue;
	p->irq = c->irq;
	p->posted = c->posted;
	p->arg = c->arg;
	p->bell.fire = bell;
	p->state = calloc(1, layout.device_bytes);
	if (!p->state)
		goto no_memory;
	sv_sim_agent_init(&p->agent, c->memory, c->team);
	struct sv_sim_thread *before = sv_sim_act_as(&p->agent);
	p->queue->device_init(p->state, c->ring, c->options);
	sv_sim_act_as(before);
	p->port = (struct sv_device_port){ .fetch = fetch,
		.post = post,
		.interrupt = interrupt,
		.priority = c->priority,
		.interrupts = c->irq != NULL };
	if (c->device->kind->attach(c->device, &p->port) == 0)
		return p;
	sv_nvme_port_free(p);
	sv_error(diag, NULL,
		"%s: its disks take more queues than it has; fewer `queues` of disks, or more of "
		"the device, are needed",
		c->device->name);
	return NULL;

no_memory:
	sv_nvme_port_free(p);
	sv_error(diag, NULL, "%s: out of memory", c->device->name);
	return NULL;
}

void sv_nvme_port_free(struct sv_nvme_port *p)
{
	if (p)
		free(p->state);
	free(p);
}
