/*
 * pace.c - PUs that share a core
 *
 * hwloc numbers the PUs of a core one after the other.
 */
#include "pace.h"
#include "simulated_private.h"
#include <stdlib.h>

struct sv_smt {
	const struct sv_machine *machine;
	uint16_t *busy_of;             /* busy PUs of each core */
	bool *busy;                    /* each PU */
	struct sv_sim_thread **thread; /* by PU */
};

struct sv_smt *sv_smt_new(const struct sv_machine *machine)
{
	struct sv_smt *smt = calloc(1, sizeof(*smt));

	if (!smt)
		return NULL;
	smt->machine = machine;
	smt->busy_of = calloc(machine->cores, sizeof(*smt->busy_of));
	smt->busy = calloc(machine->pus, sizeof(*smt->busy));
	smt->thread = calloc(machine->pus, sizeof(struct sv_sim_thread *));
	if (smt->busy_of && smt->busy && smt->thread)
		return smt;
	sv_smt_free(smt);
	return NULL;
}

void sv_smt_free(struct sv_smt *smt)
{
	if (!smt)
		return;
	free(smt->busy_of);
	free(smt->busy);
	free(smt->thread);
	free(smt);
}

int64_t sv_smt_pace(const struct sv_smt *smt, unsigned pu)
{
	unsigned n = smt->busy_of[smt->machine->core_of[pu]];

	if (n < 2)
		return SV_PACE_FULL;
	return sv_pace_of(n / 2.0 / smt->machine->factor[SV_FACTOR_SMT_THROUGHPUT]);
}

bool sv_smt_core_is_free(const struct sv_smt *smt, unsigned pu)
{
	return smt->busy_of[smt->machine->core_of[pu]] == 0;
}

void sv_smt_set_thread(struct sv_smt *smt, unsigned pu, struct sv_sim_thread *thread)
{
	smt->thread[pu] = thread;
}

void sv_smt_change(struct sv_smt *smt, unsigned pu, bool busy)
{
	const uint16_t *core = smt->machine->core_of;
	unsigned i = pu;

	if (smt->busy[pu] == busy)
		return;
	smt->busy[pu] = busy;
	smt->busy_of[core[pu]] = (uint16_t)(smt->busy_of[core[pu]] + (busy ? 1 : -1));
	while (i > 0 && core[i - 1] == core[pu])
		i--;
	for (; i < smt->machine->pus && core[i] == core[pu]; i++)
		if (smt->thread[i])
			sv_sim_thread_repace(smt->thread[i]);
}
