/*
 * foreign.h - whether others used the PUs of a team that over-subscribes them
 *
 * Threads that share PUs on purpose wait for each other, so waiting says nothing. But the
 * time that PUs were busy and the team did not run was somebody else's.
 */
#ifndef SV_FOREIGN_H
#define SV_FOREIGN_H

#include <stdbool.h>

/* Seconds for which `pus` PUs from `first` on, of those that may be used, were busy since boot, in
 * steps of 10 ms; negative: the kernel does not say. */
double sv_foreign_busy(unsigned first, unsigned pus);

/* Seconds of CPU time that the calling thread has had. */
double sv_foreign_own(void);

/* Whether others had more than a twentieth of what `pus` PUs could do in a time. */
bool sv_foreign_disturbs(double busy, double own, double elapsed, unsigned pus);

#endif
