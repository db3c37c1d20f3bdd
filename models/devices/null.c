/*
 * null.c - a device that does nothing, in a time of your choice
 *
 * It serves any number of commands at once, each for a time of its own, so that what is left of
 * a latency is the path's.
 */
#include "devices/device.h"
#include "stats.h"
#include <stdlib.h>

struct null_config {
	struct sv_dist latency;
	int64_t queues, depth, capacity;
};

static const struct sv_option options[] = {
	{ "latency", SV_DIST, offsetof(struct null_config, latency), .min = "0s", .max = "1s",
		.def = "0s", .help = "from fetching a command until its completion is posted" },
	{ "queues", SV_INT, offsetof(struct null_config, queues), .unit = "queues", .min = "1",
		.max = "4096", .def = "128", .help = "queues that it has" },
	{ "depth", SV_INT, offsetof(struct null_config, depth), .unit = "entries", .min = "2",
		.max = "65536", .def = "1024", .help = "entries of a queue at most" },
	{ "capacity", SV_BYTES, offsetof(struct null_config, capacity), .min = "1MiB",
		.max = "1048576GiB", .def = "1024GiB", .help = "bytes that it pretends to hold" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("null", struct null_config, options);

static const struct sv_metric metrics[] = {
	{ "rate", "1/s", "commands completed per second", 0 },
	{ 0 },
};

extern const struct sv_device_kind sv_device_kind_null;

struct null_device {
	struct sv_device device;
	unsigned queues; /* in use */
	const struct null_config *config;
	struct sv_station pending;
	uint64_t completed;
	sv_time since;
	struct sv_stream random;
};

/* What a command's private words hold. */
struct served {
	struct sv_device_alarm alarm;
	struct sv_device_port *port;
};
_Static_assert(sizeof(struct served) <= sizeof(((struct sv_io *)0)->private), "fits");

static struct null_device *null_of(struct sv_device *device)
{
	return (struct null_device *)device;
}

static void complete(struct sv_device_alarm *alarm)
{
	struct served *s = (struct served *)alarm;
	struct sv_io *io = (struct sv_io *)((char *)s - offsetof(struct sv_io, private));
	struct sv_device_port *port = s->port;
	struct null_device *d = null_of(port->device);

	sv_station_leave(&d->pending, sv_now(d->device.lp), io->fetched);
	d->completed++;
	port->post(port, io);
	if (port->interrupts)
		port->interrupt(port);
}

static void null_ring(struct sv_device *device, struct sv_device_port *port)
{
	struct null_device *d = null_of(device);
	sv_time now = sv_now(device->lp);
	struct sv_io *io;

	while ((io = port->fetch(port))) {
		struct served *s = (struct served *)io->private;

		*s = (struct served){ .alarm = { complete }, .port = port };
		io->fetched = io->started = now;
		io->failed = io->offset + io->bytes > (uint64_t)d->config->capacity;
		sv_station_enter(&d->pending, now);
		sv_device_after(
			device->lp, sv_dist_sample(&d->config->latency, &d->random), &s->alarm);
	}
}

static struct sv_device *null_start(struct sv_lp *lp, const char *name, const void *config,
	uint64_t seed, unsigned replication, struct sv_diag *diag)
{
	struct null_device *d = calloc(1, sizeof(*d));

	if (!d) {
		sv_error(diag, NULL, "%s: out of memory", name);
		return NULL;
	}
	d->device = (struct sv_device){ .kind = &sv_device_kind_null, .name = name, .lp = lp };
	sv_device_stream(&d->random, &d->device, seed, replication);
	d->config = config;
	sv_station_init(&d->pending, "commands", 0);
	return &d->device;
}

static int null_attach(struct sv_device *device, struct sv_device_port *port)
{
	struct null_device *d = null_of(device);

	if (d->queues >= (unsigned)d->config->queues)
		return -1;
	d->queues++;
	port->device = device;
	return 0;
}

static void null_reset(struct sv_device *device, sv_time now)
{
	struct null_device *d = null_of(device);

	d->since = now;
	d->completed = 0;
	sv_station_reset(&d->pending, now);
}

static int null_finish(
	struct sv_device *device, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	struct null_device *d = null_of(device);
	const char *law = sv_station_check(&d->pending, now);

	if (law)
		return sv_error(diag, NULL, "%s: %s: %s", device->name, d->pending.name, law);
	sv_metrics_put(
		out, device->name, &metrics[0], (double)d->completed / sv_seconds(now - d->since));
	return 0;
}

static void null_free(struct sv_device *device)
{
	free(device);
}

static unsigned null_queues(const void *config)
{
	return (unsigned)((const struct null_config *)config)->queues;
}

static uint32_t null_depth(const void *config)
{
	return (uint32_t)((const struct null_config *)config)->depth;
}

/* Larger than any command's length field could say. */
static uint32_t null_max_transfer(const void *config)
{
	(void)config;
	return UINT32_MAX;
}

static uint64_t null_capacity(const void *config)
{
	return (uint64_t)((const struct null_config *)config)->capacity;
}

const struct sv_device_kind sv_device_kind_null = {
	.name = "null",
	.help = "does nothing, in a time of your choice: what is left is the path's",
	.options = &table,
	.metrics = metrics,
	.queues = null_queues,
	.depth = null_depth,
	.capacity = null_capacity,
	.max_transfer = null_max_transfer,
	.start = null_start,
	.attach = null_attach,
	.ring = null_ring,
	.reset = null_reset,
	.finish = null_finish,
	.free = null_free,
};
