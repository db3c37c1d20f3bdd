/*
 * gmake.c - a parallel kernel build: jobs that compute and enter the kernel
 *
 * Any number of compile jobs is waiting, and so many run at once. A job is made (CPU time,
 * kernel lock operations, page faults), computes with lock operations in between, and exits.
 * Which lock an operation takes follows Zipf's law; its section is not preempted by the
 * kernel's own scheduler.
 *
 * A build lasts minutes; where it has a steady state, that shows in a second. So the rate of builds
 * is composed: with X the CPU time of work that is done per second, one build takes
 * serial + cpu-per-build / X. X is the mean over the window, or over the part of it in which the
 * work of one build was done: with run.until-done and a long window a whole build is simulated.
 * Nothing is scaled: halts, slices and wake-ups have their real lengths. What a build does alone
 * (link, configure) is in `serial` and is not simulated.
 *
 * The defaults are assumptions of the right order, not measurements: fit them to a curve of the
 * build in question on bare metal, then predict the others. Memory bandwidth and the cold
 * caches of a new process are part of the CPU times.
 *
 * With `pages`, computing allocates memory, which the exit of the process frees in one go, and
 * both take the locks of the page allocator (pages.h).
 */
#include "workloads/lock_set.h"
#include "workloads/pages.h"
#include "workloads/team.h"
#include "workloads/workload.h"
#include <stdlib.h>

/* Progress is counted at the end of a burst, so long ones are cut. */
#define LONGEST_BURST SV_MS

struct phase {
	struct sv_dist cpu;
	int64_t locks;
};

struct gmake_cfg {
	struct sv_team_cfg team;
	int64_t per_cpu;
	struct sv_lock_set_cfg set;
	struct sv_dist cpu, section, fault;
	double lock_rate;
	struct phase create, exit;
	int64_t faults;
	double ept_share;
	struct page_use {
		double rate;
		struct sv_dist section;
		sv_time release;
	} pages;
	sv_time cpu_per_build, serial;
};

static const struct sv_option phase_rows[] = {
	{ "cpu", SV_DIST, offsetof(struct phase, cpu), .min = "0s", .def = "200us",
		.help = "CPU time, beyond the sections" },
	{ "locks", SV_INT, offsetof(struct phase, locks), .unit = "operations", .min = "0",
		.max = "100000", .def = "20", .help = "lock operations, evenly spread over it" },
	{ 0 },
};
static const struct sv_table phase_table = SV_TABLE("phase", struct phase, phase_rows);

static const struct sv_option page_rows[] = {
	{ "rate", SV_RATE, offsetof(struct page_use, rate), .min = "0/s", .max = "1e7/s",
		.def = "0/s",
		.help = "pages of memory that a second of a job's CPU time brings into use; 0/s: "
			"the locks of the page allocator are left out" },
	{ "section", SV_DIST, offsetof(struct page_use, section), .def = "exponential(1us)",
		.help = "computing under a lock of the page allocator" },
	{ "release", SV_TIME, offsetof(struct page_use, release), .min = "0s", .max = "1ms",
		.def = "100ns", .help = "CPU time of freeing a page when the process ends" },
	{ 0 },
};
static const struct sv_table page_table = SV_TABLE("pages", struct page_use, page_rows);

