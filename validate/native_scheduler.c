/*
 * native_scheduler.c - the case `scheduler`: threads that share one PU
 *
 * Spinners read the clock all the time, and where it jumps something else ran: from jump to
 * jump is a slice, the jump is a gap. A sleeper asks the timer to wake it, and finds how much
 * later than asked for it runs. All are bound to the last PU; the others have nothing to do.
 */
#include "bug.h"
#include "burn.h"
#include "case.h"
#include "foreign.h"
#include "pinned.h"
#include "sample.h"
#include "stats.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#define MOST_SPINNERS   16
#define INTERRUPTION_NS 100e3 /* as the workload cpu-burn has it */
#define WARM_NS         50e6
#define OPEN_NS         500e6
#define BURST           (20 * SV_US)

struct scheduler_cfg {
	int64_t spinners;
	struct sv_dist sleep; /* of no length: nobody sleeps */
};

static const struct sv_option options[] = {
	{ .name = "spinners",
		.type = SV_INT,
		.offset = offsetof(struct scheduler_cfg, spinners),
		.unit = "threads",
		.min = "1",
		.max = "16",
		.help = "threads that compute all the time, on one PU" },
	{ .name = "sleep",
		.type = SV_DIST,
		.offset = offsetof(struct scheduler_cfg, sleep),
		.max = "100ms",
		.help = "what one more thread asks the timer for between bursts of 20us; 0ns: "
			"there "
			"is no such thread" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("scheduler", struct scheduler_cfg, options);

static const struct sv_case_axis axes[] = {
	{ "spinners", "1 2 3 4" },
	{ "sleep", "0ns uniform(2ms,12ms)" },
	{ 0 },
};

enum { SLICE, GAP, LATE_P50, LATE_P99 };
static const struct sv_case_metric metrics[] = {
	[SLICE] = { "slice.p50", "s", "spin.slice.p50", false },
	[GAP] = { "gap.p50", "s", "spin.gap.p50", false },
	[LATE_P50] = { "lateness.p50", "s", "io.lateness.p50", true },
	[LATE_P99] = { "lateness.p99", "s", "io.lateness.p99", true },
	{ 0 },
};

struct role {
	_Alignas(128) struct sv_hist slices, gaps, late;
	double cpu; /* seconds of CPU time */
};

struct scheduler_run {
	const struct scheduler_cfg *cfg;
	unsigned threads, home, pu[MOST_SPINNERS + 1];
	struct role role[MOST_SPINNERS + 1];
	unsigned burst;
	/* Of the repeat that runs. */
	const atomic_bool *cancel;
	struct sv_repeat *out;
	double began, busy;
};

static void spin(struct scheduler_run *r, struct role *role)
{
	double now = sv_sample_clock(), resumed = 0;

	while (now < r->began + WARM_NS + OPEN_NS) {
		double next = sv_sample_clock();

		if (next - now > INTERRUPTION_NS) {
			if (resumed > r->began + WARM_NS)
				sv_hist_record(
					&role->slices, (int64_t)((now - resumed) * (double)SV_NS));
			if (now > r->began + WARM_NS)
				sv_hist_record(
					&role->gaps, (int64_t)((next - now) * (double)SV_NS));
			resumed = next;
			if (atomic_load_explicit(r->cancel, memory_order_relaxed))
				return;
		}
		now = next;
	}
}

static void rest(const struct scheduler_run *r, struct role *role, sv_time time)
{
	struct timespec t = { .tv_nsec = time / SV_NS };
	double start = sv_sample_clock(), late;

	clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
	late = sv_sample_clock() - start - (double)t.tv_nsec;
	if (start > r->began + WARM_NS && late >= 0)
		sv_hist_record(&role->late, (int64_t)(late * (double)SV_NS));
}

static void sleep_and_burst(struct scheduler_run *r, struct role *role)
{
	struct sv_stream stream;

	/* The kernel lets a timer be late by the slack, 50 us, to wake for several at once. */
	prctl(PR_SET_TIMERSLACK, 1);
	sv_stream_init(&stream, (uint64_t)r->began, 0, 0, 0);
	while (sv_sample_clock() < r->began + WARM_NS + OPEN_NS) {
		uint64_t x = sv_burn(r->burst, 1);

		__asm__ volatile("" ::"r"(x));
		rest(r, role, sv_dist_sample(&r->cfg->sleep, &stream));
	}
}

static void play(unsigned thread, void *arg)
{
	struct scheduler_run *r = arg;
	struct role *role = &r->role[thread];
	double cpu = sv_foreign_own();

	sv_hist_reset(&role->slices);
	sv_hist_reset(&role->gaps);
	sv_hist_reset(&role->late);
	if (thread < r->cfg->spinners)
		spin(r, role);
	else
		sleep_and_burst(r, role);
	role->cpu = sv_foreign_own() - cpu;
}

static void batch_done(void *arg, bool disturbed)
{
	struct scheduler_run *r = arg;
	struct role *all = &r->role[0];
	double own = all->cpu, elapsed = 1e-9 * (sv_sample_clock() - r->began);
	const struct sv_hist *late = &r->role[r->threads - 1].late;

	for (unsigned i = 1; i < r->threads; i++) {
		own += r->role[i].cpu;
		sv_hist_merge(&all->slices, &r->role[i].slices);
		sv_hist_merge(&all->gaps, &r->role[i].gaps);
	}
	r->out->value[SLICE] = 1e-12 * sv_hist_quantile(&all->slices, 0.5);
	r->out->value[GAP] = 1e-12 * sv_hist_quantile(&all->gaps, 0.5);
	r->out->value[LATE_P50] = 1e-12 * sv_hist_quantile(late, 0.5);
	r->out->value[LATE_P99] = 1e-12 * sv_hist_quantile(late, 0.99);
	r->out->disturbed = disturbed || sv_foreign_disturbs(sv_foreign_busy(r->home, 1) - r->busy,
						 own, elapsed, 1);
}

static int scheduler_repeat(
	void *state, const atomic_bool *cancel, struct sv_repeat *out, struct sv_diag *diag)
{
	struct scheduler_run *r = state;
	struct sv_batches b = { .pu = r->pu,
		.threads = r->threads,
		.body = play,
		.done = batch_done,
		.arg = r,
		.shared = true,
		.seconds = 1,
		.most = 1,
		.cancel = cancel };

	*out = (struct sv_repeat){ .transfer = NAN };
	r->out = out;
	r->cancel = cancel;
	r->busy = sv_foreign_busy(r->home, 1);
	r->began = sv_sample_clock();
	return sv_batches_run(&b, diag) < 0 ? -1 : 0;
}

static void *scheduler_open(const void *cfg, const struct sv_case_host *host, struct sv_diag *diag)
{
	struct scheduler_run *r = aligned_alloc(128, (sizeof(*r) + 127) / 128 * 128);

	(void)diag;
	SV_BUG_ON(!r);
	memset(r, 0, sizeof(*r));
	r->cfg = cfg;
	r->threads = (unsigned)r->cfg->spinners + (sv_dist_mean(&r->cfg->sleep) > 0);
	r->home = host->pus - 1;
	r->burst = sv_burn_steps(BURST);
	for (unsigned i = 0; i < r->threads; i++) {
		r->pu[i] = r->home;
		sv_hist_init(&r->role[i].slices);
		sv_hist_init(&r->role[i].gaps);
		sv_hist_init(&r->role[i].late);
	}
	return r;
}

static void scheduler_close(void *state)
{
	struct scheduler_run *r = state;

	for (unsigned i = 0; i < r->threads; i++) {
		sv_hist_fini(&r->role[i].slices);
		sv_hist_fini(&r->role[i].gaps);
		sv_hist_fini(&r->role[i].late);
	}
	free(r);
}

static const char *scheduler_unfit(const void *cfg, const struct sv_case_host *host)
{
	const struct scheduler_cfg *c = cfg;

	if (host->unbound)
		return "threads cannot be bound to one PU, which they must share";
	if (c->spinners == 1 && sv_dist_mean(&c->sleep) <= 0)
		return "a spinner alone has neither slices nor gaps";
	return NULL;
}

static bool scheduler_fits(const void *cfg, const struct sv_case_host *host, unsigned pus)
{
	(void)cfg, (void)host;
	return pus > 0;
}

/* A machine of one PU with the same costs; the scheduler's times are of the whole host. Nobody
 * works on memory, so nobody finds a cold cache. */
static void scheduler_scenario(const void *cfg, char *const *values,
	const struct sv_case_host *host, const char *machine, FILE *to)
{
	const struct scheduler_cfg *c = cfg;
	char scheduler[SV_CASE_LINUX];

	fprintf(to,
		"simsvirt: 1\n"
		"host: {machine: {base: %s, topology: \"core:1 pu:1\"}, scheduler: %s, costs: "
		"{cold-cache: 0ns}}\n"
		"vms: {team: {mode: container, workloads: {\n"
		"  spin: {kind: cpu-burn, threads: %s, burst: 10us}",
		machine, sv_case_linux(host->kernel, host->online, scheduler, sizeof(scheduler)),
		values[0]);
	if (sv_dist_mean(&c->sleep) > 0)
		fprintf(to, ",\n  io: {kind: mixed, threads: 1, burst: 20us, sleep: \"%s\"}",
			values[1]);
	fprintf(to, "}}}\nrun: {warmup: 100ms, duration: 5s, replications: 1, seed: 1}\n");
}

const struct sv_case sv_case_scheduler = {
	.name = "scheduler",
	.help = "slices and gaps of threads that share one PU, and how late a sleeper wakes",
	.table = &table,
	.axis = axes,
	.metric = metrics,
	.unfit = scheduler_unfit,
	.open = scheduler_open,
	.repeat = scheduler_repeat,
	.close = scheduler_close,
	.fits = scheduler_fits,
	.scenario = scheduler_scenario,
};
