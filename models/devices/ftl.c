/*
 * ftl.c - where each sector lies: mapping, blocks, and the state before the run
 *
 * Until the first write nothing is laid out: the place of a sector then follows from its number,
 * so a run that only reads needs no memory for the mapping.
 *
 * After long random writing, blocks of a drive that collects the emptiest first hold valid shares
 * from p, of the next victim, to 1, of the latest: a block of age x (0 to 1) holds p^x, and the
 * mean over all is the share u of valid data: u = (p - 1) / ln p. So the state needs no
 * simulation (Desnoyers, Analytic models of SSD write performance, ACM TOS 10(2), 2014, for FIFO,
 * to which greedy choice comes close with large blocks).
 */
#include "flash.h"
#include <math.h>
#include <stdlib.h>

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static uint64_t block_of(const struct sv_flash *f, uint32_t place)
{
	return place / f->block;
}

int sv_ftl_init(struct sv_flash *f, const struct sv_ssd_cfg *cfg)
{
	double data, blocks;
	uint64_t places;

	f->page = (uint32_t)(cfg->page / SV_SECTOR_BYTES);
	f->row = f->page * (uint32_t)cfg->planes;
	f->block = f->row * (uint32_t)cfg->pages;
	f->host_sectors = (uint64_t)cfg->capacity / SV_SECTOR_BYTES;
	data = (double)f->host_sectors * (1 + cfg->spare) / ((double)f->dies * f->block);
	blocks = fmin(ceil(data), (double)cfg->simulated_blocks);
	f->blocks = (uint32_t)blocks + SV_KEPT_FREE + SV_OPEN_BLOCKS / 2;
	f->sectors = (uint64_t)(fmin(blocks, data) / (1 + cfg->spare) * (double)f->dies * f->block);
	f->sectors -= f->sectors % SV_EXTENT_SECTORS;
	places = (uint64_t)f->blocks * f->block * f->dies;
	if (f->sectors == 0 || places >= SV_CACHED)
		return -1;
	f->map = malloc(f->sectors * sizeof(*f->map));
	f->owner = malloc(places * sizeof(*f->owner));
	for (uint32_t d = 0; d < f->dies; d++) {
		struct sv_flash_die *die = &f->die[d];

		die->block = calloc(f->blocks, sizeof(*die->block));
		die->free_block = calloc(f->blocks, sizeof(*die->free_block));
		die->moving = calloc(2 * (size_t)f->row, sizeof(*die->moving));
		if (!die->block || !die->free_block || !die->moving)
			return -1;
		die->host.block = die->moved.block = die->victim = SV_NOWHERE;
	}
	return f->map && f->owner ? 0 : -1;
}

void sv_ftl_free(struct sv_flash *f)
{
	for (uint32_t d = 0; f->die && d < f->dies; d++) {
		free(f->die[d].block);
		free(f->die[d].free_block);
		free(f->die[d].moving);
	}
	free(f->map);
	free(f->owner);
}

uint32_t sv_ftl_fold(const struct sv_flash *f, uint64_t host_sector)
{
	uint64_t extent = host_sector / SV_EXTENT_SECTORS;
	uint64_t all = (f->host_sectors + SV_EXTENT_SECTORS - 1) / SV_EXTENT_SECTORS;
	uint64_t kept = f->sectors / SV_EXTENT_SECTORS;

	if (kept < all)
		extent = (uint64_t)((unsigned __int128)extent * kept / all);
	return (uint32_t)(extent * SV_EXTENT_SECTORS + host_sector % SV_EXTENT_SECTORS);
}

bool sv_ftl_is_folded(const struct sv_flash *f, uint64_t host_sector)
{
	return host_sector >= SV_EXTENT_SECTORS &&
	       sv_ftl_fold(f, host_sector) == sv_ftl_fold(f, host_sector - SV_EXTENT_SECTORS);
}

/* As sv_ftl_fill() would have it, near enough: only the die and who shares a page matter. */
static uint32_t unfilled_place(const struct sv_flash *f, int state, uint32_t sector)
{
	uint32_t row = sector / f->row, die = row % f->dies;
	uint32_t per_die = f->blocks * f->block;

	if (state == SV_SSD_EMPTY)
		return SV_NOWHERE;
	if (state == SV_SSD_RANDOM)
		return (uint32_t)(mix(sector) % ((uint64_t)per_die * f->dies));
	return die * per_die + row / f->dies * f->row % per_die + sector % f->row;
}

uint32_t sv_ftl_place(const struct sv_flash *f, const struct sv_ssd_cfg *cfg, uint32_t sector)
{
	return f->filled ? f->map[sector] : unfilled_place(f, cfg->precondition, sector);
}

void sv_ftl_forget(struct sv_flash *f, uint32_t sector)
{
	uint32_t place = f->map[sector];

	f->map[sector] = SV_NOWHERE;
	if (place >= SV_CACHED) /* also SV_NOWHERE */
		return;
	f->owner[place] = SV_NOWHERE;
	uint64_t block = block_of(f, place);
	f->die[block / f->blocks].block[block % f->blocks].valid--;
}

void sv_ftl_put(struct sv_flash *f, uint32_t sector, uint32_t place)
{
	uint64_t block = block_of(f, place);

	f->map[sector] = place;
	f->owner[place] = sector;
	f->die[block / f->blocks].block[block % f->blocks].valid++;
}

uint32_t sv_ftl_next(
	struct sv_flash *f, struct sv_flash_die *die, struct sv_flash_stream *s, uint32_t keep)
{
	uint32_t first = (uint32_t)(die - f->die) * f->blocks, place;

