/*
 * sim_os.h - what a simulated thread asks of the system that schedules it
 *
 * Part of thread.h. A team without a system has a CPU for each thread: it always runs, and
 * sleeping leaves its CPU idle.
 */
#ifndef SV_SIM_OS_H
#define SV_SIM_OS_H

#include "simulated.h"
#include <stdbool.h>

struct sv_sim_thread;
struct sv_pv_hint;

/* What a kick says of the CPU that it wakes: nothing; that it holds the lock next; and that it
 * should run at once. */
enum sv_kick { SV_KICK_ANY, SV_KICK_HOLDER, SV_KICK_URGENT };

struct sv_sim_os {
	/* Off its CPU until woken, by a timer at the latest; SV_TIME_MAX: by none. */
	void (*sleep)(struct sv_sim_thread *self, sv_time until);
	void (*end)(struct sv_sim_thread *self);                   /* off its CPU for good */
	void (*set_timer)(struct sv_sim_thread *self, sv_time at); /* of its CPU */
	void (*spin)(struct sv_sim_thread *self); /* it begins to spin, or goes on to */
	void (*halt)(struct sv_sim_thread *self); /* halts the CPU until it is kicked */
	/* The same for sv_pv_wait_for(): the thread goes on when the host lets it, or is kicked. */
	void (*halt_for)(struct sv_sim_thread *self, const struct sv_pv_hint *hint);
	/* waker: NULL when a timer wakes it. True: it is to run on the waker's own CPU. */
	bool (*wake)(struct sv_sim_thread *sleeper, struct sv_sim_thread *waker);
	/* What it costs the kicker, beyond an exit of its vCPU, is returned. */
	sv_time (*kick)(struct sv_sim_thread *kicker, unsigned cpu, enum sv_kick how);
	/* It touches a page that its host has not mapped, if it has one that maps pages. */
	void (*host_fault)(struct sv_sim_thread *self);
	/* From now on its own scheduler may, or may not, preempt it; calls nest. */
	void (*preemptible)(struct sv_sim_thread *self, bool may);
	void (*irqs_on)(struct sv_sim_thread *self); /* what was held back comes now */
};

#endif
