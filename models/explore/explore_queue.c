/*
 * explore_queue.c - a queue under the explorer
 *
 * What a request asks is written as plain C before it is published and read after it was taken,
 * and the answer the same way back. So a queue that orders its own words and not what they
 * point to shows as a data race, and one that hands out a word too early shows by what it says.
 */
#define SV_SUBSTRATE_explored 1
#include "explore_queue.h"
#include "bug.h"
#include "substrate.h"
#include <string.h>

#define DRIVER 0
#define DEVICE 1

#define COMMAND_BYTES 64

/* Of one request. */
struct payload {
	uint64_t question[SV_EXPLORE_BUFFERS];
	uint64_t answer;
};

struct run {
	const struct sv_explore_queue *what;
	void *driver, *device; /* their private state */
	struct payload *payload;
	uint64_t *order; /* by completion: which request it was; the device's to write */
};

/* Both sides' words on a command of a queue pair. */
struct command {
	uint64_t head[3], payload, rest[1], question, tail[2];
};
_Static_assert(sizeof(struct command) == COMMAND_BYTES, "a command of a queue pair");

static bool is_pair(const struct run *r)
{
	return r->what->queue->traits & SV_QUEUE_PAIR;
}

static void touch(const void *at, bool writes)
{
	sv_explored_access(at, sizeof(uint64_t), writes);
}

static uint64_t question_of(unsigned request, unsigned buffer)
{
	return 1000 + 10 * request + buffer;
}

static uint64_t answer_of(unsigned request)
{
	return 2000 + request;
}

/* A status, or the bytes that the device says to have written. */
static uint32_t result_of(unsigned request)
{
	/* In order, completions that wrote all they may are merged with the next. */
	return request % 2 ? sizeof(uint64_t) : 1 + request;
}

static void ask(struct run *r, unsigned request)
{
	for (unsigned b = 0; b + 1 < r->what->buffers; b++) {
		touch(&r->payload[request].question[b], true);
		r->payload[request].question[b] = question_of(request, b);
	}
	touch(&r->payload[request].answer, true);
	r->payload[request].answer = 0;
}

/* Puts a request into the ring; the memory that holds its description is used no longer. */
static bool add(struct run *r, unsigned request)
{
	struct payload *p = &r->payload[request];
	struct sv_buffer buffer[SV_EXPLORE_BUFFERS];
	struct command command = { .payload = (uintptr_t)p, .question = question_of(request, 0) };
	struct sv_chain chain = { .buffer = buffer, .buffers = r->what->buffers, .token = p };

	for (unsigned b = 0; b < chain.buffers; b++)
		buffer[b] =
			(struct sv_buffer){ (uintptr_t)&p->question[b], sizeof(uint64_t), false };
	buffer[chain.buffers - 1] =
		(struct sv_buffer){ (uintptr_t)&p->answer, sizeof(uint64_t), true };
	if (is_pair(r))
		buffer[0] = (struct sv_buffer){ (uintptr_t)&command, COMMAND_BYTES, false };
	return r->what->queue->add(r->driver, &chain);
}

/* The request whose completion the driver expects as its i-th. */
static void check_reaped(struct run *r, unsigned i, const struct sv_reaped *got)
{
	const struct payload *p = got->token;
	size_t offset = (size_t)((const char *)got->token - (const char *)r->payload);
	unsigned request = (unsigned)(offset / sizeof(*p));

	if (request >= r->what->requests || offset % sizeof(*p))
		sv_explore_fault(SV_FAULT_REQUEST, "the driver reaps what it has not sent");
	touch(&r->order[i], false);
	if (r->order[i] != request)
		sv_explore_fault(SV_FAULT_ORDER,
			"the driver reaps request %u where the device completed request %u",
			request, (unsigned)r->order[i]);
	if (got->result != result_of(request))
		sv_explore_fault(SV_FAULT_REQUEST,
			"request %u is reaped with the result %u, completed with %u", request,
			got->result, result_of(request));
	touch(&p->answer, false);
	if (p->answer != answer_of(request))
		sv_explore_fault(
			SV_FAULT_REQUEST, "request %u is reaped without its answer", request);
	/* Its memory is the driver's again. */
	for (unsigned b = 0; b + 1 < r->what->buffers; b++) {
		touch(&p->question[b], true);
		r->payload[request].question[b] = 0;
	}
}

