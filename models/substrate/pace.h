/*
 * pace.h - how fast threads compute
 *
 * A pace is how much longer computing takes than at the full speed of a core of one's own:
 * fixed point, SV_PACE_FULL when it takes no longer. Two things slow a thread down: its team
 * (a guest's nested paging) once and for all, and busy siblings of its PU, for as long as
 * they are busy. Work under way goes on at the new pace; what remains of it is exact to a
 * picosecond. Only computing is stretched (sv_sim_work): what an access to a cache line
 * costs is the profile's.
 *
 * A PU is busy while it has something to run. Who spins, pausing or not, keeps it busy like
 * who computes: profiles have one factor, smt.throughput. When more than two siblings are
 * busy, all together get what two would.
 *
 * Cost: nothing on machines without SMT, whose struct sv_smt is NULL.
 */
#ifndef SV_PACE_H
#define SV_PACE_H

#include "machine/machine.h"

#define SV_PACE_FULL (INT64_C(1) << 30)

/* The pace of what takes `factor` times as long; 1 or more. */
static inline int64_t sv_pace_of(double factor)
{
	return (int64_t)(factor * (double)SV_PACE_FULL + 0.5);
}

/* How long work takes at a pace, and how much of it a time is enough for: its inverse. */
static inline sv_time sv_pace_takes(sv_time work, int64_t pace)
{
	if (pace == SV_PACE_FULL)
		return work;
	return (sv_time)(((__int128)work * pace + SV_PACE_FULL - 1) / SV_PACE_FULL);
}

static inline sv_time sv_pace_does(sv_time time, int64_t pace)
{
	return pace == SV_PACE_FULL ? time : (sv_time)((__int128)time * SV_PACE_FULL / pace);
}

struct sv_sim_thread;

/* The cores of one host whose PUs have siblings. */
struct sv_smt;

static inline bool sv_smt_exists(const struct sv_machine *machine)
{
	return machine->cores < machine->pus;
}

/* All PUs are idle. The machine must have siblings, and a factor for them. NULL when no memory
 * is left. */
struct sv_smt *sv_smt_new(const struct sv_machine *machine);
void sv_smt_free(struct sv_smt *smt);

/* A PU gets something to run, or runs out of it: its siblings change their pace. */
void sv_smt_change(struct sv_smt *smt, unsigned pu, bool busy);

static inline void sv_smt_set_busy(struct sv_smt *smt, unsigned pu, bool busy)
{
	if (smt)
		sv_smt_change(smt, pu, busy);
}

/* The thread that runs on a PU; NULL: none. */
void sv_smt_set_thread(struct sv_smt *smt, unsigned pu, struct sv_sim_thread *thread);

/* The pace of who runs on a PU now. */
int64_t sv_smt_pace(const struct sv_smt *smt, unsigned pu);

/* No PU of the core is busy. Without SMT the question is whether the PU is, and the caller's. */
bool sv_smt_core_is_free(const struct sv_smt *smt, unsigned pu);

#endif
