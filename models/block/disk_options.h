/*
 * disk_options.h - what a scenario says of a VM's disk, and of its hypervisor's I/O threads
 */
#ifndef SV_DISK_OPTIONS_H
#define SV_DISK_OPTIONS_H

#include "block/layer_options.h"
#include "config.h"

struct sv_disk_options {
	const char *device;
	struct sv_layer_options layer;
	struct sv_variant path;     /* object: const struct sv_path */
	int64_t queues, queue_size; /* 0: what path and driver have by themselves */
	int ring;                   /* enum sv_ring_form */
	bool event_idx, indirect, in_order;
	struct sv_variant lock;          /* of the driver's queue; no name: the kernel's */
	const struct sv_node *iothreads; /* none, one, per-queue or names; see below */
	sv_time poll_max;
	int engine, backing;
};

/* Entries of a virtqueue unless the scenario says how many (QEMU). */
#define SV_VIRTIO_ENTRIES 256

enum sv_ring_form { SV_RING_SPLIT, SV_RING_PACKED };
enum sv_io_engine { SV_ENGINE_THREADS, SV_ENGINE_NATIVE, SV_ENGINE_IO_URING, SV_ENGINE_SQPOLL };
enum sv_backing { SV_BACKING_RAW, SV_BACKING_FILE };

extern const struct sv_table sv_disk_table;

/* A thread of the hypervisor that has a name and serves the disks that name it. */
struct sv_iothread_options {
	sv_time poll_max, poll_start;
	double poll_grow, poll_shrink;
	int64_t cpu;
};
extern const struct sv_table sv_iothread_table;

/* How the queues of a disk are dealt out to threads. */
enum sv_io_threads {
	SV_IO_THREADS_NONE,      /* QEMU's main loop serves them */
	SV_IO_THREADS_ONE,       /* one of the disk's own */
	SV_IO_THREADS_PER_QUEUE, /* one for each queue */
	SV_IO_THREADS_NAMED      /* those named, queues taking turns */
};
enum sv_io_threads sv_disk_threads(const struct sv_disk_options *options);
/* If they are named: how many names there are, and the i-th, round and round. */
unsigned sv_disk_thread_names(const struct sv_disk_options *options);
const char *sv_disk_thread_name(const struct sv_disk_options *options, unsigned i);

#endif
