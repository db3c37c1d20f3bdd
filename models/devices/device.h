/*
 * device.h - a storage device behind its queues
 *
 * A kind of device is one file and one line in device_list.h. Its type is a const table, its
 * state one struct. It works by events on its host's LP: a port that is rung has commands, which
 * the device fetches when its arbitration says so, serves by its parts (channels, dies, caches)
 * and posts when done.
 *
 *	port.fetch()  gives the oldest command that waits	(memory is read by the device)
 *	port.post()   puts its completion			(memory is written by the device)
 *	port.interrupt()  signals the port's vector
 *
 * What stands behind a port is the caller's: an NVMe queue pair in simulated memory, the slots of
 * an AHCI port, or a generator of load for a device alone.
 */
#ifndef SV_DEVICE_H
#define SV_DEVICE_H

#include "diag.h"
#include "engine.h"
#include "options.h"
#include "random.h"
#include "world/result.h"

struct sv_node;

enum sv_io_op { SV_IO_READ, SV_IO_WRITE, SV_IO_FLUSH, SV_IO_TRIM };

/* A command. The caller owns it from submission to post(). */
struct sv_io {
	enum sv_io_op op;
	uint32_t bytes;
	uint64_t offset;     /* of the device, in bytes */
	sv_time fetched;     /* by the device */
	sv_time started;     /* being served by what is not a queue */
	sv_time posted;      /* by the port: its completion is in memory */
	uint32_t tag;        /* the port's, while the device has it */
	bool failed;         /* by the device: it lies outside its capacity */
	struct sv_io *next;  /* the device's, while it has it */
	uint64_t private[4]; /* likewise */
};

struct sv_device;
struct sv_device_port {
	struct sv_io *(*fetch)(struct sv_device_port *port); /* NULL: none waits */
	void (*post)(struct sv_device_port *port, struct sv_io *io);
	void (*interrupt)(struct sv_device_port *port);
	struct sv_device *device;
	unsigned number;
	uint8_t priority;            /* 0 urgent, 1 high, 2 medium, 3 low: weighted round robin */
	bool interrupts;             /* polled queues have none */
	bool prompt;                 /* its interrupts are never coalesced (NVMe's feature 09h) */
	struct sv_device_port *next; /* the device's */
	uint64_t private[4];
};

struct sv_device_kind {
	const char *name, *help;
	const struct sv_table *options;
	const struct sv_metric *metrics;        /* ends with name == NULL */
	bool sata;                              /* has a port of AHCI, not queue pairs of NVMe */
	unsigned (*queues)(const void *config); /* at most so many ports */
	uint32_t (*depth)(const void *config);  /* of a queue, at most */
	uint64_t (*capacity)(const void *config);
	uint32_t (*max_transfer)(const void *config); /* bytes of a command, at most */
	int (*check)(const void *config, const struct sv_node *node, struct sv_diag *diag);
	struct sv_device *(*start)(struct sv_lp *lp, const char *name, const void *config,
		uint64_t seed, unsigned replication, struct sv_diag *diag);
	/* A port joins, before the first event. Returns -1 when no queue is left for it. */
	int (*attach)(struct sv_device *device, struct sv_device_port *port);
	/* A doorbell write has reached the device: the port has commands. */
	void (*ring)(struct sv_device *device, struct sv_device_port *port);
	void (*reset)(struct sv_device *device, sv_time now);
	/* Checks the conservation of commands, utilisation and Little's law; puts the metrics. */
	int (*finish)(struct sv_device *device, sv_time now, struct sv_metrics *out,
		struct sv_diag *diag);
	void (*free)(struct sv_device *device);
};

/* Every device begins with this. */
struct sv_device {
	const struct sv_device_kind *kind;
	const char *name;
	struct sv_lp *lp;
	sv_time doorbell; /* from its write until ring() is to be called */
};

/*
 * What devices and their ports schedule: an alarm, which is part of the struct whose function it
 * calls. Pending ones must stay where they are; one may be pending several times.
 */
struct sv_device_alarm {
	void (*fire)(struct sv_device_alarm *alarm);
};
enum { SV_EVENT_DEVICE = 0x10000 }; /* clear of the events of CPUs, threads and memory */

static inline void sv_device_after(struct sv_lp *lp, sv_time delay, struct sv_device_alarm *alarm)
{
	sv_schedule(lp, sv_now(lp) + delay, SV_EVENT_DEVICE, (uint64_t)(uintptr_t)alarm);
}

/* False: it is none of a device. */
static inline bool sv_device_handle(const struct sv_event *event)
{
	struct sv_device_alarm *alarm;

	if (event->type != SV_EVENT_DEVICE)
		return false;
	alarm = (struct sv_device_alarm *)(uintptr_t)event->arg;
	alarm->fire(alarm);
	return true;
}

/* The random numbers of a device; seed and replication as start() has them. */
void sv_device_stream(struct sv_stream *stream, const struct sv_device *device, uint64_t seed,
	unsigned replication);

/* The list, as a kind of option: `devices.NAME: {kind: ...}`. */
extern const struct sv_kinds sv_device_kinds;

#endif
