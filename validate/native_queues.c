/*
 * native_queues.c - the case `queues`: drivers and devices that send requests through queues
 *
 * The workload `ring` of scenarios, natively: the same loops, on threads bound to PUs. A side that
 * sleeps does so in the read of an eventfd. A batch of the measurement is a number of requests
 * that takes some milliseconds, so that nobody needs to read a clock on the way.
 */
#define SV_SUBSTRATE_native 1
#include "bug.h"
#include "case.h"
#include "foreign.h"
#include "pinned.h"
#include "queues/queues.h"
#include "sample.h"
#include "stats.h"
#include "transfer.h"
#include "workloads/ring_sides.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define FIRST 500 /* requests, to see how fast they are */
#define MOST  1e6

/* A measurement: of sides that look all the time, and of those that sleep, whose waiting for a PU
 * tells nothing; there others show in ticks of 10 ms. */
#define SECONDS        3e-3
#define ATTEMPTS       12
#define SLEEP_SECONDS  40e-3
#define SLEEP_ATTEMPTS 4

#define SIZE        256
#define MOST_QUEUES 512

struct queues_cfg {
	struct sv_variant queue;
	int64_t queues, batch, batches;
	int notify;
};

static const char *const notifications[] = { "polling", "always", "suppressed", NULL };

