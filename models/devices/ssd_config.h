/*
 * ssd_config.h - what can be said of a solid-state drive: options and their rows
 *
 * The kinds of drives (nvme, sata) differ in their front end and share all that lies behind it,
 * so they share one struct and, by the macros here, rows.
 */
#ifndef SV_SSD_CONFIG_H
#define SV_SSD_CONFIG_H

#include "options.h"

enum { SV_SSD_ROUND_ROBIN, SV_SSD_WEIGHTED };
enum { SV_SSD_FLASH, SV_SSD_UNITS };
enum { SV_SSD_SEQUENTIAL, SV_SSD_RANDOM, SV_SSD_EMPTY };

struct sv_ssd_cfg {
	const char *model;
	int64_t capacity, queues, depth, max_transfer;
	/* The front end. */
	int arbitration;
	int64_t burst, weight[3];
	sv_time doorbell, interrupt, link_latency, frame;
	struct sv_dist fetch, command;
	int64_t commands, cores, coalesce;
	sv_time coalesce_time;
	double read_rate, write_rate;
	bool half_duplex;
	/* What keeps the data. */
	int medium;
	int64_t units, stripe;
	struct sv_dist read, program, erase;
	/* Flash. */
	int64_t channels, dies, planes, page, pages;
	double channel_rate, spare;
	sv_time suspend;
	int64_t cache, simulated_blocks;
	struct sv_dist cache_time;
	bool write_back, protected;
	int precondition;
};

extern const char *const sv_ssd_media[], *const sv_ssd_conditions[];

#define SV_SSD_ROW(option, kind, member, ...)                                                      \
	{                                                                                          \
		.name = (option), .type = (kind), .offset = offsetof(struct sv_ssd_cfg, member),   \
		__VA_ARGS__                                                                        \
	}

/* Rows of every drive. */
#define SV_SSD_OPTIONS                                                                             \
	SV_SSD_ROW("model", SV_STRING, model, .def = "",                                           \
		.help = "a model of `list devices`, which supplies what is left out here"),        \
		SV_SSD_ROW("capacity", SV_BYTES, capacity, .min = "64MiB", .max = "1024TB",        \
			.def = "400GB", .help = "bytes that the host sees"),                       \
		SV_SSD_ROW("max-transfer", SV_BYTES, max_transfer, .min = "4KiB", .max = "16MiB",  \
			.def = "128KiB", .help = "largest command (NVMe's MDTS)"),                 \
		SV_SSD_ROW("interrupt-latency", SV_TIME, interrupt, .min = "0ns", .max = "1ms",    \
			.def = "350ns",                                                            \
			.help = "from the device's decision until the interrupt reaches a CPU"),   \
		SV_SSD_ROW("link-latency", SV_TIME, link_latency, .min = "0ns", .max = "1ms",      \
			.def = "300ns", .help = "one way of a packet between device and memory"),  \
		SV_SSD_ROW("command-time", SV_DIST, command, .min = "0ns", .max = "1ms",           \
			.def = "2us",                                                              \
			.help = "for which a command keeps a core of the controller"),             \
		SV_SSD_ROW("cores", SV_INT, cores, .min = "1", .max = "64", .def = "4",            \
			.help = "of the controller, each serves one command at a time"),           \
		SV_SSD_ROW("commands", SV_INT, commands, .min = "1", .max = "65536", .def = "256", \
			.help = "that the controller holds at once; others stay in "               \
				"their queues"),                                                   \
		SV_SSD_ROW("read-time", SV_DIST, read, .min = "0ns", .max = "1s", .def = "50us",   \
			.help = "of a page in a die, or of a stripe in a unit"),                   \
		SV_SSD_ROW("program-time", SV_DIST, program, .min = "0ns", .max = "1s",            \
			.def = "600us",                                                            \
			.help = "of a page in each plane of a die, or of a stripe in a unit"),     \
		SV_SSD_ROW("medium", SV_CHOICE, medium, .def = "flash", .more = sv_ssd_media,      \
			.help = "flash: dies behind channels, written by pages and erased by "     \
				"blocks; units: parallel parts written in place, as 3D XPoint"),   \
		SV_SSD_ROW("units", SV_INT, units, .min = "1", .max = "65536", .def = "28",        \
			.help = "parallel parts of a medium of units"),                            \
		SV_SSD_ROW("stripe", SV_BYTES, stripe, .min = "512B", .max = "1MiB",               \
			.def = "4KiB", .help = "neighbouring bytes that lie in the same unit"),    \
		SV_SSD_FLASH_OPTIONS

#define SV_SSD_FLASH_OPTIONS                                                                       \
	SV_SSD_ROW("channels", SV_INT, channels, .min = "1", .max = "256", .def = "8",             \
		.help = "buses to dies of flash"),                                                 \
		SV_SSD_ROW("dies", SV_INT, dies, .min = "1", .max = "256", .def = "4",             \
			.help = "behind each channel; each does one operation at a time"),         \
		SV_SSD_ROW("planes", SV_INT, planes, .min = "1", .max = "16", .def = "2",          \
			.help = "of a die: programmed and erased together, read one by one"),      \
		SV_SSD_ROW("page", SV_BYTES, page, .min = "4KiB", .max = "256KiB", .def = "16KiB", \
			.help = "of a plane: what one read gets at most"),                         \
		SV_SSD_ROW("pages", SV_INT, pages, .min = "8", .max = "16384", .def = "256",       \
			.help = "of a block in a plane: what is erased at once"),                  \
		SV_SSD_ROW("channel-rate", SV_RATE, channel_rate, .unit = "B", .min = "1MB/s",     \
			.max = "100GB/s", .def = "400MB/s", .help = "of one channel"),             \
		SV_SSD_ROW("erase-time", SV_DIST, erase, .min = "0ns", .max = "1s", .def = "3ms",  \
			.help = "of a block in every plane of a die"),                             \
		SV_SSD_ROW("suspend-time", SV_TIME, suspend, .min = "0ns", .max = "100ms",         \
			.def = "0ns",                                                              \
			.help = "until a die stops programming or erasing for a read; 0: "         \
				"it does not"),                                                    \
		SV_SSD_ROW("spare", SV_REAL, spare, .min = "0.01", .max = "10", .def = "0.1",      \
			.help = "over-provisioning: flash beyond the capacity, by the capacity"),  \
		SV_SSD_ROW("cache", SV_BYTES, cache, .min = "64KiB", .max = "64GiB",               \
			.def = "4MiB", .help = "of writes on their way to flash"),                 \
		SV_SSD_ROW("cache-time", SV_DIST, cache_time, .min = "0ns", .max = "1ms",          \
			.def = "1us",                                                              \
			.help = "until a command's data are in the cache, or read "                \
				"from it"),                                                        \
		SV_SSD_ROW("write-back", SV_BOOL, write_back, .def = "true",                       \
			.help = "writes are done when the cache has them; false: when flash has"), \
		SV_SSD_ROW("protected", SV_BOOL, protected, .def = "true",                         \
			.help = "the cache outlasts a loss of power, so a flush need not wait"),   \
		SV_SSD_ROW("simulated-blocks", SV_INT, simulated_blocks, .min = "8",               \
			.max = "100000", .def = "32",                                              \
			.help = "of a die at most: a larger drive is simulated by a part of its "  \
				"blocks (docs/devices.md)"),                                       \
		SV_SSD_ROW("state", SV_CHOICE, precondition, .def = "sequential",                  \
			.more = sv_ssd_conditions,                                                 \
			.help = "what was written before the run: all in order; all, and then at " \
				"random for long; nothing")

#endif
