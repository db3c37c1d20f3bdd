/*
 * nvme_port.h - an NVMe queue pair in simulated memory as a port of a device
 *
 * Between a driver and a device: the driver puts 64-byte commands into the submission queue and
 * rings; the port takes them by the device's side of the pair, as a device reads and writes
 * memory: at once for the CPUs, while the device itself charges what PCIe takes.
 *
 *	sv_nvme_port_new(&config, diag)			before the first event
 *
 *	sv_nvme_command(command, &request->io);		the driver
 *	queue->add(driver, &(struct sv_chain){ &buffer, 1, request });
 *	if (queue->publish(driver))
 *		sv_nvme_port_ring(port);		after the store that the doorbell costs
 *	...
 *	while (queue->reap(driver, &reaped))		the handler of `irq`, or who polls
 *
 * The command's metadata pointer holds the address of its sv_io, which tells the driver when the
 * device fetched and began it; the namespaces have no metadata. The data pointers are not
 * followed: the device charges the transfer of the data by their size, to no CPU.
 *
 * Rules. One pair, one port. All of it is on the host's LP. A driver that polls leaves `irq` NULL.
 */
#ifndef SV_NVME_PORT_H
#define SV_NVME_PORT_H

#include "devices/device.h"
#include "queues/queue.h"

struct sv_irq;
struct sv_sim_team;
struct sv_memory;
struct sv_nvme_port;

/* A submission entry, as the specification has it (little endian). */
struct sv_nvme_command {
	uint8_t opcode, flags;
	uint16_t id;
	uint32_t namespace_id;
	uint64_t reserved;
	uint64_t metadata; /* address of the sv_io */
	uint64_t prp[2];
	uint64_t block;  /* dwords 10 and 11: the first one */
	uint32_t blocks; /* dword 12: number of blocks, less one */
	uint32_t dword13, dword14, dword15;
};

enum { SV_NVME_FLUSH = 0, SV_NVME_WRITE = 1, SV_NVME_READ = 2, SV_NVME_DATASET = 9 };
#define SV_NVME_BLOCK_BYTES 512
/* Of a completion's status field, without the phase. */
enum { SV_NVME_DONE = 0, SV_NVME_OUT_OF_RANGE = 0x80 };

/* What a driver writes; the queue sets the id. */
void sv_nvme_command(struct sv_nvme_command *command, const struct sv_io *io);

struct sv_nvme_port_config {
	struct sv_device *device;
	struct sv_memory *memory;     /* the host's */
	struct sv_sim_team *team;     /* of the driver's system */
	const struct sv_queue *queue; /* the simulated nvme_pair */
	const struct sv_ring *ring;   /* in that memory */
	const void *options;          /* the queue's */
	struct sv_irq *irq;           /* NULL: the queue is polled */
	uint8_t priority;             /* 0 urgent, 1 high, 2 medium, 3 low */
	/* Told of each completion that is in memory: for who looks for them in many places. May be
	 * NULL. */
	void (*posted)(void *arg);
	void *arg;
};

/* NULL after reporting. The port attaches itself to the device. */
struct sv_nvme_port *sv_nvme_port_new(
	const struct sv_nvme_port_config *config, struct sv_diag *diag);
void sv_nvme_port_free(struct sv_nvme_port *port);

/* The doorbell was written: the device learns of it when the posted write arrives. From any
 * context. */
void sv_nvme_port_ring(struct sv_nvme_port *port);

/* Why the device takes no more of the queue, which broke its rules; NULL: all is well. */
const char *sv_nvme_port_broken(const struct sv_nvme_port *port);

#endif
