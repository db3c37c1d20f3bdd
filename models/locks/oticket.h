/*
 * oticket.h - what the opportunistic ticket locks share: how long a waiter spins
 */
#ifndef SV_OTICKET_H
#define SV_OTICKET_H

#include "ticket_halt.h"

struct oticket_cfg {
	int spinning;
	int64_t longest, shortest, reach, kicks;
};

enum { OTICKET_BY_DISTANCE, OTICKET_LONG };
static const char *const oticket_spinnings[] = { "distance", "long", NULL };

/* The rows of the struct above, as a part of a table whose struct begins with it. */
#define OTICKET_OPTIONS                                                                            \
	{ .name = "spinning",                                                                      \
		.type = SV_CHOICE,                                                                 \
		.offset = offsetof(struct oticket_cfg, spinning),                                  \
		.def = "distance",                                                                 \
		.help = "distance: longest halved for each waiter ahead but the first, shortest "  \
			"from the distance `reach` on; long: longest for all",                     \
		.more = oticket_spinnings },                                                       \
		{ .name = "longest",                                                               \
			.type = SV_INT,                                                            \
			.offset = offsetof(struct oticket_cfg, longest),                           \
			.unit = "tests",                                                           \
			.min = "1",                                                                \
			.max = "1000000000000",                                                    \
			.def = "17179869184",                                                      \
			.help = "tests before the next in line halts" },                           \
		{ .name = "shortest",                                                              \
			.type = SV_INT,                                                            \
			.offset = offsetof(struct oticket_cfg, shortest),                          \
			.unit = "tests",                                                           \
			.min = "1",                                                                \
			.max = "1000000000000",                                                    \
			.def = "32768",                                                            \
			.help = "tests before a waiter far back halts" },                          \
		{ .name = "reach",                                                                 \
			.type = SV_INT,                                                            \
			.offset = offsetof(struct oticket_cfg, reach),                             \
			.unit = "waiters",                                                         \
			.min = "1",                                                                \
			.max = "40",                                                               \
			.def = "18",                                                               \
			.help = "from this distance on a waiter is far back" },                    \
	{                                                                                          \
		.name = "kicks", .type = SV_INT, .offset = offsetof(struct oticket_cfg, kicks),    \
		.unit = "waiters", .min = "1", .max = "64", .def = "4",                            \
		.help = "waiters that a release kicks if they have halted: the next holder and "   \
			"those behind it"                                                          \
	}

/* How often a waiter tests the lock before it halts, by how many were before it. */
static inline uint64_t oticket_tests(const struct oticket_cfg *c, unsigned distance)
{
	uint64_t tests;

	if (c->spinning == OTICKET_LONG || distance == 0)
		return (uint64_t)c->longest;
	if (distance >= (uint64_t)c->reach)
		return (uint64_t)c->shortest;
	tests = (uint64_t)c->longest >> (distance - 1);
	return tests ? tests : 1;
}

#endif
