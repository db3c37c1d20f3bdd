/*
 * linux_tick.h - what the Linux policies share: ticks, weights, sizes by the number of CPUs
 */
#ifndef SV_LINUX_TICK_H
#define SV_LINUX_TICK_H

#include "sched/sched.h"

enum { SV_LINUX_WEIGHT = 1024 }; /* of nice 0: its virtual time is real time */

struct sv_linux_tick {
	int64_t hz;
	int scaling;
};
extern const char *const sv_linux_scalings[];

/* The rows of a table whose struct has a member `tick`. */
#define SV_LINUX_TICK_OPTIONS(config)                                                              \
	{ .name = "hz",                                                                            \
		.type = SV_INT,                                                                    \
		.offset = offsetof(config, tick.hz),                                               \
		.unit = "ticks/s",                                                                 \
		.min = "100",                                                                      \
		.max = "1000",                                                                     \
		.def = "250",                                                                      \
		.help = "CONFIG_HZ: the end of a slice is seen at a tick" },                       \
	{                                                                                          \
		.name = "scaling", .type = SV_CHOICE, .offset = offsetof(config, tick.scaling),    \
		.def = "log",                                                                      \
		.help = "log: on fewer than 8 CPUs the other times shrink as under Linux, by "     \
			"(1 + log2(CPUs)) / 4; none: they stand as they are",                      \
		.more = sv_linux_scalings                                                          \
	}

/* A time that holds for 8 and more CPUs, for this number of them. */
sv_time sv_linux_scale(const struct sv_linux_tick *tick, unsigned cpus, sv_time time);

static inline sv_time sv_linux_tick_time(const struct sv_linux_tick *tick)
{
	return SV_S / tick->hz;
}

/* Virtual time that passes for an entity of this weight in a real time. */
static inline sv_time sv_linux_virtual(sv_time time, uint32_t weight)
{
	return weight == SV_LINUX_WEIGHT ? time : time * SV_LINUX_WEIGHT / weight;
}

#endif
