/*
 * submitter.h - how a back end has I/O done, and learns that it is done
 *
 * An engine is one file's const table. It belongs to a loop, in which its owner submits, and
 * in which the engine gives back what has completed: it adds a source to the loop.
 *
 *	engine = sv_submitter_new(&sv_submitter_native, &config, diag);
 *	sv_submitter_submit(engine, self, request, n);	on the loop's thread
 *	config.done(config.owner, list, self)		on the same, for one or several
 *
 * It charges what its system calls and the host's kernel take, and moves requests on through
 * their stages as its disk does.
 */
#ifndef SV_SUBMITTER_H
#define SV_SUBMITTER_H

#include "block/disk.h"
#include "host/loop.h"

struct sv_submitter;

/* What it is given; the engine's from submission until it is done. */
struct sv_submitter_request {
	struct sv_request request;
	struct sv_submitter *submitter;
	struct sv_submitter_request *next;
	void *own;
};

/* Requests of a batch at most. */
#define SV_SUBMITTER_BATCH 64

struct sv_submitter_kind {
	const char *name;
	size_t bytes; /* of its state, which begins with struct sv_submitter */
	int (*start)(struct sv_submitter *s, struct sv_diag *diag); /* may be NULL, as free() */
	void (*submit)(struct sv_submitter *s, struct sv_sim_thread *self,
		struct sv_submitter_request **request, unsigned n);
	/* The disk has done a request, on the thread that completed it. */
	void (*ended)(struct sv_submitter *s, struct sv_submitter_request *request,
		struct sv_sim_thread *self);
	enum sv_cost reap; /* what taking a completed one costs the loop's thread */
	void (*free)(struct sv_submitter *s);
};

struct sv_submitter_config {
	struct sv_loop *loop;
	struct sv_system *host;
	struct sv_disk *disk; /* that it submits to */
	bool file;            /* through a file system of the host */
	/* Or, of sv_submitter_nvme: */
	struct sv_device *device;
	uint32_t device_depth; /* entries of its queues */
	int irq_cpu;           /* of the host; -1: completions are only looked for */
	unsigned depth;        /* requests that it has at most */
	/* A list by `next` is done. */
	void (*done)(void *owner, struct sv_submitter_request *list, struct sv_sim_thread *self);
	void *owner;
};

/* What has completed and was not taken yet. */
struct sv_submitter {
	const struct sv_submitter_kind *kind;
	struct sv_submitter_config config;
	struct sv_loop_source source;
	struct sv_submitter_request *first, **last;
	char *tail;  /* of the ring in which completions are told: a line of memory */
	char *inode; /* of the file: the word of its lock */
};

/* By system calls for a batch: io_submit(), io_uring_enter(). */
extern const struct sv_submitter_kind sv_submitter_native, sv_submitter_io_uring;
/* Threads of the kernel poll for submissions; threads of the process make blocking calls. */
extern const struct sv_submitter_kind sv_submitter_sqpoll, sv_submitter_threads;
/* The process drives queues of the device, without the host's kernel. */
extern const struct sv_submitter_kind sv_submitter_nvme;
/* The back end is the host's kernel: without system calls. */
extern const struct sv_submitter_kind sv_submitter_kernel;

/* As `engine` of a disk has it. */
struct sv_disk_options;
const struct sv_submitter_kind *sv_submitter_of(const struct sv_disk_options *options);

/* The stages of the inner request, which has come back, become those of the outer one on its way
 * through the host; that is on its way back then. */
void sv_request_absorb(struct sv_request *outer, struct sv_request *inner, sv_time now);

/* NULL after reporting. */
struct sv_submitter *sv_submitter_new(const struct sv_submitter_kind *kind,
	const struct sv_submitter_config *config, struct sv_diag *diag);
void sv_submitter_free(struct sv_submitter *s);

static inline void sv_submitter_submit(struct sv_submitter *s, struct sv_sim_thread *self,
	struct sv_submitter_request **request, unsigned n)
{
	s->kind->submit(s, self, request, n);
}

/* For engines: a request waits to be taken. */
void sv_submitter_put(struct sv_submitter *s, struct sv_submitter_request *request);
/* The host's kernel does I/O for n requests, as who makes the system call has it. */
void sv_submitter_enter_kernel(struct sv_submitter *s, struct sv_sim_thread *self, unsigned n);
/* It gives them to the disk: ended() follows for each. */
void sv_submitter_to_disk(struct sv_submitter *s, struct sv_sim_thread *self,
	struct sv_submitter_request **request, unsigned n);

static inline sv_time sv_submitter_cost(const struct sv_submitter *s, enum sv_cost cost)
{
	return s->config.host->domain->machine->cost[cost];
}

#endif
