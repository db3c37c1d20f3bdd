/*
 * team.c - threads of a workload and their CPUs
 */
#include "workloads/team.h"

const char *const sv_placements[] = { "compact", "scatter", NULL };

unsigned sv_team_threads(const struct sv_team_cfg *cfg, const struct sv_system *system)
{
	return cfg->threads ? (unsigned)cfg->threads : system->team.cpus - system->n_taken;
}

int sv_team_check(const struct sv_team_cfg *cfg, unsigned cpus, const struct sv_node *node,
	struct sv_diag *diag)
{
	/* Scheduled threads share CPUs. */
	if (cpus == SV_TEAM_MAX)
		return 0;
	if (cpus == 0)
		return sv_error(diag, sv_node_place(node, "threads"),
			"threads: no CPU is left; the workloads before it take them all");
	if (cfg->threads > (int64_t)cpus)
		return sv_error(diag, sv_node_place(node, "threads"),
			"threads: %lld threads need as many CPUs, and there are %u",
			(long long)cfg->threads, cpus);
	return cfg->threads ? (int)cfg->threads : (int)cpus;
}

int sv_team_place(const struct sv_team_cfg *cfg, struct sv_system *system,
	struct sv_sim_thread *thread, struct sv_stream *stream)
{
	unsigned number = system->threads, cpu = number % system->team.cpus;

	if (!system->domain || system->own_cpus)
		number = cpu = sv_system_take_cpu(system, cfg->placement == SV_SCATTER);
	sv_system_stream(system, stream, number);
	return sv_system_thread(system, thread, cpu);
}

sv_time sv_team_start(const struct sv_system *system, struct sv_stream *stream)
{
	return (sv_time)(gsl_rng_uniform(sv_stream_gsl(stream)) * (double)system->settle);
}

void sv_team_add_traffic(struct sv_traffic *sum, const struct sv_sim_thread *thread)
{
	sum->transfers += thread->traffic.transfers;
	sum->invalidations += thread->traffic.invalidations;
}
