/*
 * queue_request.h - requests that say who they are, so that what comes out can be checked
 */
#ifndef SV_QUEUE_REQUEST_H
#define SV_QUEUE_REQUEST_H

#include "queue.h"
#include <string.h>

/* Request n: its token, its buffers or its command, and what it results in. */
#define QUEUE_BUFFERS 5
struct queue_request {
	struct sv_buffer buffer[QUEUE_BUFFERS];
	uint64_t command[8];
	struct sv_chain chain;
};

static inline void queue_request(
	const struct sv_queue *q, uint32_t size, uint64_t n, struct queue_request *r)
{
	uint32_t most = size < QUEUE_BUFFERS ? size : QUEUE_BUFFERS;
	uint32_t buffers = 1 + (uint32_t)(n * 7 / 3 % most);

	for (uint32_t i = 0; i < QUEUE_BUFFERS; i++)
		r->buffer[i] =
			(struct sv_buffer){ n * 4096 + i, (uint32_t)(n % 1000) + i, i > n % 3 };
	if (q->traits & SV_QUEUE_PAIR) {
		for (unsigned i = 0; i < 8; i++)
			r->command[i] = i ? n * 31 + i : 2;
		r->buffer[0] = (struct sv_buffer){ (uintptr_t)r->command, 64, false };
		buffers = 1;
	}
	r->chain = (struct sv_chain){
		.buffer = r->buffer, .buffers = buffers, .token = (void *)(uintptr_t)(n + 1)
	};
}

/* Whether the device has got what request n is. */
static inline bool queue_request_is(
	const struct sv_queue *q, uint32_t size, uint64_t n, const struct sv_taken *t)
{
	struct queue_request r;

	queue_request(q, size, n, &r);
	if (t->buffers != r.chain.buffers)
		return false;
	if (q->traits & SV_QUEUE_PAIR) {
		const uint64_t *command = (const void *)(uintptr_t)t->buffer[0].address;

		return t->buffer[0].bytes == 64 && !memcmp(command + 1, r.command + 1, 56) &&
		       (command[0] & 0xffff) == 2 && command[0] >> 16 == t->id;
	}
	for (uint32_t i = 0; i < t->buffers; i++)
		if (t->buffer[i].address != r.buffer[i].address ||
			t->buffer[i].bytes != r.buffer[i].bytes ||
			t->buffer[i].device_writes != r.buffer[i].device_writes)
			return false;
	return true;
}

/* 15 bits, as the status of a command has. */
static inline uint32_t queue_result(uint64_t n)
{
	return (uint32_t)(n * 2654435761u) >> 17;
}

#endif
