/*
 * user_nvme.c - virtio-blk served by QEMU, which drives the device itself
 *
 * As virtio-blk, but what QEMU's thread submits to is a queue pair of the device that it has
 * mapped: the host's block stack, and the system calls to it, are gone. The device's interrupt
 * comes through the host's kernel as an eventfd, unless the thread polls at that time.
 *
 * Reference     QEMU, block/nvme.c (commit bdd6a90a9e, 2018).
 */
#include "block/back_end.h"
#include "block/virtio_blk.h"
#include "world/scenario.h"

static const enum sv_cost costs[] = { SV_VIRTIO_BLK_COSTS, SV_COST_VM_IOEVENTFD, SV_COST_EVENTFD,
	SV_COST_PPOLL, SV_COST_QEMU_REQUEST, SV_COST_QEMU_TURN, SV_COST_NVME_SUBMIT,
	SV_COST_NVME_COMPLETE, SV_COST_MMIO_WRITE, SV_COSTS };

static const struct sv_stages stages = { .notify = SV_NOTIFY_EVENTFD,
	.server = SV_SERVER_QEMU,
	.stack = SV_STACK_NVME,
	.device_irq = true,
	.inject = SV_INJECT_SYSCALL,
	.work = SV_COST_QEMU_REQUEST };

const struct sv_path sv_path_user_nvme = {
	.name = "user-nvme",
	.help = "virtio-blk served by QEMU, which drives the device itself (nvme://)",
	.modes = SV_MODES_OF_GUESTS,
	.uses = SV_PATH_RING | SV_PATH_QUEUES | SV_PATH_IOTHREADS | SV_PATH_LAYER | SV_PATH_POLLED |
		SV_PATH_DRIVES | SV_PATH_WHOLE_DEVICE,
	.costs = costs,
	.stages = &stages,
	SV_BACK_END_HOOKS,
};
