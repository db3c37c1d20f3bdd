/*
 * system.c - placing threads on CPUs
 */
#include "world/system.h"
#include "block/disk.h"
#include "machine/streams.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Which of the CPUs on its core this one is. */
static unsigned sibling_rank(const struct sv_system *s, unsigned cpu)
{
	const uint16_t *core = s->memory->machine->core_of;
	unsigned rank = 0;

	for (unsigned i = cpu; i > 0 && core[s->pu[i - 1]] == core[s->pu[cpu]]; i--)
		rank++;
	return rank;
}

/* The CPU that is the rank-th on its package of those that are the sibling-th on their core; or
 * none. */
static bool find_cpu(const struct sv_system *s, unsigned sibling, unsigned rank, unsigned package,
	unsigned *found)
{
	unsigned seen = 0;

	for (*found = 0; *found < s->team.cpus; ++*found)
		if (s->memory->machine->package_of[s->pu[*found]] == package &&
			sibling_rank(s, *found) == sibling && seen++ == rank)
			return true;
	return false;
}

/* The CPUs ordered by (sibling, rank within their package, package): neighbours are far apart, and
 * cores are shared when there is no free one left. */
static void scatter(struct sv_system *s)
{
	unsigned n = 0, before = UINT_MAX, cpu;

	for (unsigned sibling = 0; n < s->team.cpus; sibling++, before = UINT_MAX)
		for (unsigned rank = 0; n != before; rank++) {
			before = n;
			for (unsigned p = 0; p < s->memory->machine->packages; p++)
				if (find_cpu(s, sibling, rank, p, &cpu))
					s->scattered[n++] = (uint16_t)cpu;
		}
}

int sv_system_init(struct sv_system *s, struct sv_memory *memory, unsigned first, unsigned cpus)
{
	*s = (struct sv_system){ .memory = memory, .first_thread = first };
	s->team.cpus = cpus;
	sv_hist_init(&s->team.wake_up);
	s->pu = calloc(cpus, sizeof(*s->pu));
	s->scattered = calloc(cpus, sizeof(*s->scattered));
	s->taken = calloc(cpus, sizeof(*s->taken));
	s->team.thread = calloc(cpus, sizeof(struct sv_sim_thread *));
	if (!s->pu || !s->scattered || !s->taken || !s->team.thread) {
		sv_system_fini(s);
		return -1;
	}
	for (unsigned i = 0; i < cpus; i++)
		s->pu[i] = (uint16_t)((first + i) % memory->machine->pus);
	scatter(s);
	return 0;
}

void sv_system_fini(struct sv_system *s)
{
	while (s->scheduled) {
		struct sv_scheduled *next = s->scheduled->next;

		sv_task_fini(&s->scheduled->task);
		free(s->scheduled);
		s->scheduled = next;
	}
	sv_hist_fini(&s->team.wake_up);
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

static int schedule_thread(struct sv_system *s, struct sv_sim_thread *t)
{
	struct sv_scheduled *one = calloc(1, sizeof(*one));
	struct sv_sched_info info = { .id = s->threads, .group = s->group, .weight = 1024 };
	/* The caller has counted the thread already. */
	unsigned number = s->threads - 1;
	struct sv_cpu *pin = s->dealt ? &s->domain->cpu[number % s->domain->cpus] : NULL;

	if (s->own_cpus)
		pin = &s->domain->cpu[t->pu];
	if (!one)
		return -1;
	one->next = s->scheduled;
	s->scheduled = one;
	if (sv_task_init(&one->task, s->domain, pin, &info) < 0)
		return -1;
	sv_task_be_thread(&one->task, t);
	s->team.os = &sv_scheduled_os;
	return 0;
}

int sv_system_thread(struct sv_system *s, struct sv_sim_thread *t, unsigned cpu)
{
	*t = (struct sv_sim_thread){
		.memory = s->memory, .team = &s->team, .cpu = (uint16_t)cpu, .pu = s->pu[cpu]
	};
	s->threads++;
	if (s->domain)
		return schedule_thread(s, t);
	s->team.thread[cpu] = t;
	return 0;
}

struct sv_disk *sv_system_disk(const struct sv_system *system, const char *name)
{
	for (const struct sv_system_disk *d = system->disks; d; d = d->next)
		if (!strcmp(d->name, name))
			return d->disk;
	return NULL;
}

unsigned sv_system_nodes(const struct sv_system *s)
{
	return s->team.numa_nodes ? s->team.numa_nodes : s->memory->machine->numa_nodes;
}

double sv_system_far_share(const struct sv_system *s, unsigned cpu)
{
	const struct sv_machine *m = s->memory->machine;
	unsigned nodes = s->team.numa_nodes, all = 0, near = 0;

	if (nodes == 0)
		return 0;
	/* Wherever they run, memory is spread over the machine. */
	if (!s->pinned)
		return 1 - 1. / m->numa_nodes;
	for (unsigned i = 0; i < s->team.cpus; i++) {
		if (i * nodes / s->team.cpus != cpu * nodes / s->team.cpus)
			continue;
		all++;
		near += m->node_of[s->pu[i]] == m->node_of[s->pu[cpu]];
	}
	return 1 - (double)near / all;
}

/* By its number: scheduled threads have no CPU that could name them. */
void sv_system_stream(const struct sv_system *s, struct sv_stream *stream, unsigned number)
{
	sv_stream_init(stream, s->seed, s->replication, s->memory->lp->id,
		SV_USE_THREAD + s->first_thread + number);
}
