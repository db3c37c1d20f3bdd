/*
 * exitless.c - virtio-blk without mode switches
 *
 * Threads of the host's kernel poll the virtqueues, so that a request needs no exit to be seen,
 * and completions are told by posted interrupts, which a running vCPU takes without one. What
 * remains are exits of vCPUs that have nothing to do and halt; `guest-halt-poll` removes those.
 *
 * Reference     Har'El and others, Efficient and Scalable Paravirtual I/O System (ELVIS), USENIX
 * ATC 2013; Gordon and others, ELI: Bare-Metal Performance for I/O Virtualization, ASPLOS 2012.
 */
#include "block/back_end.h"
#include "block/virtio_blk.h"
#include "world/scenario.h"

static const struct sv_option options[] = {
	SV_SERVER_OPTIONS(struct sv_server_options, "cores",
		"threads that poll, among which queues are dealt out"),
	{ 0 },
};
static const struct sv_table table = SV_TABLE("exitless", struct sv_server_options, options);

static const enum sv_cost costs[] = { SV_VIRTIO_BLK_COSTS, SV_COST_EVENTFD, SV_COST_VHOST_REQUEST,
	SV_COSTS };

static const struct sv_stages stages = { .notify = SV_NOTIFY_NONE,
	.server = SV_SERVER_REACTOR,
	.stack = SV_STACK_KERNEL,
	.inject = SV_INJECT_KERNEL,
	.work = SV_COST_VHOST_REQUEST };

const struct sv_path sv_path_exitless = {
	.name = "exitless",
	.help = "virtio-blk served by threads of the host's kernel that poll; needs posted "
		"interrupts",
	.options = &table,
	.modes = SV_MODES_OF_GUESTS,
	.uses = SV_PATH_RING | SV_PATH_QUEUES | SV_PATH_LAYER | SV_PATH_POLLED | SV_PATH_POSTED,
	.costs = costs,
	.stages = &stages,
	SV_BACK_END_HOOKS,
};
