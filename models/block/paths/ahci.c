/*
 * ahci.c - full emulation of a SATA controller
 *
 * A command is a table in memory and two writes (PxSACT, PxCI); its interrupt takes five accesses
 * (IS, PxIS read and written, PxSACT, IS written). 32 commands at a time.
 *
 * Reference     Linux, drivers/ata/libahci.c: ahci_qc_issue(), ahci_single_level_irq_intr(),
 *               ahci_port_intr(); QEMU, hw/ide/ahci.c.
 */
#include "block/emulated.h"
#include "world/scenario.h"

static const enum sv_cost costs[] = { SV_EMULATED_COSTS, SV_COSTS };

static const struct sv_controller controller = {
	.name = "ahci", .reason = SV_EXIT_MMIO, .slots = 32, .starts = 2, .handles = 5
};

const struct sv_path sv_path_ahci = {
	.name = "ahci",
	.help = "full emulation of a SATA controller by QEMU, an exit for each register",
	.modes = SV_MODES_OF_GUESTS,
	.uses = SV_PATH_ENGINE | SV_PATH_LAYER,
	.costs = costs,
	.controller = &controller,
	.start = sv_emulated_start,
	.kicks = sv_emulated_kicks,
	.free = sv_emulated_free,
};
