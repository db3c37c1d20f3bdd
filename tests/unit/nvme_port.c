/*
 * nvme_port.c - an NVMe queue pair in simulated memory between a driver's thread and a device
 */
#include "devices/nvme_port.h"
#include "queues.h"
#include "ssd_run.h"
#include "vm/irq.h"
#include "vm_stack.h"

enum { SIZE = 8, REQUESTS = 40, LAST = REQUESTS - 1 };

/* A host with a drive, a driver of two lines, and a program. */
struct rig {
	struct stack *stack;
	struct ssd_run ssd;
	struct sv_nvme_port *port;
	const struct sv_queue *queue;
	struct sv_ring ring;
	void *driver, *cfg;
	struct sv_irq irq;
	struct sv_io io[REQUESTS];
	sv_time submitted[REQUESTS], done[REQUESTS];
	uint32_t status[REQUESTS];
	unsigned sent, ended, depth;
	bool interrupts;
};

static void on_event(struct sv_lp *lp, const struct sv_event *event)
{
	if (!sv_device_handle(event))
		handle(lp, event);
}

static const struct sv_queue *find_pair(void)
{
	for (size_t i = 0; sv_queues_simulated[i]; i++)
		if (sv_queues_simulated[i]->traits & SV_QUEUE_PAIR)
			return sv_queues_simulated[i];
	return NULL;
}

/* Sends until so many are under way. */
static void send(struct rig *r)
{
	struct sv_nvme_command command;
	bool any = false;

	while (r->sent < REQUESTS && r->sent - r->ended < r->depth) {
		struct sv_io *io = &r->io[r->sent];
		const struct sv_buffer buffer = { (uintptr_t)&command, sizeof(command), false };

		*io = (struct sv_io){ .op = r->sent % 4 == 3 ? SV_IO_WRITE : SV_IO_READ,
			.bytes = 4096,
			.offset = r->sent == LAST ? UINT64_C(1) << 40 : 4096 * r->sent };
		sv_nvme_command(&command, io);
		if (!r->queue->add(r->driver, &(struct sv_chain){ &buffer, 1, io }))
			break;
		r->submitted[r->sent++] = sv_clock();
		any = true;
	}
	if (any && r->queue->publish(r->driver))
		sv_nvme_port_ring(r->port);
}

static unsigned reap(struct rig *r)
{
	struct sv_reaped reaped;
	unsigned n = 0;

	for (; r->queue->reap(r->driver, &reaped); n++, r->ended++) {
		ptrdiff_t i = (struct sv_io *)reaped.token - r->io;

		ck_assert(i >= 0 && i < REQUESTS && !r->done[i]);
		r->done[i] = sv_clock();
		r->status[i] = reaped.result;
	}
	return n;
}

static void poll_body(struct sv_sim_thread *self, void *arg)
{
	struct rig *r = arg;

	r->queue->driver_init(r->driver, &r->ring, r->cfg);
	while (r->ended < REQUESTS) {
		send(r);
		if (!reap(r))
			sv_sim_work(self, 100 * SV_NS);
	}
	sv_sim_thread_end(self);
}

static void irq_body(struct sv_sim_thread *self, void *arg)
{
	struct rig *r = arg;

	r->queue->driver_init(r->driver, &r->ring, r->cfg);
	send(r);
	sv_sim_thread_end(self);
}

static void handler(struct sv_sim_thread *self, void *arg)
{
	(void)self;
	while (reap(arg) > 0)
		send(arg);
}

static void rig_init(
	struct rig *r, const char *device, unsigned depth, bool interrupts, bool shadow)
{
	struct sv_queue_layout layout;
	struct sv_lp *lp;

	*r = (struct rig){ .stack = stack_new((const unsigned[]){ 2 }, 1),
		.queue = find_pair(),
		.depth = depth,
		.interrupts = interrupts };
	r->stack->toy.machine.cost[SV_COST_IRQ_ENTRY] = SV_US;
	lp = r->stack->host.lp;
	lp->handle = on_event;
	ssd_run_init(&r->ssd, device);
	sv_engine_free(r->ssd.engine);
	r->ssd.engine = NULL;
	r->ssd.kind->free(r->ssd.device);
	r->ssd.lp = lp;
	r->ssd.device = r->ssd.kind->start(lp, "ssd", r->ssd.variant.config, 1, 0, r->ssd.diag);
	r->cfg = sv_doc_alloc(r->ssd.doc, r->queue->options->size);
	const char *options = shadow ? "{shadow-doorbells: true}" : "{}";
	struct sv_doc *doc = sv_doc_parse("queue", options, strlen(options), r->ssd.diag);
	ck_assert_int_eq(sv_read(r->queue->options, sv_doc_root(doc), r->cfg, doc, r->ssd.diag), 0);
	sv_doc_free(doc);
	r->queue->layout(SIZE, r->cfg, &layout);
	struct sv_memory *memory = r->stack->host.memory;
	r->ring = sv_queue_ring(&layout, sv_memory_alloc(memory, layout.bytes, 0), SIZE);
	r->driver = sv_memory_alloc(memory, layout.driver_bytes, 0);
	if (interrupts) {
		r->stack->host.system.domain = &r->stack->level[0].domain;
		ck_assert_int_eq(sv_irq_init(&r->irq, &r->stack->host.system, 1, handler, r), 0);
	}
	r->port = sv_nvme_port_new(&(struct sv_nvme_port_config){ .device = r->ssd.device,
					   .memory = memory,
					   .team = &r->stack->host.system.team,
					   .queue = r->queue,
					   .ring = &r->ring,
					   .options = r->cfg,
					   .irq = interrupts ? &r->irq : NULL },
		r->ssd.diag);
	ck_assert_ptr_nonnull(r->port);
	add_thread(r->stack, interrupts ? irq_body : poll_body, r);
}

