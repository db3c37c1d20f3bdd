/*
 * direct_aio.c - virtio-blk served by QEMU, with an engine that polls queues of the device
 *
 * Direct-AIO puts an engine into QEMU that submits to NVMe queues from user space and whose thread
 * polls for completions, so that neither the host's stack nor its interrupt is on the way. As
 * virtio-blk with an I/O thread for each group of queues, which here never sleeps.
 *
 * Reference     Direct-AIO, an engine for direct access to NVMe in QEMU/KVM (2018).
 */
#include "block/back_end.h"
#include "block/virtio_blk.h"
#include "world/scenario.h"

static const struct sv_option options[] = {
	SV_SERVER_OPTIONS(struct sv_server_options, "threads",
		"threads that poll, among which queues are dealt out"),
	{ 0 },
};
static const struct sv_table table = SV_TABLE("direct-aio", struct sv_server_options, options);

static const enum sv_cost costs[] = { SV_VIRTIO_BLK_COSTS, SV_COST_EVENTFD, SV_COST_QEMU_REQUEST,
	SV_COST_NVME_SUBMIT, SV_COST_NVME_COMPLETE, SV_COST_MMIO_WRITE, SV_COSTS };

static const struct sv_stages stages = { .notify = SV_NOTIFY_EVENTFD,
	.server = SV_SERVER_REACTOR,
	.stack = SV_STACK_NVME,
	.inject = SV_INJECT_SYSCALL,
	.work = SV_COST_QEMU_REQUEST };

const struct sv_path sv_path_direct_aio = {
	.name = "direct-aio",
	.help = "virtio-blk served by QEMU, whose engine polls queues of the device",
	.options = &table,
	.modes = SV_MODES_OF_GUESTS,
	.uses = SV_PATH_RING | SV_PATH_QUEUES | SV_PATH_LAYER | SV_PATH_POLLED | SV_PATH_DRIVES |
		SV_PATH_WHOLE_DEVICE,
	.costs = costs,
	.stages = &stages,
	SV_BACK_END_HOOKS,
};