static unsigned reap_all(struct run *r, unsigned done)
{
	struct sv_reaped got;

	while (r->what->queue->reap(r->driver, &got)) {
		if (done == r->what->requests)
			sv_explore_fault(SV_FAULT_REQUEST, "the driver reaps more than it sent");
		check_reaped(r, done++, &got);
	}
	return done;
}

/* Sleeps, or comes back soon, when a side has nothing to do. Returns whether it has something now,
 * as the queue says. */
static bool rest(const struct run *r, void *side, bool (*listen)(void *), void (*quiet)(void *))
{
	bool any;

	if (r->what->polling) {
		sv_relax(1);
		return false;
	}
	any = listen(side);
	if (!any)
		sv_pv_wait();
	quiet(side);
	return any;
}

static void check_claim(bool claimed, const char *who)
{
	if (claimed)
		sv_explore_fault(SV_FAULT_REQUEST,
			"the %s is told that there is something, and finds nothing", who);
}

static unsigned send(struct run *r, unsigned sent, unsigned done)
{
	unsigned first = sent;

	while (sent < r->what->requests && sent - first < r->what->batch) {
		ask(r, sent);
		if (!add(r, sent))
			break;
		sent++;
	}
	if (sent == done && sent < r->what->requests)
		sv_explore_fault(SV_FAULT_REQUEST,
			"there is no room for request %u, though nothing is under way", sent);
	if (sent > first && r->what->queue->publish(r->driver) && !r->what->polling)
		sv_pv_kick(DEVICE);
	return sent;
}

static void drive(struct run *r)
{
	const struct sv_queue *q = r->what->queue;
	unsigned sent = 0, done = 0;
	bool claimed = false;

	while (done < r->what->requests) {
		unsigned before = done, sent_before = sent;

		done = reap_all(r, done);
		if (done == before)
			check_claim(claimed, "driver");
		sent = send(r, sent, done);
		claimed = sent == sent_before && done == before &&
			  rest(r, r->driver, q->listen, q->quiet);
	}
}

/* What the device took as its i-th must be the driver's i-th. */
static void check_taken(struct run *r, unsigned i, const struct sv_taken *got)
{
	struct payload *p = &r->payload[i];
	const struct command *command = (const void *)(uintptr_t)got->buffer[0].address;

	if (i >= r->what->requests)
		sv_explore_fault(SV_FAULT_REQUEST, "the device takes more than was sent");
	if (is_pair(r)) {
		if (got->buffers < 1 || command->payload != (uintptr_t)p ||
			command->question != question_of(i, 0))
			sv_explore_fault(SV_FAULT_REQUEST,
				"the device does not find the command of request %u", i);
		return;
	}
	if (got->buffers != r->what->buffers)
		sv_explore_fault(SV_FAULT_REQUEST,
			"the device finds %u buffers in request %u of %u", got->buffers, i,
			r->what->buffers);
	for (unsigned b = 0; b < got->buffers; b++) {
		const struct sv_buffer *found = &got->buffer[b];
		bool last = b + 1 == got->buffers;
		const void *is = last ? &p->answer : &p->question[b];

		if (found->address != (uintptr_t)is || found->bytes != sizeof(uint64_t) ||
			found->device_writes != last)
			sv_explore_fault(SV_FAULT_REQUEST,
				"the device finds a wrong buffer %u in request %u", b, i);
	}
}

static void answer(struct run *r, unsigned i)
{
	struct payload *p = &r->payload[i];

	for (unsigned b = 0; b + 1 < r->what->buffers; b++) {
		touch(&p->question[b], false);
		if (p->question[b] != question_of(i, b))
			sv_explore_fault(
				SV_FAULT_REQUEST, "the device takes request %u before its data", i);
	}
	touch(&p->answer, true);
	p->answer = answer_of(i);
}

static void complete(struct run *r, unsigned nth, unsigned request, uint32_t id)
{
	touch(&r->order[nth], true);
	r->order[nth] = request;
	r->what->queue->complete(r->device, id, result_of(request));
}

