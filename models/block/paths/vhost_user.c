/*
 * vhost_user.c - virtio-blk served by a process that polls and drives the device itself (SPDK)
 *
 * Reactors, threads that never sleep, look at the virtqueues and at queue pairs of the device that
 * they own: requests cost neither exits nor system calls, nor the host's block stack, but reactors
 * keep CPUs busy. Only the completion's interrupt goes through the kernel, by an eventfd. Each disk
 * has reactors of its own here.
 *
 * Reference     SPDK, lib/vhost/vhost_blk.c; Yang and others, SPDK: A Development Kit to Build High
 *               Performance Storage Applications, CloudCom 2017.
 */
#include "block/back_end.h"
#include "block/virtio_blk.h"
#include "world/scenario.h"

static const struct sv_option options[] = {
	SV_SERVER_OPTIONS(struct sv_server_options, "cores",
		"reactors, among which queues are dealt out, each with a queue pair of the device"),
	{ 0 },
};
static const struct sv_table table = SV_TABLE("vhost-user", struct sv_server_options, options);

static const enum sv_cost costs[] = { SV_VIRTIO_BLK_COSTS, SV_COST_EVENTFD, SV_COST_SPDK_REQUEST,
	SV_COST_NVME_SUBMIT, SV_COST_NVME_COMPLETE, SV_COST_MMIO_WRITE, SV_COSTS };

static const struct sv_stages stages = { .notify = SV_NOTIFY_NONE,
	.server = SV_SERVER_REACTOR,
	.stack = SV_STACK_NVME,
	.inject = SV_INJECT_SYSCALL,
	.work = SV_COST_SPDK_REQUEST };

const struct sv_path sv_path_vhost_user = {
	.name = "vhost-user",
	.help = "virtio-blk served by a process that polls and drives the device (SPDK)",
	.options = &table,
	.modes = SV_MODES_OF_GUESTS,
	.uses = SV_PATH_RING | SV_PATH_QUEUES | SV_PATH_LAYER | SV_PATH_POLLED | SV_PATH_DRIVES,
	.costs = costs,
	.stages = &stages,
	SV_BACK_END_HOOKS,
};
