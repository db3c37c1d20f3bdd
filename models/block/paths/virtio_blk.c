/*
 * virtio_blk.c - virtio-blk served by QEMU: by its main loop or by I/O threads
 *
 * A kick is an exit that KVM turns into the signal of an eventfd; a thread of QEMU takes the
 * requests and submits them to the host's kernel, so that the block stack is passed twice. Who
 * that thread is makes the difference: the main loop sleeps whenever it can and shares its lock
 * with all that vCPUs have QEMU do; an I/O thread polls for a while before it sleeps.
 */
#include "block/virtio_blk.h"
#include "block/back_end.h"
#include "world/scenario.h"

static const enum sv_cost costs[] = { SV_VIRTIO_BLK_COSTS, SV_COST_VM_IOEVENTFD, SV_COST_EVENTFD,
	SV_COST_PPOLL, SV_COST_QEMU_REQUEST, SV_COST_QEMU_TURN, SV_COST_IO_DIRECT, SV_COST_IO_FILE,
	SV_COST_IO_AIO_SUBMIT, SV_COST_IO_AIO_REAP, SV_COST_IO_URING_SUBMIT, SV_COST_IO_URING_REAP,
	SV_COSTS };

static const struct sv_stages stages = { .notify = SV_NOTIFY_EVENTFD,
	.server = SV_SERVER_QEMU,
	.stack = SV_STACK_ENGINE,
	.inject = SV_INJECT_SYSCALL,
	.work = SV_COST_QEMU_REQUEST };

const struct sv_path sv_path_virtio_blk = {
	.name = "virtio-blk",
	.help = "virtio-blk served by QEMU's main loop or its I/O threads, over the host's stack",
	.modes = SV_MODES_OF_GUESTS,
	.uses = SV_PATH_RING | SV_PATH_QUEUES | SV_PATH_IOTHREADS | SV_PATH_ENGINE | SV_PATH_LAYER |
		SV_PATH_POLLED,
	.costs = costs,
	.stages = &stages,
	SV_BACK_END_HOOKS,
};
