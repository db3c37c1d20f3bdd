/*
 * queue_torture.h - two threads that send requests through a queue as fast as they can
 *
 * A driver and a device on threads of the host. Batches, patience before falling asleep and the
 * order of completions are random. Each request is checked by both sides: that it comes in its
 * turn, that it says what was written, that its completion comes in the order of completions, with
 * the result and the answer of its own. Sums over all that was sent, served and reaped agree
 * at the end. What requests point to is plain C, so that ThreadSanitizer sees what is not ordered.
 */
#ifndef SV_QUEUE_TORTURE_H
#define SV_QUEUE_TORTURE_H

#include "queue_torture_request.h"

static inline void torture_reaped(
	struct torture *t, const struct sv_reaped *got, uint64_t done, struct torture_request *r)
{
	torture_same(r->turn, done, "the order of completions");
	torture_same(r->answer, torture_answer(r->question), "an answer");
	torture_same(got->result, torture_result(r->question), "a result");
	t->reaped += r->question;
}

static inline unsigned torture_send(struct torture *t, struct torture_request **spare,
	unsigned *spares, uint64_t first, unsigned most)
{
	unsigned n = 0;

	for (; n < most && *spares; n++) {
		struct torture_request *r = spare[*spares - 1];

		*r = (struct torture_request){ .question = first + n };
		if (!torture_add(t, r))
			break;
		t->asked += first + n;
		(*spares)--;
	}
	if (n && t->q.kind->publish(t->q.driver))
		sv_pv_kick(1);
	return n;
}

static inline void torture_drive(struct torture *t)
{
	struct torture_side s = { .random = 88172645463325252u, .slept = &t->driver_slept };
	static _Thread_local struct torture_request *spare[TORTURE_SLOTS];
	const struct sv_queue *q = t->q.kind;
	unsigned spares = TORTURE_SLOTS;
	uint64_t sent = 0, done = 0;

	for (unsigned i = 0; i < TORTURE_SLOTS; i++)
		spare[i] = &t->request[i];
	while (done < t->requests) {
		uint64_t most = 1 + torture_random(&s.random) % t->batch, before = done;
		struct sv_reaped got;
		unsigned n;

		if (most > t->requests - sent)
			most = t->requests - sent;
		n = torture_send(t, spare, &spares, sent, (unsigned)most);
		sent += n;
		while (q->reap(t->q.driver, &got)) {
			torture_reaped(t, &got, done++, got.token);
			spare[spares++] = got.token;
		}
		if (!n && done == before)
			torture_rest(t, &s, t->q.driver, q->listen, q->quiet);
	}
}

static inline struct torture_request *torture_request(
	const struct torture *t, const struct sv_taken *got)
{
	uint64_t address = got->buffer[0].address;

	if (t->q.kind->traits & SV_QUEUE_PAIR)
		address = ((const uint64_t *)(uintptr_t)address)[3];
	return (struct torture_request *)(uintptr_t)address;
}

static inline void torture_serve(struct torture *t)
{
	struct torture_side s = { .random = 362436069362436069u, .slept = &t->device_slept };
	const struct sv_queue *q = t->q.kind;
	struct torture_request *r[TORTURE_BATCH];
	uint32_t id[TORTURE_BATCH];
	uint64_t taken = 0, completed = 0;

	while (completed < t->requests) {
		unsigned most = 1 + (unsigned)(torture_random(&s.random) % t->batch), n = 0;
		bool reverse = !t->in_order && torture_random(&s.random) % 2;
		struct sv_taken got;

		while (n < most && q->take(t->q.device, &got)) {
			r[n] = torture_request(t, &got);
			torture_same(r[n]->question, taken, "the order of requests");
			taken++;
			t->served += r[n]->question;
			id[n++] = got.id;
		}
		for (unsigned i = 0; i < n; i++) {
			unsigned which = reverse ? n - 1 - i : i;

			r[which]->answer = torture_answer(r[which]->question);
			r[which]->turn = completed++;
			q->complete(t->q.device, id[which], torture_result(r[which]->question));
		}
		if (n && q->flush(t->q.device))
			sv_pv_kick(0);
		if (!n)
			torture_rest(t, &s, t->q.device, q->device_listen, q->device_quiet);
	}
}

static inline void *torture_device(void *arg)
{
	struct torture *t = arg;

	sv_native_enter(&t->team, 1, 0);
	torture_serve(t);
	return NULL;
}

/* Sends so many requests through a queue of so many entries. */
static inline void torture_run(
	struct queue_case what, uint32_t size, unsigned batch, uint64_t requests, unsigned patience)
{
	struct torture *t = queue_lines(sizeof(*t));
	pthread_t device;

	queue_pair_init(&t->q, what, size);
	t->requests = requests;
	t->batch = batch;
	t->patience = patience;
	t->in_order = strstr(what.options, "in-order: true") != NULL;
	t->team = (struct sv_native_team){ .cpus = 2, .kick = t->kick };
	ck_assert_int_eq(pthread_create(&device, NULL, torture_device, t), 0);
	sv_native_enter(&t->team, 0, 0);
	torture_drive(t);
	ck_assert_int_eq(pthread_join(device, NULL), 0);
	queue_not_broken(&t->q);
	ck_assert_uint_eq(t->asked, requests * (requests - 1) / 2);
	ck_assert_uint_eq(t->served, t->asked);
	ck_assert_uint_eq(t->reaped, t->asked);
	queue_pair_fini(&t->q);
	free(t);
}

#endif
