/*
 * mediated.c - mediated pass-through: the host's kernel stands behind the guest's queues
 *
 * The guest has an NVMe controller whose queues are memory only. A thread of the host's kernel
 * polls them, checks and translates each command, copies it into a queue of the device that it
 * owns, polls that for completions and copies them back. So guests share a device, the host's
 * block stack is not on the way, and only an interrupt may cost an exit.
 *
 * To the guest's driver the mediator is a device. What reading and writing the guest's queues
 * costs the thread is in vhost.request; the time until a command is in the device's own queue
 * belongs to the stage device-queue, that until its completion is copied back to the stage device.
 *
 * Reference     Peng and others, MDev-NVMe: A NVMe Storage Virtualization Solution with Mediated
 *               Pass-Through, USENIX ATC 2018.
 */
#include "block/back_end.h"
#include "block/nvme_driver.h"
#include "block/submitter.h"
#include "world/scenario.h"
#include <stdlib.h>

static const struct sv_option options[] = {
	SV_SERVER_OPTIONS(struct sv_server_options, "cores",
		"threads that poll, among which queues are dealt out"),
	{ 0 },
};
static const struct sv_table table = SV_TABLE("mediated", struct sv_server_options, options);

static const enum sv_cost costs[] = { SV_COST_VHOST_REQUEST, SV_COST_NVME_SUBMIT,
	SV_COST_NVME_COMPLETE, SV_COST_MMIO_WRITE, SV_COST_IRQ_ENTRY, SV_COSTS };

struct thread {
	struct sv_loop *loop;
	struct sv_submitter *submitter;
	struct mediator *mediator;
};

/* A queue of the guest's. */
struct shadow {
	struct sv_loop_source source;
	struct thread *thread;
	struct sv_device_port *port;
	bool rung, posted;
};

struct command {
	struct sv_submitter_request inner; /* first */
	struct sv_io *outer;
	struct shadow *shadow;
	struct command *next;
};

struct mediator {
	struct sv_device device; /* first: what the guest's driver sees */
	struct sv_device_kind kind;
	struct sv_system *host;
	struct sv_disk *disk;
	struct thread *thread;
	struct shadow *shadow;
	struct command *command, *free;
	unsigned threads, shadows;
};

static void ring(struct sv_device *device, struct sv_device_port *port)
{
	struct mediator *m = (struct mediator *)device;
	struct shadow *s = &m->shadow[port->number];

	s->rung = true;
	sv_loop_hint(&s->source);
}

static int attach(struct sv_device *device, struct sv_device_port *port)
{
	struct mediator *m = (struct mediator *)device;

	port->device = device;
	port->number = m->shadows;
	m->shadow[m->shadows++].port = port;
	return 0;
}

static bool ready(struct sv_loop_source *source)
{
	struct shadow *s = source->owner;

	return s->rung;
}

/* What a thread computes for a command, half there and half back. */
static void mediate(const struct mediator *m, struct sv_sim_thread *self)
{
	sv_sim_work(self, m->host->domain->machine->cost[SV_COST_VHOST_REQUEST] / 2);
}

/* The guest has as many commands at a time as there are. */
static struct sv_submitter_request *take(
	struct shadow *s, struct sv_io *io, struct sv_sim_thread *self)
{
	struct mediator *m = s->thread->mediator;
	struct command *c = m->free;
	struct sv_request *r = &c->inner.request;

	m->free = c->next;
	c->outer = io;
	c->shadow = s;
	io->fetched = sv_now(m->device.lp);
	r->io.op = io->op;
	r->io.bytes = io->bytes;
	r->io.offset = io->offset;
	sv_request_begin(r, io->fetched);
	mediate(m, self);
	return &c->inner;
}

static void serve(struct sv_loop_source *source, struct sv_sim_thread *self)
{
	struct shadow *s = source->owner;
	struct sv_submitter_request *batch[SV_SUBMITTER_BATCH];
	struct sv_io *io;
	unsigned n;

	do {
		s->rung = false;
		for (n = 0; n < SV_SUBMITTER_BATCH && (io = s->port->fetch(s->port)); n++)
			batch[n] = take(s, io, self);
		if (n > 0)
			sv_submitter_submit(s->thread->submitter, self, batch, n);
	} while (n == SV_SUBMITTER_BATCH);
}

static void done(void *owner, struct sv_submitter_request *list, struct sv_sim_thread *self)
{
	struct mediator *m = ((struct thread *)owner)->mediator;

	for (struct sv_submitter_request *next; list; list = next) {
		struct command *c = (struct command *)list;

		next = list->next;
		mediate(m, self);
		c->outer->started = c->inner.request.io.started;
		c->outer->failed = c->inner.request.io.failed;
		c->outer->posted = sv_now(m->device.lp);
		c->shadow->port->post(c->shadow->port, c->outer);
		c->shadow->posted = true;
		c->next = m->free;
		m->free = c;
	}
	for (unsigned i = 0; i < m->shadows; i++) {
		struct shadow *s = &m->shadow[i];

		if (s->thread == owner && s->posted && s->port->interrupts)
			s->port->interrupt(s->port);
		if (s->thread == owner)
			s->posted = false;
	}
}

