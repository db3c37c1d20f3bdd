/*
 * doorbell.h - registers of devices, as threads of a guest or of a host reach them
 *
 * The store of a guest's thread to a register that its host emulates makes its vCPU exit. Half of
 * the exit's cost later the host has it: rung() runs as code of the vCPU's own thread of the host,
 * in its kernel (an eventfd is signalled) or in its user space (a device model), where it may work,
 * wait for locks and sleep as any thread of the host; then comes the other half, and the guest goes
 * on. What passes in between is time of the exit. A thread of a host writes to the device itself,
 * a posted write, and so does a guest that has the device passed through: sv_mmio_write().
 */
#ifndef SV_DOORBELL_H
#define SV_DOORBELL_H

#include "vm/exit.h"
#include <stdbool.h>

struct sv_sim_thread;

struct sv_doorbell {
	enum sv_exit_reason reason; /* SV_EXIT_MMIO or SV_EXIT_IO */
	bool user;                  /* handled in user space (vm.user-exit), not in the kernel
				       (vm.ioeventfd) */
	/* by: the thread of the host; outside of guests that which rang. */
	void (*rung)(struct sv_sim_thread *by, void *arg);
	void *arg;
};

/* Rings, and returns when the thread goes on. */
void sv_vm_doorbell(struct sv_sim_thread *self, const struct sv_doorbell *bell);

/* A posted write to a device's own register, and a read, which waits for the device. */
void sv_mmio_write(struct sv_sim_thread *self);
void sv_mmio_read(struct sv_sim_thread *self);

#endif
