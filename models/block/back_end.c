/*
 * back_end.c - the back end of a virtio-blk disk
 *
 * A queue belongs to one loop, which takes its requests, has them done by the loop's engine, and
 * puts them back. While the loop sleeps, requests are told by an eventfd; while it looks for
 * requests itself, it asks the guest not to notify. What comes while a batch is served joins it.
 *
 * Reference     QEMU, hw/block/virtio-blk.c: virtio_blk_handle_vq(), virtio_blk_req_complete().
 */
#include "block/back_end.h"
#include "block/qemu.h"
#include "block/submitter.h"
#include "block/virtio_blk.h"
#include "vm/doorbell.h"
#include <stdlib.h>

/* A request of the guest's, as it goes on to the engine. */
struct inner {
	struct sv_submitter_request request; /* first */
	struct sv_request *outer;
	struct back_queue *queue;
};

struct back_loop {
	struct back_end *back;
	struct sv_loop *loop;
	struct sv_submitter *engine;
	bool own;
};

struct back_queue {
	struct back_end *back;
	struct sv_virtio_queue *front;
	struct back_loop *loop;
	struct sv_loop_source source;
	struct sv_eventfd irqfd;
	struct sv_doorbell bell;
	struct inner *inner;       /* by the guest's line */
	struct sv_request *looked; /* that was taken to see whether there is any */
	bool polled;               /* the loop looks by itself */
	bool put;
};

struct back_end {
	const struct sv_stages *stages;
	const struct sv_disk_options *options;
	struct sv_virtio_blk *blk;
	struct sv_site *site;
	struct back_queue *queue;
	struct back_loop *loop;
	unsigned loops;
};

static sv_time now_of(const struct back_end *b)
{
	return sv_now(b->site->host->memory->lp);
}

static sv_time cost(const struct back_end *b, enum sv_cost which)
{
	return b->site->host->domain->machine->cost[which];
}

/* QEMU's main loop has the big lock while it serves. */
static void enter(const struct back_loop *l, struct sv_sim_thread *self)
{
	if (l->loop == l->back->site->qemu->main)
		sv_qemu_lock(l->back->site->qemu, self);
}

static void leave(const struct back_loop *l, struct sv_sim_thread *self)
{
	if (l->loop == l->back->site->qemu->main)
		sv_qemu_unlock(l->back->site->qemu, self);
}

static struct sv_request *next_of(struct back_queue *q)
{
	struct sv_request *r = q->looked;

	q->looked = NULL;
	return r ? r : sv_virtio_take(q->front);
}

static void submit(struct back_queue *q, struct sv_submitter_request **batch, unsigned n,
	struct sv_sim_thread *self)
{
	sv_time now = now_of(q->back);

	for (unsigned i = 0; i < n; i++) {
		struct inner *inner = (struct inner *)batch[i];

		inner->request.request.io.op = inner->outer->io.op;
		inner->request.request.io.bytes = inner->outer->io.bytes;
		inner->request.request.io.offset = inner->outer->io.offset;
		inner->outer->inner = &inner->request.request;
		sv_request_stage(inner->outer, now, SV_STAGE_HOST);
		sv_request_begin(&inner->request.request, now);
	}
	sv_submitter_submit(q->loop->engine, self, batch, n);
}

/* Returns whether there were any. */
static bool serve_batch(struct back_queue *q, struct sv_sim_thread *self)
{
	struct sv_submitter_request *batch[SV_SUBMITTER_BATCH];
	sv_time there = cost(q->back, q->back->stages->work) / 2;
	struct sv_request *r;
	unsigned n = 0;

	while (n < SV_SUBMITTER_BATCH && (r = next_of(q))) {
		struct inner *inner = &q->inner[r->private[0]];

		inner->outer = r;
		batch[n++] = &inner->request;
		sv_sim_work(self, there);
	}
	if (n > 0)
		submit(q, batch, n, self);
	return n > 0;
}

static void serve(struct sv_loop_source *source, struct sv_sim_thread *self)
{
	struct back_queue *q = source->owner;

	enter(q->loop, self);
	do {
		if (!q->polled)
			sv_virtio_quiet(q->front);
		while (serve_batch(q, self))
			;
	} while (!q->polled && sv_virtio_listen(q->front));
	leave(q->loop, self);
}

static bool ready(struct sv_loop_source *source)
{
	struct back_queue *q = source->owner;

	if (!q->looked)
		q->looked = sv_virtio_take(q->front);
	return q->looked != NULL;
}

static void quiet(struct sv_loop_source *source)
{
	struct back_queue *q = source->owner;

	q->polled = true;
	sv_virtio_quiet(q->front);
}

