/*
 * nvme_pair.h - an NVMe queue pair in memory, and what its sides keep to themselves
 */
#ifndef SV_NVME_PAIR_H
#define SV_NVME_PAIR_H

#include "ring.h"

enum { NVME_COMMAND_BYTES = 64, NVME_PHASE_BIT = 16, NVME_STATUS_BIT = 17 };

struct nvme_cfg {
	bool shadow;
	int64_t id;
};

struct command {
	unsigned char raw[NVME_COMMAND_BYTES];
};

/* An entry of the completion queue. */
struct completion {
	sv_u64 specific; /* dwords 0 and 1, of the command */
	sv_u32 queue;    /* submission queue: its head, its id */
	sv_u32 last;     /* command id, phase, status */
};
_Static_assert(sizeof(struct completion) == 16 && offsetof(struct completion, last) == 12,
	"NVM Express 1.4, figure 121");

/* The registers of a pair, and what shadows them: doorbell stride 0. */
struct doorbells {
	sv_u32 tail; /* of the submission queue */
	sv_u32 head; /* of the completion queue */
};
_Static_assert(sizeof(struct doorbells) == 8, "NVM Express 1.4, 3.1.24 and 3.1.25");

struct driver {
	struct sv_queue_side side;
	struct command *sq;
	struct completion *cq;
	struct doorbells *bells, *shadow, *events;
	void **token;      /* by command id; this struct's address: the id is free */
	uint16_t *free_id; /* a stack */
	uint32_t size, free;
	uint32_t tail, published; /* with and without what was added since */
	uint32_t sq_head;         /* as the last completion tells */
	uint32_t cq_head, cq_told;
	uint32_t phase;
};

/* A completion that waits for room. */
struct waiting {
	uint32_t id, status;
};

struct device {
	struct sv_queue_side side;
	struct command *sq;
	struct completion *cq;
	struct doorbells *bells, *events; /* `bells` that hold the truth: the shadows, if there */
	struct waiting *waiting;          /* a ring of `size` */
	struct command command;           /* the one taken last */
	struct sv_buffer buffer;
	uint32_t size, id;
	uint32_t sq_head, sq_tail; /* `sq_tail` as last read */
	uint32_t cq_tail, cq_head; /* likewise `cq_head` */
	uint32_t phase;
	uint32_t first_waiting, waits;
	uint32_t taken; /* and not posted */
};

#endif
