/*
 * ssd.c - the way of a command through the controller and over the link of a drive
 *
 * fetch -> core -> medium -> link -> completion for reads; writes have their data fetched over
 * the link between core and medium. Parts of a large read share the link with other
 * commands' as they come from the medium, so transfer and medium overlap.
 */
#include "ssd.h"
#include <stdlib.h>

static struct sv_ssd_command *command_of(struct sv_device_alarm *alarm)
{
	return (struct sv_ssd_command *)alarm;
}

static void after(struct sv_ssd_command *c, sv_time delay, void (*step)(struct sv_device_alarm *))
{
	c->alarm.fire = step;
	sv_device_after(c->ssd->device.lp, delay, &c->alarm);
}

/* For which data keep the link. */
static sv_time transfer_time(const struct sv_ssd *ssd, double rate, uint32_t bytes)
{
	return ssd->cfg->frame + (sv_time)((double)bytes / rate * (double)SV_S);
}

static void post(struct sv_device_alarm *alarm)
{
	struct sv_ssd_command *c = command_of(alarm);
	struct sv_ssd *ssd = c->ssd;
	struct sv_ssd_queue *q = c->queue;
	struct sv_io *io = c->io;
	sv_time now = sv_now(ssd->device.lp);

	sv_station_leave(&ssd->inside, now, io->fetched);
	ssd->done[io->op]++;
	if (io->failed) {
		ssd->failed++;
	} else if (io->op <= SV_IO_WRITE) {
		ssd->bytes[io->op] += io->bytes;
		sv_hist_record(&ssd->latency[io->op], now - io->fetched);
	}
	c->next = ssd->idle;
	ssd->idle = c;
	ssd->held--;
	q->port->post(q->port, io);
	sv_ssd_tell(q);
	sv_ssd_pump(ssd);
}

void sv_ssd_complete(struct sv_ssd_command *c)
{
	after(c, c->ssd->cfg->link_latency, post);
}

void sv_ssd_delivered(struct sv_ssd_command *c, uint32_t bytes)
{
	struct sv_ssd *ssd = c->ssd;
	sv_time now = sv_now(ssd->device.lp);
	sv_time end =
		sv_ssd_serve(&ssd->link[0], now, transfer_time(ssd, ssd->cfg->read_rate, bytes));

	if (--c->parts == 0)
		after(c, end - now + ssd->cfg->link_latency, post);
}

static void written(struct sv_device_alarm *alarm)
{
	struct sv_ssd_command *c = command_of(alarm);

	c->ssd->medium->write(c->ssd, c);
}

/* The data of a write are asked for, and come behind each other. */
static void fetch_data(struct sv_ssd_command *c)
{
	struct sv_ssd *ssd = c->ssd;
	sv_time now = sv_now(ssd->device.lp);
	sv_time end = sv_ssd_serve(&ssd->link[!ssd->cfg->half_duplex], now,
		transfer_time(ssd, ssd->cfg->write_rate, c->io->bytes));

	after(c, end - now + 2 * ssd->cfg->link_latency, written);
}

/* No drive does what lies outside it, or what is larger than it takes. */
static bool is_possible(const struct sv_ssd *ssd, const struct sv_io *io)
{
	uint64_t capacity = (uint64_t)ssd->cfg->capacity;

	if (io->op == SV_IO_FLUSH)
		return true;
	if (io->bytes == 0 || io->offset > capacity || io->bytes > capacity - io->offset)
		return false;
	return io->op == SV_IO_TRIM || (int64_t)io->bytes <= ssd->cfg->max_transfer;
}

static void processed(struct sv_device_alarm *alarm)
{
	struct sv_ssd_command *c = command_of(alarm);
	struct sv_ssd *ssd = c->ssd;

	sv_station_leave(&ssd->controller, sv_now(ssd->device.lp), c->io->fetched);
	ssd->fetching--;
	c->io->failed = !is_possible(ssd, c->io);
	if (c->io->failed)
		sv_ssd_complete(c);
	else if (c->io->op == SV_IO_READ)
		ssd->medium->read(ssd, c);
	else if (c->io->op == SV_IO_WRITE)
		fetch_data(c);
	else if (c->io->op == SV_IO_FLUSH)
		ssd->medium->flush(ssd, c);
	else
		ssd->medium->trim(ssd, c);
	sv_ssd_pump(ssd);
}

