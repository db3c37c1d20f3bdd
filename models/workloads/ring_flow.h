/*
 * ring_flow.h - a queue, the requests that go through it and its two sides, for ring_sides.h
 */
#ifndef SV_RING_FLOW_H
#define SV_RING_FLOW_H

#include "queues/queue.h"
#include "substrate.h"

/* Of so many batches the round trip of one is timed, so that reading the clock costs little. */
#define RING_STRIDE 16

enum ring_notify { RING_POLLING, RING_ALWAYS, RING_SUPPRESSED };

struct ring_side {
	void *state;                      /* private, of the queue */
	void (*tell)(struct ring_side *); /* this side, by the other one */
	void (*wait)(struct ring_side *); /* until it is told */
	void *owner;
	uint64_t tells, requests; /* how often it was told, and what it has finished */
};

struct ring_data {
	sv_u64 question, answer;
};

struct ring_flow {
	const struct sv_queue *queue;
	enum ring_notify notify;
	unsigned batch, depth; /* requests at a time, and under way at most: several batches */
	char *data;            /* of as many requests as the depth, so many bytes apart: */
	size_t stride;
	struct ring_side driver, device;
	void (*work)(struct ring_flow *);               /* the device's, on a request; or NULL */
	void (*took)(struct ring_flow *, sv_time time); /* a batch, from publishing to reaping */
	bool wrong; /* a request did not come back with its own answer */
};

static inline struct ring_data *ring_data_of(const struct ring_flow *f, uint64_t number)
{
	return (struct ring_data *)(void *)(f->data + number % f->depth * f->stride);
}

/* Of the batch that is timed. */
struct ring_timer {
	sv_time since;
	uint64_t end; /* number of the request behind it; 0: none is timed */
	unsigned left;
};

#endif
