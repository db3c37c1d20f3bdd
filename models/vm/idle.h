/*
 * idle.h - idle states of physical CPUs
 *
 * An idle CPU sinks into the deepest state whose target residency fits the time for which
 * its governor expects it to stay idle, and pays that state's exit latency when it is
 * woken. A lock that is handed to a halted vCPU waits for it.
 */
#ifndef SV_IDLE_H
#define SV_IDLE_H

#include "simtime.h"
#include <stdbool.h>

struct sv_cpu;
struct sv_task;

enum { SV_IDLE_HISTORY = 8, SV_IDLE_BUCKETS = 12 };

/* Of a physical CPU. */
struct sv_idle {
	bool asleep;         /* it is idle, and no handler of an interrupt runs */
	sv_time since, exit; /* in idleness; what leaving it costs */
	sv_time awake;       /* when it is, or was, out of its state */
	sv_time next_alarm;  /* from then on */
	int64_t interval_us[SV_IDLE_HISTORY];
	unsigned intervals;
	int64_t factor[SV_IDLE_BUCKETS]; /* how much of the time to the next alarm passes; 0: all */
	int bucket;                      /* of the last choice */
	unsigned io_waiters;             /* tasks that fell asleep here until an I/O ends */
};

/* Before the start a CPU was idle for long, as those of a host are that waits for work. */
void sv_idle_init(struct sv_idle *idle);

/* A physical CPU goes idle; what leaving the idle state that it chose costs. */
void sv_cpu_go_idle(struct sv_cpu *c);
sv_time sv_cpu_leave_idle(struct sv_cpu *c);

/* A task that blocks will be woken by a timer of its CPU at this time; it has been woken. */
void sv_alarm_set(struct sv_task *t, sv_time at);
void sv_alarm_clear(struct sv_task *t);
/* The next time at which a timer of this CPU goes off; SV_TIME_MAX: none is set. */
sv_time sv_cpu_next_alarm(const struct sv_cpu *c);

#endif