static void rig_run(struct rig *r)
{
	sim_host_run(&r->stack->host, 10 * SV_MS);
	ck_assert_uint_eq(r->ended, REQUESTS);
	ck_assert_ptr_null(sv_nvme_port_broken(r->port));
	for (unsigned i = 0; i < REQUESTS; i++) {
		ck_assert_uint_eq(r->status[i], i == LAST ? SV_NVME_OUT_OF_RANGE : SV_NVME_DONE);
		ck_assert_int_ge(r->io[i].fetched, r->submitted[i]);
		ck_assert_int_gt(r->io[i].started, r->io[i].fetched);
		ck_assert_int_gt(r->done[i], r->io[i].started);
	}
	ssd_run_finish(&r->ssd, 10 * SV_MS);
}

static void rig_fini(struct rig *r)
{
	sv_nvme_port_free(r->port);
	r->ssd.kind->free(r->ssd.device);
	r->ssd.device = NULL;
	sv_metrics_fini(&r->ssd.metrics);
	ssd_run_fini(&r->ssd);
	if (r->interrupts)
		sv_irq_fini(&r->irq);
	stack_free(r->stack);
}

#define DRIVE                                                                                      \
	"{kind: nvme, medium: units, units: 4, read-time: 10us, program-time: 20us, capacity: "    \
	"1GiB, doorbell-latency: 300ns, fetch-time: 700ns, command-time: 1us, link-latency: "      \
	"300ns, interrupt-latency: 350ns"

START_TEST(a_polling_driver_sees_what_the_device_takes)
{
	struct rig r;

	rig_init(&r, DRIVE "}", 1, false, false);
	rig_run(&r);
	/* Doorbell, fetch, core, unit, 4 KiB at 3.2 GB/s, link; the driver looks every 100 ns. */
	const sv_time device = (300 + 700 + 1000 + 10000 + 1280 + 300) * SV_NS;

	ck_assert_int_ge(r.io[8].fetched - r.submitted[8], 300 * SV_NS);
	ck_assert_int_ge(r.done[8] - r.submitted[8], device);
	ck_assert_int_le(r.done[8] - r.submitted[8], device + SV_US);
	rig_fini(&r);
}
END_TEST

START_TEST(a_full_queue_goes_round_and_every_command_ends)
{
	for (int shadow = 0; shadow < 2; shadow++) {
		struct rig r;

		rig_init(&r, DRIVE "}", SIZE - 1, false, shadow);
		rig_run(&r);
		rig_fini(&r);
	}
}
END_TEST

START_TEST(an_interrupt_tells_of_completions)
{
	struct rig r;

	rig_init(&r, DRIVE "}", 1, true, false);
	rig_run(&r);
	ck_assert_uint_eq(r.irq.count, REQUESTS);
	ck_assert_double_eq(ssd_run_metric(&r.ssd, "interrupts-per-command"), 1);
	/* The message and the handler's entry come after what a polling driver sees. */
	ck_assert_int_ge(r.done[8] - r.submitted[8], 13580 * SV_NS + 1350 * SV_NS);
	rig_fini(&r);
}
END_TEST

START_TEST(coalesced_interrupts_are_fewer_and_lose_nothing)
{
	struct rig r;

	rig_init(&r, DRIVE ", coalesce: 3, coalesce-time: 100us}", 6, true, false);
	rig_run(&r);
	ck_assert_double_lt(ssd_run_metric(&r.ssd, "interrupts-per-command"), 0.5);
	rig_fini(&r);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_polling_driver_sees_what_the_device_takes,
		a_full_queue_goes_round_and_every_command_ends, an_interrupt_tells_of_completions,
		coalesced_interrupts_are_fewer_and_lose_nothing, NULL };

	return run_tests("nvme_port", tests);
}
