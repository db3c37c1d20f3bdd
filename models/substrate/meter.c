/*
 * meter.c - what a moment of a thread's time belongs to
 */
#include "meter.h"

#define EACH(computes, fetches, spins, kicks)                                                      \
	{                                                                                          \
		SV_PART_##computes, SV_PART_##fetches, SV_PART_##spins, SV_PART_##kicks,           \
			SV_PART_HALTED, SV_PART_WAKE_UP                                            \
	}
#define WHILE_STOPPED(part) EACH(part, part, part, KICK_AWAY)

/* By whether its CPUs do not run it. Asleep it is halted, even if its CPU would run it. */
static const uint8_t part_of[2][SV_LOCK_PHASES][SV_ACTIVITIES] = {
	{
		[SV_LOCK_NONE] = { SV_PART_USER, SV_PART_USER, SV_PART_USER, SV_PART_USER,
			SV_PART_OFF, SV_PART_OFF },
		[SV_LOCK_WAITING] = EACH(SPINNING, TRANSFER, SPINNING, KICK),
		[SV_LOCK_NESTING] = EACH(SPINNING, TRANSFER, SPINNING, KICK),
		/* Lines that move here are the section's data. */
		[SV_LOCK_HOLDING] = EACH(CRITICAL, CRITICAL, CRITICAL, KICK),
		[SV_LOCK_RELEASING] = EACH(CRITICAL, TRANSFER, SPINNING, KICK),
	},
	{
		[SV_LOCK_NONE] = { SV_PART_OFF, SV_PART_OFF, SV_PART_OFF, SV_PART_OFF, SV_PART_OFF,
			SV_PART_OFF },
		[SV_LOCK_WAITING] = WHILE_STOPPED(PREEMPTED),
		[SV_LOCK_NESTING] = WHILE_STOPPED(PREEMPTED),
		[SV_LOCK_HOLDING] = WHILE_STOPPED(HOLDER_PREEMPTED),
		[SV_LOCK_RELEASING] = WHILE_STOPPED(HOLDER_PREEMPTED),
	},
};

static void settle(struct sv_meter *m)
{
	m->part = part_of[m->stopped][m->phase][m->activity];
}

static void demand(struct sv_meter *m, bool holds, const char *law)
{
	if (sv_unlikely(!holds) && !m->broken)
		m->broken = law;
}

void sv_meter_init(struct sv_meter *m, sv_time now, bool stopped)
{
	*m = (struct sv_meter){ .since = now, .activity = SV_SLEEPS, .stopped = stopped };
	settle(m);
}

void sv_meter_begin(struct sv_meter *m, sv_time now, enum sv_activity what)
{
	demand(m, m->activity == SV_COMPUTES, "a thread began to wait before it went on");
	sv_meter_read(m, now);
	m->activity = (uint8_t)what;
	settle(m);
}

void sv_meter_end(struct sv_meter *m, sv_time now, enum sv_activity what)
{
	demand(m, m->activity == what, "a thread went on from what it did not wait for");
	demand(m, !m->stopped, "a thread went on although no CPU ran it");
	sv_meter_read(m, now);
	m->activity = SV_COMPUTES;
	settle(m);
}

void sv_meter_turn(struct sv_meter *m, sv_time at, enum sv_activity from, enum sv_activity to)
{
	demand(m, m->activity == from, "a thread's waiting turned from what it was not");
	if (at > m->since)
		sv_meter_read(m, at);
	m->activity = (uint8_t)to;
	if (to == SV_WAKES)
		m->woken = at;
	settle(m);
}

void sv_meter_enter(struct sv_meter *m, sv_time now, enum sv_lock_phase phase)
{
	static const uint8_t may_follow[SV_LOCK_PHASES] = {
		[SV_LOCK_NONE] = 1 << SV_LOCK_RELEASING,
		[SV_LOCK_WAITING] = 1 << SV_LOCK_NONE,
		[SV_LOCK_NESTING] = 1 << SV_LOCK_HOLDING,
		[SV_LOCK_HOLDING] =
			1 << SV_LOCK_WAITING | 1 << SV_LOCK_NESTING | 1 << SV_LOCK_RELEASING,
		[SV_LOCK_RELEASING] = 1 << SV_LOCK_HOLDING,
	};

	demand(m, may_follow[phase] & 1 << m->phase, "a thread's phase does not follow its last");
	demand(m, m->activity == SV_COMPUTES, "a thread changed its phase while it waited");
	sv_meter_read(m, now);
	m->phase = (uint8_t)phase;
	settle(m);
}

void sv_meter_run(struct sv_meter *m, sv_time now, bool run)
{
	demand(m, m->stopped == run, "a thread ran twice, or stopped twice");
	sv_meter_read(m, now);
	m->stopped = !run;
	settle(m);
}
