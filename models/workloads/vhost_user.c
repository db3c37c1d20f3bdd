/*
 * vhost_user.c - a driver and a back end of another process, with a virtqueue between them
 *
 * Two threads: the driver keeps so many requests under way, the back end is the event loop of
 * QEMU's exports. They notify each other by eventfds as the ring's two sides wish: the back end
 * asks to be told of the next request with each that it takes, a driver that sleeps asks for the
 * next completion. So how often who is told follows from who is faster, by how much, and who
 * sleeps meanwhile; nothing of it is an input. It is the world that `validate virtio` compares
 * with real ones.
 *
 * The driver may be the vCPU of a guest: then its kick is an exit that KVM turns into a signal.
 *
 * Reference: QEMU 7.2, block/export/vhost-user-blk-server.c and util/vhost-user-server.c.
 */
#include "config.h"
#include "queues.h"
#include "stats.h"
#include "wait.h"
#include "workloads/team.h"
#include "workloads/workload.h"
#include <stdlib.h>
#include <string.h>

#define BUFFERS 3 /* of a request: its header, its data, its status */
#define PRIVATE 128

struct vhost_user_cfg {
	struct sv_variant queue;
	int64_t size, depth;
	int wait, kick;
	struct sv_dist work;
};

enum { POLLS, SLEEPS };
static const char *const waits[] = { "poll", "event", NULL };
enum { BY_EVENTFD, BY_EXIT };
static const char *const kicks[] = { "eventfd", "exit", NULL };

