/*
 * ide.c - full emulation of an IDE controller
 *
 * A command by bus-master DMA is 16 accesses to ports: the device's number, 2 of the count, 6 of
 * the place and 1 of features, the command, the status beside, and 4 of the DMA engine; its
 * interrupt takes 5 (the engine's status read and written, the engine stopped, both statuses). One
 * at a time.
 *
 * Reference     Linux, drivers/ata/libata-sff.c: ata_sff_tf_load(), ata_sff_exec_command(),
 *               ata_bmdma_setup(), ata_bmdma_start(), ata_bmdma_port_intr(); QEMU, hw/ide/pci.c.
 */
#include "block/emulated.h"
#include "world/scenario.h"

static const enum sv_cost costs[] = { SV_EMULATED_COSTS, SV_COSTS };

static const struct sv_controller controller = {
	.name = "ide", .reason = SV_EXIT_IO, .slots = 1, .starts = 16, .handles = 5
};

const struct sv_path sv_path_ide = {
	.name = "ide",
	.help = "full emulation of an IDE controller by QEMU, an exit for each register",
	.modes = SV_MODES_OF_GUESTS,
	.uses = SV_PATH_ENGINE | SV_PATH_LAYER,
	.costs = costs,
	.controller = &controller,
	.start = sv_emulated_start,
	.kicks = sv_emulated_kicks,
	.free = sv_emulated_free,
};
