/*
 * disk_private.h - what the files of the block layer share
 */
#ifndef SV_DISK_PRIVATE_H
#define SV_DISK_PRIVATE_H

#include "block/disk.h"
#include "block/driver.h"
#include "block/request_list.h"
#include "simulated_private.h"
#include "world/system.h"

/* A driver sees a completion now: what the device did with it is charged to its stages. signal:
 * from the completion in memory until then. */
static inline void sv_request_arrive(struct sv_request *r, sv_time now, enum sv_stage signal)
{
	sv_time started = r->io.started > r->since ? r->io.started : r->since;
	sv_time posted = r->io.posted > started ? r->io.posted : started;

	sv_request_stage(r, started, SV_STAGE_DEVICE);
	sv_request_stage(r, posted, signal);
	sv_request_stage(r, now, SV_STAGE_FINISH);
}

/* What an ended request gives back; it is its owner's again by then. */
struct sv_block_held {
	uint32_t tag, scheduler_tag;
	uint16_t queue;
};

/* A block layer: layer_mq.c, layer_sq.c. */
struct sv_layer {
	/* Returns the layer's state, or NULL after reporting. */
	void *(*start)(struct sv_disk *disk, struct sv_diag *diag);
	/* Room for one more, waiting for it if need be; the plug is flushed before. False: the
	 * request has joined one that waits. */
	bool (*admit)(void *layer, struct sv_request *r, struct sv_request_list *plug,
		struct sv_sim_thread *self);
	/* All of the list go down, or wait. */
	void (*issue)(void *layer, struct sv_request_list *list, struct sv_sim_thread *self);
	/* A request has ended: its room is free. */
	void (*ended)(void *layer, const struct sv_block_held *held, struct sv_sim_thread *self);
	void (*reset)(void *layer);
	/* Since reset: how long its locks, and how often room, were waited for. */
	sv_time (*waited)(const void *layer);
	uint64_t (*waits)(const void *layer);
	/* What is wrong; NULL: nothing. */
	const char *(*check)(const void *layer);
	void (*free)(void *layer);
};
extern const struct sv_layer sv_layer_mq, sv_layer_sq;

/* Mean times of requests by kind and size, for hybrid polling. */
#define SV_POLL_BUCKETS 32
struct sv_poll_means {
	sv_time end; /* of the window; 0: none has begun */
	struct {
		sv_time sum, mean;
		uint64_t n;
	} bucket[SV_POLL_BUCKETS];
};

struct sv_remote;
struct sv_disk_part;
struct sv_disk {
	struct sv_disk_config config;
	struct sv_layer_options options;
	const struct sv_layer *layer;
	void *layer_state;
	const struct sv_driver *driver;
	void *driver_state;
	struct sv_station station;
	struct sv_poll_means means;
	bool guest;               /* it is a guest's */
	struct sv_remote *remote; /* by CPU; NULL: requests are completed where they are reaped */
	struct sv_disk_part *parts,
		*all_parts; /* free ones, for requests that are split (split.c) */
	const char *broken; /* the first rule that was; NULL: none */
	/* Since the start of the window. */
	sv_time since;
	uint64_t ended, merged, redirected;
};

static inline sv_time sv_disk_cost(const struct sv_disk *disk, enum sv_cost cost)
{
	return disk->config.system->memory->machine->cost[cost];
}

/* Joins m to r, which continues or precedes it, if the disk merges and both fit. */
bool sv_request_join(struct sv_disk *disk, struct sv_request *r, struct sv_request *m);
/* Undoes that after the end: the joined get their share of r's stages, and are returned as a list
 * by `next`. */
struct sv_request *sv_request_part(struct sv_request *r);

/* How many parts it has to go in, and the i-th of them, begun when the whole was cut. */
unsigned sv_request_parts(const struct sv_disk *disk, const struct sv_request *r);
struct sv_request *sv_request_cut(struct sv_disk *disk, struct sv_request *whole, unsigned i);
void sv_disk_free_parts(struct sv_disk *disk);

/* A request that its driver has ended is completed on this CPU. */
void sv_disk_complete(struct sv_disk *disk, struct sv_request *r, struct sv_sim_thread *self);
/* The same on its submitter's CPU instead, if that is wanted: true. */
bool sv_disk_redirect(struct sv_disk *disk, struct sv_request *r, struct sv_sim_thread *self);
/* Returns -1 after reporting. */
int sv_disk_affinity_start(struct sv_disk *disk, struct sv_diag *diag);
void sv_disk_affinity_free(struct sv_disk *disk);

/* A request has ended whose time is told to hybrid polling. */
void sv_poll_means_record(
	struct sv_disk *disk, const struct sv_request *r, uint32_t bytes, sv_time now);

#endif
