/*
 * queue_talk.h - two threads that pass requests through a queue, in either substrate
 *
 * Each request is memory that the driver writes before it adds it and the device answers in, so
 * that a missing order shows. A side with nothing to do polls, or listens and sleeps on a futex
 * until it is told.
 */
#ifndef SV_QUEUE_TALK_H
#define SV_QUEUE_TALK_H

#include "queue.h"
#include "substrate.h"

#define TALK_WINDOW 40 /* requests that the driver may have in the queue */

struct talk_io {
	uint64_t question, answer;
	struct sv_buffer buffer[2];
	uint64_t command[8];
};

struct talk {
	const struct sv_queue *queue;
	void *driver, *device;
	sv_u32 *driver_bell, *device_bell;
	uint64_t requests;
	bool polls, reverses; /* the device completes what it took last first */
	void (*idle)(void);   /* between two polls */
	/* The driver's. */
	struct talk_io io[TALK_WINDOW], *free[TALK_WINDOW];
	unsigned frees;
	uint64_t added, reaped, sum;
	/* The device's. */
	uint64_t taken;
	uint64_t driver_wrong, device_wrong; /* requests that did not come through as they were */
};

static inline uint64_t talk_answer(uint64_t question)
{
	return question * 0x9e3779b97f4a7c15u ^ question >> 7;
}

static inline void talk_tell(sv_u32 *bell)
{
	sv_faa(bell, 1, SV_RELEASE); /* with talk_rest() */
	sv_futex_wake(bell, 1);
}

/* A side has nothing to do. */
static inline void talk_rest(struct talk *t, void *side, sv_u32 *bell, bool (*listen)(void *side))
{
	uint32_t seen = sv_load(bell, SV_ACQUIRE); /* with talk_tell() */

	if (t->polls)
		t->idle();
	else if (!listen(side))
		sv_futex_wait(bell, seen);
}

static inline bool talk_add(struct talk *t)
{
	struct talk_io *io = t->free[t->frees - 1];
	struct sv_chain chain = { io->buffer, 2, io };

	io->question = t->added + 1;
	io->buffer[0] = (struct sv_buffer){ (uintptr_t)&io->question, 8, false };
	io->buffer[1] = (struct sv_buffer){ (uintptr_t)&io->answer, 8, true };
	if (t->queue->traits & SV_QUEUE_PAIR) {
		io->command[3] = (uintptr_t)io;
		io->buffer[0] = (struct sv_buffer){ (uintptr_t)io->command, 64, false };
		chain.buffers = 1;
	}
	if (!t->queue->add(t->driver, &chain))
		return false;
	t->frees--;
	t->added++;
	return true;
}

static inline bool talk_reap(struct talk *t)
{
	struct sv_reaped r;
	struct talk_io *io;

	if (!t->queue->reap(t->driver, &r))
		return false;
	io = r.token;
	t->driver_wrong += io->answer != talk_answer(io->question) || r.result != 8;
	t->sum += io->question;
	t->reaped++;
	t->free[t->frees++] = io;
	return true;
}

static inline void talk_drive(struct talk *t)
{
	for (t->frees = 0; t->frees < TALK_WINDOW; t->frees++)
		t->free[t->frees] = &t->io[t->frees];
	while (t->reaped < t->requests) {
		uint64_t before = t->added + t->reaped, batch = 1 + t->added % 7;

		while (batch-- && t->frees && t->added < t->requests && talk_add(t))
			;
		if (t->queue->publish(t->driver))
			talk_tell(t->device_bell);
		t->queue->quiet(t->driver);
		while (talk_reap(t))
			;
		if (before == t->added + t->reaped)
			talk_rest(t, t->driver, t->driver_bell, t->queue->listen);
	}
}

static inline void talk_serve_one(struct talk *t, const struct sv_taken *taken)
{
	const struct sv_buffer *b = taken->buffer;
	bool pair = t->queue->traits & SV_QUEUE_PAIR;
	const uint64_t *command = (const void *)(uintptr_t)b[0].address;
	struct talk_io *io = (void *)(uintptr_t)(pair ? command[3] : 0);
	uint64_t *question = pair ? &io->question : (void *)(uintptr_t)b[0].address;
	uint64_t *answer = pair ? &io->answer : (void *)(uintptr_t)b[1].address;

	t->taken++;
	t->device_wrong += *question != t->taken;
	*answer = talk_answer(*question);
}

static inline void talk_serve(struct talk *t)
{
	while (t->taken < t->requests) {
		uint32_t id[TALK_WINDOW];
		struct sv_taken taken;
		unsigned n = 0;

		t->queue->device_quiet(t->device);
		for (; n < TALK_WINDOW && t->queue->take(t->device, &taken); n++) {
			talk_serve_one(t, &taken);
			id[n] = taken.id;
		}
		for (unsigned i = 0; i < n; i++)
			t->queue->complete(t->device, id[t->reverses ? n - 1 - i : i], 8);
		if (t->queue->flush(t->device))
			talk_tell(t->driver_bell);
		if (n == 0)
			talk_rest(t, t->device, t->device_bell, t->queue->device_listen);
	}
}

#endif
