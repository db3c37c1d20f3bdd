/*
 * back_end.h - paths over virtio-blk, as tables of stages
 *
 * All back ends of virtio-blk are made of the same mechanisms: a way by which the guest
 * tells of requests, a loop that takes them, an engine that has the I/O done, and a way by which
 * the guest is told of completions. A path says by a table which of each it has, and what
 * its code costs for a request; what differs beyond that has a file of its own.
 *
 *	notify -> wake (the loop's) -> poll (the loop's) -> work -> engine -> work -> inject
 */
#ifndef SV_BACK_END_H
#define SV_BACK_END_H

#include "block/path.h"

/* How the guest tells of requests. */
enum sv_notify {
	SV_NOTIFY_EVENTFD, /* an exit that the host's kernel turns into a signal (ioeventfd) */
	SV_NOTIFY_NONE,    /* memory, which is polled */
};

/* Whose loops take them. */
enum sv_server {
	SV_SERVER_QEMU,    /* as `iothreads` says */
	SV_SERVER_KERNEL,  /* threads of the host's kernel that belong to the disk */
	SV_SERVER_REACTOR, /* threads that never sleep */
};

/* What they submit to. */
enum sv_stack {
	SV_STACK_ENGINE, /* the host's disk, as `engine` and `backing` say */
	SV_STACK_KERNEL, /* the host's disk, from within its kernel */
	SV_STACK_NVME,   /* queues of the device that the process drives itself */
};

/* How the guest is told of completions. */
enum sv_inject {
	SV_INJECT_SYSCALL, /* a system call that signals an eventfd (irqfd), or an ioctl */
	SV_INJECT_KERNEL,  /* the same from within the kernel */
};

struct sv_stages {
	enum sv_notify notify;
	enum sv_server server;
	enum sv_stack stack;
	bool device_irq; /* of a device that is driven: it interrupts the host's kernel */
	enum sv_inject inject;
	enum sv_cost work; /* for a request, half there and half back */
};

/* The options of paths whose server is not QEMU. */
#define SV_SERVER_OPTIONS(config, key, help_text)                                                  \
	{ .name = key,                                                                             \
		.type = SV_INT,                                                                    \
		.offset = offsetof(config, threads),                                               \
		.unit = "threads",                                                                 \
		.min = "1",                                                                        \
		.max = "256",                                                                      \
		.def = "1",                                                                        \
		.help = help_text },                                                               \
	{                                                                                          \
		.name = "cpu", .type = SV_INT, .offset = offsetof(config, cpu), .min = "-1",       \
		.max = "4095", .def = "-1",                                                        \
		.help = "the PU of the host that the first of them stays on, others on those "     \
			"that follow; -1: any, but who polls all the time has a PU of its own, "   \
			"from the last on"                                                         \
	}

/* The hooks of such a path. */
void *sv_back_end_start(const struct sv_seat *seat, struct sv_disk **disk, struct sv_diag *diag);
void sv_back_end_reset(void *state, sv_time now);
uint64_t sv_back_end_kicks(const void *state);
void sv_back_end_threads(void *state, sv_time now, struct sv_loop_stats *sum);
void sv_back_end_free(void *state);
#define SV_BACK_END_HOOKS                                                                          \
	.start = sv_back_end_start, .reset = sv_back_end_reset, .kicks = sv_back_end_kicks,        \
	.threads = sv_back_end_threads, .free = sv_back_end_free

#endif
