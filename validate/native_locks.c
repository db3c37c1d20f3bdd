/*
 * native_locks.c - the case `locks`: threads that think, take a lock, work under it, release it
 *
 * The workload `critical` of scenarios, natively. Each role is a contender on a PU; with more
 * contenders than PUs they take turns. Every so often a contender reads the clock before and
 * after asking for the lock: for latencies, and to see whether the time is over. Reading it
 * each time would take longer than most locks do.
 */
#define SV_SUBSTRATE_native 1
#include "bug.h"
#include "burn.h"
#include "case.h"
#include "foreign.h"
#include "locks.h"
#include "pinned.h"
#include "sample.h"
#include "stats.h"
#include "substrate.h"
#include "transfer.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CLOCK_SHARE         0.01 /* of a contender's time, for reading the clock twice */
#define MOST_STRIDE         4096
#define FIRST_STRIDE        16
#define SHARED_REPLICATIONS 5 /* of a prediction: who is preempted where is chance */
#define MOST_THREADS        1024
#define ATTEMPTS            12 /* a batch is tried again when something disturbed it */

/* A batch: alone on the PUs, or sharing them, which takes many slices to even out. */
#define WARM_NS        100e3
#define OPEN_NS        1e6
#define SHARED_WARM_NS 20e6
#define SHARED_OPEN_NS 160e6

struct locks_cfg {
	struct sv_variant lock;
	int64_t threads;
	struct sv_dist critical, think;
	int layout;
};