static const struct sv_option options[] = {
	{ .name = "queue",
		.type = SV_VARIANT,
		.offset = offsetof(struct vhost_user_cfg, queue),
		.def = "vring-split",
		.help = "the ring, with its options if wanted",
		.more = &sv_queue_kinds },
	{ .name = "size",
		.type = SV_INT,
		.offset = offsetof(struct vhost_user_cfg, size),
		.unit = "entries",
		.min = "1",
		.max = "32768",
		.def = "256",
		.help = "of the ring" },
	{ .name = "depth",
		.type = SV_INT,
		.offset = offsetof(struct vhost_user_cfg, depth),
		.unit = "requests",
		.min = "1",
		.max = "1024",
		.def = "1",
		.help = "requests under way at a time" },
	{ .name = "wait",
		.type = SV_CHOICE,
		.offset = offsetof(struct vhost_user_cfg, wait),
		.def = "event",
		.help = "how the driver waits for completions: it polls the ring, or it sleeps "
			"until it is notified",
		.more = waits },
	{ .name = "kick",
		.type = SV_CHOICE,
		.offset = offsetof(struct vhost_user_cfg, kick),
		.def = "eventfd",
		.help = "how the driver notifies the back end: it writes an eventfd, or its vCPU "
			"leaves the guest and the kernel signals it",
		.more = kicks },
	{ .name = "work",
		.type = SV_DIST,
		.offset = offsetof(struct vhost_user_cfg, work),
		.min = "0ns",
		.def = "0ns",
		.help = "what the driver computes for a request, beyond the ring" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("vhost-user", struct vhost_user_cfg, options);

enum { RATE, KICKS, INTERRUPTS, LATENCY };
static const struct sv_metric metrics[] = {
	[RATE] = { "rate", "1/s", "requests per second", 1 },
	[KICKS] = { "kicks", "1", "notifications of the back end per request", 1 },
	[INTERRUPTS] = { "interrupts", "1", "notifications of the driver per request", 1 },
	[LATENCY] = { "latency.p50", "s", "median time of a request, there and back", 0 },
	{ 0 },
};

static const enum sv_cost costs[] = { SV_COST_QEMU_REQUEST, SV_COST_QEMU_TURN, SV_COST_EVENTFD,
	SV_COST_PPOLL, SV_COST_VM_IOEVENTFD, SV_COSTS };

/* An eventfd. */
struct bell {
	uint64_t count;
	uint64_t signals; /* since the start of the window */
	struct sv_wait_queue sleepers;
};

/* What both sides touch of a request beside the ring: a line, with its header and its status. */
struct request {
	uint64_t *header, *status;
	sv_time submitted;
};

struct vhost_user {
	const struct vhost_user_cfg *cfg;
	struct sv_system *system;
	const char *name;
	const struct sv_queue *kind;
	struct sv_ring ring;
	void *driver, *device; /* private state of either side */
	struct bell kick, call;
	struct request *request;
	struct request **free;
	unsigned n_free;
	struct sv_sim_thread front, back;
	struct sv_stream front_stream, back_stream;
	sv_time since;
	uint64_t done;
	struct sv_hist latency;
	struct sv_station under_way;
};

static sv_time cost(const struct sv_sim_thread *t, enum sv_cost which)
{
	return t->memory->machine->cost[which];
}

/* The kernel's part of a signal: whoever sleeps is woken. */
static void signal_bell(struct bell *b, struct sv_sim_thread *self)
{
	b->count++;
	b->signals++;
	sv_wait_wake(&b->sleepers, 1, self);
}

static void write_bell(struct bell *b, struct sv_sim_thread *self)
{
	sv_sim_work(self, cost(self, SV_COST_SYSCALL) + cost(self, SV_COST_EVENTFD));
	signal_bell(b, self);
}

/* In the kernel already. */
static void await_bell(struct bell *b, struct sv_sim_thread *self)
{
	while (!b->count) {
		struct sv_waiter waiter;

		sv_wait_join(&b->sleepers, &waiter, self);
		if (!b->count)
			sv_wait_sleep(&waiter);
		sv_wait_leave(&b->sleepers, &waiter);
	}
}

static void read_bell(struct bell *b, struct sv_sim_thread *self)
{
	sv_sim_work(self, cost(self, SV_COST_SYSCALL) + cost(self, SV_COST_EVENTFD));
	await_bell(b, self);
	b->count = 0;
}

static void notify_back_end(struct vhost_user *v, struct sv_sim_thread *self)
{
	if (v->cfg->kick == BY_EVENTFD) {
		write_bell(&v->kick, self);
		return;
	}
	sv_sim_work(self, cost(self, SV_COST_VM_IOEVENTFD));
	signal_bell(&v->kick, self);
}

static void submit(struct vhost_user *v, struct sv_sim_thread *self, struct request *r)
{
	const struct sv_buffer buffer[BUFFERS] = {
		{ (uintptr_t)r->header, 16, false },
		{ (uintptr_t)r, 4096, true }, /* nobody reads or writes the data */
		{ (uintptr_t)r->status, 1, true },
	};

	sv_sim_work(self, sv_dist_sample(&v->cfg->work, &v->front_stream));
	r->submitted = sv_now(self->process.lp);
	sv_station_enter(&v->under_way, r->submitted);
	sv_sim_store(&r->header[0], 8, 0, SV_RELAXED);
	sv_sim_store(&r->header[1], 8, 1, SV_RELAXED);
	sv_sim_store(r->status, 1, UINT8_MAX, SV_RELAXED);
	SV_BUG_ON(!v->kind->add(v->driver, &(struct sv_chain){ buffer, BUFFERS, r }));
}

static void reap(struct vhost_user *v, struct sv_sim_thread *self)
{
	struct sv_reaped reaped;

	while (v->kind->reap(v->driver, &reaped)) {
		struct request *r = reaped.token;
		sv_time now;

		SV_BUG_ON(sv_sim_load(r->status, 1) != 0);
		now = sv_now(self->process.lp);
		sv_station_leave(&v->under_way, now, r->submitted);
		sv_hist_record(&v->latency, now - r->submitted);
		v->done++;
		v->free[v->n_free++] = r;
	}
}

/* Until something has completed. */
static void await_completion(struct vhost_user *v, struct sv_sim_thread *self)
{
	for (reap(v, self); v->n_free == 0; reap(v, self)) {
		if (v->cfg->wait == POLLS) {
			sv_relax(1);
		} else if (!v->kind->listen(v->driver)) {
			read_bell(&v->call, self);
			v->kind->quiet(v->driver);
		}
	}
}

static void drive(struct sv_sim_thread *self, void *arg)
{
	struct vhost_user *v = arg;

	v->kind->quiet(v->driver);
	for (;;) {
		while (v->n_free > 0)
			submit(v, self, v->free[--v->n_free]);
		if (v->kind->publish(v->driver))
			notify_back_end(v, self);
		await_completion(v, self);
	}
}

/* QEMU asks to be told of the next request with each that it takes. */
static bool take(struct vhost_user *v, struct sv_taken *taken)
{
	if (!v->kind->take(v->device, taken))
		return false;
	v->kind->device_listen(v->device);
	return true;
}

static void serve_one(struct vhost_user *v, struct sv_sim_thread *self, const struct sv_taken *t)
{
	uint64_t *header = (uint64_t *)(uintptr_t)t->buffer[0].address;
	uint64_t *status = (uint64_t *)(uintptr_t)t->buffer[BUFFERS - 1].address;

	sv_sim_load(&header[0], 8);
	sv_sim_load(&header[1], 8);
	sv_sim_work(self, cost(self, SV_COST_QEMU_REQUEST));
	sv_sim_store(status, 1, 0, SV_RELAXED);
	v->kind->complete(v->device, t->id, t->buffer[1].bytes + 1);
	if (v->kind->flush(v->device))
		write_bell(&v->call, self);
}

static void serve(struct sv_sim_thread *self, void *arg)
{
	struct vhost_user *v = arg;
	struct sv_taken taken;

	for (;;) {
		sv_sim_work(self, cost(self, SV_COST_SYSCALL) + cost(self, SV_COST_PPOLL));
		await_bell(&v->kick, self);
		sv_sim_work(self, cost(self, SV_COST_QEMU_TURN));
		read_bell(&v->kick, self);
		while (take(v, &taken))
			serve_one(v, self, &taken);
	}
}

static void vhost_user_free(void *state)
{
	struct vhost_user *v = state;

	sv_sim_thread_fini(&v->front);
	sv_sim_thread_fini(&v->back);
	sv_hist_fini(&v->latency);
	free(v->driver);
	free(v->device);
	free(v->request);
	free(v->free);
	free(v);
}

static void *own(size_t bytes)
{
	size_t whole = (bytes + PRIVATE - 1) / PRIVATE * PRIVATE;
	void *p = aligned_alloc(PRIVATE, whole);

	return p ? memset(p, 0, whole) : NULL;
}

/* Returns -1 when no memory is left. */
static int make_queue(struct vhost_user *v, unsigned node)
{
	const void *cfg = v->cfg->queue.config;
	struct sv_queue_layout layout;
	void *memory;

	v->kind->layout((uint32_t)v->cfg->size, cfg, &layout);
	memory = sv_memory_alloc(v->system->memory, layout.bytes, node);
	v->driver = own(layout.driver_bytes);
	v->device = own(layout.device_bytes);
	if (!memory || !v->driver || !v->device)
		return -1;
	v->ring = sv_queue_ring(&layout, memory, (uint32_t)v->cfg->size);
	v->kind->driver_init(v->driver, &v->ring, cfg);
	v->kind->device_init(v->device, &v->ring, cfg);
	return 0;
}

static int make_requests(struct vhost_user *v, unsigned node)
{
	size_t n = (size_t)v->cfg->depth;

	v->request = calloc(n, sizeof(*v->request));
	v->free = calloc(n, sizeof(*v->free));
	if (!v->request || !v->free)
		return -1;
	for (size_t i = 0; i < n; i++) {
		v->request[i].header = sv_memory_alloc(v->system->memory, SV_LINE_BYTES, node);
		if (!v->request[i].header)
			return -1;
		v->request[i].status = v->request[i].header + 2;
		v->free[v->n_free++] = &v->request[i];
	}
	return 0;
}

static int start_threads(struct vhost_user *v)
{
	const struct sv_team_cfg team = { .threads = 2 };
	unsigned node;

	if (sv_team_place(&team, v->system, &v->front, &v->front_stream) < 0 ||
		sv_team_place(&team, v->system, &v->back, &v->back_stream) < 0)
		return -1;
	node = v->system->memory->machine->node_of[v->front.pu];
	if (make_queue(v, node) < 0 || make_requests(v, node) < 0)
		return -1;
	/* A back end sleeps long before its first request: who sleeps and who is awake may stay so.
	 */
	if (sv_sim_thread_start(&v->back, serve, v, 0) < 0)
		return -1;
	return sv_sim_thread_start(&v->front, drive, v, sv_team_start(v->system, &v->front_stream));
}

static void *vhost_user_start(
	struct sv_system *system, const char *name, const void *config, struct sv_diag *diag)
{
	struct vhost_user *v = calloc(1, sizeof(*v));

	if (!v)
		goto no_memory;
	v->cfg = config;
	v->system = system;
	v->name = name;
	v->kind = v->cfg->queue.object;
	sv_hist_init(&v->latency);
	sv_station_init(&v->under_way, "requests", 0);
	if (start_threads(v) < 0)
		goto no_memory;
	return v;

no_memory:
	if (v)
		vhost_user_free(v);
	sv_error(diag, NULL, "%s: out of memory", name);
	return NULL;
}

static void vhost_user_reset(void *state, sv_time now)
{
	struct vhost_user *v = state;

	v->since = now;
	v->done = 0;
	v->kick.signals = v->call.signals = 0;
	sv_hist_reset(&v->latency);
	sv_station_reset(&v->under_way, now);
}

static int vhost_user_finish(void *state, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	struct vhost_user *v = state;
	const char *law = sv_station_check(&v->under_way, now);
	double n = (double)v->done, value[] = {
		[RATE] = n / sv_seconds(now - v->since),
		[KICKS] = (double)v->kick.signals / n,
		[INTERRUPTS] = (double)v->call.signals / n,
		[LATENCY] = sv_hist_quantile(&v->latency, 0.5) * 1e-12,
	};

	if (law)
		return sv_error(diag, NULL, "%s: %s: %s", v->name, v->under_way.name, law);
	for (int i = 0; metrics[i].name; i++)
		sv_metrics_put(out, v->name, &metrics[i], value[i]);
	return 0;
}

static int vhost_user_check(
	const void *config, unsigned cpus, const struct sv_node *node, struct sv_diag *diag)
{
	const struct vhost_user_cfg *c = config;
	const struct sv_queue *queue = c->queue.object;
	const struct sv_team_cfg team = { .threads = 2 };

	if (queue->traits & SV_QUEUE_PAIR)
		return sv_error(diag, sv_node_place(node, "queue"),
			"queue: a %s carries commands, not buffers", queue->name);
	if (sv_queue_check_size(queue, c->size, sv_node_place(node, "size"), diag) < 0)
		return -1;
	/* Without indirect tables each buffer takes an entry. */
	if (c->depth * BUFFERS > c->size)
		return sv_error(diag, sv_node_place(node, "depth"),
			"depth: %lld requests may take %lld entries of a ring of %lld",
			(long long)c->depth, (long long)c->depth * BUFFERS, (long long)c->size);
	return sv_team_check(&team, cpus, node, diag);
}

const struct sv_workload sv_workload_vhost_user = {
	.name = "vhost-user",
	.help = "a driver of a virtqueue, and a back end of another process as QEMU's exports are",
	.options = &table,
	.metrics = metrics,
	.costs = costs,
	.check = vhost_user_check,
	.start = vhost_user_start,
	.reset = vhost_user_reset,
	.finish = vhost_user_finish,
	.free = vhost_user_free,
};
