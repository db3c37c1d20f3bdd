/*
 * disk.c - a block device as a kernel sees it
 *
 * What both block layers share: entering and leaving, plugging, and what is observed.
 */
#include "block/disk_private.h"
#include <math.h>
#include <stdlib.h>

const struct sv_metric sv_disk_metrics[] = {
	{ "iops", "1/s", "requests that ended a second", 0 },
	{ "in-flight", "requests", "requests in the block layer and below it, on average over time",
		0 },
	{ "lock-wait", "s", "waiting for locks of block layer and driver, for each request", 0 },
	{ "interrupts", "1", "interrupts of its driver, for each request", 0 },
	{ "merged", "1", "share of requests that were joined to others", SV_METRIC_DETAIL },
	{ "redirected", "1", "share of requests that were completed on another CPU than reaped",
		SV_METRIC_DETAIL },
	{ "tag-waits", "1", "sleeps of submitters for want of a tag, for each request",
		SV_METRIC_DETAIL },
	{ 0 },
};
enum { IOPS, IN_FLIGHT, LOCK_WAIT, INTERRUPTS, MERGED, REDIRECTED, TAG_WAITS };

static sv_time now_of(const struct sv_disk *disk)
{
	return sv_now(disk->config.system->memory->lp);
}

static int check_costs(const struct sv_disk *disk, struct sv_diag *diag)
{
	static const enum sv_cost needed[] = { SV_COST_BLOCK_SUBMIT, SV_COST_BLOCK_COMPLETE,
		SV_COST_BLOCK_MERGE, SV_COST_BLOCK_SCHEDULE };
	int result = 0;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (sv_disk_cost(disk, needed[i]) < 0)
			result = sv_error(diag, NULL, "%s: has no cost %s, which disks need",
				disk->config.system->memory->machine->name,
				sv_cost_name(needed[i]));
	return result;
}

static int check_options(const struct sv_disk *disk, struct sv_diag *diag)
{
	const struct sv_layer_options *o = &disk->options;

	if (o->layer == SV_LAYER_SQ && o->poll != SV_POLL_NONE)
		return sv_error(diag, NULL,
			"%s: layer sq cannot poll: only the queues of mq have that",
			disk->config.owner);
	return check_costs(disk, diag);
}

struct sv_disk *sv_disk_new(const struct sv_disk_config *config, struct sv_diag *diag)
{
	struct sv_disk *disk = calloc(1, sizeof(*disk));
	unsigned cpus = config->system->team.cpus;

	if (!disk) {
		sv_error(diag, NULL, "out of memory");
		return NULL;
	}
	disk->config = *config;
	disk->options = *config->layer;
	if (disk->config.max_bytes == 0)
		disk->config.max_bytes = UINT32_C(1) << 30;
	disk->layer = disk->options.layer == SV_LAYER_SQ ? &sv_layer_sq : &sv_layer_mq;
	if (disk->options.layer == SV_LAYER_SQ)
		disk->config.queues = 1;
	else if (disk->config.queues > cpus)
		disk->config.queues = cpus;
	if (disk->options.depth && disk->options.depth < disk->config.depth)
		disk->config.depth = (uint32_t)disk->options.depth;
	sv_station_init(&disk->station, "a disk", now_of(disk));
	if (check_options(disk, diag) == 0 && sv_disk_affinity_start(disk, diag) == 0)
		disk->layer_state = disk->layer->start(disk, diag);
	if (disk->layer_state)
		return disk;
	sv_disk_free(disk);
	return NULL;
}

void sv_disk_drive(struct sv_disk *disk, const struct sv_driver *driver, void *state)
{
	disk->driver = driver;
	disk->driver_state = state;
}

void sv_disk_free(struct sv_disk *disk)
{
	if (!disk)
		return;
	if (disk->driver)
		disk->driver->free(disk->driver_state);
	if (disk->layer_state)
		disk->layer->free(disk->layer_state);
	sv_disk_affinity_free(disk);
	sv_disk_free_parts(disk);
	free(disk);
}

uint64_t sv_disk_capacity(const struct sv_disk *disk)
{
	return disk->config.capacity;
}

unsigned sv_disk_hw_queues(const struct sv_disk *disk)
{
	return disk->config.queues;
}

uint32_t sv_disk_depth(const struct sv_disk *disk)
{
	return disk->config.depth;
}

bool sv_disk_polls(const struct sv_disk *disk)
{
	return disk->options.poll != SV_POLL_NONE;
}

/* Neighbours share a queue, as interrupts are spread. */
unsigned sv_disk_cpu_queue(const struct sv_disk *disk, unsigned cpu)
{
	return (unsigned)((uint64_t)cpu * disk->config.queues / disk->config.system->team.cpus);
}

unsigned sv_disk_queue_cpu(const struct sv_disk *disk, unsigned hw_queue)
{
	unsigned cpus = disk->config.system->team.cpus, queues = disk->config.queues;

	return (hw_queue * cpus + queues - 1) / queues;
}

static void enter(struct sv_disk *disk, struct sv_request *r)
{
	sv_time now = now_of(disk);

	r->block = (struct sv_block_part){
		.entered = now, .offset = r->io.offset, .bytes = r->io.bytes
	};
	r->next = NULL;
	sv_station_enter(&disk->station, now);
}

static void flush(struct sv_disk *disk, struct sv_request_list *plug, struct sv_sim_thread *self)
{
	if (plug->first)
		disk->layer->issue(disk->layer_state, plug, self);
}

