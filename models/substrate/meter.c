/*
 * meter.c - what a moment of a thread's time belongs to
 */
#include "meter.h"

/* When it runs. Asleep it does not, and is halted even if its CPU would run it. */
static const uint8_t running_part[SV_LOCK_PHASES][SV_ACTIVITIES] = {
	[SV_LOCK_NONE] = { SV_PART_USER, SV_PART_USER, SV_PART_USER, SV_PART_USER, SV_PART_OFF,
		SV_PART_OFF },
	[SV_LOCK_WAITING] = { SV_PART_SPINNING, SV_PART_TRANSFER, SV_PART_SPINNING, SV_PART_KICK,
		SV_PART_HALTED, SV_PART_WAKE_UP },
	[SV_LOCK_NESTING] = { SV_PART_SPINNING, SV_PART_TRANSFER, SV_PART_SPINNING, SV_PART_KICK,
		SV_PART_HALTED, SV_PART_WAKE_UP },
	/* Lines that move here are the section's data. */
	[SV_LOCK_HOLDING] = { SV_PART_CRITICAL, SV_PART_CRITICAL, SV_PART_CRITICAL, SV_PART_KICK,
		SV_PART_HALTED, SV_PART_WAKE_UP },
	[SV_LOCK_RELEASING] = { SV_PART_CRITICAL, SV_PART_TRANSFER, SV_PART_SPINNING, SV_PART_KICK,
		SV_PART_HALTED, SV_PART_WAKE_UP },
};

/* When it does not, and is not asleep. */
static uint8_t stopped_part(const struct sv_meter *m)
{
	if (m->phase == SV_LOCK_NONE)
		return SV_PART_OFF;
	if (m->activity == SV_KICKS)
		return SV_PART_KICK_AWAY;
	if (m->phase == SV_LOCK_WAITING || m->phase == SV_LOCK_NESTING)
		return SV_PART_PREEMPTED;
	return SV_PART_HOLDER_PREEMPTED;
}

static void settle(struct sv_meter *m)
{
	if (m->stopped && m->activity != SV_SLEEPS && m->activity != SV_WAKES)
		m->part = stopped_part(m);
	else
		m->part = running_part[m->phase][m->activity];
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
