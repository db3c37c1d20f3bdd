/*
 * system.c - placing threads on CPUs
 */
#include "world/system.h"
#include "machine/streams.h"
#include <stdlib.h>

/* The CPUs ordered by (rank within their package, package): neighbours are far apart. */
static void scatter(struct sv_system *s)
{
	const struct sv_machine *m = s->memory->machine;
	unsigned n = 0;

	for (unsigned rank = 0; n < s->team.cpus; rank++)
		for (unsigned package = 0; package < m->packages; package++) {
			unsigned seen = 0;

			for (unsigned cpu = 0; cpu < s->team.cpus; cpu++)
				if (m->package_of[s->pu[cpu]] == package && seen++ == rank)
					s->scattered[n++] = (uint16_t)cpu;
		}
}

int sv_system_init(struct sv_system *s, struct sv_memory *memory, unsigned first, unsigned cpus)
{
	*s = (struct sv_system){ .memory = memory, .first_thread = first };
	s->team.cpus = cpus;
	s->pu = calloc(cpus, sizeof(*s->pu));
	s->scattered = calloc(cpus, sizeof(*s->scattered));
	s->taken = calloc(cpus, sizeof(*s->taken));
	s->team.thread = calloc(cpus, sizeof(struct sv_sim_thread *));
	if (!s->pu || !s->scattered || !s->taken || !s->team.thread) {
		sv_system_fini(s);
		return -1;
	}
	for (unsigned i = 0; i < cpus; i++)
		s->pu[i] = (uint16_t)(first + i);
	scatter(s);
	return 0;
}

void sv_system_fini(struct sv_system *s)
{
	free(s->pu);
	free(s->scattered);
	free(s->taken);
	free(s->team.thread);
}

unsigned sv_system_take_cpu(struct sv_system *s, bool scattered)
{
	for (unsigned i = 0; i < s->team.cpus; i++) {
		unsigned cpu = scattered ? s->scattered[i] : i;

		if (s->taken[cpu])
			continue;
		s->taken[cpu] = true;
		s->n_taken++;
		return cpu;
	}
	SV_BUG_ON(true);
}

void sv_system_thread(struct sv_system *s, struct sv_sim_thread *t, unsigned cpu)
{
	*t = (struct sv_sim_thread){
		.memory = s->memory, .team = &s->team, .cpu = (uint16_t)cpu, .pu = s->pu[cpu]
	};
	s->team.thread[cpu] = t;
}

void sv_system_stream(const struct sv_system *s, struct sv_stream *stream, unsigned cpu)
{
	sv_stream_init(stream, s->seed, s->replication, s->memory->lp->id,
		SV_USE_THREAD + s->first_thread + cpu);
}