static const struct sv_option options[] = {
	{ "jobs", SV_INT, offsetof(struct gmake_cfg, team.threads), .unit = "jobs", .min = "0",
		.max = "4096", .def = "0",
		.help = "compile jobs at once, as of make -j; 0: jobs-per-cpu for each CPU" },
	{ "jobs-per-cpu", SV_INT, offsetof(struct gmake_cfg, per_cpu), .unit = "jobs", .min = "1",
		.max = "16", .def = "1", .help = "for jobs: 0; bare systems have but one" },
	{ "placement", SV_CHOICE, offsetof(struct gmake_cfg, team.placement), .def = "compact",
		.help = "which CPUs the jobs of a bare system take", .more = sv_placements },
	{ "cpu", SV_DIST, offsetof(struct gmake_cfg, cpu), .min = "1us",
		.def = "lognormal(300ms, 1)",
		.help = "CPU time of a job, without its creation, its exit and its sections" },
	{ "lock-rate", SV_RATE, offsetof(struct gmake_cfg, lock_rate), .min = "0/s", .max = "1e7/s",
		.def = "20000/s", .help = "kernel lock operations per second of that CPU time" },
	SV_LOCK_SET_OPTIONS(struct gmake_cfg, "", SV_KERNEL_LOCK_HELP, "64", "1"),
	{ "section", SV_DIST, offsetof(struct gmake_cfg, section), .def = "exponential(300ns)",
		.help = "computing under a lock, beyond the lines it touches" },
	{ "create", SV_GROUP, offsetof(struct gmake_cfg, create), .def = "", .more = &phase_table,
		.help = "making the process of a job: fork, exec, opening files" },
	{ "faults", SV_INT, offsetof(struct gmake_cfg, faults), .unit = "faults", .min = "0",
		.max = "100000", .def = "50",
		.help = "page faults of a new process; each is a lock operation, too" },
	{ "ept-share", SV_REAL, offsetof(struct gmake_cfg, ept_share), .min = "0", .max = "1",
		.def = "0",
		.help = "share of these that touch a page which the host of a guest has yet to "
			"map: each is an exit" },
	{ "fault", SV_DIST, offsetof(struct gmake_cfg, fault), .def = "1us",
		.help = "CPU time of a page fault, beyond its section" },
	{ "exit", SV_GROUP, offsetof(struct gmake_cfg, exit), .def = "", .more = &phase_table,
		.help = "the end of the process of a job" },
	{ "pages", SV_GROUP, offsetof(struct gmake_cfg, pages), .def = "", .more = &page_table,
		.help = "the memory of a job, from a page allocator with locks for each NUMA node "
			"of the kernel" },
	{ "cpu-per-build", SV_TIME, offsetof(struct gmake_cfg, cpu_per_build), .min = "1us",
		.max = "24h", .def = "800s",
		.help = "CPU time of all jobs of a build, their whole life, without waiting" },
	{ "serial", SV_TIME, offsetof(struct gmake_cfg, serial), .min = "0s", .max = "24h",
		.def = "10s", .help = "time of a build in which nothing runs in parallel" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("gmake", struct gmake_cfg, options);

enum { RATE, JOBS, WORK, WAITING, LOCKS };
static const struct sv_metric metrics[] = {
	[RATE] = { "rate", "1/h",
		"builds per hour: serial + cpu-per-build / work is the time of one", 1 },
	[JOBS] = { "jobs", "1/s", "jobs that ended, per second", 0 },
	[WORK] = { "work", "1",
		"CPU time of work done by time: the CPUs that would do as much without waiting",
		1 },
	[WAITING] = { "lock.wait", "1", "jobs that wait for a lock, by CPU", 1 },
	[LOCKS] = SV_LOCK_METRICS("lock.", 0),
	{ 0 },
};

struct job {
	struct sv_sim_thread thread;
	struct sv_stream stream;
	struct sv_lock_user user;
	struct gmake *all;
	int64_t pages;    /* in use */
	sv_time to_pages; /* CPU time until more are */
};

struct gmake {
	const struct gmake_cfg *cfg;
	struct sv_system *system;
	const char *name;
	unsigned jobs;
	struct job *job;
	struct sv_lock_set set;
	struct sv_pages pages;
	bool broken; /* something took less time than it needed */
	/* Since the start of the window. */
	sv_time work, built_at; /* -1: the work of a build is not done yet */
	uint64_t ended;
};

/* Work, wherever in its life the job is. */
static void compute(struct job *j, sv_time work)
{
	struct sv_lp *lp = j->thread.process.lp;

	while (work > 0) {
		sv_time burst = work < LONGEST_BURST ? work : LONGEST_BURST, start = sv_now(lp);

		sv_sim_work(&j->thread, burst);
		j->all->broken |= sv_now(lp) - start < burst;
		j->all->work += burst;
		if (j->all->work >= j->all->cfg->cpu_per_build && j->all->built_at < 0)
			j->all->built_at = sv_now(lp);
		work -= burst;
	}
}

static void operate_on(struct job *j, struct sv_guarded *l, const struct sv_dist *section)
{
	sv_lock_set_acquire(&j->user, l, 0);
	sv_lock_set_touch(&j->user, l);
	compute(j, sv_dist_sample(section, &j->stream));
	sv_lock_set_release(&j->user, l, 0);
}

static void operate(struct job *j)
{
	operate_on(j, sv_lock_set_choose(&j->user), &j->all->cfg->section);
}

static void lock_pages(struct job *j, struct sv_guarded *const *lock, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		operate_on(j, lock[i], &j->all->cfg->pages.section);
}

/* As many page faults as fill a vector take a time that is their sum. */
static sv_time time_to_pages(struct job *j)
{
	double rate = j->all->cfg->pages.rate;

	if (rate == 0)
		return SV_TIME_MAX;
	return (sv_time)gsl_ran_gamma(
		sv_stream_gsl(&j->stream), SV_PAGES_CHUNK, (double)SV_S / rate);
}

static void use_pages(struct job *j)
{
	struct sv_guarded *lock[SV_PAGES_OPERATIONS];

	lock_pages(j, lock, sv_pages_allocate(&j->all->pages, &j->thread, lock));
	j->pages += SV_PAGES_CHUNK;
	j->to_pages = time_to_pages(j);
}

static void release_pages(struct job *j)
{
	struct sv_guarded *lock[SV_PAGES_OPERATIONS];

	for (; j->pages > 0; j->pages -= SV_PAGES_RELEASE) {
		compute(j, SV_PAGES_RELEASE * j->all->cfg->pages.release);
		lock_pages(j, lock, sv_pages_release(&j->all->pages, &j->thread, lock));
	}
	j->pages = 0;
}

static void pass(struct job *j, const struct phase *p)
{
	sv_time part = sv_dist_sample(&p->cpu, &j->stream) / (p->locks + 1);

	for (int64_t i = 0; i < p->locks; i++) {
		compute(j, part);
		operate(j);
	}
	compute(j, part);
}

static void create(struct job *j)
{
	const struct gmake_cfg *cfg = j->all->cfg;

	pass(j, &cfg->create);
	for (int64_t i = 0; i < cfg->faults; i++) {
		compute(j, sv_dist_sample(&cfg->fault, &j->stream));
		if (cfg->ept_share > 0 && sv_stream_uniform(&j->stream) < cfg->ept_share)
			sv_sim_host_fault(&j->thread);
		operate(j);
	}
}

/* Computes while memory comes into use. */
static void compute_with_pages(struct job *j, sv_time work)
{
	while (j->to_pages <= work) {
		compute(j, j->to_pages);
		work -= j->to_pages;
		use_pages(j);
	}
	compute(j, work);
	j->to_pages -= work;
}

static void compile(struct job *j, sv_time left)
{
	double rate = j->all->cfg->lock_rate;

	while (rate > 0) {
		double gap = gsl_ran_exponential(sv_stream_gsl(&j->stream), (double)SV_S / rate);

		if (gap >= (double)left)
			break;
		compute_with_pages(j, (sv_time)gap);
		left -= (sv_time)gap;
		operate(j);
	}
	compute_with_pages(j, left);
}

/* The first job of all is found somewhere in its life, as it would be by who looks later. */
static void build(struct sv_sim_thread *self, void *arg)
{
	struct job *j = arg;
	const struct gmake_cfg *cfg = j->all->cfg;
	double passed = sv_stream_uniform(&j->stream);
	sv_time life = sv_dist_sample(&cfg->cpu, &j->stream);

	(void)self;
	j->to_pages = time_to_pages(j);
	j->pages = (int64_t)(passed * sv_seconds(life) * cfg->pages.rate);
	compile(j, (sv_time)((1 - passed) * (double)life));
	for (;;) {
		pass(j, &cfg->exit);
		release_pages(j);
		j->all->ended++;
		create(j);
		compile(j, sv_dist_sample(&cfg->cpu, &j->stream));
	}
}

static void gmake_free(void *state)
{
	struct gmake *g = state;

	for (unsigned i = 0; g->job && i < g->jobs; i++)
		sv_sim_thread_fini(&g->job[i].thread);
	sv_lock_set_fini(&g->set);
	sv_pages_fini(&g->pages);
	free(g->job);
	free(g);
}

static int start_job(struct gmake *g, struct job *j)
{
	j->all = g;
	if (sv_team_place(&g->cfg->team, g->system, &j->thread, &j->stream) < 0 ||
		sv_lock_set_join(&g->set, &j->user, &j->thread, &j->stream) < 0)
		return -1;
	return sv_sim_thread_start(&j->thread, build, j, sv_team_start(g->system, &j->stream));
}

static unsigned count_jobs(const struct gmake_cfg *cfg, const struct sv_system *system)
{
	if (cfg->team.threads == 0 && system->domain)
		return (unsigned)cfg->per_cpu * system->team.cpus;
	return sv_team_threads(&cfg->team, system);
}

static void *gmake_start(
	struct sv_system *system, const char *name, const void *config, struct sv_diag *diag)
{
	struct gmake *g = calloc(1, sizeof(*g));

	if (!g)
		goto no_memory;
	g->cfg = config;
	g->system = system;
	g->name = name;
	g->jobs = count_jobs(g->cfg, system);
	if (g->jobs > SV_TEAM_MAX) {
		sv_error(diag, NULL, "%s: jobs-per-cpu: %u jobs are more than %d", name, g->jobs,
			SV_TEAM_MAX);
		goto failed;
	}
	g->job = calloc(g->jobs, sizeof(*g->job));
	if (!g->job ||
		sv_lock_set_init(&g->set, &g->cfg->set, sv_pages_locks(system), system) < 0 ||
		sv_pages_init(&g->pages, &g->set, system) < 0)
		goto no_memory;
	g->set.kernel = true;
	for (unsigned i = 0; i < g->jobs; i++)
		if (start_job(g, &g->job[i]) < 0)
			goto no_memory;
	return g;

no_memory:
	sv_error(diag, NULL, "%s: out of memory", name);
failed:
	if (g)
		gmake_free(g);
	return NULL;
}

static void gmake_reset(void *state, sv_time now)
{
	struct gmake *g = state;

	g->work = 0;
	g->built_at = -1;
	g->ended = 0;
	sv_lock_set_reset(&g->set, now);
}

/* No more work than the CPUs have time for, but for bursts that began before the window. */
static int check_work(const struct gmake *g, unsigned cpus, sv_time window, struct sv_diag *diag)
{
	__extension__ __int128 most = (__int128)cpus * window;

	most += (__int128)g->jobs * LONGEST_BURST;
	if (g->broken || g->work > most)
		return sv_error(
			diag, NULL, "%s: more work was done than there was time for", g->name);
	return 0;
}

static bool gmake_done(const void *state)
{
	const struct gmake *g = state;

	return g->built_at >= 0;
}

/* CPU time of work by time, while the first build lasted. */
static double speed(const struct gmake *g, sv_time now)
{
	if (g->built_at < 0)
		return sv_seconds(g->work) / sv_seconds(now - g->set.since);
	return sv_seconds(g->cfg->cpu_per_build) / sv_seconds(g->built_at - g->set.since);
}

static int gmake_finish(void *state, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	struct gmake *g = state;
	const struct gmake_cfg *cfg = g->cfg;
	unsigned cpus = g->jobs < g->system->team.cpus ? g->jobs : g->system->team.cpus;
	double window = sv_seconds(now - g->set.since), work = speed(g, now);
	double build = sv_seconds(cfg->serial) + sv_seconds(cfg->cpu_per_build) / work;

	if (sv_lock_set_check(&g->set, g->name, now, diag) < 0 ||
		check_work(g, cpus, now - g->set.since, diag) < 0)
		return -1;
	sv_metrics_put(out, g->name, &metrics[RATE], 3600 / build);
	sv_metrics_put(out, g->name, &metrics[JOBS], (double)g->ended / window);
	sv_metrics_put(out, g->name, &metrics[WORK], work);
	sv_metrics_put(out, g->name, &metrics[WAITING],
		sv_level_mean(&g->set.waiting.population, now) / cpus);
	sv_lock_set_put(&g->set, g->name, &metrics[LOCKS], now, out);
	return 0;
}

static int gmake_check(
	const void *config, unsigned cpus, const struct sv_place *place, struct sv_diag *diag)
{
	const struct gmake_cfg *c = config;

	if (c->per_cpu > 1 && cpus < SV_TEAM_MAX)
		return sv_error(diag, place,
			"jobs-per-cpu: in a bare system each job has a CPU of its own; mode "
			"container shares them");
	return sv_team_check(&c->team, cpus, place, diag);
}

static const struct sv_lock *gmake_lock(const void *config)
{
	const struct gmake_cfg *c = config;

	return c->set.lock.object;
}

const struct sv_workload sv_workload_gmake = {
	.name = "gmake",
	.help = "a parallel build: jobs that compute, take kernel locks, end and begin anew",
	.options = &table,
	.metrics = metrics,
	.check = gmake_check,
	.lock = gmake_lock,
	.start = gmake_start,
	.reset = gmake_reset,
	.done = gmake_done,
	.finish = gmake_finish,
	.free = gmake_free,
};
