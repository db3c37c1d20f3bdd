/*
 * disk_options.c - what a scenario says of a VM's disk
 *
 * Defaults are QEMU's: hw/block/virtio-blk.c (queue-size 256, event_idx, indirect_desc), iothread.c
 * (poll-max-ns 32768) and util/aio-posix.c (growth by 2, shrinking to none, first poll of 4 us).
 */
#include "block/disk_options.h"
#include "block/path.h"
#include "locks/locks.h"
#include <string.h>

static const char *const rings[] = { "split", "packed", NULL };
static const char *const engines[] = { "threads", "native", "io_uring", "io_uring-sqpoll", NULL };
static const char *const backings[] = { "raw", "file", NULL };

static const struct sv_shape threads_shape = {
	"{\"anyOf\": [{\"type\": \"string\"},"
	"{\"type\": \"array\", \"minItems\": 1, \"items\": {\"type\": \"string\"}}]}",
	NULL
};

static const struct sv_option disk_rows[] = {
	{ "device", SV_STRING, offsetof(struct sv_disk_options, device),
		.help = "the device of the host that it is, or is on" },
	{ "path", SV_VARIANT, offsetof(struct sv_disk_options, path), .more = &sv_path_kinds,
		.help = "how requests reach the device" },
	{ "queues", SV_INT, offsetof(struct sv_disk_options, queues), .unit = "queues", .min = "0",
		.max = "1024", .def = "0",
		.help = "hardware queues of the disk; 0: one for each CPU, if path and device have "
			"as many" },
	{ "queue-size", SV_INT, offsetof(struct sv_disk_options, queue_size), .unit = "entries",
		.min = "0", .max = "32768", .def = "0",
		.help = "entries of a queue; 0: what its driver has by itself, 256 of virtio and "
			"1024 of NVMe" },
	{ "ring", SV_CHOICE, offsetof(struct sv_disk_options, ring), .def = "split", .more = rings,
		.help = "the virtqueue's form" },
	{ "event-idx", SV_BOOL, offsetof(struct sv_disk_options, event_idx), .def = "true",
		.help = "each side of a virtqueue says by an index when it wants to be told" },
	{ "indirect", SV_BOOL, offsetof(struct sv_disk_options, indirect), .def = "true",
		.help = "a request takes one entry of the virtqueue, which points to its buffers" },
	{ "in-order", SV_BOOL, offsetof(struct sv_disk_options, in_order), .def = "false",
		.help = "requests of a virtqueue are completed in the order of their coming" },
	{ "lock", SV_VARIANT, offsetof(struct sv_disk_options, lock), .def = "",
		.more = &sv_lock_kinds,
		.help = "the lock of each queue in the guest's driver; left out: that of the "
			"kernel" },
	{ "iothreads", SV_NODE, offsetof(struct sv_disk_options, iothreads), .def = "none",
		.more = &threads_shape,
		.help = "which threads of QEMU serve its queues; none: the main loop, which "
			"shares a lock with all vCPUs; one: one of its own (data plane); "
			"per-queue: one for each queue; or names of `iothreads` of the VM, one or "
			"a list that queues take in turn (iothread-vq-mapping)" },
	{ "poll-max", SV_TIME, offsetof(struct sv_disk_options, poll_max), .min = "0s", .max = "1s",
		.def = "32768ns",
		.help = "how long such a thread of its own looks for requests at most before it "
			"sleeps; 0s: not at all" },
	{ "engine", SV_CHOICE, offsetof(struct sv_disk_options, engine), .def = "native",
		.more = engines,
		.help = "how QEMU submits to the host: by worker threads that make blocking calls, "
			"by Linux's native asynchronous I/O, by io_uring, or by io_uring with a "
			"thread of the kernel that polls for submissions" },
	{ "backing", SV_CHOICE, offsetof(struct sv_disk_options, backing), .def = "raw",
		.more = backings,
		.help = "what QEMU does I/O on: the device itself, or a file of the host's file "
			"system, opened for direct I/O" },
	SV_LAYER_OPTIONS(struct sv_disk_options),
	{ 0 },
};
const struct sv_table sv_disk_table = SV_TABLE("disk", struct sv_disk_options, disk_rows);

static const struct sv_option iothread_rows[] = {
	{ "poll-max", SV_TIME, offsetof(struct sv_iothread_options, poll_max), .min = "0s",
		.max = "1s", .def = "32768ns",
		.help = "how long it looks for requests at most before it sleeps; 0s: not at all" },
	{ "poll-start", SV_TIME, offsetof(struct sv_iothread_options, poll_start), .min = "1ns",
		.max = "1s", .def = "4us", .help = "how long it looks when it begins to" },
	{ "poll-grow", SV_REAL, offsetof(struct sv_iothread_options, poll_grow), .min = "1",
		.max = "1000", .def = "2",
		.help = "factor of that time when something came soon after it slept" },
	{ "poll-shrink", SV_REAL, offsetof(struct sv_iothread_options, poll_shrink), .min = "0",
		.max = "1000", .def = "0",
		.help = "divisor of that time when nothing did; 0: back to none" },
	{ "cpu", SV_INT, offsetof(struct sv_iothread_options, cpu), .min = "-1", .max = "4095",
		.def = "-1", .help = "the PU of the host that it stays on; -1: any" },
	{ 0 },
};
const struct sv_table sv_iothread_table =
	SV_TABLE("iothread", struct sv_iothread_options, iothread_rows);

enum sv_io_threads sv_disk_threads(const struct sv_disk_options *options)
{
	static const char *const words[] = { "none", "one", "per-queue" };
	const struct sv_node *node = options->iothreads;

	if (!node)
		return SV_IO_THREADS_NONE;
	for (int i = 0; node->kind == SV_NODE_SCALAR && i < SV_IO_THREADS_NAMED; i++)
		if (!strcmp(node->text, words[i]))
			return (enum sv_io_threads)i;
	return SV_IO_THREADS_NAMED;
}

unsigned sv_disk_thread_names(const struct sv_disk_options *options)
{
	const struct sv_node *node = options->iothreads;

	return node->kind == SV_NODE_SCALAR ? 1 : (unsigned)node->n;
}

const char *sv_disk_thread_name(const struct sv_disk_options *options, unsigned i)
{
	const struct sv_node *node = options->iothreads;

	return node->kind == SV_NODE_SCALAR ? node->text : node->child[i % node->n]->text;
}