static bool listen(struct sv_loop_source *source)
{
	struct back_queue *q = source->owner;

	q->polled = false;
	return sv_virtio_listen(q->front) || q->looked;
}

static void inject(struct back_queue *q, struct sv_sim_thread *self)
{
	if (q->back->stages->inject == SV_INJECT_SYSCALL)
		sv_eventfd_write(&q->irqfd, self);
	else
		sv_eventfd_signal(&q->irqfd, self);
}

static void done(void *owner, struct sv_submitter_request *list, struct sv_sim_thread *self)
{
	struct back_loop *l = owner;
	struct back_end *b = l->back;
	sv_time back = cost(b, b->stages->work) / 2;

	enter(l, self);
	for (struct sv_submitter_request *next; list; list = next) {
		struct inner *inner = (struct inner *)list;

		next = list->next;
		sv_request_absorb(inner->outer, &list->request, now_of(b));
		sv_sim_work(self, back);
		sv_virtio_put(inner->queue->front, inner->outer);
		inner->queue->put = true;
	}
	for (unsigned i = 0; i < b->blk->queues; i++) {
		struct back_queue *q = &b->queue[i];

		if (q->loop != l || !q->put)
			continue;
		q->put = false;
		if (sv_virtio_flush(q->front))
			inject(q, self);
	}
	leave(l, self);
}

/* The vCPU's exit, in the host's kernel. */
static void rung(struct sv_sim_thread *by, void *arg)
{
	struct back_queue *q = arg;

	q->front->told = now_of(q->back);
	sv_eventfd_signal(&q->source.efd, by);
}

static void published(struct sv_virtio_queue *front, struct sv_sim_thread *self, bool wanted)
{
	struct back_queue *q = front->back;

	sv_loop_hint(&q->source);
	if (wanted && q->back->stages->notify == SV_NOTIFY_EVENTFD)
		sv_vm_doorbell(self, &q->bell);
}

static struct sv_loop *server_loop(
	struct back_end *b, unsigned number, bool *own, struct sv_diag *diag)
{
	const struct sv_server_options *o = b->options->path.config;
	struct sv_qemu *qemu = b->site->qemu;
	struct sv_loop_config config = { .name = "thread", .cpu = -1 };
	struct sv_loop *loop;

	*own = b->stages->server != SV_SERVER_QEMU;
	if (!*own) {
		enum sv_io_threads threads = sv_disk_threads(b->options);

		if (threads == SV_IO_THREADS_NONE)
			return sv_qemu_main(qemu, diag);
		if (threads == SV_IO_THREADS_NAMED)
			return sv_qemu_thread(qemu, sv_disk_thread_name(b->options, number), diag);
		*own = true;
		sv_disk_thread_config(qemu, b->options, &config);
	} else {
		config.spin = b->stages->server == SV_SERVER_REACTOR;
		config.kernel = b->stages->server == SV_SERVER_KERNEL;
		config.cpu = o->cpu < 0 ? -1 : (int)o->cpu + (int)number;
	}
	loop = sv_loop_new(b->site->host, &config);
	if (!loop)
		sv_error(diag, NULL, "out of memory");
	return loop;
}

/* How many loops there are before names repeat. */
static unsigned count_loops(const struct back_end *b)
{
	const struct sv_server_options *o = b->options->path.config;
	unsigned queues = b->blk->queues, most = 1;

	if (b->stages->server != SV_SERVER_QEMU)
		most = (unsigned)o->threads;
	else if (sv_disk_threads(b->options) == SV_IO_THREADS_PER_QUEUE)
		most = queues;
	else if (sv_disk_threads(b->options) == SV_IO_THREADS_NAMED)
		most = sv_disk_thread_names(b->options);
	return most < queues ? most : queues;
}

static const struct sv_submitter_kind *engine_of(const struct back_end *b)
{
	if (b->stages->stack == SV_STACK_NVME)
		return &sv_submitter_nvme;
	if (b->stages->stack == SV_STACK_KERNEL)
		return &sv_submitter_kernel;
	return sv_submitter_of(b->options);
}

/* Where nobody has said so, interrupts come to the last CPUs: vCPUs have the first ones. */
static int irq_cpu(const struct back_end *b)
{
	unsigned cpus = b->site->host->team.cpus;

	return (int)(cpus - 1 - b->loops % cpus);
}

static int init_loop(
	struct back_end *b, const struct sv_seat *seat, unsigned entries, struct sv_diag *diag)
{
	struct back_loop *l = &b->loop[b->loops];
	struct sv_submitter_config config = { .host = b->site->host,
		.file = b->options->backing == SV_BACKING_FILE,
		.device = seat->device,
		.device_depth = seat->depth,
		.irq_cpu = b->stages->device_irq ? irq_cpu(b) : -1,
		.depth = entries * b->blk->queues,
		.done = done,
		.owner = l };

