/*
 * flash_gc.c - garbage collection of a die
 *
 * When few blocks are free, the block with the fewest valid sectors is emptied: page rows that
 * hold valid data are read, these go into a block of their own by full rows, and the block is
 * erased. Each step is one work of the die, so reads of the host come in between. What moves
 * crosses the channel both ways, as the controller checks it.
 */
#include "flash.h"

/* The emptiest full block; SV_NOWHERE: nothing would be won. */
static uint32_t choose(const struct sv_flash *f, const struct sv_flash_die *die)
{
	uint32_t best = SV_NOWHERE, least = f->block;

	for (uint32_t b = 0; b < f->blocks; b++)
		if (die->block[b].state == SV_BLOCK_FULL && die->block[b].valid < least) {
			best = b;
			least = die->block[b].valid;
		}
	return best;
}

static uint32_t first_place(const struct sv_flash *f, const struct sv_flash_die *die, uint32_t b)
{
	return ((uint32_t)(die - f->die) * f->blocks + b) * f->block;
}

/* Reads the next row that holds valid sectors. False: there is none left. */
static bool read_row(struct sv_flash_die *die)
{
	struct sv_flash *f = sv_flash_of(die->ssd);
	uint32_t first = first_place(f, die, die->victim), before = die->moves;

	while (die->scan < f->block && die->moves == before)
		for (uint32_t end = die->scan + f->row; die->scan < end; die->scan++)
			if (f->owner[first + die->scan] != SV_NOWHERE)
				die->moving[die->moves++] = first + die->scan;
	if (die->moves == before)
		return false;
	/* All planes read at once; then the data leave over the channel. */
	sv_die_work(die, SV_DIE_COLLECT_READ,
		sv_dist_sample(&die->ssd->cfg->read, &die->ssd->random) +
			sv_die_transfer(die, die->moves - before));
	return true;
}

/* Writes a row of what was read, unless the host has meanwhile written it anew. */
static bool write_row(struct sv_flash_die *die)
{
	struct sv_flash *f = sv_flash_of(die->ssd);
	uint32_t taken = die->moves < f->row ? die->moves : f->row, moved = 0;

	for (uint32_t i = 0; i < taken; i++) {
		uint32_t sector = f->owner[die->moving[i]];

		if (sector == SV_NOWHERE)
			continue;
		sv_ftl_forget(f, sector);
		sv_ftl_put(f, sector, sv_ftl_next(f, die, &die->moved, 0));
		moved++;
	}
	for (uint32_t i = taken; i < die->moves; i++)
		die->moving[i - taken] = die->moving[i];
	die->moves -= taken;
	if (moved == 0)
		return false;
	/* The rest of a row stays empty. */
	for (uint32_t i = moved; i < f->row; i++)
		sv_ftl_next(f, die, &die->moved, 0);
	f->programmed += f->row;
	sv_die_work(die, SV_DIE_COLLECT_PROGRAM,
		sv_die_transfer(die, f->row) +
			sv_dist_sample(&die->ssd->cfg->program, &die->ssd->random));
	return true;
}

bool sv_gc_step(struct sv_flash_die *die)
{
	struct sv_flash *f = sv_flash_of(die->ssd);

	if (!f->filled)
		return false;
	if (die->victim == SV_NOWHERE) {
		if (die->free_blocks > SV_KEPT_FREE)
			return false;
		die->victim = choose(f, die);
		if (die->victim == SV_NOWHERE)
			return false;
		die->block[die->victim].state = SV_BLOCK_VICTIM;
		die->scan = die->moves = die->taken = 0;
		die->gain = f->block - die->block[die->victim].valid;
	}
	for (;;) {
		if (die->moves >= f->row && write_row(die))
			return true;
		if (die->moves < f->row && die->scan < f->block && read_row(die))
			return true;
		if (die->scan < f->block || die->moves >= f->row)
			continue;
		if (die->moves == 0 || !write_row(die))
			break;
		return true;
	}
	sv_die_work(die, SV_DIE_ERASE, sv_dist_sample(&die->ssd->cfg->erase, &die->ssd->random));
	return true;
}

void sv_gc_stepped(struct sv_flash_die *die, enum sv_flash_work work)
{
	struct sv_flash *f = sv_flash_of(die->ssd);

	if (work != SV_DIE_ERASE)
		return;
	SV_BUG_ON(die->block[die->victim].valid != 0);
	die->block[die->victim].state = SV_BLOCK_FREE;
	die->free_block[die->free_blocks++] = die->victim;
	die->victim = SV_NOWHERE;
	f->erases++;
	sv_cache_list(f, die);
}