/* The command is there: the core that will be free first takes it. */
static void process(struct sv_device_alarm *alarm)
{
	struct sv_ssd_command *c = command_of(alarm);
	struct sv_ssd *ssd = c->ssd;
	struct sv_ssd_server *core = ssd->core;
	sv_time now = sv_now(ssd->device.lp);

	for (int64_t i = 1; i < ssd->cfg->cores && core->until > now; i++)
		if (ssd->core[i].until < core->until)
			core = &ssd->core[i];
	c->io->started = core->until > now ? core->until : now;
	sv_time end = sv_ssd_serve(core, now, sv_dist_sample(&ssd->cfg->command, &ssd->random));
	after(c, end - now, processed);
}

void sv_ssd_fetched(struct sv_ssd *ssd, struct sv_ssd_queue *queue, struct sv_io *io)
{
	struct sv_ssd_command *c = ssd->idle;
	sv_time now = sv_now(ssd->device.lp);

	ssd->idle = c->next;
	ssd->held++;
	ssd->fetching++;
	c->io = io;
	c->queue = queue;
	io->fetched = now;
	sv_station_enter(&ssd->inside, now);
	sv_station_enter(&ssd->controller, now);
	after(c, sv_dist_sample(&ssd->cfg->fetch, &ssd->random), process);
}

#define PARTS 256 /* made at a time */

struct sv_ssd_part *sv_ssd_part(struct sv_ssd *ssd, struct sv_ssd_command *command)
{
	struct sv_ssd_part *p = ssd->part;

	if (!p) {
		/* Their number is bounded by the commands and their size, so growth ends. */
		ssd->chunk = realloc(ssd->chunk, (ssd->chunks + 1) * sizeof(*ssd->chunk));
		SV_BUG_ON(!ssd->chunk);
		p = calloc(PARTS, sizeof(*p));
		SV_BUG_ON(!p);
		ssd->chunk[ssd->chunks++] = p;
		for (size_t i = 0; i + 1 < PARTS; i++)
			p[i].next = &p[i + 1];
	}
	ssd->part = p->next;
	p->next = NULL;
	p->command = command;
	return p;
}

void sv_ssd_part_free(struct sv_ssd *ssd, struct sv_ssd_part *p)
{
	p->next = ssd->part;
	ssd->part = p;
}

static int make_parts(struct sv_ssd *ssd)
{
	const struct sv_ssd_cfg *cfg = ssd->cfg;

	ssd->core = calloc((size_t)cfg->cores, sizeof(*ssd->core));
	ssd->command = calloc((size_t)cfg->commands, sizeof(*ssd->command));
	ssd->queue = calloc((size_t)cfg->queues, sizeof(*ssd->queue));
	if (!ssd->core || !ssd->command || !ssd->queue)
		return -1;
	for (int64_t i = 0; i < cfg->commands; i++) {
		ssd->command[i].ssd = ssd;
		ssd->command[i].next = ssd->idle;
		ssd->idle = &ssd->command[i];
	}
	return 0;
}

void sv_ssd_free(struct sv_device *device)
{
	struct sv_ssd *ssd = (struct sv_ssd *)device;

	ssd->medium->free(ssd);
	for (size_t i = 0; i < ssd->chunks; i++)
		free(ssd->chunk[i]);
	free(ssd->chunk);
	free(ssd->core);
	free(ssd->command);
	free(ssd->queue);
	sv_hist_fini(&ssd->latency[SV_IO_READ]);
	sv_hist_fini(&ssd->latency[SV_IO_WRITE]);
	free(ssd);
}

struct sv_device *sv_ssd_new(const struct sv_device_kind *kind, const struct sv_ssd_cfg *cfg,
	const struct sv_ssd_start *start, struct sv_diag *diag)
{
	struct sv_ssd *ssd = calloc(1, sizeof(*ssd));

	if (!ssd)
		goto no_memory;
	ssd->device = (struct sv_device){
		.kind = kind, .name = start->name, .lp = start->lp, .doorbell = cfg->doorbell
	};
	ssd->own = *cfg;
	ssd->cfg = &ssd->own;
	ssd->medium = cfg->medium == SV_SSD_UNITS ? &sv_ssd_units : &sv_ssd_flash;
	sv_device_stream(&ssd->random, &ssd->device, start->seed, start->replication);
	sv_hist_init(&ssd->latency[SV_IO_READ]);
	sv_hist_init(&ssd->latency[SV_IO_WRITE]);
	sv_station_init(&ssd->inside, "commands", sv_now(start->lp));
	sv_station_init(&ssd->controller, "controller", sv_now(start->lp));
	ssd->since = sv_now(start->lp);
	if (make_parts(ssd) == 0 && ssd->medium->start(ssd) == 0)
		return &ssd->device;
	sv_ssd_free(&ssd->device);
no_memory:
	sv_error(diag, NULL, "%s: no memory for a drive of this size", start->name);
	return NULL;
}
