/*
 * modes.h - what virtualization costs a VM of each mode
 *
 * An emulated guest has no help from the hardware: its code is translated, and runs slower by
 * the factor `emulation`, but leaving it is a function call, `emulated.exit`. It has neither
 * pause-loop exits nor KVM's halt polling, nor hypercalls.
 *
 * A nested guest runs in a guest of the host: each of its exits is taken by the host, handed to
 * the hypervisor in that guest, and back. What that costs altogether was measured, as
 * `nested.exit` times what an exit costs otherwise; so exits are scaled, and the level between
 * has no CPUs of its own here: one-to-one with those above, they would decide nothing. Nested
 * paging is paid once: hypervisors merge the tables of both levels into one (Ben-Yehuda and
 * others, The Turtles Project, OSDI 2010, multi-dimensional paging). Interrupts of the host
 * cost what they cost any guest, because the host handles them itself.
 */
#ifndef SV_MODES_H
#define SV_MODES_H

#include "world/scenario.h"

/* As the table of `mode` names them. */
extern const char *const sv_mode_names[];

/* How fast its threads compute (pace.h). */
int64_t sv_mode_pace(int mode, const struct sv_machine *machine);

/* The machine as a guest of the mode pays for it: `own` filled in, or the machine itself. */
const struct sv_machine *sv_mode_machine(
	int mode, const struct sv_machine *machine, struct sv_machine *own);

#endif
