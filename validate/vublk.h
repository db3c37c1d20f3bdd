/*
 * vublk.h - a virtio disk that another process serves, by vhost-user
 *
 * Driver and disk share memory that is this process' own, or a guest's. Natively a thread runs
 * the load of a queue; in a guest its own code does, and knows the memory by other addresses.
 */
#ifndef SV_VUBLK_H
#define SV_VUBLK_H

#include "blk_load.h"
#include "vhost_user.h"

#define SV_VUBLK_QUEUES 8

struct sv_vublk_how {
	const struct sv_queue *kind; /* native */
	const void *cfg;             /* its */
	unsigned queues, size, depth;
	uint32_t bytes; /* of a request */
	/* A guest's memory, which is `fd` from its start and begins at its address 0; queues lie
	 * in it from `offset` on. NULL: memory of this process is made. */
	uint8_t *guest;
	int fd;
	size_t guest_bytes, offset;
};

struct sv_vublk_queue {
	size_t at; /* in the memory; its parts by the place below */
	struct sv_blk_driver driver;
	int kick, call;
};

struct sv_vublk {
	struct sv_vhost_user v;
	struct sv_vublk_how how;
	struct sv_blk_place place;
	uint8_t *memory;
	size_t memory_bytes;
	int fd;
	uint64_t sectors;
	struct sv_vublk_queue queue[SV_VUBLK_QUEUES];
};

/* Nothing is open: it may be closed. */
void sv_vublk_init(struct sv_vublk *d);

/*
 * Connects and makes all queues. In memory of this process they are ready to run; in a guest's,
 * the guest is to initialize its driver's side. Returns -1 after reporting; to be closed in any
 * case.
 */
int sv_vublk_open(struct sv_vublk *d, const char *socket, const struct sv_vublk_how *how,
	struct sv_diag *diag);

/* Runs the load of a queue on this thread. What the disk notified without being asked counts too.
 */
void sv_vublk_run(struct sv_vublk *d, unsigned queue);

/* Lets the run of a queue end that no back end serves any more. By any thread. */
void sv_vublk_abandon(struct sv_vublk *d, unsigned queue);

/* Notifications that nobody has read yet. */
uint64_t sv_vublk_notified(const struct sv_vublk *d, unsigned queue);

void sv_vublk_close(struct sv_vublk *d);

#endif
