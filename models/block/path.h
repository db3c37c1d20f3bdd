/*
 * path.h - how the requests of a VM's disk reach a device, and come back
 *
 * A path is one file in paths/ and one line in path_list.h. Its type is a const table; its
 * state is what start() allocates. It makes the disk that programs of the VM submit to
 * (disk.h) and whatever stands behind that: a driver, queues, threads of the host.
 *
 * What the host has once for all VMs, such as its own disk of a device, a path asks of its
 * seat's site.
 */
#ifndef SV_PATH_H
#define SV_PATH_H

#include "block/disk.h"
#include "block/disk_options.h"
#include "diag.h"
#include "host/loop.h"
#include "machine/cost.h"

struct sv_controller;
struct sv_device;
struct sv_qemu;
struct sv_stages;
struct sv_system;

/* What a path makes of the options of its disk; others are refused where they are written. */
enum sv_path_uses {
	SV_PATH_RING = 1,          /* ring, queue-size, event-idx, ... of a virtqueue */
	SV_PATH_IOTHREADS = 2,     /* threads of QEMU */
	SV_PATH_ENGINE = 4,        /* by which QEMU does I/O, and on what */
	SV_PATH_QUEUES = 8,        /* several */
	SV_PATH_OWN_QUEUES = 16,   /* those are queues of the device */
	SV_PATH_LAYER = 32,        /* a disk with a block layer of its own, not the host's */
	SV_PATH_WHOLE_DEVICE = 64, /* nobody else has the device */
	SV_PATH_POSTED = 128,      /* it needs posted interrupts */
	SV_PATH_DRIVES = 256, /* queues of the device, which the host's kernel then leaves alone */
	SV_PATH_POLLED = 512, /* its driver can look for completions */
};

/* How many threads of its own a path has, and the PU that the first stays on; -1: any. What
 * options of a path begin with if it has any of these. */
struct sv_server_options {
	int64_t threads, cpu;
};

/* The host, to a path. */
struct sv_site {
	/* The host's own disk of a device, made when first asked for. NULL after reporting. */
	struct sv_disk *(*disk)(struct sv_site *site, const char *device, struct sv_diag *diag);
	struct sv_system *host;
	struct sv_qemu *qemu; /* the hypervisor of this VM */
};

struct sv_seat {
	const char *name; /* of the disk: "guest.vda" */
	const struct sv_disk_options *options;
	struct sv_system *system; /* whose disk it is */
	struct sv_device *device;
	uint32_t depth;  /* entries of its queues, at most */
	unsigned queues; /* as options and device have it */
	uint64_t capacity;
	uint32_t max_bytes; /* of a request of the device; 0: the host's disk splits larger ones */
	struct sv_site *site;
};

struct sv_path {
	const char *name, *help;
	const struct sv_table *options; /* of the path, beside those of every disk */
	unsigned modes;                 /* a bit for each sv_mode that can have it */
	unsigned uses;                  /* enum sv_path_uses */
	const enum sv_cost *costs; /* optional ones that it charges, SV_COSTS behind the last */
	/* Makes *disk. Returns the path's state, or NULL after reporting. */
	void *(*start)(const struct sv_seat *seat, struct sv_disk **disk, struct sv_diag *diag);
	const struct sv_stages *stages;         /* back_end.h; NULL: it has none */
	const struct sv_controller *controller; /* emulated.h; likewise */
	/* Beyond the disk; may be NULL, as may the others. */
	void (*reset)(void *state, sv_time now);
	/* Notifications of the device since reset. */
	uint64_t (*kicks)(const void *state);
	/* Adds what its threads of the host did since reset. */
	void (*threads)(void *state, sv_time now, struct sv_loop_stats *sum);
	void (*free)(void *state); /* its disk, too, if it has SV_PATH_LAYER */
};

/* What a disk of a guest reports beside sv_disk_metrics; kicks: NAN for a path without any, as
 * threads is all 0. */
struct sv_path_counts {
	double requests, kicks, exits;
	struct sv_loop_stats threads;
};
extern const struct sv_metric sv_path_metrics[];
void sv_path_put(const char *owner, const struct sv_path_counts *counts, struct sv_metrics *out);

/* The list, as a kind of option: `vms.NAME.disks.NAME.path`. */
extern const struct sv_kinds sv_path_kinds;

#endif