static const struct sv_option options[] = {
	{ .name = "lock",
		.type = SV_VARIANT,
		.offset = offsetof(struct locks_cfg, lock),
		.help = "the lock algorithm, with its options if wanted",
		.more = &sv_lock_kinds },
	{ .name = "threads",
		.type = SV_INT,
		.offset = offsetof(struct locks_cfg, threads),
		.unit = "threads",
		.min = "1",
		.max = "1024",
		.help = "the i-th is bound to the i-th PU, round and round" },
	{ .name = "critical",
		.type = SV_DIST,
		.offset = offsetof(struct locks_cfg, critical),
		.max = "1s",
		.help = "computing under the lock, beyond the line it touches" },
	{ .name = "think",
		.type = SV_DIST,
		.offset = offsetof(struct locks_cfg, think),
		.max = "1s",
		.help = "computing between a release and the next acquisition" },
	{ .name = "layout",
		.type = SV_CHOICE,
		.offset = offsetof(struct locks_cfg, layout),
		.help = SV_LOCK_LAYOUT_HELP,
		.more = sv_lock_layouts },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("locks", struct locks_cfg, options);

static const struct sv_case_axis axes[] = {
	{ "lock", NULL },
	{ "threads", NULL },
	{ "critical", "0ns 200ns" },
	{ "think", "0ns exponential(1us)" },
	{ "layout", "padded packed" },
	{ 0 },
};

enum { THROUGHPUT, P50, P99, JAIN };
static const struct sv_case_metric metrics[] = {
	[THROUGHPUT] = { "throughput", "1/s", "locks.throughput", false },
	[P50] = { "acquire.p50", "s", "locks.acquire.p50", true },
	[P99] = { "acquire.p99", "s", "locks.acquire.p99", true },
	[JAIN] = { "jain", "1", "locks.jain", false },
	{ 0 },
};

/* Who turns the phase notes the time in between: who then sees the next phase finds it. */
enum phase { WARM, OPENING, OPEN, CLOSING, OVER };

struct contender {
	_Alignas(2 * SV_LINE_BYTES) struct locks_run *run;
	void *node;
	unsigned number, next_think, next_critical;
	uint64_t acquired;      /* while the window was open */
	double began, cpu;      /* of this batch: nanoseconds, seconds of CPU time */
	struct sv_hist latency; /* picoseconds, while the window was open */
};

struct locks_run {
	const struct locks_cfg *cfg;
	const struct sv_lock *kind;
	unsigned threads, pus, *pu;
	bool shared; /* contenders share PUs */
	char *memory;
	volatile uint64_t *data;
	void **percpu;
	struct sv_native_team team;
	struct contender *contender;
	struct sv_burn critical, think;
	unsigned stride; /* of rounds that are timed */
	double clock_ns;
	/* Of the repeat that runs. */
	const atomic_bool *cancel;
	atomic_bool done;
	struct sv_repeat *out;
	bool first;
	double busy; /* seconds, before the batch */
	_Alignas(2 * SV_LINE_BYTES) atomic_uint phase;
	_Alignas(2 * SV_LINE_BYTES) double opened, closed;
};

static void turn(struct locks_run *r, unsigned from, double now, double *at)
{
	unsigned expected = from;

	if (!atomic_compare_exchange_strong(&r->phase, &expected, from + 1))
		return;
	*at = now;
	/* P: with see_time */
	atomic_store_explicit(&r->phase, from + 2, memory_order_release);
}

static void see_time(struct contender *c, double now)
{
	struct locks_run *r = c->run;
	unsigned phase = atomic_load_explicit(&r->phase, memory_order_acquire); /* P: with turn */

	if (phase == WARM && now - c->began > (r->shared ? SHARED_WARM_NS : WARM_NS))
		turn(r, WARM, now, &r->opened);
	else if (phase == OPEN && now - r->opened > (r->shared ? SHARED_OPEN_NS : OPEN_NS))
		turn(r, OPEN, now, &r->closed);
}

static inline unsigned next_steps(const struct sv_burn *b, unsigned *next)
{
	if (b->n == 1)
		return b->steps[0];
	return b->steps[(*next)++ % SV_BURN_DRAWN];
}

/* Acquires, works and releases; timed, it returns the time from asking to having. */
static inline double do_round(struct contender *c, bool timed)
{
	struct locks_run *r = c->run;
	const void *cfg = r->cfg->lock.config;
	double asked = 0, got = 0;
	uint64_t x;

	x = sv_burn(next_steps(&r->think, &c->next_think), c->number);
	__asm__ volatile("" ::"r"(x));
	if (timed)
		asked = sv_sample_clock();
	r->kind->acquire(r->memory, c->node, cfg);
	if (timed)
		got = sv_sample_clock();
	*r->data = x = *r->data + 1;
	x = sv_burn(next_steps(&r->critical, &c->next_critical), x);
	__asm__ volatile("" ::"r"(x) : "memory");
	r->kind->release(r->memory, c->node, cfg);
	return got - asked;
}

static void timed_round(struct contender *c)
{
	double took = do_round(c, true) - c->run->clock_ns;
	unsigned phase = atomic_load_explicit(&c->run->phase, memory_order_relaxed);

	if (phase == OPEN)
		sv_hist_record(&c->latency, took > 0 ? (int64_t)(took * (double)SV_NS) : 0);
	see_time(c, sv_sample_clock());
}

static void contend(unsigned thread, void *arg)
{
	struct locks_run *r = arg;
	struct contender *c = &r->contender[thread];
	double cpu = sv_foreign_own();
	unsigned left = 1 + thread % r->stride;
	uint64_t acquired[OVER + 1] = { 0 };

	sv_native_enter(&r->team, thread, 0);
	sv_hist_reset(&c->latency);
	c->began = sv_sample_clock();
	for (;;) {
		if (--left == 0) {
			timed_round(c);
			left = r->stride;
		} else {
			do_round(c, false);
		}
		unsigned phase = atomic_load_explicit(&r->phase, memory_order_relaxed);

		acquired[phase]++;
		if (phase == OVER)
			break;
	}
	c->acquired = acquired[OPEN];
	c->cpu = sv_foreign_own() - cpu;
}

/* A contender's round takes so long that two readings of the clock in so many are lost in it. */
static void choose_stride(struct locks_run *r, double throughput)
{
	double round_ns = 1e9 * r->threads / throughput;
	double stride = ceil(2 * r->clock_ns / (CLOCK_SHARE * round_ns));

	r->stride = stride < 1 ? 1 : stride > MOST_STRIDE ? MOST_STRIDE : (unsigned)stride;
}

static void collect(struct locks_run *r)
{
	struct sv_hist *all = &r->contender[0].latency;
	double acquired[MOST_THREADS], total = 0, *value = r->out->value;

	for (unsigned i = 0; i < r->threads; i++) {
		total += acquired[i] = (double)r->contender[i].acquired;
		if (i > 0)
			sv_hist_merge(all, &r->contender[i].latency);
	}
	value[THROUGHPUT] = total / (1e-9 * (r->closed - r->opened));
	value[P50] = 1e-12 * sv_hist_quantile(all, 0.5);
	value[P99] = 1e-12 * sv_hist_quantile(all, 0.99);
	value[JAIN] = sv_jain(acquired, r->threads);
}

static bool others_ran(const struct locks_run *r)
{
	double own = 0, elapsed = 1e-9 * (sv_sample_clock() - r->contender[0].began);
	unsigned pus = r->threads < r->pus ? r->threads : r->pus;

	for (unsigned i = 0; i < r->threads; i++)
		own += r->contender[i].cpu;
	return sv_foreign_disturbs(sv_foreign_busy(0, pus) - r->busy, own, elapsed, pus);
}

/* The first batch only warms up; then one that nothing disturbed is enough. */
static void batch_done(void *arg, bool disturbed)
{
	struct locks_run *r = arg;

	if (r->shared && !disturbed)
		disturbed = others_ran(r);
	collect(r);
	if (r->stride == FIRST_STRIDE)
		choose_stride(r, r->out->value[THROUGHPUT]);
	r->out->disturbed = disturbed || r->out->value[THROUGHPUT] <= 0;
	if (!r->first && !disturbed)
		atomic_store(&r->done, true);
	if (atomic_load(r->cancel))
		atomic_store(&r->done, true);
	r->first = false;
	r->busy = r->shared ? sv_foreign_busy(0, r->threads < r->pus ? r->threads : r->pus) : 0;
	atomic_store(&r->phase, WARM);
}

static int locks_repeat(
	void *state, const atomic_bool *cancel, struct sv_repeat *out, struct sv_diag *diag)
{
	struct locks_run *r = state;
	struct sv_batches b = { .pu = r->pu,
		.threads = r->threads,
		.body = contend,
		.done = batch_done,
		.arg = r,
		.sleeps = (r->kind->traits & (SV_LOCK_BLOCKING | SV_LOCK_PARAVIRTUAL)) != 0,
		.shared = r->shared,
		.seconds = 1,
		.most = r->shared ? 1 : ATTEMPTS,
		.cancel = &r->done };
	unsigned pus = r->threads < r->pus ? r->threads : r->pus;

	*out = (struct sv_repeat){ .transfer = NAN };
	r->out = out;
	r->cancel = cancel;
	atomic_store(&r->done, atomic_load(cancel));
	atomic_store(&r->phase, WARM);
	r->first = !r->shared;
	r->busy = sv_foreign_busy(0, pus);
	if (sv_batches_run(&b, diag) < 0)
		return -1;
	if (pus > 1 && sv_transfer(r->pu[0], r->pu[1], &out->transfer, diag) < 0)
		return -1;
	return 0;
}

static void *lines(size_t bytes)
{
	size_t whole = (bytes / SV_LINE_BYTES + 1) * SV_LINE_BYTES;
	void *p = aligned_alloc(2 * SV_LINE_BYTES, (whole + SV_LINE_BYTES) / 128 * 128);

	SV_BUG_ON(!p);
	return memset(p, 0, whole);
}

static const struct sv_lock *native_lock(const char *name)
{
	size_t i = 0;

	while (strcmp(sv_locks_native[i]->name, name) != 0)
		i++;
	return sv_locks_native[i];
}

static void make_contenders(struct locks_run *r, bool unbound)
{
	r->contender = lines(r->threads * sizeof(*r->contender));
	r->percpu = lines(r->threads * sizeof(*r->percpu));
	r->pu = lines(r->threads * sizeof(*r->pu));
	for (unsigned i = 0; i < r->threads; i++) {
		struct contender *c = &r->contender[i];

		c->run = r;
		c->number = c->next_think = c->next_critical = i;
		c->node = lines(r->kind->node_bytes);
		if (r->kind->node_init)
			r->kind->node_init(c->node, i);
		sv_hist_init(&c->latency);
		r->percpu[i] = lines(r->kind->percpu_bytes);
		r->pu[i] = unbound ? SV_PINNED_ANYWHERE : i % r->pus;
	}
}

static void *locks_open(const void *cfg, const struct sv_case_host *host, struct sv_diag *diag)
{
	struct locks_run *r = lines(sizeof(*r));
	size_t offset;

	(void)diag;
	r->cfg = cfg;
	r->kind = native_lock(r->cfg->lock.name);
	offset = sv_lock_data_offset(r->kind, r->cfg->layout);
	r->threads = (unsigned)r->cfg->threads;
	r->pus = host->pus;
	r->shared = r->threads > r->pus;
	r->memory = lines(offset + SV_LINE_BYTES);
	r->data = (volatile uint64_t *)(void *)(r->memory + offset);
	r->kind->init(r->memory, r->cfg->lock.config);
	make_contenders(r, host->unbound);
	r->team = (struct sv_native_team){
		.cpus = r->threads, .percpu = r->percpu, .kick = lines(r->threads * SV_LINE_BYTES)
	};
	sv_burn_draw(&r->critical, &r->cfg->critical, 1);
	sv_burn_draw(&r->think, &r->cfg->think, 2);
	r->clock_ns = sv_burn_clock();
	r->stride = r->shared ? 1 : FIRST_STRIDE;
	return r;
}

static void locks_close(void *state)
{
	struct locks_run *r = state;

	for (unsigned i = 0; i < r->threads; i++) {
		sv_hist_fini(&r->contender[i].latency);
		free(r->contender[i].node);
		free(r->percpu[i]);
	}
	free(r->contender);
	free(r->percpu);
	free(r->pu);
	free(r->memory);
	free(r->team.kick);
	free(r);
}

static const char *locks_unfit(const void *cfg, const struct sv_case_host *host)
{
	const struct locks_cfg *c = cfg;
	const struct sv_lock *lock = c->lock.object;

	if (c->threads <= host->pus)
		return NULL;
	if (lock->percpu_bytes > 0)
		return "over-subscribed, locks with a node for each CPU are left out: they are for "
		       "kernels, which do not preempt waiters";
	if (c->layout == SV_PACKED)
		return "over-subscribed, packed data are left out: slices of milliseconds hide a "
		       "line's way";
	if (sv_dist_mean(&c->critical) <= 0)
		return "over-subscribed, empty critical sections are left out";
	return NULL;
}

/* Over-subscribed threads share as many PUs as there were. */
static bool locks_fits(const void *cfg, const struct sv_case_host *host, unsigned pus)
{
	const struct locks_cfg *c = cfg;

	return c->threads > host->pus ? pus == host->pus : c->threads <= pus;
}

/* Over-subscribed threads are tasks of the host's scheduler, and it takes slices to even out. Their
 * few lines are all that they find cold. */
static void locks_scenario(const void *cfg, char *const *values, const struct sv_case_host *host,
	const char *machine, FILE *to)
{
	const struct locks_cfg *c = cfg;
	bool shared = c->threads > host->pus;
	char scheduler[SV_CASE_LINUX];

	fprintf(to,
		"simsvirt: 1\n"
		"host: {machine: %s, scheduler: %s, costs: {cold-cache: 0ns}}\n"
		"vms: {team: {mode: %s%s, workloads: {locks: {kind: critical, lock: %s, threads: "
		"%s, "
		"critical: \"%s\", think: \"%s\", layout: %s}}}}\n"
		"run: {warmup: %s, duration: %s, replications: %d, seed: 1}\n",
		machine, sv_case_linux(host->kernel, host->online, scheduler, sizeof(scheduler)),
		shared ? "container" : "bare", shared ? ", pin: round-robin" : "", values[0],
		values[1], values[2], values[3], values[4], shared ? "40ms" : "200us",
		shared ? "200ms" : "1ms", shared ? SHARED_REPLICATIONS : 1);
}

const struct sv_case sv_case_locks = {
	.name = "locks",
	.help = "every lock by threads, critical section, think time and layout",
	.table = &table,
	.axis = axes,
	.metric = metrics,
	.unfit = locks_unfit,
	.open = locks_open,
	.repeat = locks_repeat,
	.close = locks_close,
	.fits = locks_fits,
	.scenario = locks_scenario,
};
