/*
 * ssd.h - the inside of a solid-state drive (private to models/devices)
 *
 * A command goes: queue, arbiter, fetch over the link, a core of the controller, the medium, the
 * link again, completion. Each part is a file; this header is what they see of each other.
 *
 *	ssd_queues.c	arbitration, interrupts and their coalescing
 *	ssd.c		the way of a command through controller and link
 *	ssd_units.c	a medium of parallel units
 *	flash.c		a medium of dies behind channels (flash.h)
 *	ssd_finish.c	laws and metrics
 *
 * Cores and links serve in order of arrival and need no queue (ssd_server.h), so a read takes four
 * or five events.
 */
#ifndef SV_SSD_H
#define SV_SSD_H

#include "devices/device.h"
#include "devices/ssd_config.h"
#include "devices/ssd_server.h"
#include "random.h"

struct sv_ssd;

/* A queue of commands and its vector. */
struct sv_ssd_queue {
	struct sv_device_alarm coalesced, message;
	struct sv_ssd *ssd;
	struct sv_device_port *port;
	struct sv_ssd_queue *next; /* that waits in its class */
	bool ready;
	unsigned pending; /* completions that no interrupt has told */
	sv_time due;      /* of the timer that tells them; -1: none runs */
};

/* Queues of one priority, served by turns. */
struct sv_ssd_class {
	struct sv_ssd_queue *first, *last;
	int64_t credit;
};

struct sv_ssd_command {
	struct sv_device_alarm alarm;
	struct sv_ssd *ssd;
	struct sv_io *io;
	struct sv_ssd_queue *queue;
	struct sv_ssd_command *next;
	uint32_t parts; /* that the medium has yet to deliver */
	uint64_t mark;  /* the write cache's */
};

/* A part of a read, while the medium has it. */
struct sv_ssd_part {
	struct sv_device_alarm alarm;
	struct sv_ssd_command *command;
	struct sv_ssd_part *next;
	uint32_t bytes;
};

/* What keeps the data. */
struct sv_ssd_medium {
	/* Makes ssd->media. Returns -1 when no memory is left. */
	int (*start)(struct sv_ssd *ssd);
	/* read() answers by sv_ssd_delivered() for each part of a command, the others by
	 * sv_ssd_complete(). */
	void (*read)(struct sv_ssd *ssd, struct sv_ssd_command *command);
	void (*write)(struct sv_ssd *ssd, struct sv_ssd_command *command);
	void (*flush)(struct sv_ssd *ssd, struct sv_ssd_command *command);
	void (*trim)(struct sv_ssd *ssd, struct sv_ssd_command *command);
	void (*reset)(struct sv_ssd *ssd, sv_time now);
	/* The name of a broken law, or NULL. */
	const char *(*check)(struct sv_ssd *ssd, sv_time now);
	void (*measure)(struct sv_ssd *ssd, sv_time now, struct sv_metrics *out);
	void (*free)(struct sv_ssd *ssd);
};
extern const struct sv_ssd_medium sv_ssd_units, sv_ssd_flash;

struct sv_ssd {
	struct sv_device device;
	const struct sv_ssd_cfg *cfg; /* own */
	struct sv_ssd_cfg own;
	const struct sv_ssd_medium *medium;
	void *media;
	struct sv_stream random;
	/* Queues. */
	struct sv_ssd_queue *queue;
	unsigned queues;
	struct sv_ssd_class class[4];
	bool pumping;
	unsigned held, fetching; /* commands: all, and those that no core has done */
	/* Controller and link. */
	struct sv_ssd_command *command, *idle;
	struct sv_ssd_server *core, link[2]; /* reads' and writes' way */
	struct sv_ssd_part *part;            /* free ones */
	void **chunk;                        /* of memory for parts */
	size_t chunks;
	/* Since the start of the window. */
	sv_time since;
	struct sv_station inside, controller;
	struct sv_hist latency[2]; /* of reads and writes */
	uint64_t done[4], bytes[2], interrupts, failed;
};

/* ssd.c */
struct sv_ssd_start {
	struct sv_lp *lp;
	const char *name;
	uint64_t seed;
	unsigned replication;
};
struct sv_device *sv_ssd_new(const struct sv_device_kind *kind, const struct sv_ssd_cfg *cfg,
	const struct sv_ssd_start *start, struct sv_diag *diag);
void sv_ssd_free(struct sv_device *device);
void sv_ssd_fetched(struct sv_ssd *ssd, struct sv_ssd_queue *queue, struct sv_io *io);
/* A part of a read's data is there. */
void sv_ssd_delivered(struct sv_ssd_command *command, uint32_t bytes);
void sv_ssd_complete(struct sv_ssd_command *command);
struct sv_ssd_part *sv_ssd_part(struct sv_ssd *ssd, struct sv_ssd_command *command);
void sv_ssd_part_free(struct sv_ssd *ssd, struct sv_ssd_part *part);

/* ssd_queues.c */
int sv_ssd_attach(struct sv_device *device, struct sv_device_port *port);
void sv_ssd_ring(struct sv_device *device, struct sv_device_port *port);
/* Fetches while there is room. */
void sv_ssd_pump(struct sv_ssd *ssd);
void sv_ssd_tell(struct sv_ssd_queue *queue);

/* ssd_finish.c */
extern const struct sv_metric sv_ssd_metrics[];
void sv_ssd_reset(struct sv_device *device, sv_time now);
int sv_ssd_finish(
	struct sv_device *device, sv_time now, struct sv_metrics *out, struct sv_diag *diag);
/* Puts the metric of a name. */
void sv_ssd_put(struct sv_ssd *ssd, struct sv_metrics *out, const char *name, double value);

#endif
