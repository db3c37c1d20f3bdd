/*
 * linux_tick.c - what the Linux policies share: sizes by the number of CPUs
 */
#include "sched/linux_tick.h"

enum { SCALE_LOG, SCALE_NONE };
const char *const sv_linux_scalings[] = { "log", "none", NULL };

sv_time sv_linux_scale(const struct sv_linux_tick *tick, unsigned cpus, sv_time time)
{
	int factor = 1;

	for (unsigned n = cpus < 8 ? cpus : 8; n > 1; n /= 2)
		factor++;
	return tick->scaling == SCALE_NONE ? time : time * factor / 4;
}
