/*
 * state_private.h - the state of the explorer
 *
 * A process is what can take a step: thread t is process t, its store buffer is process
 * THREADS + t. Each step is an event; events that touch the same bytes, one of them writing,
 * are dependent, and their order matters.
 */
#ifndef SV_STATE_PRIVATE_H
#define SV_STATE_PRIVATE_H

#define SV_SUBSTRATE_explored 1
#include "explore.h"
#include "fiber.h"
#include "substrate.h"

#define THREADS  SV_EXPLORE_THREADS
#define PROCS    (2 * THREADS)
#define BUFFER   16 /* entries of a store buffer */
#define ACCESSES 10
#define SEEN     (ACCESSES - 1) /* words of a polling loop */
#define REGIONS  32
#define TURNS    2 /* of a polling loop before others must have written */

/* What a thread can be about to do beyond the operations of the substrate. */
enum { X_HALTED = SV_X_KINDS, X_ASLEEP, X_ENTER, X_LEAVE };

/* By process: how many of its events have happened before. */
struct sv_x_clock {
	uint16_t at[PROCS];
};

/* By thread: what C11 says happened before. */
struct sv_x_sync {
	uint16_t at[THREADS];
};

struct sv_x_access {
	uintptr_t start;
	uint8_t bytes;
	bool write;
};

struct sv_x_event {
	uint8_t proc, variant, accesses;
	uint16_t index; /* of its process, from 1 */
	struct sv_x_clock clock;
	struct sv_x_access access[ACCESSES];
};

struct sv_x_buffered {
	struct sv_explored_op op;
	struct sv_x_clock issued;
	struct sv_x_sync message;
};

struct sv_x_thread {
	struct sv_fiber fiber;
	struct sv_explorer *x;
	unsigned number;
	struct sv_explored_op op; /* what it is about to do */
	uint64_t value;           /* what that returned */
	bool ended;

	struct sv_x_buffered buffer[BUFFER]; /* oldest first */
	unsigned stores;

	/* What it has read since it last yielded, and whether looking again may tell more. */
	struct sv_x_access seen[SEEN];
	unsigned seen_count, turns;
	bool seen_all, changed, wrote;
	unsigned spurious;

	struct sv_x_sync now, released, loaded;

	int wants; /* the lock it is about to acquire; -1: none */
	uint32_t arrival;
	uint64_t kick; /* a kick that no halt has consumed */
};

/* A point of the search, before its event. */
struct sv_x_node {
	uint32_t enabled, backtrack, sleep; /* sets of processes; sleep includes those done */
	uint8_t proc, variant, variants;
	uint8_t preemptions; /* before it */
};

struct sv_x_region {
	char *start;
	size_t bytes;
	const char *what;
	int number;
};

struct sv_x_message {
	uint32_t run; /* in which it was left */
	struct sv_x_sync sync;
};

/* Who has used a byte as plain C. */
struct sv_x_plain {
	uint32_t run; /* in which that was */
	struct sv_x_sync wrote, read;
};

struct sv_x_choice {
	uint8_t proc, variant;
};

struct sv_explorer {
	const struct sv_explore_program *program;
	const struct sv_explore_options *options;
	struct sv_explore_result *result;
	struct sv_fiber main;
	unsigned threads;
	struct sv_x_thread thread[THREADS];

	char *arena, *initial;
	struct sv_x_message *message; /* by byte of the arena */
	struct sv_x_plain *plain;     /* the same */
	size_t used;
	struct sv_x_region region[REGIONS];
	unsigned regions;
	void *percpu[THREADS];

	/* Of one run. */
	uint32_t run;
	unsigned depth;
	struct sv_x_event *event;
	struct sv_x_clock clock[PROCS];
	uint64_t holder[SV_EXPLORE_LOCKS]; /* thread + 1 */
	struct sv_x_sync data[SV_EXPLORE_LOCKS];
	uint64_t queue, time;
	uint8_t sleeper[THREADS];
	unsigned sleepers;
	uint32_t arrivals;
	enum sv_fault fault;
	char reason[160];

	struct sv_x_node *node;
	unsigned nodes;
	unsigned prefix; /* nodes that the run began with: the last of them chose anew */
	bool searching, ignore_races, recording, bounded;
	double started;
	uint64_t last_run; /* of a limited search */
};

#endif
