/*
 * nvme.c - an NVMe drive: many queues, arbitration, interrupt coalescing
 */
#include "config.h"
#include "ssd.h"
#include "ssd_kind.h"

static const char *const arbitrations[] = { "round-robin", "weighted", NULL };

static const struct sv_option options[] = {
	SV_SSD_OPTIONS,
	SV_SSD_ROW("queues", SV_INT, queues, .unit = "queues", .min = "1", .max = "65535",
		.def = "31", .help = "I/O queue pairs"),
	SV_SSD_ROW("depth", SV_INT, depth, .unit = "entries", .min = "2", .max = "65536",
		.def = "1024", .help = "entries of a queue at most"),
	SV_SSD_ROW("arbitration", SV_CHOICE, arbitration, .def = "round-robin",
		.more = arbitrations,
		.help = "whose command is fetched next; weighted: urgent queues first, others by "
			"weights"),
	SV_SSD_ROW("burst", SV_INT, burst, .min = "0", .max = "7", .def = "3",
		.help = "a queue's turn is at most 2^burst commands; 7: no limit"),
	SV_SSD_ROW("weight-high", SV_INT, weight[0], .min = "1", .max = "256", .def = "16",
		.help = "commands of queues of high priority in a round"),
	SV_SSD_ROW("weight-medium", SV_INT, weight[1], .min = "1", .max = "256", .def = "8",
		.help = "of medium priority"),
	SV_SSD_ROW("weight-low", SV_INT, weight[2], .min = "1", .max = "256", .def = "4",
		.help = "of low priority"),
	SV_SSD_ROW("doorbell-latency", SV_TIME, doorbell, .min = "0ns", .max = "1ms",
		.def = "300ns", .help = "from a doorbell's write until the device knows"),
	SV_SSD_ROW("fetch-time", SV_DIST, fetch, .min = "0ns", .max = "1ms", .def = "700ns",
		.help = "reading a command from its queue over PCIe"),
	SV_SSD_ROW("link-read", SV_RATE, read_rate, .unit = "B", .min = "1MB/s", .max = "1TB/s",
		.def = "3.2GB/s", .help = "data to the host"),
	SV_SSD_ROW("link-write", SV_RATE, write_rate, .unit = "B", .min = "1MB/s", .max = "1TB/s",
		.def = "3.2GB/s", .help = "data from the host"),
	SV_SSD_ROW("coalesce", SV_INT, coalesce, .min = "1", .max = "256", .def = "1",
		.help = "completions that one interrupt waits for (feature 08h, counted from 1)"),
	SV_SSD_ROW("coalesce-time", SV_TIME, coalesce_time, .min = "0us", .max = "25500us",
		.def = "100us",
		.help = "for how long it waits at most; NVMe has multiples of 100us"),
	{ 0 },
};
static const struct sv_table table = SV_TABLE("nvme", struct sv_ssd_cfg, options);

static int nvme_check(const void *config, const struct sv_node *node, struct sv_diag *diag)
{
	const struct sv_ssd_cfg *c = config;

	if (c->coalesce > 1 && c->coalesce_time == 0)
		return sv_error(diag, sv_node_place(node, "coalesce-time"),
			"coalesce-time: interrupts that wait need a time; NVMe's unit is 100us");
	return sv_ssd_check(c, node, diag);
}

static struct sv_device *nvme_start(struct sv_lp *lp, const char *name, const void *config,
	uint64_t seed, unsigned replication, struct sv_diag *diag)
{
	const struct sv_ssd_start start = {
		.lp = lp, .name = name, .seed = seed, .replication = replication
	};

	return sv_ssd_new(&sv_device_kind_nvme, config, &start, diag);
}

static unsigned nvme_queues(const void *config)
{
	return (unsigned)((const struct sv_ssd_cfg *)config)->queues;
}

static uint32_t nvme_depth(const void *config)
{
	return (uint32_t)((const struct sv_ssd_cfg *)config)->depth;
}

const struct sv_device_kind sv_device_kind_nvme = {
	.name = "nvme",
	.help = "an NVMe drive: flash, or units that are written in place",
	.options = &table,
	.metrics = sv_ssd_metrics,
	.queues = nvme_queues,
	.depth = nvme_depth,
	.capacity = sv_ssd_capacity,
	.max_transfer = sv_ssd_max_transfer,
	.check = nvme_check,
	.start = nvme_start,
	.attach = sv_ssd_attach,
	.ring = sv_ssd_ring,
	.reset = sv_ssd_reset,
	.finish = sv_ssd_finish,
	.free = sv_ssd_free,
};
