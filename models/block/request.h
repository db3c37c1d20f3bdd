/*
 * request.h - one block request, and where its time goes
 *
 * A request is in one stage at a time; moving it on charges the time since the last move to the
 * stage that it leaves. So the stages of a request add up to its latency, exactly.
 */
#ifndef SV_REQUEST_H
#define SV_REQUEST_H

#include "devices/device.h"

/* X(ENUM, name, help) */
#define SV_STAGES(X)                                                                               \
	X(SUBMIT, "submit",                                                                        \
		"the guest's system call, block layer and driver, until the ring has it")          \
	X(LOCK, "lock", "waiting for locks on that way")                                           \
	X(NOTIFY, "notify", "from the ring until the back end was told: the exit and its kick")    \
	X(WAKE, "wake", "until the back end runs and has taken the request")                       \
	X(BACKEND, "back-end", "the back end's own work, and waiting for it in its thread")        \
	X(HOST, "host-stack", "the host's system call, file system, block layer and driver")       \
	X(QUEUE, "device-queue", "waiting in the device's queues")                                 \
	X(DEVICE, "device", "being served by the device")                                          \
	X(COMPLETE, "completion", "the host's interrupt and the back end, until the ring has it")  \
	X(INJECT, "injection", "until the guest takes the interrupt or sees the entry")            \
	X(FINISH, "guest-completion", "the guest's handler, block layer and waking who waits")

enum sv_stage {
#define X(id, name, help) SV_STAGE_##id,
	SV_STAGES(X)
#undef X
		SV_STAGE_COUNT
};

struct sv_sim_thread;

struct sv_request {
	struct sv_io io; /* what the device at the end of the path gets */
	sv_time submitted, since;
	sv_time spent[SV_STAGE_COUNT];
	uint8_t stage;
	unsigned cpu; /* that it was submitted on */
	/* Called once, by the thread that completes it; the request is its owner's again. */
	void (*end)(struct sv_request *request, struct sv_sim_thread *self);
	void *owner;
	struct sv_request *next;  /* of whoever has it now */
	struct sv_request *inner; /* the same data one stack further down */
	struct sv_block_part {    /* the block layer's, from submission to the end */
		sv_time entered, issued, expires;
		struct sv_request *merged, *last_merged; /* that have joined it */
		struct sv_request *older, *newer;        /* of the deadline scheduler */
		struct sv_request *below, *above;
		uint64_t offset; /* its own, without those that have joined it */
		uint32_t bytes;
		uint32_t tag, scheduler_tag;
		unsigned parts; /* of it that have not ended, if it goes in several */
		uint16_t queue;
		bool slept;     /* of hybrid polling */
		bool joined;    /* it has joined another one */
		bool scattered; /* its parts are of several queues */
	} block;
	uint64_t private[4]; /* the driver's, while it has it */
};

/* Whoever submits it: it enters its kernel now. */
static inline void sv_request_begin(struct sv_request *r, sv_time now)
{
	r->submitted = r->since = now;
	r->stage = SV_STAGE_SUBMIT;
	for (unsigned i = 0; i < SV_STAGE_COUNT; i++)
		r->spent[i] = 0;
}

/* It is in another stage from now on. */
static inline void sv_request_stage(struct sv_request *r, sv_time now, enum sv_stage stage)
{
	r->spent[r->stage] += now - r->since;
	r->since = now;
	r->stage = (uint8_t)stage;
}

#endif