	if (b->stages->stack != SV_STACK_NVME) {
		config.disk = b->site->disk(b->site, b->options->device, diag);
		if (!config.disk)
			return -1;
	}
	l->back = b;
	l->loop = config.loop = server_loop(b, b->loops, &l->own, diag);
	if (!l->loop)
		return -1;
	b->loops++;
	l->engine = sv_submitter_new(engine_of(b), &config, diag);
	return l->engine ? 0 : -1;
}

static int init_loops(
	struct back_end *b, const struct sv_seat *seat, unsigned entries, struct sv_diag *diag)
{
	unsigned n = count_loops(b);

	b->loop = calloc(n, sizeof(*b->loop));
	if (!b->loop)
		return sv_error(diag, NULL, "out of memory");
	while (b->loops < n)
		if (init_loop(b, seat, entries, diag) < 0)
			return -1;
	return 0;
}

static int init_queue(struct back_end *b, unsigned number, unsigned entries, struct sv_diag *diag)
{
	struct back_queue *q = &b->queue[number];

	SV_BUG_ON(b->loops == 0);
	*q = (struct back_queue){ .back = b,
		.front = &b->blk->queue[number],
		.loop = &b->loop[number % b->loops],
		.source = { .ready = ready,
			.serve = serve,
			.quiet = quiet,
			.listen = listen,
			.owner = q },
		.bell = { .reason = SV_EXIT_MMIO, .rung = rung, .arg = q },
		.inner = calloc(entries, sizeof(*q->inner)) };
	if (!q->inner)
		return sv_error(diag, NULL, "out of memory");
	for (unsigned i = 0; i < entries; i++)
		q->inner[i].queue = q;
	q->front->back = q;
	sv_eventfd_be_irqfd(&q->irqfd, &q->front->irq);
	sv_loop_add(q->loop->loop, &q->source);
	return 0;
}

static int init(struct back_end *b, const struct sv_seat *seat, struct sv_diag *diag)
{
	const struct sv_disk_options *o = b->options;
	unsigned entries = o->queue_size ? (unsigned)o->queue_size : SV_VIRTIO_ENTRIES;

	b->queue = calloc(b->blk->queues, sizeof(*b->queue));
	if (!b->queue)
		return sv_error(diag, NULL, "out of memory");
	if (init_loops(b, seat, entries, diag) < 0)
		return -1;
	for (unsigned i = 0; i < b->blk->queues; i++)
		if (init_queue(b, i, entries, diag) < 0)
			return -1;
	return 0;
}

void *sv_back_end_start(const struct sv_seat *seat, struct sv_disk **disk, struct sv_diag *diag)
{
	const struct sv_path *path = seat->options->path.object;
	struct sv_virtio_config config = { .seat = seat, .published = published };
	struct back_end *b = calloc(1, sizeof(*b));

	if (!b) {
		sv_error(diag, NULL, "%s: out of memory", seat->name);
		return NULL;
	}
	b->stages = path->stages;
	b->options = seat->options;
	b->site = seat->site;
	b->blk = sv_virtio_blk_new(&config, diag);
	if (!b->blk) {
		free(b);
		return NULL;
	}
	*disk = b->blk->disk;
	if (init(b, seat, diag) == 0)
		return b;
	sv_back_end_free(b);
	return NULL;
}

void sv_back_end_free(void *state)
{
	struct back_end *b = state;

	for (unsigned i = 0; i < b->loops; i++) {
		if (b->loop[i].engine)
			sv_submitter_free(b->loop[i].engine);
		if (b->loop[i].own)
			sv_loop_free(b->loop[i].loop);
	}
	for (unsigned i = 0; b->queue && i < b->blk->queues; i++)
		free(b->queue[i].inner);
	sv_disk_free(b->blk->disk);
	free(b->queue);
	free(b->loop);
	free(b);
}

void sv_back_end_reset(void *state, sv_time now)
{
	struct back_end *b = state;

	for (unsigned i = 0; i < b->loops; i++)
		if (b->loop[i].own)
			sv_loop_reset(b->loop[i].loop, now);
}

void sv_back_end_threads(void *state, sv_time now, struct sv_loop_stats *sum)
{
	struct back_end *b = state;

	for (unsigned i = 0; i < b->loops; i++)
		sv_loop_read(b->loop[i].loop, now, sum);
}

uint64_t sv_back_end_kicks(const void *state)
{
	const struct back_end *b = state;
	uint64_t sum = 0;

	for (unsigned i = 0; i < b->blk->queues; i++)
		sum += b->blk->queue[i].kicks;
	return sum;
}