	if (s->block == SV_NOWHERE) {
		if (die->free_blocks <= keep)
			return SV_NOWHERE;
		s->block = die->free_block[--die->free_blocks];
		s->used = 0;
		die->block[s->block].state = SV_BLOCK_OPEN;
	}
	place = (first + s->block) * f->block + s->used++;
	f->owner[place] = SV_NOWHERE;
	if (s->used == f->block) {
		die->block[s->block].state = SV_BLOCK_FULL;
		s->block = SV_NOWHERE;
	}
	return place;
}

bool sv_ftl_has_room(const struct sv_flash *f, const struct sv_flash_die *die)
{
	(void)f;
	/* Rows divide blocks; the last free block is for what is collected. */
	return die->host.block != SV_NOWHERE || die->free_blocks > 1;
}

/* The p of (p - 1) / ln p = u. */
static double victim_share(double u)
{
	double low = 1e-9, high = 1 - 1e-9;

	for (int i = 0; i < 60; i++) {
		double p = (low + high) / 2;

		if ((p - 1) / log(p) < u)
			low = p;
		else
			high = p;
	}
	return low;
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	return b ? common_divisor(b, a % b) : a;
}

struct filler {
	struct sv_flash *flash;
	uint64_t next, step; /* sectors in an order that looks random, or 1 */
	uint64_t left;
};

static uint32_t next_sector(struct filler *fill)
{
	uint64_t sector = fill->next;

	fill->next += fill->step;
	if (fill->next >= fill->flash->sectors)
		fill->next -= fill->flash->sectors;
	fill->left--;
	return (uint32_t)sector;
}

/* Fills a block with so many valid sectors, spread evenly. */
static void fill_block(struct filler *fill, uint32_t die, uint32_t b, uint32_t valid)
{
	struct sv_flash *f = fill->flash;
	uint32_t first = (die * f->blocks + b) * f->block;

	for (uint32_t i = 0; i < f->block; i++) {
		uint64_t before = (uint64_t)i * valid / f->block;

		if ((uint64_t)(i + 1) * valid / f->block > before && fill->left > 0)
			sv_ftl_put(f, next_sector(fill), first + i);
		else
			f->owner[first + i] = SV_NOWHERE;
	}
	f->die[die].block[b].state = SV_BLOCK_FULL;
}

/* Rows of neighbours go to one die after another, so blocks of all dies fill together. */
static void fill_sequential(struct sv_flash *f)
{
	for (uint64_t sector = 0; sector < f->sectors; sector++) {
		struct sv_flash_die *die = &f->die[sector / f->row % f->dies];

		sv_ftl_put(f, (uint32_t)sector, sv_ftl_next(f, die, &die->host, 0));
	}
}

/* The first rows of a stream's block hold what was written last. */
static void open_some(struct filler *fill, struct sv_flash_die *die, struct sv_flash_stream *stream,
	uint64_t rows)
{
	struct sv_flash *f = fill->flash;

	for (uint64_t i = 0; i < rows * f->row && fill->left > 0; i++)
		sv_ftl_put(f, next_sector(fill), sv_ftl_next(f, die, stream, 0));
}

/* Dies are at different points between two collections. */
static void open_blocks(struct filler *fill, const struct sv_ssd_cfg *cfg)
{
	struct sv_flash *f = fill->flash;
	uint64_t pages = (uint64_t)cfg->pages;

	for (uint32_t d = 0; d < f->dies; d++) {
		open_some(fill, &f->die[d], &f->die[d].host, mix(d) % pages);
		open_some(fill, &f->die[d], &f->die[d].moved, mix(d + f->dies) % pages);
	}
}

static void fill_random(struct sv_flash *f, const struct sv_ssd_cfg *cfg)
{
	/* A die has collected ahead of its writes: it begins anew when these open another block. */
	uint32_t full = f->blocks - SV_KEPT_FREE - 1 - SV_OPEN_BLOCKS;
	struct filler fill = { .flash = f,
		.step = (uint64_t)((double)f->sectors * 0.6180339887),
		.left = f->sectors };
	double p;

	while (common_divisor(f->sectors, fill.step) != 1)
		fill.step++;
	open_blocks(&fill, cfg);
	p = victim_share((double)fill.left / ((double)full * f->block * f->dies));
	/* The latest first, so that what rounding leaves lies in the next victims. */
	for (uint32_t age = 0; age < full; age++)
		for (uint32_t d = 0; d < f->dies; d++) {
			double share = pow(p, ((double)age + 0.5) / full);
			uint64_t blocks = (uint64_t)(full - age) * f->dies - d;
			uint32_t valid = (uint32_t)ceil(share * f->block);

			/* At the end all sectors have a place. */
			if (fill.left > (blocks - 1) * f->block &&
				fill.left - (blocks - 1) * f->block > valid)
				valid = (uint32_t)(fill.left - (blocks - 1) * f->block);
			fill_block(&fill, d, f->die[d].free_block[--f->die[d].free_blocks], valid);
		}
}

void sv_ftl_fill(struct sv_flash *f, const struct sv_ssd_cfg *cfg)
{
	SV_BUG_ON(f->blocks == 0 || f->dies == 0 || f->row == 0);
	for (uint64_t i = 0; i < f->sectors; i++)
		f->map[i] = SV_NOWHERE;
	for (uint32_t d = 0; d < f->dies; d++) {
		f->die[d].free_blocks = f->blocks;
		for (uint32_t b = 0; b < f->blocks; b++)
			f->die[d].free_block[b] = f->blocks - 1 - b;
	}
	if (cfg->precondition == SV_SSD_SEQUENTIAL)
		fill_sequential(f);
	else if (cfg->precondition == SV_SSD_RANDOM)
		fill_random(f, cfg);
	f->filled = true;
}
