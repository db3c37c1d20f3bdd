/*
 * qemu.h - the process that a VM's hypervisor is, as far as disks need it
 *
 * Its main loop serves what no other thread does, and holds the big lock while it does;
 * exits of vCPUs that end in a device model need that lock, too. Threads that have names are those
 * of `vms.NAME.iothreads`. All of it is made when first asked for.
 */
#ifndef SV_QEMU_H
#define SV_QEMU_H

#include "diag.h"
#include "host/loop.h"
#include "options.h"

struct sv_lock;
struct sv_qemu {
	struct sv_system *host;
	const struct sv_named *options; /* of struct sv_iothread_options */
	struct sv_loop *main, **named;  /* in the order of the options */
	const struct sv_lock *kind;     /* of the big lock: a mutex */
	void *lock;
};

/* Returns -1 after reporting. */
int sv_qemu_init(struct sv_qemu *q, struct sv_system *host, const struct sv_named *threads,
	struct sv_diag *diag);
void sv_qemu_fini(struct sv_qemu *q);
void sv_qemu_reset(struct sv_qemu *q, sv_time now);

/* The main loop, and the thread of a name, which there must be. NULL after reporting. */
struct sv_loop *sv_qemu_main(struct sv_qemu *q, struct sv_diag *diag);
struct sv_loop *sv_qemu_thread(struct sv_qemu *q, const char *name, struct sv_diag *diag);

/* The big lock. */
void sv_qemu_lock(struct sv_qemu *q, struct sv_sim_thread *self);
void sv_qemu_unlock(struct sv_qemu *q, struct sv_sim_thread *self);

/* How a thread polls that a disk has for itself. */
struct sv_disk_options;
void sv_disk_thread_config(
	const struct sv_qemu *q, const struct sv_disk_options *options, struct sv_loop_config *out);

#endif
