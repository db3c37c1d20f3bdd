/*
 * system.h - the CPUs that a workload runs on
 *
 * In bare mode a CPU is a PU of the machine and runs one pinned thread. A workload takes
 * CPUs, one for each of its threads.
 */
#ifndef SV_SYSTEM_H
#define SV_SYSTEM_H

#include "machine/coherence.h"
#include "options.h"
#include "thread.h"
#include "vm/os.h"

/* A thread's task, on its system's list. */
struct sv_scheduled {
	struct sv_task task;
	sv_time spent_before[SV_PARTS]; /* by the thread, before the window */
	struct sv_scheduled *next;
};

/* A disk of its programs, on its list (disk.h). */
struct sv_system_disk {
	const char *name;
	struct sv_disk *disk;
	struct sv_system_disk *next;
};

struct sv_system {
	struct sv_memory *memory;
	struct sv_sim_team team;
	uint16_t *pu;        /* of each CPU */
	uint16_t *scattered; /* the CPUs, packages taking turns */
	bool *taken;
	unsigned n_taken;
	uint64_t seed;
	unsigned replication;
	/* Its threads are tasks of this; NULL: each thread has a CPU of its own. */
	struct sv_domain *domain;
	bool dealt; /* the i-th task stays on the i-th CPU of the domain, round and round */
	struct sv_scheduled *scheduled; /* the tasks */
	unsigned threads;
	struct sv_variant spinlock; /* of its kernel; object: const struct sv_lock */
	bool pinned;                /* CPU i of a guest stays on PU i */
	uint32_t group;             /* for the policy */
	sv_time settle;             /* threads start at random times before this */
	bool own_cpus; /* scheduled threads have CPUs of their own all the same, and stay there */
	struct sv_system_disk *disks;
	const struct sv_system *server; /* whose threads serve them; NULL: nobody's */
	unsigned first_thread; /* number of its CPU 0 among all of the host: names random streams */
};

/* CPUs are the PUs first .. first + cpus - 1. Returns -1 when no memory is left. */
int sv_system_init(struct sv_system *s, struct sv_memory *memory, unsigned first, unsigned cpus);
void sv_system_fini(struct sv_system *s);

/* A free CPU: the next one (compact), or the next one of another package (scattered). There must be
 * one. */
unsigned sv_system_take_cpu(struct sv_system *s, bool scattered);

/* Sets up a thread on a CPU that was taken; sv_sim_thread_start() then starts it. A scheduled
 * thread needs no CPU of its own: any will do. Returns -1 when no memory is left. */
int sv_system_thread(struct sv_system *s, struct sv_sim_thread *t, unsigned cpu);

/* NUMA nodes that its kernel sees. */
unsigned sv_system_nodes(const struct sv_system *s);

/* Share of memory accesses of a CPU that go to other NUMA nodes of the machine, because its kernel
 * takes the memory of several for one and uses all of it from all of its CPUs. */
double sv_system_far_share(const struct sv_system *s, unsigned cpu);

/* The random stream of the thread on a CPU. */
void sv_system_stream(const struct sv_system *s, struct sv_stream *stream, unsigned cpu);

#endif
