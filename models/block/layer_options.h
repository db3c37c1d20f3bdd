/*
 * layer_options.h - what a scenario says of the block layer of a disk's kernel
 */
#ifndef SV_LAYER_OPTIONS_H
#define SV_LAYER_OPTIONS_H

#include "options.h"

enum sv_layer_kind { SV_LAYER_MQ, SV_LAYER_SQ };
enum sv_io_scheduler { SV_IO_NONE, SV_IO_DEADLINE };
enum sv_io_poll { SV_POLL_NONE, SV_POLL_IOPOLL, SV_POLL_HYBRID };
enum sv_rq_affinity { SV_RQ_ANY, SV_RQ_CACHE, SV_RQ_CPU };

struct sv_layer_options {
	int layer, scheduler, poll, rq_affinity; /* of the enums above */
	int64_t depth;                           /* tags of a hardware queue; 0: all it has */
	int64_t plug;                            /* requests that a batch collects; 0: none */
	int64_t merge_bytes;                     /* of a merged request at most; 0: no merging */
	sv_time read_expire, write_expire;
	int64_t batch, starved;
	sv_time poll_window;
};

extern const char *const sv_layer_names[], *const sv_io_scheduler_names[];
extern const char *const sv_io_poll_names[], *const sv_rq_affinity_names[];

/* The rows of a table whose struct has a member `layer`. */
#define SV_LAYER_OPTIONS(config)                                                                   \
	{ .name = "layer",                                                                         \
		.type = SV_CHOICE,                                                                 \
		.offset = offsetof(config, layer.layer),                                           \
		.def = "mq",                                                                       \
		.help = "mq: blk-mq, queues for each CPU and tags for each hardware queue; sq: "   \
			"one list of requests under one lock, as Linux had before 5.0",            \
		.more = sv_layer_names },                                                          \
		{ .name = "scheduler",                                                             \
			.type = SV_CHOICE,                                                         \
			.offset = offsetof(config, layer.scheduler),                               \
			.def = "none",                                                             \
			.help = "none: requests go down as they come; deadline: sorted by "        \
				"place, in batches, unless one is about to expire",                \
			.more = sv_io_scheduler_names },                                           \
		{ .name = "queue-depth",                                                           \
			.type = SV_INT,                                                            \
			.offset = offsetof(config, layer.depth),                                   \
			.unit = "requests",                                                        \
			.min = "0",                                                                \
			.max = "65535",                                                            \
			.def = "0",                                                                \
			.help = "tags of a hardware queue (mq) or requests of the list (sq); who " \
				"finds none sleeps; 0: as many as the driver's queue has "         \
				"entries" },                                                       \
		{ .name = "plug",                                                                  \
			.type = SV_INT,                                                            \
			.offset = offsetof(config, layer.plug),                                    \
			.unit = "requests",                                                        \
			.min = "0",                                                                \
			.max = "1024",                                                             \
			.def = "32",                                                               \
			.help = "requests submitted together go down together, so many at a "      \
				"time; 0: each by itself" },                                       \
		{ .name = "merge",                                                                 \
			.type = SV_BYTES,                                                          \
			.offset = offsetof(config, layer.merge_bytes),                             \
			.min = "0B",                                                               \
			.max = "1GiB",                                                             \
			.def = "1280KiB",                                                          \
			.help = "adjacent requests become one of at most this size; 0B: they "     \
				"stay as they are" },                                              \
		{ .name = "poll",                                                                  \
			.type = SV_CHOICE,                                                         \
			.offset = offsetof(config, layer.poll),                                    \
			.def = "none",                                                             \
			.help = "how completions are found; none: by interrupts; iopoll: who "     \
				"waits polls, and queues have no interrupts; hybrid: who waits "   \
				"sleeps for half of the mean time, then polls; mq only",           \
			.more = sv_io_poll_names },                                                \
		{ .name = "poll-window",                                                           \
			.type = SV_TIME,                                                           \
			.offset = offsetof(config, layer.poll_window),                             \
			.min = "1us",                                                              \
			.max = "10s",                                                              \
			.def = "100ms",                                                            \
			.help = "hybrid polling: over how long a mean is taken; the first such "   \
				"time passes without sleeping" },                                  \
		{ .name = "rq-affinity",                                                           \
			.type = SV_CHOICE,                                                         \
			.offset = offsetof(config, layer.rq_affinity),                             \
			.def = "cache",                                                            \
			.help = "where requests are completed; any: where the interrupt came; "    \
				"cache: on the submitter's CPU unless that shares a cache; cpu: "  \
				"on the submitter's CPU",                                          \
			.more = sv_rq_affinity_names },                                            \
		{ .name = "read-expire",                                                           \
			.type = SV_TIME,                                                           \
			.offset = offsetof(config, layer.read_expire),                             \
			.min = "1us",                                                              \
			.max = "1000s",                                                            \
			.def = "500ms",                                                            \
			.help = "deadline: for how long a read may be passed over" },              \
		{ .name = "write-expire",                                                          \
			.type = SV_TIME,                                                           \
			.offset = offsetof(config, layer.write_expire),                            \
			.min = "1us",                                                              \
			.max = "1000s",                                                            \
			.def = "5s",                                                               \
			.help = "deadline: for how long a write may be passed over" },             \
		{ .name = "fifo-batch",                                                            \
			.type = SV_INT,                                                            \
			.offset = offsetof(config, layer.batch),                                   \
			.unit = "requests",                                                        \
			.min = "1",                                                                \
			.max = "1024",                                                             \
			.def = "16",                                                               \
			.help = "deadline: requests of a batch, in which only places count" },     \
	{                                                                                          \
		.name = "writes-starved", .type = SV_INT,                                          \
		.offset = offsetof(config, layer.starved), .unit = "batches", .min = "0",          \
		.max = "1024", .def = "2",                                                         \
		.help = "deadline: batches of reads that may pass waiting writes"                  \
	}

#endif
