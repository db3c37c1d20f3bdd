/*
 * submitter.c - engines by batched system calls, and what all engines share
 *
 * Completions are told through a ring in memory that the kernel writes and the process reads, and
 * by the signal of an eventfd for who sleeps: so linux-aio does it for QEMU, and io_uring with its
 * ring's file descriptor. A file system's part of a direct read or an overwrite is finding its
 * blocks, under the inode's lock, which readers share: its word moves between CPUs all the same.
 *
 * Reference     QEMU, block/linux-aio.c, block/io_uring.c; Linux, fs/aio.c, io_uring/io_uring.c,
 *               fs/ext4/file.c (ext4_dio_read_iter(), ext4_dio_write_iter()).
 */
#include "block/submitter.h"
#include "block/disk_options.h"
#include <stdlib.h>

static bool engine_ready(struct sv_loop_source *source)
{
	struct sv_submitter *e = source->owner;

	sv_sim_load(e->tail, 8);
	return e->first != NULL;
}

static void engine_serve(struct sv_loop_source *source, struct sv_sim_thread *self)
{
	struct sv_submitter *e = source->owner;
	struct sv_submitter_request *list = e->first;
	sv_time reaping = 0;

	if (!list)
		return;
	*e->last = NULL;
	e->first = NULL;
	e->last = &e->first;
	sv_sim_load(e->tail, 8);
	for (struct sv_submitter_request *r = list; r; r = r->next)
		if (e->kind->reap != SV_COSTS)
			reaping += sv_submitter_cost(e, e->kind->reap);
	sv_sim_work(self, reaping);
	e->config.done(e->config.owner, list, self);
}

void sv_submitter_put(struct sv_submitter *engine, struct sv_submitter_request *request)
{
	*engine->last = request;
	engine->last = &request->next;
	request->next = NULL;
	sv_sim_store(engine->tail, 8, (uintptr_t)request, SV_RELAXED);
	sv_loop_hint(&engine->source);
}

static void told_by_kernel(struct sv_submitter *engine, struct sv_submitter_request *request,
	struct sv_sim_thread *self)
{
	sv_submitter_put(engine, request);
	sv_eventfd_signal(&engine->source.efd, self);
}

static void end(struct sv_request *request, struct sv_sim_thread *self)
{
	struct sv_submitter_request *r = (struct sv_submitter_request *)request;

	r->submitter->kind->ended(r->submitter, r, self);
}

void sv_submitter_enter_kernel(struct sv_submitter *engine, struct sv_sim_thread *self, unsigned n)
{
	sv_time each = sv_submitter_cost(engine, SV_COST_IO_DIRECT);

	if (engine->config.file)
		each += sv_submitter_cost(engine, SV_COST_IO_FILE);
	sv_sim_work(self, each * n);
	/* Takes and gives back the lock as a reader. */
	for (unsigned i = 0; engine->config.file && i < 2 * n; i++)
		sv_sim_rmw(engine->inode, 8, SV_RMW_FAA, 1, 0);
}

void sv_submitter_to_disk(struct sv_submitter *engine, struct sv_sim_thread *self,
	struct sv_submitter_request **request, unsigned n)
{
	struct sv_request *batch[SV_SUBMITTER_BATCH];

	for (unsigned i = 0; i < n; i++) {
		batch[i] = &request[i]->request;
		batch[i]->end = end;
		request[i]->submitter = engine;
	}
	sv_disk_submit(engine->config.disk, self, batch, n);
}

static void native_submit(struct sv_submitter *engine, struct sv_sim_thread *self,
	struct sv_submitter_request **request, unsigned n)
{
	sv_sim_work(self, sv_submitter_cost(engine, SV_COST_SYSCALL) +
				  n * sv_submitter_cost(engine, SV_COST_IO_AIO_SUBMIT));
	sv_submitter_enter_kernel(engine, self, n);
	sv_submitter_to_disk(engine, self, request, n);
}

static void io_uring_submit(struct sv_submitter *engine, struct sv_sim_thread *self,
	struct sv_submitter_request **request, unsigned n)
{
	sv_sim_work(self, sv_submitter_cost(engine, SV_COST_SYSCALL) +
				  n * sv_submitter_cost(engine, SV_COST_IO_URING_SUBMIT));
	sv_submitter_enter_kernel(engine, self, n);
	sv_submitter_to_disk(engine, self, request, n);
}

const struct sv_submitter_kind sv_submitter_native = { .name = "native",
	.bytes = sizeof(struct sv_submitter),
	.submit = native_submit,
	.ended = told_by_kernel,
	.reap = SV_COST_IO_AIO_REAP };

const struct sv_submitter_kind sv_submitter_io_uring = { .name = "io_uring",
	.bytes = sizeof(struct sv_submitter),
	.submit = io_uring_submit,
	.ended = told_by_kernel,
	.reap = SV_COST_IO_URING_REAP };

const struct sv_submitter_kind sv_submitter_kernel = { .name = "kernel",
	.bytes = sizeof(struct sv_submitter),
	.submit = sv_submitter_to_disk,
	.ended = told_by_kernel,
	.reap = SV_COSTS };

const struct sv_submitter_kind *sv_submitter_of(const struct sv_disk_options *options)
{
	static const struct sv_submitter_kind *const kinds[] = {
		[SV_ENGINE_THREADS] = &sv_submitter_threads,
		[SV_ENGINE_NATIVE] = &sv_submitter_native,
		[SV_ENGINE_IO_URING] = &sv_submitter_io_uring,
		[SV_ENGINE_SQPOLL] = &sv_submitter_sqpoll,
	};

	return kinds[options->engine];
}

void sv_request_absorb(struct sv_request *outer, struct sv_request *inner, sv_time now)
{
	sv_request_stage(inner, now, SV_STAGE_FINISH);
	for (int i = 0; i < SV_STAGE_COUNT; i++) {
		enum sv_stage as = i < SV_STAGE_QUEUE      ? SV_STAGE_HOST
				   : i < SV_STAGE_COMPLETE ? (enum sv_stage)i
							   : SV_STAGE_COMPLETE;

		outer->spent[as] += inner->spent[i];
	}
	outer->io.failed = inner->io.failed;
	outer->since = now;
	outer->stage = SV_STAGE_COMPLETE;
}

struct sv_submitter *sv_submitter_new(const struct sv_submitter_kind *kind,
	const struct sv_submitter_config *config, struct sv_diag *diag)
{
	struct sv_memory *m = config->host->memory;
	struct sv_submitter *e = calloc(1, kind->bytes);

	if (!e) {
		sv_error(diag, NULL, "out of memory");
		return NULL;
	}
	e->kind = kind;
	e->config = *config;
	e->last = &e->first;
	e->source.owner = e;
	e->source.ready = engine_ready;
	e->source.serve = engine_serve;
	e->tail = sv_memory_alloc(m, SV_LINE_BYTES, 0);
	e->inode = sv_memory_alloc(m, SV_LINE_BYTES, 0);
	if (!e->tail || !e->inode) {
		sv_error(diag, NULL, "out of simulated memory");
		free(e);
		return NULL;
	}
	if (kind->start && kind->start(e, diag) < 0) {
		sv_submitter_free(e);
		return NULL;
	}
	sv_loop_add(config->loop, &e->source);
	return e;
}

void sv_submitter_free(struct sv_submitter *engine)
{
	if (engine->kind->free)
		engine->kind->free(engine);
	free(engine);
}
