/*
 * emulated.h - disks behind a controller that QEMU emulates register by register
 *
 * A path says how its controller is driven; the driver and the model of the device are common to
 * all.
 */
#ifndef SV_EMULATED_H
#define SV_EMULATED_H

#include "block/path.h"
#include "vm/exit.h"

struct sv_controller {
	const char *name;
	enum sv_exit_reason reason; /* of an access to a register */
	unsigned slots;             /* commands at a time */
	/* Accesses: to start a command, the last one being what starts it; and in the handler of
	 * an interrupt. */
	unsigned starts, handles;
};

#define SV_EMULATED_COSTS                                                                          \
	SV_COST_VM_USER_EXIT, SV_COST_QEMU_REGISTER, SV_COST_QEMU_REQUEST, SV_COST_IRQ_ENTRY,      \
		SV_COST_EVENTFD, SV_COST_PPOLL, SV_COST_IO_DIRECT, SV_COST_IO_FILE,                \
		SV_COST_IO_AIO_SUBMIT, SV_COST_IO_AIO_REAP, SV_COST_IO_URING_SUBMIT,               \
		SV_COST_IO_URING_REAP

/* The hooks of such a path, whose `controller` is one of the above. */
void *sv_emulated_start(const struct sv_seat *seat, struct sv_disk **disk, struct sv_diag *diag);
uint64_t sv_emulated_kicks(const void *state);
void sv_emulated_free(void *state);

#endif
