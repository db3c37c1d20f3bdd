/*
 * fio_options.c - the options of the workload fio
 *
 * They are named as fio's, with hyphens, where fio has the same; a job file (`job:`) stands
 * instead of them.
 */
#include "bug.h"
#include "machine/profile.h"
#include "workloads/fio.h"
#include <stdlib.h>
#include <string.h>

static const char *const rws[] = { "read", "write", "rw", "randread", "randwrite", "randrw", NULL };
static const char *const orders[] = { "uniform", "zipf", "pareto", NULL };
static const char *const engines[] = { "sync", "libaio", "io_uring", NULL };
static const char *const arrivals[] = { "linear", "poisson", NULL };
static const char *const timings[] = { "open", "closed", NULL };
static const struct sv_shape file_shape = { "{\"type\": \"string\"}", NULL };

/* Of an open replay: the depth of a queue that programs seldom fill. */
#define REPLAY_DEPTH 256
#define OWN(member)  offsetof(struct sv_fio_cfg, own.member)
static const struct sv_option options[] = {
	{ "job", SV_NODE, offsetof(struct sv_fio_cfg, file), .def = "", .more = &file_shape,
		.help = "a job file of fio, which says all that the options below would; a path "
			"beside the scenario" },
	{ "section", SV_STRING, offsetof(struct sv_fio_cfg, section), .def = "",
		.help = "of a job file: the only job that is run; left out: all at once" },
	{ "disk", SV_STRING, offsetof(struct sv_fio_cfg, disk), .def = "",
		.help = "the disk of the VM; left out: the only one, or what a job file says by "
			"filename=/dev/DISK" },
	{ "replay", SV_NODE, offsetof(struct sv_fio_cfg, trace), .def = "", .more = &file_shape,
		.help = "a trace whose I/Os are done: CSV with the columns time, op, offset or "
			"sector, bytes, and perhaps cpu, by which threads share them; a path "
			"beside the scenario" },
	{ "replay-timing", SV_CHOICE, offsetof(struct sv_fio_cfg, timing), .def = "open",
		.more = timings,
		.help = "open: each at its time, from the end of the warm-up on, and latencies are "
			"until the kernel has completed it; closed: each as soon as another has "
			"ended" },
	{ "replay-speed", SV_REAL, OWN(speed), .min = "0.000001", .max = "1000000", .def = "1",
		.help = "by which the times of a trace are divided" },
	{ "placement", SV_CHOICE, offsetof(struct sv_fio_cfg, placement), .def = "compact",
		.help = "which CPUs the threads of a bare system take", .more = sv_placements },
	{ "numjobs", SV_INT, OWN(threads), .unit = "threads", .min = "1", .max = "4096", .def = "1",
		.help = "threads, each doing all of the following" },
	{ "rw", SV_CHOICE, offsetof(struct sv_fio_cfg, rw), .def = "randread", .more = rws,
		.help = "what is done, in the order of the blocks or at random" },
	{ "mix", SV_REAL, OWN(reads), .min = "0", .max = "1", .def = "0.5",
		.help = "share of reads, of rw and randrw" },
	{ "random", SV_CHOICE, offsetof(struct sv_fio_cfg, order), .def = "uniform", .more = orders,
		.help = "how random blocks are chosen: all alike, by Zipf's law, or so that few "
			"get most (pareto)" },
	{ "skew", SV_REAL, OWN(skew), .min = "0", .max = "5", .def = "0.5",
		.help = "zipf's exponent theta; pareto's h: a share h of the blocks gets 1-h of "
			"the I/Os" },
	{ "bs", SV_BYTES, OWN(block_bytes), .min = "512B", .max = "64MiB", .def = "4KiB",
		.help = "bytes of an I/O" },
	{ "offset", SV_BYTES, OWN(offset), .min = "0B", .max = "1024TiB", .def = "0B",
		.help = "where its part of the disk begins" },
	{ "offset-increment", SV_BYTES, OWN(step_bytes), .min = "0B", .max = "1024TiB", .def = "0B",
		.help = "between the beginnings of one thread's part and the next one's" },
	{ "size", SV_BYTES, OWN(size_bytes), .min = "0B", .max = "1024TiB", .def = "0B",
		.help = "bytes of that part; 0B: to the end of the disk" },
	{ "engine", SV_CHOICE, OWN(engine), .def = "libaio", .more = engines,
		.help = "the interface to the kernel: system calls that wait, io_submit(), or "
			"io_uring; the first and the last poll for completions (hipri) if the "
			"disk's queues are polled" },
	{ "iodepth", SV_INT, OWN(depth), .unit = "I/Os", .min = "0", .max = "4096", .def = "0",
		.help = "that a thread has in flight at most; 0: 1, and 256 of an open replay" },
	{ "batch", SV_INT, OWN(batch), .unit = "I/Os", .min = "1", .max = "4096", .def = "1",
		.help = "submitted by one system call at most" },
	{ "batch-complete", SV_INT, OWN(reap), .unit = "I/Os", .min = "1", .max = "4096",
		.def = "1", .help = "that a thread waits for when it has none left to submit" },
	{ "rate", SV_RATE, OWN(rate), .min = "0/s", .max = "1e9/s", .def = "0/s",
		.help = "I/Os per second that a thread keeps to; 0/s: as fast as they end" },
	{ "arrivals", SV_CHOICE, offsetof(struct sv_fio_cfg, arrivals), .def = "linear",
		.more = arrivals, .help = "of that rate: in step, or at random times" },
	{ "thinktime", SV_DIST, OWN(think), .min = "0ns", .def = "0ns",
		.help = "sleep between two I/Os" },
	{ "thinktime-blocks", SV_INT, OWN(think_blocks), .unit = "I/Os", .min = "1", .def = "1",
		.help = "between two sleeps" },
	{ "ios", SV_INT, OWN(ios), .unit = "I/Os", .min = "0", .def = "0",
		.help = "that a thread does after the warm-up, and then ends; 0: until the run "
			"ends" },
	{ 0 },
};
const struct sv_table sv_fio_table = SV_TABLE("fio", struct sv_fio_cfg, options);

