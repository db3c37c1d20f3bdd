/*
 * loop.h - a thread of the host that serves sources of events, as QEMU's I/O threads do
 *
 * The loop sleeps in ppoll() until an eventfd of a source is set, and serves what is ready. With
 * a limit for polling it first looks at the sources itself for a while, whose length adapts as
 * QEMU's does (poll-max-ns, grow, shrink); while it looks, sources ask not to be notified. With
 * `spin` it never sleeps (SPDK's reactors).
 */
#ifndef SV_LOOP_H
#define SV_LOOP_H

#include "host/eventfd.h"
#include "world/system.h"

struct sv_loop;
struct sv_loop_source {
	struct sv_eventfd efd; /* its owner: the loop */
	/* Whether there is something to do, by looking at memory; charged to the thread. May be
	 * NULL: known by the eventfd only. */
	bool (*ready)(struct sv_loop_source *source);
	void (*serve)(struct sv_loop_source *source, struct sv_sim_thread *self);
	/* The loop begins, or stops, to look by itself. Stopping returns whether something came
	 * in between. May be NULL. */
	void (*quiet)(struct sv_loop_source *source);
	bool (*listen)(struct sv_loop_source *source);
	struct sv_loop_source *next;
	struct sv_loop *loop;
	void *owner;
};

struct sv_loop_config {
	const char *name;
	sv_time poll_max; /* 0: never polls */
	sv_time poll_start;
	double poll_grow, poll_shrink; /* QEMU's 2 and 0: back to none */
	bool spin;
	int cpu; /* of the host that it stays on; -1: any */
};

/* A thread of the host's system. NULL when no memory is left. */
struct sv_loop *sv_loop_new(struct sv_system *host, const struct sv_loop_config *config);
void sv_loop_free(struct sv_loop *loop);
/* Before the first event. */
void sv_loop_add(struct sv_loop *loop, struct sv_loop_source *source);
/* Memory of a source has changed that a polling loop would see. From any context. */
void sv_loop_hint(struct sv_loop_source *source);

void sv_loop_reset(struct sv_loop *loop, sv_time now);

#endif
