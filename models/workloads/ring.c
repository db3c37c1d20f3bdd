/*
 * ring.c - drivers and devices that send requests through queues, as fast as they can
 *
 * Each queue has a thread at either end. What it costs is what its lines travel, which batching
 * and the layout of the ring decide, and how a side gets to know that there is something: by
 * looking all the time, or by an eventfd.
 */
#define SV_SUBSTRATE_simulated 1
#include "host/eventfd.h"
#include "queues/queues.h"
#include "ring_sides.h"
#include "simulated_private.h"
#include "wait.h"
#include "workloads/team.h"
#include "workloads/workload.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct ring_cfg {
	struct sv_variant queue;
	int64_t queues, size, batch, batches;
	int64_t stride_bytes;
	int notify, placement;
	struct sv_dist work;
};

static const char *const notifications[] = { "polling", "always", "suppressed", NULL };

#define COUNT(title, member, most, value, what, text)                                              \
	{                                                                                          \
		.name = (title), .type = SV_INT, .offset = offsetof(struct ring_cfg, member),      \
		.unit = (what), .min = "1", .max = (most), .def = (value), .help = text            \
	}

static const struct sv_option options[] = {
	{ .name = "queue",
		.type = SV_VARIANT,
		.offset = offsetof(struct ring_cfg, queue),
		.def = "vring-split",
		.help = "the queue, with its options if wanted",
		.more = &sv_queue_kinds },
	COUNT("queues", queues, "2048", "1", "queues", "of that kind, each with two threads"),
	COUNT("size", size, "65536", "256", "entries", "of each queue"),
	COUNT("batch", batch, "32768", "1", "requests",
		"that a driver publishes at a time, and that a device completes at most"),
	COUNT("batches", batches, "32768", "1", "batches", "under way in each queue"),
	{ .name = "notify",
		.type = SV_CHOICE,
		.offset = offsetof(struct ring_cfg, notify),
		.def = "polling",
		.help = "how a side learns that there is something: it looks all the time "
			"(polling), or sleeps on an eventfd, which the other writes each time "
			"(always) or when the queue says that it is wanted (suppressed)",
		.more = notifications },
	{ .name = "stride",
		.type = SV_BYTES,
		.offset = offsetof(struct ring_cfg, stride_bytes),
		.min = "16B",
		.max = "1MiB",
		.def = "64B",
		.help = "from the data of a request, of 16 bytes, to those of the next" },
	{ .name = "placement",
		.type = SV_CHOICE,
		.offset = offsetof(struct ring_cfg, placement),
		.def = "compact",
		.help = "which CPUs the threads take, driver and device by turns: compact fills "
			"one package after the other, scatter lets packages take turns",
		.more = sv_placements },
	{ .name = "work",
		.type = SV_DIST,
		.offset = offsetof(struct ring_cfg, work),
		.def = "0ns",
		.help = "computing of the device for a request" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("ring", struct ring_cfg, options);

static const struct sv_metric metrics[] = {
	{ "throughput", "1/s", "requests reaped per second, all queues", 1 },
	{ "round-trip.p50", "s",
		"median time of a batch, from its publishing to the reaping of its last request",
		1 },
	{ "round-trip.p99", "s", "99th percentile of that time", 0 },
	{ "kicks", "1", "writes of eventfds by drivers, per request", 1 },
	{ "interrupts", "1", "writes of eventfds by devices, per request", 1 },
	{ "transfers", "1", "cache lines fetched per request", 1 },
	{ "invalidations", "1", "copies invalidated per request", 0 },
	{ 0 },
};

/* A side's thread, and where it sleeps. */
struct end {
	struct sv_sim_thread thread;
	struct sv_stream stream;
	struct sv_eventfd efd;
	struct sv_wait_queue queue;
	struct ring_channel *channel;
};

struct ring_channel {
	struct ring_flow flow;
	struct end driver, device;
	struct ring *ring;
	uint64_t before; /* requests, the window */
};

struct ring {
	const struct ring_cfg *cfg;
	struct sv_system *system;
	const char *name;
	unsigned channels;
	struct ring_channel *channel;
	struct sv_hist round_trip;
	sv_time since;
	struct sv_traffic traffic; /* before the window */
};

static void wake(struct sv_eventfd *efd, struct sv_sim_thread *by)
{
	struct end *e = efd->owner;

	sv_wait_wake(&e->queue, 1, by);
}

static void tell(struct ring_side *side)
{
	struct end *e = side->owner;

	sv_eventfd_write(&e->efd, sv_sim_self);
}

/* A read() that blocks. */
static void wait(struct ring_side *side)
{
	struct end *e = side->owner;
	struct sv_waiter w;

	if (sv_eventfd_read(&e->efd, &e->thread))
		return;
	while (!e->efd.set) {
		sv_wait_join(&e->queue, &w, &e->thread);
		sv_wait_sleep(&w);
		sv_wait_leave(&e->queue, &w);
	}
	e->efd.set = false;
}

static void work(struct ring_flow *f)
{
	struct end *e = f->device.owner;

	sv_sim_work(&e->thread, sv_dist_sample(&e->channel->ring->cfg->work, &e->stream));
}

static void took(struct ring_flow *f, sv_time time)
{
	struct end *e = f->driver.owner;

	sv_hist_record(&e->channel->ring->round_trip, time);
}

static void drive(struct sv_sim_thread *self, void *arg)
{
	(void)self;
	ring_drive(arg, UINT64_MAX);
}

static void serve(struct sv_sim_thread *self, void *arg)
{
	(void)self;
	ring_serve(arg, UINT64_MAX);
}

static void ring_free(void *state)
{
	struct ring *r = state;

	for (unsigned i = 0; r->channel && i < r->channels; i++) {
		sv_sim_thread_fini(&r->channel[i].driver.thread);
		sv_sim_thread_fini(&r->channel[i].device.thread);
		free(r->channel[i].flow.driver.state);
		free(r->channel[i].flow.device.state);
	}
	sv_hist_fini(&r->round_trip);
	free(r->channel);
	free(r);
}

static void *lines(size_t bytes)
{
	size_t whole = (bytes / SV_LINE_BYTES + 1) * SV_LINE_BYTES;
	void *p = aligned_alloc(SV_LINE_BYTES, whole);

	return p ? memset(p, 0, whole) : NULL;
}

static int make_queue(struct ring *r, struct ring_flow *f, unsigned node)
{
	const struct sv_queue *q = r->cfg->queue.object;
	struct sv_memory *m = r->system->memory;
	struct sv_queue_layout layout;
	struct sv_ring ring;
	void *memory;

	q->layout((uint32_t)r->cfg->size, r->cfg->queue.config, &layout);
	memory = sv_memory_alloc(m, layout.bytes, node);
	f->data = sv_memory_alloc(m, f->depth * f->stride, node);
	f->driver.state = lines(layout.driver_bytes);
	f->device.state = lines(layout.device_bytes);
	if (!memory || !f->data || !f->driver.state || !f->device.state)
		return -1;
	ring = sv_queue_ring(&layout, memory, (uint32_t)r->cfg->size);
	q->driver_init(f->driver.state, &ring, r->cfg->queue.config);
	q->device_init(f->device.state, &ring, r->cfg->queue.config);
	return 0;
}

static int place(struct ring_channel *c, struct end *e)
{
	const struct sv_team_cfg where = { .placement = c->ring->cfg->placement };

	e->channel = c;
	e->efd = (struct sv_eventfd){ .notify = wake, .owner = e };
	return sv_team_place(&where, c->ring->system, &e->thread, &e->stream);
}

static int start_channel(struct ring *r, struct ring_channel *c)
{
	struct ring_flow *f = &c->flow;
	struct ring_side side = { .tell = tell, .wait = wait };

	c->ring = r;
	*f = (struct ring_flow){ .queue = r->cfg->queue.object,
		.notify = (enum ring_notify)r->cfg->notify,
		.batch = (unsigned)r->cfg->batch,
		.depth = (unsigned)(r->cfg->batch * r->cfg->batches),
		.stride = (size_t)r->cfg->stride_bytes,
		.driver = side,
		.device = side,
		.work = sv_dist_mean(&r->cfg->work) > 0 ? work : NULL,
		.took = took };
	f->driver.owner = &c->driver;
	f->device.owner = &c->device;
	if (place(c, &c->driver) < 0 || place(c, &c->device) < 0 ||
		make_queue(r, f, r->system->memory->machine->node_of[c->driver.thread.pu]) < 0)
		return -1;
	if (sv_sim_thread_start(
		    &c->device.thread, serve, f, sv_team_start(r->system, &c->device.stream)) < 0)
		return -1;
	return sv_sim_thread_start(
		&c->driver.thread, drive, f, sv_team_start(r->system, &c->driver.stream));
}

static void *ring_start(
	struct sv_system *system, const char *name, const void *config, struct sv_diag *diag)
{
	struct ring *r = calloc(1, sizeof(*r));

	if (!r)
		goto no_memory;
	r->cfg = config;
	r->system = system;
	r->name = name;
	r->channels = (unsigned)r->cfg->queues;
	sv_hist_init(&r->round_trip);
	r->channel = calloc(r->channels, sizeof(*r->channel));
	if (!r->channel)
		goto no_memory;
	for (unsigned i = 0; i < r->channels; i++)
		if (start_channel(r, &r->channel[i]) < 0)
			goto no_memory;
	return r;

no_memory:
	if (r)
		ring_free(r);
	sv_error(diag, NULL, "%s: out of memory", name);
	return NULL;
}

static struct sv_traffic traffic(const struct ring *r)
{
	struct sv_traffic sum = { 0 };

	for (unsigned i = 0; i < r->channels; i++) {
		sv_team_add_traffic(&sum, &r->channel[i].driver.thread);
		sv_team_add_traffic(&sum, &r->channel[i].device.thread);
	}
	return sum;
}

static void ring_reset(void *state, sv_time now)
{
	struct ring *r = state;

	r->since = now;
	r->traffic = traffic(r);
	sv_hist_reset(&r->round_trip);
	for (unsigned i = 0; i < r->channels; i++) {
		struct ring_channel *c = &r->channel[i];

		c->before = c->flow.driver.requests;
		c->flow.driver.tells = c->flow.device.tells = 0;
	}
}

/* Whoever says that a request is done has had it before. */
static int check_flow(const struct ring *r, const struct ring_channel *c, struct sv_diag *diag)
{
	const struct sv_queue_side *driver = c->flow.driver.state, *device = c->flow.device.state;

	if (driver->broken || device->broken)
		return sv_error(diag, NULL, "%s: the queue is broken: %s", r->name,
			driver->broken ? driver->broken : device->broken);
	/* Those of the batch that the device is at are not counted yet. */
	if (c->flow.wrong || c->flow.driver.requests > c->flow.device.requests + c->flow.batch)
		return sv_error(diag, NULL,
			"%s: conservation is broken: a request did not come back with its answer, "
			"in its turn",
			r->name);
	return 0;
}

static double quantile(const struct sv_hist *h, double p)
{
	return h->count ? 1e-12 * sv_hist_quantile(h, p) : NAN;
}

static int ring_finish(void *state, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	struct ring *r = state;
	struct sv_traffic moved = traffic(r);
	double requests = 0, kicks = 0, interrupts = 0;
	const struct sv_metric *m = metrics;

	for (unsigned i = 0; i < r->channels; i++) {
		const struct ring_channel *c = &r->channel[i];

		if (check_flow(r, c, diag) < 0)
			return -1;
		requests += (double)(c->flow.driver.requests - c->before);
		kicks += (double)c->flow.device.tells;
		interrupts += (double)c->flow.driver.tells;
	}
	sv_metrics_put(out, r->name, m++, requests / sv_seconds(now - r->since));
	sv_metrics_put(out, r->name, m++, quantile(&r->round_trip, 0.5));
	sv_metrics_put(out, r->name, m++, quantile(&r->round_trip, 0.99));
	sv_metrics_put(out, r->name, m++, kicks / requests);
	sv_metrics_put(out, r->name, m++, interrupts / requests);
	sv_metrics_put(
		out, r->name, m++, (double)(moved.transfers - r->traffic.transfers) / requests);
	sv_metrics_put(out, r->name, m++,
		(double)(moved.invalidations - r->traffic.invalidations) / requests);
	return 0;
}

static int ring_check(
	const void *config, unsigned cpus, const struct sv_node *node, struct sv_diag *diag)
{
	const struct ring_cfg *c = config;
	const struct sv_queue *q = c->queue.object;
	int64_t room = q->traits & SV_QUEUE_PAIR ? c->size - 1 : c->size / 2;

	if (c->stride_bytes % 16)
		return sv_error(diag, sv_node_place(node, "stride"),
			"stride: %lld bytes are no multiple of 16, by which data are aligned",
			(long long)c->stride_bytes);
	if (sv_queue_check_size(q, c->size, sv_node_place(node, "size"), diag) < 0)
		return -1;
	/* Without indirect tables a request takes two entries. */
	if (c->batch * c->batches > room)
		return sv_error(diag, sv_node_place(node, "size"),
			"size: %lld entries have room for %lld requests, and %lld are under way "
			"(batch times batches)",
			(long long)c->size, (long long)room, (long long)c->batch * c->batches);
	if (cpus == SV_TEAM_MAX)
		return 0;
	if (2 * c->queues > (int64_t)cpus)
		return sv_error(diag, sv_node_place(node, "queues"),
			"queues: %lld queues have %lld threads, and %u CPUs are left",
			(long long)c->queues, 2 * (long long)c->queues, cpus);
	return (int)(2 * c->queues);
}

const struct sv_workload sv_workload_ring = {
	.name = "ring",
	.help = "drivers and devices that send requests through queues: virtqueues or NVMe's",
	.options = &table,
	.metrics = metrics,
	.check = ring_check,
	.start = ring_start,
	.reset = ring_reset,
	.finish = ring_finish,
	.free = ring_free,
};
