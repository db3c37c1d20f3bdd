/*
 * sata.c - a SATA drive: one queue of 32 commands, one link for both directions
 *
 * Native command queuing: the drive takes up to 32 commands and ends them in any order. Commands,
 * data and completions share a link that carries one frame at a time; `frame-time` is what each
 * run of data keeps it busy besides the data: the command, its setup and its end.
 */
#include "ssd.h"
#include "ssd_kind.h"

enum { COMMANDS = 32 };

static const struct sv_option options[] = {
	SV_SSD_OPTIONS,
	SV_SSD_ROW("link-rate", SV_RATE, read_rate, .unit = "B", .min = "1MB/s", .max = "10GB/s",
		.def = "600MB/s", .help = "data either way; 6 Gbit/s with 8 of 10 bits for data"),
	SV_SSD_ROW("frame-time", SV_TIME, frame, .min = "0ns", .max = "1ms", .def = "1us",
		.help = "of the link for a command besides its data"),
	SV_SSD_ROW("fetch-time", SV_DIST, fetch, .min = "0ns", .max = "1ms", .def = "2us",
		.help = "from the write of the host adapter's register until the drive has the "
			"command"),
	{ 0 },
};
static const struct sv_table table = SV_TABLE("sata", struct sv_ssd_cfg, options);

static int sata_check(const void *config, const struct sv_node *node, struct sv_diag *diag)
{
	return sv_ssd_check(config, node, diag);
}

static struct sv_device *sata_start(struct sv_lp *lp, const char *name, const void *config,
	uint64_t seed, unsigned replication, struct sv_diag *diag)
{
	const struct sv_ssd_start start = {
		.lp = lp, .name = name, .seed = seed, .replication = replication
	};
	struct sv_ssd_cfg c = *(const struct sv_ssd_cfg *)config;

	c.queues = c.coalesce = 1;
	c.depth = COMMANDS;
	if (c.commands > COMMANDS)
		c.commands = COMMANDS;
	c.half_duplex = true;
	c.write_rate = c.read_rate;
	return sv_ssd_new(&sv_device_kind_sata, &c, &start, diag);
}

static unsigned sata_queues(const void *config)
{
	(void)config;
	return 1;
}

static uint32_t sata_depth(const void *config)
{
	(void)config;
	return COMMANDS;
}

const struct sv_device_kind sv_device_kind_sata = {
	.name = "sata",
	.help = "a SATA drive: one queue of 32 commands, 600 MB/s",
	.options = &table,
	.metrics = sv_ssd_metrics,
	.sata = true,
	.queues = sata_queues,
	.depth = sata_depth,
	.capacity = sv_ssd_capacity,
	.max_transfer = sv_ssd_max_transfer,
	.check = sata_check,
	.start = sata_start,
	.attach = sv_ssd_attach,
	.ring = sv_ssd_ring,
	.reset = sv_ssd_reset,
	.finish = sv_ssd_finish,
	.free = sv_ssd_free,
};
