/*
 * parked.h - threads that poll several things without events
 *
 * Who polls one word awaits it. A thread whose loop looks at more than that parks between two
 * turns in which it found nothing: it keeps burning its CPU, may be preempted, and costs no
 * events until it is told that a turn would find something. It goes on at a random point
 * of the turn from then, or as soon after as it runs.
 */
#ifndef SV_PARKED_H
#define SV_PARKED_H

#include "thread.h"

/* Polls, in turns that take so long. Returns false when it was not told until the given time;
 * SV_TIME_MAX: without end. The thread must be scheduled. */
bool sv_sim_park(struct sv_sim_thread *self, sv_time turn, sv_time until);
/* Tells a thread; one that is not parked is left alone. */
void sv_sim_unpark(struct sv_sim_thread *thread);

#endif