static unsigned take_all(struct run *r, unsigned served)
{
	uint32_t id[SV_EXPLORE_REQUESTS];
	struct sv_taken got;
	unsigned n = 0;

	while (r->what->queue->take(r->device, &got)) {
		check_taken(r, served + n, &got);
		answer(r, served + n);
		id[n++] = got.id;
	}
	for (unsigned i = 0; i < n; i++) {
		unsigned which = r->what->reversed ? n - 1 - i : i;

		complete(r, served + i, served + which, id[which]);
	}
	return n;
}

static void serve(struct run *r)
{
	const struct sv_queue *q = r->what->queue;
	unsigned served = 0;
	bool claimed = false;

	while (served < r->what->requests) {
		unsigned n = take_all(r, served);

		served += n;
		if (n == 0)
			check_claim(claimed, "device");
		claimed = n == 0 && rest(r, r->device, q->device_listen, q->device_quiet);
		if (n > 0 && q->flush(r->device) && !r->what->polling)
			sv_pv_kick(DRIVER);
	}
}

static void body(unsigned thread, void *arg)
{
	if (thread == DRIVER)
		drive(arg);
	else
		serve(arg);
}

/* Requests that went by before, one after the other, with nobody else there. */
static void wear(struct run *r)
{
	const struct sv_queue *q = r->what->queue;
	struct sv_taken taken;
	struct sv_reaped reaped;

	for (unsigned i = 0; i < r->what->served; i++) {
		SV_BUG_ON(!add(r, 0));
		q->publish(r->driver);
		SV_BUG_ON(!q->take(r->device, &taken));
		q->complete(r->device, taken.id, 0);
		q->flush(r->device);
		SV_BUG_ON(!q->reap(r->driver, &reaped));
	}
}

static void init(struct sv_explorer *x, void *arg)
{
	struct run *r = arg;
	const struct sv_explore_queue *w = r->what;
	struct sv_ring ring = { .size = w->size };
	struct sv_queue_layout layout = { 0 };

	w->queue->layout(w->size, w->config, &layout);
	for (unsigned i = 0; i < SV_QUEUE_PARTS; i++)
		if (layout.part[i].bytes)
			ring.part[i] =
				sv_explore_alloc(x, layout.part[i].bytes, layout.part[i].name, -1);
	r->driver = sv_explore_alloc(x, layout.driver_bytes, "driver", -1);
	r->device = sv_explore_alloc(x, layout.device_bytes, "device", -1);
	r->payload = sv_explore_alloc(x, w->requests * sizeof(*r->payload), "data", -1);
	r->order = sv_explore_alloc(x, w->requests * sizeof(*r->order), "order", -1);
	w->queue->driver_init(r->driver, &ring, w->config);
	w->queue->device_init(r->device, &ring, w->config);
	wear(r);
}

static size_t bytes_needed(const struct sv_explore_queue *w)
{
	struct sv_queue_layout layout = { 0 };

	w->queue->layout(w->size, w->config, &layout);
	return layout.bytes + layout.driver_bytes + layout.device_bytes +
	       w->requests * (sizeof(struct payload) + sizeof(uint64_t)) +
	       (SV_QUEUE_PARTS + 4) * 3 * SV_LINE_BYTES;
}

int sv_explore_queue(const struct sv_explore_queue *what, const struct sv_explore_options *options,
	struct sv_explore_result *result, struct sv_diag *diag)
{
	struct run r = { .what = what };
	struct sv_explore_program program = { .threads = 2, .init = init, .body = body, .arg = &r };
	size_t bytes;

	if (!is_pair(&r) && what->buffers > what->size)
		return sv_error(diag, NULL,
			"%s: a request has at most as many buffers as the queue has entries: %u of "
			"%u",
			what->queue->name, what->buffers, what->size);
	SV_BUG_ON(what->requests < 1 || what->requests > SV_EXPLORE_REQUESTS || what->buffers < 1 ||
		  what->buffers > SV_EXPLORE_BUFFERS);
	bytes = bytes_needed(what);
	if (bytes > SV_EXPLORE_BYTES)
		return sv_error(diag, NULL,
			"%s: too large to explore: %u entries take %zu bytes, and %u is the most",
			what->queue->name, what->size, bytes, SV_EXPLORE_BYTES);
	return sv_explore(&program, options, result, diag);
}
