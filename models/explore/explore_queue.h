/*
 * explore_queue.h - a queue under the explorer
 *
 * Thread 0 is the driver: it publishes requests by batches, and reaps. Thread 1 is the device: it
 * takes what there is, and completes it. A side that finds nothing sleeps until it is told.
 * Both check every request, and touch the data that it points to.
 */
#ifndef SV_EXPLORE_QUEUE_H
#define SV_EXPLORE_QUEUE_H

#include "explore.h"
#include "queues/queue.h"

#define SV_EXPLORE_REQUESTS 8
#define SV_EXPLORE_BUFFERS  4

struct sv_explore_queue {
	const struct sv_queue *queue; /* of the explored substrate */
	const void *config;
	uint32_t size;     /* entries */
	unsigned requests; /* at most SV_EXPLORE_REQUESTS */
	unsigned batch;    /* that the driver publishes at a time */
	unsigned buffers;  /* of each request: the device reads all but the last; of no meaning to a
			    * queue pair */
	unsigned served;   /* requests that went through the queue before */
	bool reversed;     /* the device completes first what it took last */
	bool polling;      /* both look again and again instead of sleeping */
};

int sv_explore_queue(const struct sv_explore_queue *what, const struct sv_explore_options *options,
	struct sv_explore_result *result, struct sv_diag *diag);

#endif
