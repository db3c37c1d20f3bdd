/*
 * test_table.h - an option table with a row of every type
 */
#ifndef TEST_TABLE_H
#define TEST_TABLE_H

#include "test_text.h"

struct inner {
	sv_time wait;
	int64_t tries;
};

static const struct sv_option inner_rows[] = {
	{ "wait", SV_TIME, offsetof(struct inner, wait), .min = "1ns", .max = "1s", .def = "100ns",
		.help = "wait between tries" },
	{ "tries", SV_INT, offsetof(struct inner, tries), .min = "1", .def = "3", .help = "tries" },
	{ 0 },
};
static const struct sv_table inner_table = SV_TABLE("inner", struct inner, inner_rows);

static const int ticket_object, backoff_object;

static struct sv_kind lock_at(size_t i)
{
	static const struct sv_kind kinds[] = {
		{ "ticket", "fair", NULL, &ticket_object },
		{ "ttas-backoff", "backs off", &inner_table, &backoff_object },
		{ 0 },
	};

	return kinds[i];
}
static const struct sv_kinds locks = { "lock", lock_at };

static const char *const colours[] = { "red", "green", NULL };
static const struct sv_option item_row = { "", SV_GROUP, 0, .def = "", .more = &inner_table };
static const struct sv_option number_row = { "", SV_INT, 0, .max = "9", .def = "0" };

struct all {
	bool flag;
	int64_t count, bytes;
	double real, rate, packets;
	sv_time time;
	const char *text, *none;
	int choice;
	struct sv_dist dist;
	struct inner group;
	struct sv_variant lock, other;
	struct sv_named named;
	struct sv_list list;
	const struct sv_node *node;
};

static const struct sv_option all_rows[] = {
	{ "flag", SV_BOOL, offsetof(struct all, flag), .def = "true", .help = "a flag" },
	{ "count", SV_INT, offsetof(struct all, count), .min = "1", .max = "4096",
		.help = "cores" },
	{ "bytes", SV_BYTES, offsetof(struct all, bytes), .min = "64B", .max = "1MiB",
		.def = "4KiB", .help = "a size" },
	{ "real", SV_REAL, offsetof(struct all, real), .min = "0", .def = "0.5",
		.help = "a share" },
	{ "rate", SV_RATE, offsetof(struct all, rate), .unit = "bit", .def = "10Gbit/s",
		.help = "a rate" },
	{ "packets", SV_RATE, offsetof(struct all, packets), .def = "200/s", .help = "a rate" },
	{ "time", SV_TIME, offsetof(struct all, time), .max = "1s", .def = "40us",
		.help = "a time" },
	{ "text", SV_STRING, offsetof(struct all, text), .def = "abc", .help = "a text" },
	{ "none", SV_STRING, offsetof(struct all, none), .def = "", .help = "a text" },
	{ "choice", SV_CHOICE, offsetof(struct all, choice), .def = "green", .help = "a colour",
		.more = colours },
	{ "dist", SV_DIST, offsetof(struct all, dist), .min = "1ns", .max = "1s",
		.def = "exponential(10us)", .help = "a distribution" },
	{ "group", SV_GROUP, offsetof(struct all, group), .def = "", .help = "a group",
		.more = &inner_table },
	{ "lock", SV_VARIANT, offsetof(struct all, lock), .def = "ticket", .help = "the lock",
		.more = &locks },
	{ "other", SV_VARIANT, offsetof(struct all, other), .def = "", .help = "another lock",
		.more = &locks },
	{ "named", SV_NAMED, offsetof(struct all, named), .def = "", .help = "named things",
		.more = &item_row },
	{ "list", SV_LIST, offsetof(struct all, list), .def = "[1, 2]", .help = "numbers",
		.more = &number_row },
	{ "node", SV_NODE, offsetof(struct all, node), .def = "", .help = "anything" },
	{ 0 },
};
static const struct sv_table all_table = SV_TABLE("all", struct all, all_rows);

#endif
