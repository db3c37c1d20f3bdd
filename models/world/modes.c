/*
 * modes.c - what virtualization costs a VM of each mode
 */
#include "world/modes.h"
#include "pace.h"

const char *const sv_mode_names[] = { "bare", "container", "hvm", "pvm", "emulated", "nested",
	NULL };

int64_t sv_mode_pace(int mode, const struct sv_machine *machine)
{
	if (mode < SV_MODE_HVM)
		return SV_PACE_FULL;
	return sv_pace_of(machine->factor[mode == SV_MODE_EMULATED ? SV_FACTOR_EMULATION
								   : SV_FACTOR_NESTED_PAGING]);
}

const struct sv_machine *sv_mode_machine(
	int mode, const struct sv_machine *machine, struct sv_machine *own)
{
	static const enum sv_cost exits[] = { SV_COST_VM_EXIT, SV_COST_VM_HYPERCALL,
		SV_COST_VM_INJECT, SV_COST_VM_IPI, SV_COST_VM_EOI, SV_COST_VM_EPT,
		SV_COST_VM_IOEVENTFD, SV_COST_VM_USER_EXIT };

	if (mode != SV_MODE_EMULATED && mode != SV_MODE_NESTED)
		return machine;
	*own = *machine;
	for (size_t i = 0; i < sizeof(exits) / sizeof(exits[0]); i++)
		own->cost[exits[i]] =
			mode == SV_MODE_EMULATED
				? machine->cost[SV_COST_EMULATED_EXIT]
				: sv_pace_takes(machine->cost[exits[i]],
					  sv_pace_of(machine->factor[SV_FACTOR_NESTED_EXIT]));
	return own;
}
