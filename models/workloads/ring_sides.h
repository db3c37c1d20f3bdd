/*
 * ring_sides.h - a driver and a device over one queue, the same natively and simulated
 *
 * Included once SV_SUBSTRATE_native or SV_SUBSTRATE_simulated is defined. The driver keeps so many
 * batches of requests under way; the device takes what there is and completes it. A request has two
 * words of data: the driver writes the question, the device reads it and writes the answer, the
 * driver reads that. How a side tells the other one, and waits until it is told, is the includer's.
 *
 *	ring_drive(flow, requests)	in one thread
 *	ring_serve(flow, requests)	in another one; both return when all are through
 */
#ifndef SV_RING_SIDES_H
#define SV_RING_SIDES_H

#include "workloads/ring_flow.h"

static inline void ring_tell(struct ring_flow *f, struct ring_side *other, bool asked)
{
	if (f->notify == RING_POLLING || (f->notify == RING_SUPPRESSED && !asked))
		return;
	other->tells++;
	other->tell(other);
}

/* Nothing to do. */
static inline void ring_rest(
	struct ring_flow *f, struct ring_side *s, bool (*listen)(void *), void (*quiet)(void *))
{
	if (f->notify == RING_POLLING) {
		sv_relax(1);
		return;
	}
	if (f->notify == RING_ALWAYS) {
		s->wait(s);
		return;
	}
	if (!listen(s->state))
		s->wait(s);
	quiet(s->state);
}

static inline bool ring_add(struct ring_flow *f, uint64_t number)
{
	struct ring_data *d = ring_data_of(f, number);
	uint64_t command[8] = { 0, 0, 0, (uintptr_t)d };
	struct sv_buffer buffer[2] = { { (uintptr_t)&d->question, sizeof(uint64_t), false },
		{ (uintptr_t)&d->answer, sizeof(uint64_t), true } };

	sv_store(&d->question, number, SV_RELAXED);
	if (f->queue->traits & SV_QUEUE_PAIR)
		buffer[0] = (struct sv_buffer){ (uintptr_t)command, sizeof(command), false };
	return f->queue->add(
		f->driver.state, &(struct sv_chain){ .buffer = buffer, .buffers = 2, .token = d });
}

/* A batch, if one may be under way more. */
static inline bool ring_send(struct ring_flow *f, uint64_t *sent, uint64_t requests)
{
	uint64_t under_way = *sent - f->driver.requests, end = *sent + f->batch;

	if (*sent >= requests || under_way + f->batch > f->depth)
		return false;
	while (*sent < end && ring_add(f, *sent))
		++*sent;
	ring_tell(f, &f->device, f->queue->publish(f->driver.state));
	return true;
}

static inline bool ring_reap(struct ring_flow *f)
{
	struct sv_reaped got;
	bool any = false;

	while (f->queue->reap(f->driver.state, &got)) {
		struct ring_data *d = got.token;

		f->wrong |= d != ring_data_of(f, f->driver.requests) ||
			    sv_load(&d->answer, SV_RELAXED) != f->driver.requests + 1;
		f->driver.requests++;
		any = true;
	}
	return any;
}

static inline void ring_time(struct ring_flow *f, struct ring_timer *t)
{
	if (t->end && f->driver.requests >= t->end) {
		f->took(f, sv_clock() - t->since);
		t->end = 0;
		t->left = RING_STRIDE;
	}
}

static inline void ring_drive(struct ring_flow *f, uint64_t requests)
{
	struct ring_timer t = { .left = RING_STRIDE };
	uint64_t sent = f->driver.requests;

	while (f->driver.requests < requests) {
		bool any = ring_reap(f);

		ring_time(f, &t);
		if (!t.end && t.left == 0)
			t.since = sv_clock();
		if (ring_send(f, &sent, requests)) {
			any = true;
			if (!t.end && t.left-- == 0)
				t.end = sent;
		}
		if (!any)
			ring_rest(f, &f->driver, f->queue->listen, f->queue->quiet);
	}
}

static inline void ring_answer(struct ring_flow *f, const struct sv_taken *got)
{
	uint64_t address = got->buffer[0].address;
	struct ring_data *d;

	if (f->queue->traits & SV_QUEUE_PAIR)
		address = ((const uint64_t *)(uintptr_t)address)[3];
	d = (struct ring_data *)(uintptr_t)address;
	if (f->work)
		f->work(f);
	sv_store(&d->answer, sv_load(&d->question, SV_RELAXED) + 1, SV_RELAXED);
	f->queue->complete(f->device.state, got->id, sizeof(uint64_t));
}

static inline void ring_serve(struct ring_flow *f, uint64_t requests)
{
	struct sv_taken got;

	while (f->device.requests < requests) {
		unsigned n = 0;

		while (n < f->batch && f->queue->take(f->device.state, &got)) {
			ring_answer(f, &got);
			n++;
		}
		f->device.requests += n;
		if (n)
			ring_tell(f, &f->driver, f->queue->flush(f->device.state));
		else
			ring_rest(f, &f->device, f->queue->device_listen, f->queue->device_quiet);
	}
}

#endif
