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
 * both take the locks of the page allocator (pages.h). With `memory-bound`, a guest that does not
 * know which memory is near computes for longer, the more NUMA nodes its vCPUs lie on.
 */
#include "workloads/build.h"
#include "workloads/workload.h"
#include <math.h>
#include <stdlib.h>
static const struct sv_option phase_rows[] = {
	{ "cpu", SV_DIST, offsetof(struct sv_build_phase, cpu), .min = "0s", .def = "200us",
		.help = "CPU time, beyond the sections" },
	{ "locks", SV_INT, offsetof(struct sv_build_phase, locks), .unit = "operations", .min = "0",
		.max = "100000", .def = "20", .help = "lock operations, evenly spread over it" },
	{ 0 },
};
static const struct sv_table phase_table = SV_TABLE("phase", struct sv_build_phase, phase_rows);

static const struct sv_option page_rows[] = {
	{ "rate", SV_RATE, offsetof(struct sv_build_pages, rate), .min = "0/s", .max = "1e7/s",
		.def = "0/s",
		.help = "pages of memory that a second of a job's CPU time brings into use; 0/s: "
			"the locks of the page allocator are left out" },
	{ "section", SV_DIST, offsetof(struct sv_build_pages, section), .def = "exponential(1us)",
		.help = "computing under a lock of the page allocator" },
	{ "release", SV_TIME, offsetof(struct sv_build_pages, release), .min = "0s", .max = "1ms",
		.def = "100ns", .help = "CPU time of freeing a page when the process ends" },
	{ 0 },
};
static const struct sv_table page_table = SV_TABLE("pages", struct sv_build_pages, page_rows);