/* What a file says must not be said beside it. */
static int check_alone(const struct sv_node *node, const char *const *keys, bool allowed,
	const char *what, struct sv_diag *diag)
{
	int result = 0;

	for (size_t i = 0; i < node->n; i++) {
		bool listed = false;

		for (size_t k = 0; keys[k]; k++)
			listed |= !strcmp(node->key[i], keys[k]);
		if (listed != allowed)
			result = sv_error(diag, &node->key_place[i],
				"%s: the %s says this; leave out one of the two", node->key[i],
				what);
	}
	return result;
}

/* The path that a node names, or NULL after reporting; the caller frees it. */
static char *path_of(const struct sv_node *file, const char *key, struct sv_diag *diag)
{
	if (file->kind == SV_NODE_SCALAR)
		return sv_profile_beside(&file->place, file->text);
	sv_error(diag, &file->place, "%s: expected the path of a file", key);
	return NULL;
}

static int load(struct sv_fio_jobs *out, const struct sv_fio_cfg *cfg, const struct sv_node *node,
	struct sv_diag *diag)
{
	static const char *const beside[] = { "kind", "job", "section", "disk", "placement", NULL };
	struct sv_fio_beside said = { .disk = cfg->disk, .section = cfg->section };
	char *path = path_of(cfg->file, "job", diag);
	int result;

	if (!path)
		return -1;
	result = sv_fio_jobs_load(out, path, &said, diag);
	out->path = path;
	if (node && check_alone(node, beside, true, "job file", diag) < 0)
		result = -1;
	return result;
}

static int settle_trace(struct sv_fio_jobs *out, const struct sv_fio_cfg *cfg,
	const struct sv_node *node, struct sv_diag *diag)
{
	static const char *const said[] = { "rw", "mix", "random", "skew", "bs", "offset",
		"offset-increment", "size", "batch", "rate", "arrivals", "thinktime",
		"thinktime-blocks", "ios", NULL };

	out->job->timed = cfg->timing == 0;
	out->job->trace = out->path = path_of(cfg->trace, "replay", diag);
	if (!out->path)
		return -1;
	return node ? check_alone(node, said, false, "trace", diag) : 0;
}

int sv_fio_jobs_of(struct sv_fio_jobs *out, const struct sv_fio_cfg *cfg,
	const struct sv_node *node, struct sv_diag *diag)
{
	struct sv_fio_fault fault;
	struct sv_fio_job *j;
	int result = 0;

	*out = (struct sv_fio_jobs){ 0 };
	if (cfg->file)
		return load(out, cfg, node, diag);
	j = out->job = calloc(1, sizeof(*out->job));
	SV_BUG_ON(!j);
	out->n = 1;
	*j = cfg->own;
	j->disk = cfg->disk;
	j->poisson = cfg->arrivals == 1;
	j->rw = cfg->rw % 3;
	j->order = cfg->rw < 3 ? SV_FIO_SEQUENTIAL : SV_FIO_UNIFORM + cfg->order;
	if (cfg->section)
		result = sv_error(diag, node ? sv_node_place(node, "section") : NULL,
			"section: there is no job file that could have it");
	if (cfg->trace)
		result |= settle_trace(out, cfg, node, diag);
	if (j->depth == 0)
		j->depth = j->trace && j->timed && j->engine != SV_FIO_SYNC ? REPLAY_DEPTH : 1;
	fault = sv_fio_job_check(j);
	if (!fault.key)
		return result;
	return sv_error(diag, node ? sv_node_place(node, fault.key) : NULL, "%s: %s", fault.key,
		fault.text);
}
