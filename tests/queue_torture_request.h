/*
 * queue_torture_request.h - the requests of queue_torture.h, and what both of its sides share
 */
#ifndef SV_QUEUE_TORTURE_REQUEST_H
#define SV_QUEUE_TORTURE_REQUEST_H

#define SV_SUBSTRATE_native 1
#include "queue_cases.h"
#include "substrate.h"
#include <pthread.h>

#define TORTURE_SLOTS 4096 /* requests under way, at most */
#define TORTURE_BATCH 1024

struct torture_request {
	uint64_t question, answer;
	uint64_t turn; /* of its completion */
};

struct torture {
	struct queue_pair q;
	uint64_t requests;
	unsigned batch;    /* requests at a time, at most TORTURE_BATCH */
	unsigned patience; /* looks before a side sleeps, at most */
	bool in_order;
	struct torture_request request[TORTURE_SLOTS];
	uint32_t kick[2 * SV_KICK_STRIDE];
	struct sv_native_team team;
	_Alignas(SV_LINE_BYTES) uint64_t asked, reaped, driver_slept; /* the driver's */
	_Alignas(SV_LINE_BYTES) uint64_t served, device_slept;        /* the device's */
};

/* Check notes each assertion that holds in a file: too slow for every request. */
static inline void torture_same(uint64_t is, uint64_t wanted, const char *what)
{
	if (is != wanted)
		ck_abort_msg("%s is %llu, not %llu", what, (unsigned long long)is,
			(unsigned long long)wanted);
}

static inline uint64_t torture_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline uint64_t torture_answer(uint64_t question)
{
	return question * 0x9e3779b97f4a7c15u + 1;
}

/* Half of all requests have all written that may be: in order, their completions are merged. */
static inline uint32_t torture_result(uint64_t question)
{
	return question % 2 ? sizeof(uint64_t) : (uint32_t)(question / 2 % sizeof(uint64_t));
}

static inline bool torture_add(struct torture *t, struct torture_request *r)
{
	uint64_t command[8] = { 0, 0, 0, (uintptr_t)r };
	struct sv_buffer buffer[3] = { { (uintptr_t)r, sizeof(uint64_t), false },
		{ (uintptr_t)&r->turn, sizeof(uint64_t), false },
		{ (uintptr_t)&r->answer, sizeof(uint64_t), true } };
	struct sv_chain chain = { .buffer = buffer, .token = r };

	chain.buffers = 1 + (uint32_t)(r->question % 3);
	if (chain.buffers > t->q.ring.size)
		chain.buffers = t->q.ring.size;
	if (t->q.kind->traits & SV_QUEUE_PAIR)
		buffer[0] = (struct sv_buffer){ (uintptr_t)command, sizeof(command), false };
	else
		buffer[chain.buffers - 1] =
			(struct sv_buffer){ (uintptr_t)r, sizeof(uint64_t), true };
	return t->q.kind->add(t->q.driver, &chain);
}

struct torture_side {
	uint64_t random, *slept;
	unsigned left;
};

/* Looks again, or sleeps when it has looked often enough. */
static inline void torture_rest(struct torture *t, struct torture_side *s, void *side,
	bool (*listen)(void *), void (*quiet)(void *))
{
	if (s->left) {
		s->left--;
		sv_relax(1);
		return;
	}
	if (!listen(side)) {
		sv_pv_wait();
		++*s->slept;
	}
	quiet(side);
	s->left = (unsigned)(torture_random(&s->random) % (t->patience + 1));
}

#endif