static const struct sv_option options[] = {
	{ "jobs", SV_INT, offsetof(struct sv_build_cfg, team.threads), .unit = "jobs", .min = "0",
		.max = "4096", .def = "0",
		.help = "compile jobs at once, as of make -j; 0: jobs-per-cpu for each CPU" },
	{ "jobs-per-cpu", SV_INT, offsetof(struct sv_build_cfg, per_cpu), .unit = "jobs",
		.min = "1", .max = "16", .def = "1",
		.help = "for jobs: 0; bare systems have but one" },
	{ "placement", SV_CHOICE, offsetof(struct sv_build_cfg, team.placement), .def = "compact",
		.help = "which CPUs the jobs of a bare system take", .more = sv_placements },
	{ "cpu", SV_DIST, offsetof(struct sv_build_cfg, cpu), .min = "1us",
		.def = "lognormal(300ms, 1)",
		.help = "CPU time of a job, without its creation, its exit and its sections" },
	{ "lock-rate", SV_RATE, offsetof(struct sv_build_cfg, lock_rate), .min = "0/s",
		.max = "1e7/s", .def = "20000/s",
		.help = "kernel lock operations per second of that CPU time" },
	SV_LOCK_SET_OPTIONS(struct sv_build_cfg, "", SV_KERNEL_LOCK_HELP, "64", "1"),
	{ "section", SV_DIST, offsetof(struct sv_build_cfg, section), .def = "exponential(300ns)",
		.help = "computing under a lock, beyond the lines it touches" },
	{ "create", SV_GROUP, offsetof(struct sv_build_cfg, create), .def = "",
		.more = &phase_table,
		.help = "making the process of a job: fork, exec, opening files" },
	{ "faults", SV_INT, offsetof(struct sv_build_cfg, faults), .unit = "faults", .min = "0",
		.max = "100000", .def = "50",
		.help = "page faults of a new process; each is a lock operation, too" },
	{ "ept-share", SV_REAL, offsetof(struct sv_build_cfg, ept_share), .min = "0", .max = "1",
		.def = "0",
		.help = "share of these that touch a page which the host of a guest has yet to "
			"map: each is an exit" },
	{ "fault", SV_DIST, offsetof(struct sv_build_cfg, fault), .def = "1us",
		.help = "CPU time of a page fault, beyond its section" },
	{ "exit", SV_GROUP, offsetof(struct sv_build_cfg, exit), .def = "", .more = &phase_table,
		.help = "the end of the process of a job" },
	{ "pages", SV_GROUP, offsetof(struct sv_build_cfg, pages), .def = "", .more = &page_table,
		.help = "the memory of a job, from a page allocator with locks for each NUMA node "
			"of the kernel" },
	{ "cpu-per-build", SV_TIME, offsetof(struct sv_build_cfg, cpu_per_build), .min = "1us",
		.max = "24h", .def = "800s",
		.help = "CPU time of all jobs of a build, their whole life, without waiting" },
	{ "serial", SV_TIME, offsetof(struct sv_build_cfg, serial), .min = "0s", .max = "24h",
		.def = "10s", .help = "time of a build in which nothing runs in parallel" },
	{ "speed", SV_REAL, offsetof(struct sv_build_cfg, speed), .min = "0.01", .max = "100",
		.def = "1",
		.help = "speed of this machine's CPUs, by those that the CPU times are given for" },
	{ "memory-bound", SV_REAL, offsetof(struct sv_build_cfg, memory_bound), .min = "0",
		.max = "1", .def = "0",
		.help = "share of the CPU time that waits for near memory; in a guest whose kernel "
			"sees fewer NUMA nodes than its vCPUs lie on, some of it is far" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("gmake", struct sv_build_cfg, options);

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

static void gmake_free(void *state)
{
	struct sv_build *g = state;

	for (unsigned i = 0; g->job && i < g->jobs; i++)
		sv_sim_thread_fini(&g->job[i].thread);
	sv_lock_set_fini(&g->set);
	sv_pages_fini(&g->pages);
	free(g->pace);
	free(g->job);
	free(g);
}

static int start_job(struct sv_build *g, struct sv_build_job *j)
{
	j->all = g;
	if (sv_team_place(&g->cfg->team, g->system, &j->thread, &j->stream) < 0 ||
		sv_lock_set_join(&g->set, &j->user, &j->thread, &j->stream) < 0)
		return -1;
	return sv_sim_thread_start(
		&j->thread, sv_build_job_live, j, sv_team_start(g->system, &j->stream));
}

/* A second of computing on a CPU takes so much longer as the CPUs are slow and its memory is far.
 */
static int init_paces(struct sv_build *g)
{
	const struct sv_machine *m = g->system->memory->machine;
	double far = (double)m->cost[SV_COST_MEMORY_REMOTE] / (double)m->cost[SV_COST_MEMORY_LOCAL];

	g->pace = calloc(g->system->team.cpus, sizeof(*g->pace));
	if (!g->pace)
		return -1;
	for (unsigned i = 0; i < g->system->team.cpus; i++) {
		double share = sv_system_far_share(g->system, i);
		double longer = 1 + g->cfg->memory_bound * share * fmax(far - 1, 0);

		g->pace[i] = sv_pace_of(longer / g->cfg->speed);
	}
	return 0;
}

static unsigned count_jobs(const struct sv_build_cfg *cfg, const struct sv_system *system)
{
	if (cfg->team.threads == 0 && system->domain)
		return (unsigned)cfg->per_cpu * system->team.cpus;
	return sv_team_threads(&cfg->team, system);
}

static void *gmake_start(
	struct sv_system *system, const char *name, const void *config, struct sv_diag *diag)
{
	struct sv_build *g = calloc(1, sizeof(*g));

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
		sv_pages_init(&g->pages, &g->set, system) < 0 || init_paces(g) < 0)
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
	struct sv_build *g = state;

	g->work = 0;
	g->built_at = -1;
	g->ended = 0;
	sv_lock_set_reset(&g->set, now);
}

/* No more work than the CPUs have time for, but for bursts that began before the window. */
static int check_work(const struct sv_build *g, unsigned cpus, sv_time window, struct sv_diag *diag)
{
	double most = (double)cpus * (double)window * g->cfg->speed;

	most += (double)g->jobs * SV_BUILD_BURST;
	if (g->broken || (double)g->work > most)
		return sv_error(
			diag, NULL, "%s: more work was done than there was time for", g->name);
	return 0;
}

static bool gmake_done(const void *state)
{
	const struct sv_build *g = state;

	return g->built_at >= 0;
}

/* CPU time of work by time, while the first build lasted. */
static double speed(const struct sv_build *g, sv_time now)
{
	if (g->built_at < 0)
		return sv_seconds(g->work) / sv_seconds(now - g->set.since);
	return sv_seconds(g->cfg->cpu_per_build) / sv_seconds(g->built_at - g->set.since);
}

static int gmake_finish(void *state, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	struct sv_build *g = state;
	const struct sv_build_cfg *cfg = g->cfg;
	unsigned cpus = g->jobs < g->system->team.cpus ? g->jobs : g->system->team.cpus;
	double window = sv_seconds(now - g->set.since), work = speed(g, now);
	double build = sv_seconds(cfg->serial) / cfg->speed + sv_seconds(cfg->cpu_per_build) / work;

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
	const void *config, unsigned cpus, const struct sv_node *node, struct sv_diag *diag)
{
	const struct sv_build_cfg *c = config;

	if (c->per_cpu > 1 && cpus < SV_TEAM_MAX)
		return sv_error(diag, sv_node_place(node, "jobs-per-cpu"),
			"jobs-per-cpu: in a bare system each job has a CPU of its own; mode "
			"container shares them");
	return sv_team_check(&c->team, cpus, node, diag);
}

static const struct sv_lock *gmake_lock(const void *config)
{
	const struct sv_build_cfg *c = config;

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