static const struct sv_option options[] = {
	{ .name = "queue",
		.type = SV_VARIANT,
		.offset = offsetof(struct queues_cfg, queue),
		.help = "the queue, with its options if wanted",
		.more = &sv_queue_kinds },
	{ .name = "queues",
		.type = SV_INT,
		.offset = offsetof(struct queues_cfg, queues),
		.unit = "queues",
		.min = "1",
		.max = "512",
		.help = "queues, each with two threads on PUs of their own" },
	{ .name = "batch",
		.type = SV_INT,
		.offset = offsetof(struct queues_cfg, batch),
		.unit = "requests",
		.min = "1",
		.max = "128",
		.help = "requests that a driver publishes at a time" },
	{ .name = "batches",
		.type = SV_INT,
		.offset = offsetof(struct queues_cfg, batches),
		.unit = "batches",
		.min = "1",
		.max = "128",
		.help = "under way in each queue; with one, a batch is a round trip" },
	{ .name = "notify",
		.type = SV_CHOICE,
		.offset = offsetof(struct queues_cfg, notify),
		.help = "how a side learns that there is something: it looks all the time, it "
			"sleeps on an eventfd that is written always, or when the queue wants it",
		.more = notifications },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("queues", struct queues_cfg, options);

static const struct sv_case_axis axes[] = {
	{ "queue", "vring-split vring-packed" },
	{ "queues", "1 2 4" },
	{ "batch", "1 4 32" },
	{ "batches", "1 4" },
	{ "notify", "polling always suppressed" },
	{ 0 },
};

enum { THROUGHPUT, P50, KICKS, INTERRUPTS };
static const struct sv_case_metric metrics[] = {
	[THROUGHPUT] = { "throughput", "1/s", "ring.throughput", false },
	[P50] = { "round-trip.p50", "s", "ring.round-trip.p50", true },
	[KICKS] = { "kicks", "1", "ring.kicks", false },
	[INTERRUPTS] = { "interrupts", "1", "ring.interrupts", false },
	{ 0 },
};

struct channel {
	_Alignas(2 * SV_LINE_BYTES) struct ring_flow flow;
	struct queues_run *run;
	void *ring;
	int fd[2];                   /* of the driver, of the device */
	double began, ended, cpu[2]; /* nanoseconds; seconds of CPU time of either side */
	struct sv_hist round_trip;   /* picoseconds */
};

struct queues_run {
	const struct queues_cfg *cfg;
	unsigned queues, *pu;
	struct channel *channel;
	struct sv_native_team team;
	uint64_t requests; /* of a batch, each queue */
	uint64_t through;  /* each queue, in all */
	/* Of the repeat that runs. */
	const atomic_bool *cancel;
	atomic_bool done;
	struct sv_repeat *out;
	bool first;
	double busy; /* seconds, before the batch */
};

static void tell(struct ring_side *side)
{
	const uint64_t one = 1;

	SV_BUG_ON(write(*(int *)side->owner, &one, sizeof(one)) != sizeof(one));
}

static void wait(struct ring_side *side)
{
	uint64_t count;

	SV_BUG_ON(read(*(int *)side->owner, &count, sizeof(count)) != sizeof(count));
}

static void took(struct ring_flow *f, sv_time time)
{
	struct channel *c = (struct channel *)(void *)f;

	sv_hist_record(&c->round_trip, time);
}

static void drive(struct channel *c, uint64_t requests)
{
	sv_hist_reset(&c->round_trip);
	c->flow.driver.tells = c->flow.device.tells = 0;
	c->began = sv_sample_clock();
	ring_drive(&c->flow, requests);
	c->ended = sv_sample_clock();
}

/* Threads 2 i and 2 i + 1 are the driver and the device of queue i. */
static void body(unsigned thread, void *arg)
{
	struct queues_run *r = arg;
	struct channel *c = &r->channel[thread / 2];
	double cpu = sv_foreign_own();

	sv_native_enter(&r->team, thread, 0);
	if (thread % 2)
		ring_serve(&c->flow, r->through + r->requests);
	else
		drive(c, r->through + r->requests);
	c->cpu[thread % 2] = sv_foreign_own() - cpu;
}

static bool sleeps(const struct queues_run *r)
{
	return r->cfg->notify != RING_POLLING;
}

static bool others_ran(const struct queues_run *r)
{
	double own = 0, elapsed = 1e-9 * (sv_sample_clock() - r->channel[0].began);

	for (unsigned i = 0; i < r->queues; i++)
		own += r->channel[i].cpu[0] + r->channel[i].cpu[1];
	return sv_foreign_disturbs(
		sv_foreign_busy(0, 2 * r->queues) - r->busy, own, elapsed, 2 * r->queues);
}

static void collect(struct queues_run *r)
{
	struct sv_hist *all = &r->channel[0].round_trip;
	double kicks = 0, interrupts = 0, *value = r->out->value;
	double requests = (double)r->requests * r->queues;

	value[THROUGHPUT] = 0;
	for (unsigned i = 0; i < r->queues; i++) {
		struct channel *c = &r->channel[i];

		SV_BUG_ON(c->flow.wrong || c->flow.driver.requests != r->through + r->requests);
		value[THROUGHPUT] += (double)r->requests / (1e-9 * (c->ended - c->began));
		kicks += (double)c->flow.device.tells;
		interrupts += (double)c->flow.driver.tells;
		if (i > 0)
			sv_hist_merge(all, &c->round_trip);
	}
	value[P50] = all->count ? 1e-12 * sv_hist_quantile(all, 0.5) : NAN;
	value[KICKS] = kicks / requests;
	value[INTERRUPTS] = interrupts / requests;
}

/* Whole batches, so that the last is like all others. */
static void choose_requests(struct queues_run *r)
{
	double each = r->out->value[THROUGHPUT] / r->queues;
	double wanted = each * (sleeps(r) ? SLEEP_SECONDS : SECONDS);
	uint64_t batch = (uint64_t)r->cfg->batch;

	r->requests = (uint64_t)fmin(fmax(wanted, FIRST), MOST) / batch * batch + batch;
}

/* The first batch only warms up; then one that nothing disturbed is enough. */
static void batch_done(void *arg, bool disturbed)
{
	struct queues_run *r = arg;

	if (sleeps(r) && !disturbed)
		disturbed = others_ran(r);
	collect(r);
	r->through += r->requests;
	r->out->disturbed = disturbed;
	if ((!r->first && !disturbed) || atomic_load(r->cancel))
		atomic_store(&r->done, true);
	choose_requests(r);
	r->first = false;
	r->busy = sv_foreign_busy(0, 2 * r->queues);
}

static int queues_repeat(
	void *state, const atomic_bool *cancel, struct sv_repeat *out, struct sv_diag *diag)
{
	struct queues_run *r = state;
	struct sv_batches b = { .pu = r->pu,
		.threads = 2 * r->queues,
		.body = body,
		.done = batch_done,
		.arg = r,
		.sleeps = sleeps(r),
		.seconds = 1,
		.most = sleeps(r) ? SLEEP_ATTEMPTS : ATTEMPTS,
		.cancel = &r->done };

	*out = (struct sv_repeat){ .transfer = NAN };
	r->out = out;
	r->cancel = cancel;
	r->first = true;
	r->busy = sv_foreign_busy(0, 2 * r->queues);
	atomic_store(&r->done, atomic_load(cancel));
	if (sv_batches_run(&b, diag) < 0)
		return -1;
	return sv_transfer(r->pu[0], r->pu[1], &out->transfer, diag);
}

static void *lines(size_t bytes)
{
	size_t whole = (bytes / (2 * SV_LINE_BYTES) + 1) * 2 * SV_LINE_BYTES;
	void *p = aligned_alloc(2 * SV_LINE_BYTES, whole);

	SV_BUG_ON(!p);
	return memset(p, 0, whole);
}

static const struct sv_queue *native_queue(const char *name)
{
	size_t i = 0;

	while (strcmp(sv_queues_native[i]->name, name) != 0)
		i++;
	return sv_queues_native[i];
}

static void queues_close(void *state)
{
	struct queues_run *r = state;

	for (unsigned i = 0; i < r->queues; i++) {
		struct channel *c = &r->channel[i];

		free(c->ring);
		free(c->flow.data);
		free(c->flow.driver.state);
		free(c->flow.device.state);
		for (int side = 0; side < 2; side++)
			if (c->fd[side] >= 0)
				close(c->fd[side]);
		sv_hist_fini(&c->round_trip);
	}
	free(r->channel);
	free(r->pu);
	free(r);
}

static void make_channel(struct queues_run *r, struct channel *c)
{
	const struct queues_cfg *cfg = r->cfg;
	const struct sv_queue *q = native_queue(cfg->queue.name);
	struct sv_queue_layout layout;
	struct sv_ring ring;

	c->run = r;
	c->flow = (struct ring_flow){ .queue = q,
		.notify = (enum ring_notify)cfg->notify,
		.batch = (unsigned)cfg->batch,
		.depth = (unsigned)(cfg->batch * cfg->batches),
		.stride = SV_LINE_BYTES,
		.driver = { .tell = tell, .wait = wait, .owner = &c->fd[0] },
		.device = { .tell = tell, .wait = wait, .owner = &c->fd[1] },
		.took = took };
	q->layout(SIZE, cfg->queue.config, &layout);
	c->ring = lines(layout.bytes);
	c->flow.data = lines(c->flow.depth * c->flow.stride);
	c->flow.driver.state = lines(layout.driver_bytes);
	c->flow.device.state = lines(layout.device_bytes);
	ring = sv_queue_ring(&layout, c->ring, SIZE);
	q->driver_init(c->flow.driver.state, &ring, cfg->queue.config);
	q->device_init(c->flow.device.state, &ring, cfg->queue.config);
	for (int side = 0; side < 2; side++)
		c->fd[side] = eventfd(0, EFD_CLOEXEC);
	sv_hist_init(&c->round_trip);
}

static void *queues_open(const void *cfg, const struct sv_case_host *host, struct sv_diag *diag)
{
	struct queues_run *r = lines(sizeof(*r));

	r->cfg = cfg;
	r->queues = (unsigned)r->cfg->queues;
	r->requests = FIRST / (uint64_t)r->cfg->batch * (uint64_t)r->cfg->batch;
	r->team = (struct sv_native_team){ .cpus = 2 * r->queues };
	r->channel = lines(r->queues * sizeof(*r->channel));
	r->pu = lines(2 * r->queues * sizeof(*r->pu));
	for (unsigned i = 0; i < 2 * r->queues; i++)
		r->pu[i] = host->unbound ? SV_PINNED_ANYWHERE : i;
	for (unsigned i = 0; i < r->queues; i++)
		make_channel(r, &r->channel[i]);
	for (unsigned i = 0; i < r->queues; i++)
		if (r->channel[i].fd[0] < 0 || r->channel[i].fd[1] < 0) {
			sv_error(diag, NULL, "no eventfd can be had: %s", strerror(errno));
			queues_close(r);
			return NULL;
		}
	return r;
}

static const char *queues_unfit(const void *cfg, const struct sv_case_host *host)
{
	const struct queues_cfg *c = cfg;
	const struct sv_queue *q = c->queue.object;

	if (2 * c->queues > host->pus)
		return "queues with more threads than there are PUs are left out: a side that "
		       "does not run says nothing of a queue";
	if (q->traits & SV_QUEUE_PAIR)
		return "queues with doorbells are left out: these are registers of a device, and "
		       "a thread has none";
	if (2 * c->batch * c->batches > SIZE)
		return "more requests under way than the ring has room for are left out";
	return NULL;
}

static bool queues_fits(const void *cfg, const struct sv_case_host *host, unsigned pus)
{
	const struct queues_cfg *c = cfg;

	(void)host;
	return 2 * c->queues <= pus;
}

static void queues_scenario(const void *cfg, char *const *values, const struct sv_case_host *host,
	const char *machine, FILE *to)
{
	(void)cfg, (void)host;
	fprintf(to,
		"simsvirt: 1\n"
		"host: {machine: %s}\n"
		"vms: {team: {mode: bare, workloads: {ring: {kind: ring, queue: %s, queues: %s, "
		"batch: %s, batches: %s, notify: %s, size: %d}}}}\n"
		"run: {warmup: 300us, duration: 2ms, replications: 1, seed: 1}\n",
		machine, values[0], values[1], values[2], values[3], values[4], SIZE);
}

const struct sv_case sv_case_queues = {
	.name = "queues",
	.help = "virtqueues between two threads by batch, batches under way and notification",
	.table = &table,
	.axis = axes,
	.metric = metrics,
	.unfit = queues_unfit,
	.open = queues_open,
	.repeat = queues_repeat,
	.close = queues_close,
	.fits = queues_fits,
	.scenario = queues_scenario,
};
