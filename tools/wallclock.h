/*
 * wallclock.h - the time that passes for the user
 */
#ifndef SV_WALLCLOCK_H
#define SV_WALLCLOCK_H

#include <time.h>

/* Seconds since some fixed moment; never goes back. */
static inline double sv_wallclock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