static void submit_one(struct sv_disk *disk, struct sv_request_list *plug, struct sv_request *r,
	struct sv_sim_thread *self)
{
	enter(disk, r);
	sv_sim_work(self, sv_disk_cost(disk, SV_COST_BLOCK_SUBMIT));
	if (plug->last && sv_request_join(disk, plug->last, r)) {
		sv_sim_work(self, sv_disk_cost(disk, SV_COST_BLOCK_MERGE));
		return;
	}
	if (!disk->layer->admit(disk->layer_state, r, plug, self))
		return;
	sv_request_list_add(plug, r);
	if (plug->n >= disk->options.plug)
		flush(disk, plug, self);
}

/* Who polls for the whole looks where the parts went: `scattered`, if not to one queue. */
static void submit_parts(struct sv_disk *disk, struct sv_request_list *plug,
	struct sv_request *whole, unsigned parts, struct sv_sim_thread *self)
{
	whole->block = (struct sv_block_part){ .parts = parts };
	for (unsigned i = 0; i < parts; i++) {
		struct sv_request *r = sv_request_cut(disk, whole, i);

		submit_one(disk, plug, r, self);
		whole->block.scattered |= i > 0 && r->block.queue != whole->block.queue;
		whole->block.queue = r->block.queue;
	}
}

void sv_disk_submit(
	struct sv_disk *disk, struct sv_sim_thread *self, struct sv_request **request, unsigned n)
{
	struct sv_request_list plug = { .n = 0 };

	for (unsigned i = 0; i < n; i++) {
		unsigned parts = sv_request_parts(disk, request[i]);

		if (parts == 1)
			submit_one(disk, &plug, request[i], self);
		else
			submit_parts(disk, &plug, request[i], parts, self);
	}
	flush(disk, &plug, self);
}

/* What is broken is told at the end of the run. */
static void check_stages(struct sv_disk *disk, const struct sv_request *r, sv_time now)
{
	sv_time sum = now - r->since;

	for (unsigned i = 0; i < SV_STAGE_COUNT; i++)
		sum += r->spent[i];
	if (sum != now - r->submitted)
		disk->broken = "the stages of a request do not add up to its latency";
}

static void leave(struct sv_disk *disk, struct sv_request *r, struct sv_sim_thread *self)
{
	sv_time now = now_of(disk);

	check_stages(disk, r, now);
	sv_station_leave(&disk->station, now, r->block.entered);
	disk->ended++;
	r->end(r, self);
}

/* The owner first, then the tag, as in Linux: who waits for the request is woken before. */
void sv_disk_complete(struct sv_disk *disk, struct sv_request *r, struct sv_sim_thread *self)
{
	struct sv_block_held held = { r->block.tag, r->block.scheduler_tag, r->block.queue };
	struct sv_request *merged;
	uint32_t bytes = r->io.bytes;

	sv_sim_work(self, sv_disk_cost(disk, SV_COST_BLOCK_COMPLETE));
	if (sv_disk_polls(disk))
		sv_poll_means_record(disk, r, bytes, now_of(disk));
	merged = sv_request_part(r);
	leave(disk, r, self);
	while (merged) {
		struct sv_request *m = merged;

		merged = m->next;
		leave(disk, m, self);
	}
	disk->layer->ended(disk->layer_state, &held, self);
}

void sv_disk_end(struct sv_disk *disk, struct sv_request *r, struct sv_sim_thread *self)
{
	if (!sv_disk_redirect(disk, r, self))
		sv_disk_complete(disk, r, self);
}

void sv_disk_reset(struct sv_disk *disk, sv_time now)
{
	sv_station_reset(&disk->station, now);
	disk->since = now;
	disk->ended = disk->merged = disk->redirected = 0;
	disk->layer->reset(disk->layer_state);
	if (disk->driver->reset)
		disk->driver->reset(disk->driver_state, now);
}

static const char *check(const struct sv_disk *disk, sv_time now)
{
	const char *why = disk->broken;

	if (!why)
		why = sv_station_check(&disk->station, now);
	if (!why)
		why = disk->layer->check(disk->layer_state);
	if (!why && disk->driver->check)
		why = disk->driver->check(disk->driver_state);
	return why;
}

int sv_disk_finish(struct sv_disk *disk, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	const struct sv_metric *m = sv_disk_metrics;
	const char *owner = disk->config.owner, *why = check(disk, now);
	double seconds = sv_seconds(now - disk->since);
	/* For each request: nothing is observed without one. */
	double ios = disk->ended ? (double)disk->ended : NAN;
	sv_time waited = disk->layer->waited(disk->layer_state);

	if (why)
		return sv_error(diag, NULL, "%s: %s", owner, why);
	if (disk->driver->waited)
		waited += disk->driver->waited(disk->driver_state);
	sv_metrics_put(out, owner, &m[IOPS], (double)disk->ended / seconds);
	sv_metrics_put(out, owner, &m[IN_FLIGHT], sv_level_mean(&disk->station.population, now));
	sv_metrics_put(out, owner, &m[LOCK_WAIT], sv_seconds(waited) / ios);
	if (disk->driver->interrupts)
		sv_metrics_put(out, owner, &m[INTERRUPTS],
			(double)disk->driver->interrupts(disk->driver_state) / ios);
	sv_metrics_put(out, owner, &m[MERGED], (double)disk->merged / ios);
	sv_metrics_put(out, owner, &m[REDIRECTED], (double)disk->redirected / ios);
	sv_metrics_put(
		out, owner, &m[TAG_WAITS], (double)disk->layer->waits(disk->layer_state) / ios);
	return 0;
}
