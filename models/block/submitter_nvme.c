/*
 * submitter_nvme.c - queues of a device that a process drives itself
 *
 * The process has mapped the device's registers and a queue pair of its own (VFIO): a request is a
 * command and a doorbell, without system calls, without the host's block layer and without locks,
 * since the pair belongs to one thread. Completions are found by looking at the pair's memory. A
 * process that may sleep has an interrupt, too, which the host's kernel turns into the signal
 * of an eventfd.
 *
 * Reference     QEMU, block/nvme.c (nvme://); SPDK, lib/nvme/nvme_pcie_common.c.
 */
#include "block/submitter.h"
#include "devices/nvme_port.h"
#include "queues/queues.h"
#include "vm/irq.h"
#include <stdlib.h>

extern const struct sv_queue sv_queue_nvme_pair_simulated;
static const struct sv_queue *const pair = &sv_queue_nvme_pair_simulated;

struct nvme {
	struct sv_submitter submitter;
	void *options, *driver;
	struct sv_nvme_port *port;
	struct sv_irq irq;
	bool has_irq;
	struct sv_submitter_request *looked;
	/* In the process, as the pair has no room for them. */
	struct sv_submitter_request *first, **last;
};

static struct nvme *nvme_of(struct sv_loop_source *source)
{
	return source->owner;
}

static bool add(struct nvme *n, struct sv_submitter_request *r)
{
	struct sv_nvme_command command;
	struct sv_buffer buffer = { .address = (uintptr_t)&command, .bytes = sizeof(command) };

	sv_nvme_command(&command, &r->request.io);
	return pair->add(n->driver, &(struct sv_chain){ &buffer, 1, r });
}

/* Moves on what waits, and rings if any could. */
static void push(struct nvme *n, struct sv_sim_thread *self)
{
	struct sv_submitter_request *r;
	unsigned added = 0;

	for (; (r = n->first) && add(n, r); added++) {
		sv_sim_work(self, sv_submitter_cost(&n->submitter, SV_COST_NVME_SUBMIT));
		n->first = r->next;
		sv_request_stage(&r->request, sv_now(self->process.lp), SV_STAGE_QUEUE);
	}
	if (!n->first)
		n->last = &n->first;
	if (added > 0 && pair->publish(n->driver))
		sv_nvme_port_ring(n->port);
}

static void nvme_submit(struct sv_submitter *s, struct sv_sim_thread *self,
	struct sv_submitter_request **request, unsigned n)
{
	struct nvme *nvme = (struct nvme *)s;

	for (unsigned i = 0; i < n; i++) {
		request[i]->next = NULL;
		*nvme->last = request[i];
		nvme->last = &request[i]->next;
	}
	push(nvme, self);
}

static sv_time later(sv_time a, sv_time b)
{
	return a > b ? a : b;
}

/* The next completion; what the device did with it is charged to its stages. */
static struct sv_submitter_request *reap(struct nvme *n)
{
	struct sv_reaped reaped;
	struct sv_submitter_request *done = n->looked;
	struct sv_request *r;
	sv_time started, posted;

	n->looked = NULL;
	if (done || !pair->reap(n->driver, &reaped))
		return done;
	done = reaped.token;
	r = &done->request;
	started = later(r->since, r->io.started);
	posted = later(started, r->io.posted);
	sv_request_stage(r, started, SV_STAGE_DEVICE);
	sv_request_stage(r, posted, SV_STAGE_COMPLETE);
	return done;
}

static bool nvme_ready(struct sv_loop_source *source)
{
	struct nvme *n = nvme_of(source);

	n->looked = reap(n);
	return n->looked != NULL;
}

static void nvme_serve(struct sv_loop_source *source, struct sv_sim_thread *self)
{
	struct nvme *n = nvme_of(source);
	struct sv_submitter_request *list = NULL, **last = &list, *r;

	while ((r = reap(n))) {
		*last = r;
		last = &r->next;
		r->next = NULL;
		sv_sim_work(self, sv_submitter_cost(&n->submitter, SV_COST_NVME_COMPLETE));
	}
	if (list)
		n->submitter.config.done(n->submitter.config.owner, list, self);
	if (n->first)
		push(n, self);
}

/* The device has written a completion that a polling loop would see. */
static void nvme_posted(void *arg)
{
	struct nvme *n = arg;

	sv_loop_hint(&n->submitter.source);
}

static void nvme_interrupt(struct sv_sim_thread *self, void *arg)
{
	struct nvme *n = arg;

	sv_eventfd_signal(&n->submitter.source.efd, self);
}

static int make_pair(struct nvme *n, struct sv_nvme_port_config *port, struct sv_diag *diag)
{
	const struct sv_submitter_config *c = &n->submitter.config;
	uint32_t entries = c->device_depth;
	struct sv_queue_layout layout;
	struct sv_ring ring;
	void *memory;

	n->options = calloc(1, pair->options->size);
	if (!n->options)
		return sv_error(diag, NULL, "out of memory");
	pair->layout(entries, n->options, &layout);
	memory = sv_memory_alloc(c->host->memory, layout.bytes, 0);
	n->driver = calloc(1, layout.driver_bytes);
	if (!memory || !n->driver)
		return sv_error(
			diag, NULL, "%s: out of simulated memory for queues", port->device->name);
	ring = sv_queue_ring(&layout, memory, entries);
	pair->driver_init(n->driver, &ring, n->options);
	port->ring = &ring;
	port->options = n->options;
	n->port = sv_nvme_port_new(port, diag);
	return n->port ? 0 : -1;
}

static int nvme_start(struct sv_submitter *s, struct sv_diag *diag)
{
	struct nvme *n = (struct nvme *)s;
	const struct sv_submitter_config *c = &s->config;
	struct sv_nvme_port_config port = { .device = c->device,
		.memory = c->host->memory,
		.team = &c->host->team,
		.queue = pair,
		.posted = nvme_posted,
		.arg = n };

	n->last = &n->first;
	s->source.ready = nvme_ready;
	s->source.serve = nvme_serve;
	if (c->irq_cpu >= 0) {
		if (sv_irq_init(&n->irq, c->host, (unsigned)c->irq_cpu, nvme_interrupt, n) < 0)
			return sv_error(diag, NULL, "out of memory");
		n->has_irq = true;
		port.irq = &n->irq;
	}
	return make_pair(n, &port, diag);
}

static void nvme_free(struct sv_submitter *s)
{
	struct nvme *n = (struct nvme *)s;

	sv_nvme_port_free(n->port);
	if (n->has_irq)
		sv_irq_fini(&n->irq);
	free(n->driver);
	free(n->options);
}

const struct sv_submitter_kind sv_submitter_nvme = { .name = "nvme",
	.bytes = sizeof(struct nvme),
	.start = nvme_start,
	.submit = nvme_submit,
	.reap = SV_COSTS,
	.free = nvme_free };
