/*
 * native_virtio.c - the case `virtio`: a virtio disk that another program serves
 *
 * The driver's side is ours, the split virtqueue that is simulated too; the device is
 * qemu-storage-daemon with a disk that does nothing, over vhost-user. The driver is a thread,
 * which kicks by writing an eventfd and polls or sleeps on another one, or a KVM guest, which kicks
 * by an exit and polls.
 */
#include "bug.h"
#include "case.h"
#include "pinned.h"
#include "sample.h"
#include "transfer.h"
#include "virtio_rig.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define REPEAT_S    0.05
#define SHARED_S    0.2 /* on one PU: others show in its ticks of 10 ms */
#define FIRST       500 /* requests, to see how fast they are */
#define MOST        2e6
#define ATTEMPTS    12
#define FEWEST_TOLD 100 /* notifications in a repeat: of fewer no ratio is told */

enum { BY_THREAD, BY_GUEST };
static const char *const drivers[] = { "thread", "guest", NULL };
enum { OTHER_PU, SAME_PU };
static const char *const places[] = { "other", "same", NULL };
enum { POLLS, NOTIFIED };
static const char *const waits[] = { "poll", "event", NULL };

struct virtio_cfg {
	int driver, iothread, wait;
	int64_t depth;
};

static const struct sv_option options[] = {
	{ .name = "driver",
		.type = SV_CHOICE,
		.offset = offsetof(struct virtio_cfg, driver),
		.help = "who submits: a thread, or the vCPU of a KVM guest",
		.more = drivers },
	{ .name = "iothread",
		.type = SV_CHOICE,
		.offset = offsetof(struct virtio_cfg, iothread),
		.help = "the PU of the daemon's I/O thread: another one than the driver's, or the "
			"same",
		.more = places },
	{ .name = "depth",
		.type = SV_INT,
		.offset = offsetof(struct virtio_cfg, depth),
		.unit = "requests",
		.min = "1",
		.max = "80",
		.help = "requests under way at a time" },
	{ .name = "wait",
		.type = SV_CHOICE,
		.offset = offsetof(struct virtio_cfg, wait),
		.help = "how the driver waits for completions: it polls, or it sleeps until it is "
			"notified",
		.more = waits },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("virtio", struct virtio_cfg, options);

static const struct sv_case_axis axes[] = {
	{ "driver", "thread guest" },
	{ "iothread", "other same" },
	{ "depth", "1 16" },
	{ "wait", "poll event" },
	{ 0 },
};

enum { RATE, KICKS, INTERRUPTS };
static const struct sv_case_metric metrics[] = {
	[RATE] = { "rate", "1/s", "ring.rate", false },
	[KICKS] = { "kicks", "1", "ring.kicks", false },
	[INTERRUPTS] = { "interrupts", "1", "ring.interrupts", false },
	{ 0 },
};

struct virtio_run {
	const struct virtio_cfg *cfg;
	struct sv_virtio_rig *rig;
	unsigned pus;
	uint64_t requests; /* of a repeat */
};

static void *virtio_open(const void *cfg, const struct sv_case_host *host, struct sv_diag *diag)
{
	struct virtio_run *r = calloc(1, sizeof(*r));
	struct sv_virtio_rig_how how = { 0 };

	SV_BUG_ON(!r);
	r->cfg = cfg;
	r->pus = host->pus;
	r->requests = FIRST;
	how.guest = r->cfg->driver == BY_GUEST;
	how.depth = (unsigned)r->cfg->depth;
	how.pu = r->cfg->iothread == OTHER_PU;
	how.events = r->cfg->wait == NOTIFIED;
	r->rig = sv_virtio_rig_new(&how, diag);
	if (r->rig)
		return r;
	free(r);
	return NULL;
}

static void virtio_close(void *state)
{
	struct virtio_run *r = state;

	sv_virtio_rig_free(r->rig);
	free(r);
}

/* As many requests as will take the time of a repeat. */
static int choose_requests(struct virtio_run *r, struct sv_diag *diag)
{
	double wanted = r->cfg->iothread == SAME_PU ? SHARED_S : REPEAT_S;
	struct sv_virtio_run run;

	/* The first run meets what is cold. */
	for (int i = 0; i < 2; i++)
		if (sv_virtio_rig_run(r->rig, FIRST, &run, diag) < 0)
			return -1;
	r->requests = (uint64_t)fmin(MOST, fmax(FIRST, FIRST * wanted / run.seconds));
	return 0;
}

static double per_request(uint64_t told, const struct sv_virtio_run *run)
{
	return told < FEWEST_TOLD ? NAN : (double)told / (double)run->requests;
}

static int virtio_repeat(
	void *state, const atomic_bool *cancel, struct sv_repeat *out, struct sv_diag *diag)
{
	struct virtio_run *r = state;
	struct sv_virtio_run run = { .disturbed = true };

	*out = (struct sv_repeat){ .transfer = NAN };
	if (r->requests == FIRST && choose_requests(r, diag) < 0)
		return -1;
	for (int i = 0; i < ATTEMPTS && run.disturbed && !atomic_load(cancel); i++)
		if (sv_virtio_rig_run(r->rig, r->requests, &run, diag) < 0)
			return -1;
	out->value[RATE] = (double)run.requests / run.seconds;
	out->value[KICKS] = per_request(run.kicks, &run);
	out->value[INTERRUPTS] = per_request(run.interrupts, &run);
	out->disturbed = run.disturbed;
	if (r->pus > 1 && sv_transfer(0, 1, &out->transfer, diag) < 0)
		return -1;
	return 0;
}

static const char *virtio_unfit(const void *cfg, const struct sv_case_host *host)
{
	const struct virtio_cfg *c = cfg;

	if (host->unbound)
		return "threads cannot be bound to the PUs that the cells name";
	if (c->iothread == OTHER_PU && host->pus < 2)
		return "there is no other PU for the daemon's I/O thread";
	if (c->driver == BY_GUEST && c->wait == NOTIFIED)
		return "a guest polls: it has no system that could take an interrupt";
	return sv_virtio_rig_lacks(c->driver == BY_GUEST);
}

static bool virtio_fits(const void *cfg, const struct sv_case_host *host, unsigned pus)
{
	const struct virtio_cfg *c = cfg;

	(void)host;
	return pus > (c->iothread == OTHER_PU);
}

/* On one PU both are tasks of the host's scheduler; it takes some slices to even out. Nobody works
 * on memory beyond the ring, so nobody finds a cold cache. */
static void virtio_scenario(const void *cfg, char *const *values, const struct sv_case_host *host,
	const char *machine, FILE *to)
{
	const struct virtio_cfg *c = cfg;
	bool same = c->iothread == SAME_PU;
	char scheduler[SV_CASE_LINUX];

	fprintf(to, "simsvirt: 1\nhost: {machine: ");
	if (same)
		fprintf(to, "{base: %s, topology: \"core:1 pu:1\"}", machine);
	else
		fprintf(to, "%s", machine);
	fprintf(to,
		", scheduler: %s, costs: {cold-cache: 0ns}}\n"
		"vms: {team: {mode: %s, workloads: {ring: {kind: vhost-user, depth: %s, wait: %s, "
		"kick: %s}}}}\n"
		"run: {warmup: 10ms, duration: %s, replications: 3, seed: 1}\n",
		sv_case_linux(host->kernel, host->online, scheduler, sizeof(scheduler)),
		same ? "container" : "bare", values[2], values[3],
		c->driver == BY_GUEST ? "exit" : "eventfd", same ? "100ms" : "20ms");
}

const struct sv_case sv_case_virtio = {
	.name = "virtio",
	.help = "a virtio disk that qemu-storage-daemon serves, driven by a thread and by a guest",
	.table = &table,
	.axis = axes,
	.metric = metrics,
	.unfit = virtio_unfit,
	.open = virtio_open,
	.repeat = virtio_repeat,
	.close = virtio_close,
	.fits = virtio_fits,
	.scenario = virtio_scenario,
};
