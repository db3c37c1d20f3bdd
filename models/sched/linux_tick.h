/*
 * linux_tick.h - what the Linux policies share: ticks, weights, balancing, sizes by the number of
 * CPUs
 */
#ifndef SV_LINUX_TICK_H
#define SV_LINUX_TICK_H

#include "sched/sched.h"

enum { SV_LINUX_WEIGHT = 1024 }; /* of nice 0: its virtual time is real time */

struct sv_linux_tick {
	int64_t hz;
	int scaling;
	struct sv_sched_balance balance;
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
		{ .name = "scaling",                                                               \
			.type = SV_CHOICE,                                                         \
			.offset = offsetof(config, tick.scaling),                                  \
			.def = "log",                                                              \
			.help = "log: on fewer than 8 CPUs the other times shrink as under "       \
				"Linux, by "                                                       \
				"(1 + log2(CPUs)) / 4; none: they stand as they are",              \
			.more = sv_linux_scalings },                                               \
		{ .name = "balance_interval",                                                      \
			.type = SV_TIME,                                                           \
			.offset = offsetof(config, tick.balance.interval),                         \
			.min = "0s",                                                               \
			.max = "10s",                                                              \
			.def = "1ms",                                                              \
			.help = "times the CPUs of a package (and of all): how often an idle CPU " \
				"looks for a busier one to take a task from; 0s: only when it "    \
				"goes idle" },                                                     \
		{ .name = "busy_factor",                                                           \
			.type = SV_INT,                                                            \
			.offset = offsetof(config, tick.balance.busy_factor),                      \
			.min = "1",                                                                \
			.max = "1000",                                                             \
			.def = "32",                                                               \
			.help = "how much more rarely a busy one does: 32, since Linux 5.10 16" }, \
		{ .name = "imbalance",                                                             \
			.type = SV_INT,                                                            \
			.offset = offsetof(config, tick.balance.imbalance_percent),                \
			.unit = "%",                                                               \
			.min = "100",                                                              \
			.max = "1000",                                                             \
			.def = "117",                                                              \
			.help = "of its own tasks, that the busiest must exceed" },                \
	{                                                                                          \
		.name = "migration_cost", .type = SV_TIME,                                         \
		.offset = offsetof(config, tick.balance.hot), .min = "0s", .max = "1s",            \
		.def = "500us", .help = "a task that ran so lately is not taken"                   \
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
