/*
 * team.h - what workloads of identical threads have in common
 */
#ifndef SV_TEAM_H
#define SV_TEAM_H

#include "config.h"
#include "options.h"
#include "world/system.h"

#define SV_TEAM_MAX 4096

struct sv_team_cfg {
	int64_t threads; /* 0: one for each CPU that the workloads before it leave */
	int placement;
};
enum { SV_COMPACT, SV_SCATTER };
extern const char *const sv_placements[];

/* The rows of a table whose struct has a member `team`. */
#define SV_TEAM_OPTIONS(config)                                                                    \
	{ .name = "threads",                                                                       \
		.type = SV_INT,                                                                    \
		.offset = offsetof(config, team.threads),                                          \
		.unit = "threads",                                                                 \
		.min = "0",                                                                        \
		.max = "4096",                                                                     \
		.def = "0",                                                                        \
		.help = "threads, each pinned to a CPU of its own; 0: one for each CPU that the "  \
			"workloads before it leave" },                                             \
	{                                                                                          \
		.name = "placement", .type = SV_CHOICE,                                            \
		.offset = offsetof(config, team.placement), .def = "compact",                      \
		.help = "which CPUs the threads take: compact fills one package after the other, " \
			"scatter lets packages take turns",                                        \
		.more = sv_placements                                                              \
	}

/* How many threads it has, when those of the workloads before it have their CPUs. */
unsigned sv_team_threads(const struct sv_team_cfg *cfg, const struct sv_system *system);

/* Whether the threads fit on the CPUs that are left, as `node` has it. Returns how many there are,
 * or -1 after reporting. */
int sv_team_check(const struct sv_team_cfg *cfg, unsigned cpus, const struct sv_node *node,
	struct sv_diag *diag);

/* Gives a thread the next CPU and its random stream. Returns -1 when no memory is left. */
int sv_team_place(const struct sv_team_cfg *cfg, struct sv_system *system,
	struct sv_sim_thread *thread, struct sv_stream *stream);

/* Adds what a thread has moved since its start. */
void sv_team_add_traffic(struct sv_traffic *sum, const struct sv_sim_thread *thread);

/*
 * When a thread starts: at a random time of the first half of the warm-up. Started all at
 * once, threads would queue in the order of their CPUs and hand over to neighbours for ever.
 */
sv_time sv_team_start(const struct sv_system *system, struct sv_stream *stream);

#endif