static void mediated_free(void *state)
{
	struct mediator *m = state;

	for (unsigned i = 0; i < m->threads; i++) {
		if (m->thread[i].submitter)
			sv_submitter_free(m->thread[i].submitter);
		sv_loop_free(m->thread[i].loop);
	}
	if (m->disk)
		sv_disk_free(m->disk);
	free(m->thread);
	free(m->shadow);
	free(m->command);
	free(m);
}

static int init_thread(struct mediator *m, const struct sv_seat *seat, struct sv_diag *diag)
{
	const struct sv_server_options *o = seat->options->path.config;
	struct thread *t = &m->thread[m->threads];
	struct sv_loop_config loop = { .name = "mediator",
		.spin = true,
		.cpu = o->cpu < 0 ? -1 : (int)o->cpu + (int)m->threads };
	struct sv_submitter_config config = { .host = m->host,
		.device = seat->device,
		.device_depth = seat->depth,
		.irq_cpu = -1,
		.done = done,
		.owner = t };

	t->mediator = m;
	t->loop = config.loop = sv_loop_new(m->host, &loop);
	if (!t->loop)
		return sv_error(diag, NULL, "out of memory");
	m->threads++;
	t->submitter = sv_submitter_new(&sv_submitter_nvme, &config, diag);
	return t->submitter ? 0 : -1;
}

static int init(struct mediator *m, const struct sv_seat *seat, struct sv_diag *diag)
{
	const struct sv_server_options *o = seat->options->path.config;
	size_t commands = (size_t)seat->queues * seat->depth;
	unsigned threads = o->threads < seat->queues ? (unsigned)o->threads : seat->queues;
	struct sv_disk_config config = { .owner = seat->name,
		.system = seat->system,
		.layer = &seat->options->layer,
		.lock = &seat->options->lock,
		.queues = seat->queues,
		.depth = seat->depth - 1,
		.max_bytes = seat->max_bytes,
		.capacity = seat->capacity };

	m->thread = calloc(threads, sizeof(*m->thread));
	m->shadow = calloc(seat->queues, sizeof(*m->shadow));
	m->command = calloc(commands, sizeof(*m->command));
	if (!m->thread || !m->shadow || !m->command)
		return sv_error(diag, NULL, "out of memory");
	for (size_t i = 0; i < commands; i++) {
		m->command[i].next = m->free;
		m->free = &m->command[i];
	}
	while (m->threads < threads)
		if (init_thread(m, seat, diag) < 0)
			return -1;
	m->disk = sv_nvme_disk_new(&config, &m->device, diag);
	for (unsigned i = 0; i < m->shadows; i++) {
		struct shadow *s = &m->shadow[i];

		s->source = (struct sv_loop_source){ .ready = ready, .serve = serve, .owner = s };
		s->thread = &m->thread[i % m->threads];
		sv_loop_add(s->thread->loop, &s->source);
	}
	return m->disk ? 0 : -1;
}

static void *mediated_start(const struct sv_seat *seat, struct sv_disk **disk, struct sv_diag *diag)
{
	struct mediator *m = calloc(1, sizeof(*m));

	if (!m) {
		sv_error(diag, NULL, "%s: out of memory", seat->name);
		return NULL;
	}
	m->kind = (struct sv_device_kind){ .name = "mediator", .attach = attach, .ring = ring };
	m->device =
		(struct sv_device){ .kind = &m->kind, .name = seat->name, .lp = seat->device->lp };
	m->host = seat->site->host;
	if (init(m, seat, diag) < 0) {
		mediated_free(m);
		return NULL;
	}
	*disk = m->disk;
	return m;
}

static void mediated_reset(void *state, sv_time now)
{
	struct mediator *m = state;

	for (unsigned i = 0; i < m->threads; i++)
		sv_loop_reset(m->thread[i].loop, now);
}

static void mediated_threads(void *state, sv_time now, struct sv_loop_stats *sum)
{
	struct mediator *m = state;

	for (unsigned i = 0; i < m->threads; i++)
		sv_loop_read(m->thread[i].loop, now, sum);
}

const struct sv_path sv_path_mediated = {
	.name = "mediated",
	.help = "the guest drives queues that a polling thread of the host's kernel copies to "
		"those of the device",
	.options = &table,
	.modes = SV_MODES_OF_GUESTS,
	.uses = SV_PATH_QUEUES | SV_PATH_LAYER | SV_PATH_POLLED | SV_PATH_DRIVES,
	.costs = costs,
	.start = mediated_start,
	.reset = mediated_reset,
	.threads = mediated_threads,
	.free = mediated_free,
};
