/*
 * submitter_sqpoll.c - io_uring whose submissions a thread of the kernel looks for
 *
 * Submitting is a store to the ring's tail, on a line that the kernel's thread watches; it never
 * sleeps here (sq_thread_idle without end) and keeps a CPU busy.
 *
 * Reference     Linux, io_uring/sqpoll.c.
 */
#include "block/submitter.h"

struct sqpoll {
	struct sv_submitter engine;
	struct sv_loop *thread; /* of the kernel */
	struct sv_loop_source entries;
	struct sv_submitter_request *first, **last;
	char *sq_tail;
};

static bool sq_ready(struct sv_loop_source *source)
{
	struct sqpoll *s = source->owner;

	sv_sim_load(s->sq_tail, 8);
	return s->first != NULL;
}

static unsigned take(struct sqpoll *s, struct sv_submitter_request **batch)
{
	unsigned n = 0;

	for (; s->first && n < SV_SUBMITTER_BATCH; n++) {
		batch[n] = s->first;
		s->first = s->first->next;
	}
	if (!s->first)
		s->last = &s->first;
	return n;
}

static void sq_serve(struct sv_loop_source *source, struct sv_sim_thread *self)
{
	struct sqpoll *s = source->owner;
	struct sv_submitter_request *batch[SV_SUBMITTER_BATCH];
	unsigned n;

	while ((n = take(s, batch))) {
		sv_sim_load(s->sq_tail, 8);
		sv_sim_work(self, n * sv_submitter_cost(&s->engine, SV_COST_IO_URING_SUBMIT));
		sv_submitter_enter_kernel(&s->engine, self, n);
		sv_submitter_to_disk(&s->engine, self, batch, n);
	}
}

static void sqpoll_submit(struct sv_submitter *engine, struct sv_sim_thread *self,
	struct sv_submitter_request **request, unsigned n)
{
	struct sqpoll *s = (struct sqpoll *)engine;

	(void)self;
	for (unsigned i = 0; i < n; i++) {
		request[i]->next = NULL;
		*s->last = request[i];
		s->last = &request[i]->next;
	}
	sv_sim_store(s->sq_tail, 8, n, SV_RELEASE); /* with sq_ready() */
	sv_loop_hint(&s->entries);
}

static void sqpoll_ended(struct sv_submitter *engine, struct sv_submitter_request *request,
	struct sv_sim_thread *self)
{
	sv_submitter_put(engine, request);
	sv_eventfd_signal(&engine->source.efd, self);
}

static int sqpoll_start(struct sv_submitter *engine, struct sv_diag *diag)
{
	struct sqpoll *s = (struct sqpoll *)engine;
	struct sv_loop_config config = { .name = "io_uring", .spin = true, .cpu = -1 };

	s->last = &s->first;
	s->entries = (struct sv_loop_source){ .ready = sq_ready, .serve = sq_serve, .owner = s };
	s->sq_tail = sv_memory_alloc(engine->config.host->memory, SV_LINE_BYTES, 0);
	s->thread = sv_loop_new(engine->config.host, &config);
	if (!s->thread || !s->sq_tail)
		return sv_error(diag, NULL, "out of memory");
	sv_loop_add(s->thread, &s->entries);
	return 0;
}

static void sqpoll_free(struct sv_submitter *engine)
{
	struct sqpoll *s = (struct sqpoll *)engine;

	if (s->thread)
		sv_loop_free(s->thread);
}

const struct sv_submitter_kind sv_submitter_sqpoll = { .name = "io_uring-sqpoll",
	.bytes = sizeof(struct sqpoll),
	.start = sqpoll_start,
	.submit = sqpoll_submit,
	.ended = sqpoll_ended,
	.reap = SV_COST_IO_URING_REAP,
	.free = sqpoll_free };
