/*
 * vhost_blk.c - virtio-blk served by threads of the host's kernel
 *
 * The kick's eventfd wakes a worker of the kernel, which submits to the host's block layer without
 * system calls; completions go back through the same worker, and the interrupt is injected from
 * within the kernel. QEMU takes no part.
 *
 * Reference     Zhadchenko, vhost-blk: in-kernel accelerator for virtio-blk guests (patches, 2022).
 */
#include "block/back_end.h"
#include "block/virtio_blk.h"
#include "world/scenario.h"

static const struct sv_option options[] = {
	SV_SERVER_OPTIONS(struct sv_server_options, "workers",
		"threads of the kernel, among which queues are dealt out"),
	{ 0 },
};
static const struct sv_table table = SV_TABLE("vhost-blk", struct sv_server_options, options);

static const enum sv_cost costs[] = { SV_VIRTIO_BLK_COSTS, SV_COST_VM_IOEVENTFD, SV_COST_EVENTFD,
	SV_COST_VHOST_REQUEST, SV_COSTS };

static const struct sv_stages stages = { .notify = SV_NOTIFY_EVENTFD,
	.server = SV_SERVER_KERNEL,
	.stack = SV_STACK_KERNEL,
	.inject = SV_INJECT_KERNEL,
	.work = SV_COST_VHOST_REQUEST };

const struct sv_path sv_path_vhost_blk = {
	.name = "vhost-blk",
	.help = "virtio-blk served by threads of the host's kernel",
	.options = &table,
	.modes = SV_MODES_OF_GUESTS,
	.uses = SV_PATH_RING | SV_PATH_QUEUES | SV_PATH_LAYER | SV_PATH_POLLED,
	.costs = costs,
	.stages = &stages,
	SV_BACK_END_HOOKS,
};
