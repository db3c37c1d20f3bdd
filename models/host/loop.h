/*
 * loop.h - a thread of the host that serves sources of events, as QEMU's I/O threads do
 *
 * The loop sleeps in ppoll() until an eventfd of a source is set, and serves what is ready. With
 * a limit for polling it first looks at the sources itself for a while, whose length adapts as
 * QEMU's does (poll-max-ns, grow, shrink); while it looks, sources ask not to be notified. With
 * `spin` it never sleeps (SPDK's reactors).
 *
 *	loop = sv_loop_new(host, &config);
 *	source = (struct sv_loop_source){ .ready = ..., .serve = ..., .owner = ... };
 *	sv_loop_add(loop, &source);			before the first event
 *	...
 *	sv_eventfd_signal(&source.efd, by);		there is something, and it asked to be told
 *	sv_loop_hint(&source);				there is something to see in memory
 *
 * Rules. Who changes memory that ready() looks at gives a hint after it, whether or not it
 * signals: a loop that polls costs no events while nothing changes, so it must be told when to
 * look. It then notices at a random point of its turn over all sources, as if it had looked all the
 * time. A loop with a source without ready() does not poll, as QEMU's with a descriptor that cannot
 *be polled; one that spins has none such.
 */
#ifndef SV_LOOP_H
#define SV_LOOP_H

#include "host/eventfd.h"
#include "world/system.h"

struct sv_loop;
struct sv_loop_source {
	struct sv_eventfd efd; /* its owner: the source */
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
	bool found, read; /* by this turn: something to do; told by its eventfd */
};

struct sv_loop_config {
	const char *name;
	sv_time poll_max; /* 0: never polls */
	sv_time poll_start;
	double poll_grow, poll_shrink; /* QEMU's 2 and 0: back to none */
	bool spin;
	bool kernel;  /* a thread of the kernel, which waits without system calls */
	sv_time turn; /* what it computes when it has waited, before it calls a source */
	/* Of the host that it stays on; -1: any. One that spins then has one of its own, from the
	 * last on, as long as there are some. */
	int cpu;
};

/* Since the start of the window; times while it was preempted, too. */
struct sv_loop_stats {
	sv_time polled, slept, served; /* looking at sources; in ppoll(); serving them */
	uint64_t wake_ups;
	uint64_t polls_won, polls_lost; /* that found something, and that ended without */
};

/* A thread of the host's system. NULL when no memory is left. */
struct sv_loop *sv_loop_new(struct sv_system *host, const struct sv_loop_config *config);
void sv_loop_free(struct sv_loop *loop);
/* Before the first event. */
void sv_loop_add(struct sv_loop *loop, struct sv_loop_source *source);
/* Memory of a source has changed that a polling loop would see. From any context. */
void sv_loop_hint(struct sv_loop_source *source);

void sv_loop_reset(struct sv_loop *loop, sv_time now);
/* Adds what it did to a sum. */
void sv_loop_read(struct sv_loop *loop, sv_time now, struct sv_loop_stats *sum);

#endif
