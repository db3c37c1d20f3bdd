/*
 * load.c - a generator of load for a device alone
 */
#include "load.h"
#include <stdlib.h>

struct sv_load_io {
	struct sv_io io; /* first: posted ones are found by it */
	struct sv_device_alarm alarm;
	struct sv_load_queue *queue;
	struct sv_load_io *next;
	sv_time submitted;
};

static struct sv_load_queue *queue_of(struct sv_device_port *port)
{
	return (struct sv_load_queue *)port;
}

/* What the next command does. */
static void choose(struct sv_load *l, struct sv_load_queue *q, struct sv_io *io)
{
	uint64_t slot = q->next++;
	bool reads = l->config.reads >= 1 ||
		     (l->config.reads > 0 && sv_stream_uniform(&l->random) < l->config.reads);

	if (!l->config.sequential)
		slot = (uint64_t)(((unsigned __int128)sv_stream_next(&l->random) * l->slots) >> 64);
	io->op = reads ? SV_IO_READ : SV_IO_WRITE;
	io->bytes = l->config.bytes;
	io->offset = slot % l->slots * l->config.bytes;
}

static struct sv_io *fetch(struct sv_device_port *port)
{
	struct sv_load_queue *q = queue_of(port);
	struct sv_load_io *one = q->ready;

	if (!one)
		return NULL;
	q->ready = one->next;
	return &one->io;
}

static void submit(struct sv_device_alarm *alarm)
{
	struct sv_load_io *one =
		(struct sv_load_io *)((char *)alarm - offsetof(struct sv_load_io, alarm));
	struct sv_load_queue *q = one->queue;
	struct sv_load *l = q->load;

	choose(l, q, &one->io);
	one->submitted = sv_now(l->device->lp);
	sv_station_enter(&l->under_way, one->submitted);
	one->next = q->ready;
	q->ready = one;
	l->device->kind->ring(l->device, &q->port);
}

static void end(struct sv_load_io *one)
{
	struct sv_load *l = one->queue->load;
	sv_time now = sv_now(l->device->lp);

	sv_station_leave(&l->under_way, now, one->submitted);
	sv_hist_record(&l->latency, now - one->submitted + l->config.host);
	if (l->config.host > 0)
		sv_device_after(l->device->lp, l->config.host, &one->alarm);
	else
		submit(&one->alarm);
}

static void post(struct sv_device_port *port, struct sv_io *io)
{
	struct sv_load_queue *q = queue_of(port);
	struct sv_load_io *one = (struct sv_load_io *)io;

	if (!port->interrupts) {
		end(one);
		return;
	}
	one->next = q->posted;
	q->posted = one;
}

static void interrupt(struct sv_device_port *port)
{
	struct sv_load_queue *q = queue_of(port);
	struct sv_load_io *one = q->posted, *next;

	q->load->interrupts++;
	for (q->posted = NULL; one; one = next) {
		next = one->next;
		end(one);
	}
}

static void start_queue(struct sv_load *l, unsigned i)
{
	struct sv_load_queue *q = &l->queue[i];

	q->load = l;
	q->next = l->slots / l->config.queues * i;
	q->port = (struct sv_device_port){ .fetch = fetch,
		.post = post,
		.interrupt = interrupt,
		.priority = 2,
		.interrupts = l->config.interrupts };
	SV_BUG_ON(l->device->kind->attach(l->device, &q->port) < 0);
	for (unsigned k = 0; k < l->config.depth; k++) {
		struct sv_load_io *one = &l->io[i * l->config.depth + k];

		one->queue = q;
		one->alarm.fire = submit;
		sv_device_after(l->device->lp, 0, &one->alarm);
	}
}

struct sv_load *sv_load_new(
	struct sv_device *device, uint64_t capacity, const struct sv_load_config *config)
{
	struct sv_load *l = calloc(1, sizeof(*l));
	uint64_t span = config->span ? config->span : capacity;

	if (!l)
		return NULL;
	l->device = device;
	l->config = *config;
	l->slots = span / config->bytes;
	SV_BUG_ON(l->slots == 0 || span > capacity);
	sv_stream_init(&l->random, config->seed, 0, device->lp->id, 1);
	sv_hist_init(&l->latency);
	sv_station_init(&l->under_way, "load", sv_now(device->lp));
	l->since = sv_now(device->lp);
	l->queue = calloc(config->queues, sizeof(*l->queue));
	l->io = calloc((size_t)config->queues * config->depth, sizeof(*l->io));
	if (!l->queue || !l->io) {
		sv_load_free(l);
		return NULL;
	}
	for (unsigned i = 0; i < config->queues; i++)
		start_queue(l, i);
	return l;
}

void sv_load_reset(struct sv_load *l, sv_time now)
{
	l->since = now;
	l->interrupts = 0;
	sv_hist_reset(&l->latency);
	sv_station_reset(&l->under_way, now);
}

double sv_load_rate(const struct sv_load *l, sv_time now)
{
	return (double)l->latency.count / sv_seconds(now - l->since);
}

const char *sv_load_check(const struct sv_load *l, sv_time now)
{
	return sv_station_check(&l->under_way, now);
}

void sv_load_free(struct sv_load *l)
{
	if (!l)
		return;
	sv_hist_fini(&l->latency);
	free(l->queue);
	free(l->io);
	free(l);
}
