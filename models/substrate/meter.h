/*
 * meter.h - where the time of a simulated thread goes
 *
 * Each thread has a meter, which knows what the thread does, what it has to do with a lock,
 * and whether its CPUs run it. These three make the part that the time belongs to. A meter
 * is switched only where a thread waits or its CPUs change, never at an access that hits.
 *
 *	sv_meter_begin(&meter, now, SV_FETCHES); ...; sv_meter_end(&meter, now, SV_FETCHES);
 *
 * Rules. Nothing begins before what was begun has ended, and phases follow each other as
 * below. A meter on which they do not is broken, and whoever reads it reports that: the
 * parts would add up all the same.
 */
#ifndef SV_METER_H
#define SV_METER_H

#include "bug.h"
#include "simtime.h"
#include <stdbool.h>

/* What a thread does. It wakes up from when it was woken until it executes. */
enum sv_activity {
	SV_COMPUTES,
	SV_FETCHES,
	SV_SPINS,
	SV_KICKS,
	SV_SLEEPS,
	SV_WAKES,
	SV_ACTIVITIES
};

/*
 * What it has to do with a lock. Who holds one and waits for another one is nesting, and holds
 * again once it has it, and once it has released it.
 */
enum sv_lock_phase {
	SV_LOCK_NONE,
	SV_LOCK_WAITING,
	SV_LOCK_HOLDING,
	SV_LOCK_NESTING,
	SV_LOCK_RELEASING,
	SV_LOCK_PHASES
};

/* Those of an acquisition, from asking for the lock to having released it, and then the rest. */
enum sv_part {
	SV_PART_SPINNING,  /* waits on running CPUs; the lock's own instructions, too */
	SV_PART_PREEMPTED, /* waits, and its CPUs do not run it */
	SV_PART_HALTED,    /* sleeps until it is woken */
	SV_PART_WAKE_UP,   /* from then until it executes */
	SV_PART_KICK,      /* wakes others, by its own instructions */
	SV_PART_KICK_AWAY, /* the same, while its CPUs do not run it: an exit of its vCPU */
	SV_PART_TRANSFER,  /* fetches lines of the lock */
	SV_PART_CRITICAL,  /* has the lock, and runs */
	SV_PART_HOLDER_PREEMPTED,
	SV_LOCK_PARTS,
	SV_PART_USER = SV_LOCK_PARTS, /* runs, and has to do with no lock */
	SV_PART_OFF,                  /* does not run, and has to do with no lock */
	SV_PARTS
};

struct sv_meter {
	sv_time since; /* in this part */
	sv_time woken; /* when it last was */
	uint8_t part, activity, phase;
	bool stopped;       /* its CPUs do not run it */
	const char *broken; /* the first rule that was; NULL: none */
	sv_time spent[SV_PARTS];
};

/* A thread that sleeps, and that no CPU runs unless it has its own. */
void sv_meter_init(struct sv_meter *m, sv_time now, bool stopped);

void sv_meter_begin(struct sv_meter *m, sv_time now, enum sv_activity what);
void sv_meter_end(struct sv_meter *m, sv_time now, enum sv_activity what);
/* One follows the other, from `at` on, which may be in the past. */
void sv_meter_turn(struct sv_meter *m, sv_time at, enum sv_activity from, enum sv_activity to);
void sv_meter_enter(struct sv_meter *m, sv_time now, enum sv_lock_phase phase);
void sv_meter_run(struct sv_meter *m, sv_time now, bool run);

/* Brings `spent` up to now. */
static inline void sv_meter_read(struct sv_meter *m, sv_time now)
{
	m->spent[m->part] += now - m->since;
	m->since = now;
}

#endif
