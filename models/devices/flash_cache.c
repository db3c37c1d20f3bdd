/*
 * flash_cache.c - a drive's write cache: writes from the link until they are programmed
 *
 * Sectors wait in a ring, first come first served, and go to any die that has room for a row. A
 * sector that is written again while it waits takes no second place. A write that finds the
 * cache full waits, those behind it too.
 *
 * `mark` counts sectors that have come in. Who waits until data are in flash (a flush of a cache
 * that is not protected, a write through the cache) waits until no older mark is under way; rows
 * that are not full are then programmed as they are.
 */
#include "flash.h"

static void append(
	struct sv_ssd_command **first, struct sv_ssd_command **last, struct sv_ssd_command *c)
{
	c->next = NULL;
	if (*last)
		(*last)->next = c;
	else
		*first = c;
	*last = c;
}

static struct sv_ssd_command *take(struct sv_ssd_command **first, struct sv_ssd_command **last)
{
	struct sv_ssd_command *c = *first;

	*first = c->next;
	if (!*first)
		*last = NULL;
	return c;
}

void sv_cache_list(struct sv_flash *f, struct sv_flash_die *die)
{
	if (die->listed || die->queued.sectors || !sv_ftl_has_room(f, die))
		return;
	die->listed = true;
	die->next = NULL;
	if (f->ready_last)
		f->ready_last->next = die;
	else
		f->ready = die;
	f->ready_last = die;
}

static uint64_t oldest_of(const struct sv_flash_row *row, uint64_t oldest)
{
	return row->sectors && row->mark < oldest ? row->mark : oldest;
}

/* All that came before this is in flash. */
static uint64_t oldest(const struct sv_flash *f)
{
	uint64_t mark = f->head;

	for (uint32_t d = 0; d < f->dies; d++) {
		mark = oldest_of(&f->die[d].running, mark);
		mark = oldest_of(&f->die[d].queued, mark);
	}
	return mark;
}

static void end_flushes(struct sv_flash *f)
{
	uint64_t mark = f->flushing ? oldest(f) : 0;

	while (f->flushing && f->flushing->mark <= mark)
		sv_ssd_complete(take(&f->flushing, &f->flushing_last));
}

static void wait_for_flash(struct sv_ssd *ssd, struct sv_ssd_command *c)
{
	struct sv_flash *f = ssd->media;

	c->mark = f->tail;
	append(&f->flushing, &f->flushing_last, c);
	sv_cache_drain(ssd);
	end_flushes(f);
}

static void is_cached(struct sv_device_alarm *alarm)
{
	struct sv_ssd_command *c = (struct sv_ssd_command *)alarm;

	sv_ssd_complete(c);
}

static void put(struct sv_flash *f, uint32_t sector)
{
	uint32_t slot = (uint32_t)(f->tail % f->slots);

	f->written++;
	/* It waits already. */
	if (f->map[sector] != SV_NOWHERE && f->map[sector] >= SV_CACHED)
		return;
	sv_ftl_forget(f, sector);
	f->map[sector] = SV_CACHED | slot;
	f->slot[slot] = sector;
	f->tail++;
	f->dirty++;
	f->used++;
}

static uint64_t first_sector(const struct sv_ssd_command *c)
{
	return c->io->offset / SV_SECTOR_BYTES;
}

static uint32_t sectors_of(const struct sv_ssd_command *c)
{
	uint64_t last = (c->io->offset + c->io->bytes - 1) / SV_SECTOR_BYTES;

	return (uint32_t)(last - first_sector(c) + 1);
}

static void admit(struct sv_ssd *ssd, struct sv_ssd_command *c)
{
	struct sv_flash *f = ssd->media;
	uint32_t n = sectors_of(c);

	for (uint32_t i = 0; i < n; i++)
		put(f, sv_ftl_fold(f, first_sector(c) + i));
	if (!ssd->cfg->write_back) {
		wait_for_flash(ssd, c);
		return;
	}
	c->alarm.fire = is_cached;
	sv_device_after(
		ssd->device.lp, sv_dist_sample(&ssd->cfg->cache_time, &ssd->random), &c->alarm);
	sv_cache_drain(ssd);
}

/* A full ring may still hold what was trimmed: that counts until it is passed. */
static bool has_room(const struct sv_flash *f, const struct sv_ssd_command *c)
{
	return f->used + sectors_of(c) <= f->slots;
}

void sv_cache_prepare(struct sv_ssd *ssd)
{
	struct sv_flash *f = ssd->media;

	if (f->filled)
		return;
	sv_ftl_fill(f, ssd->cfg);
	for (uint32_t d = 0; d < f->dies; d++)
		sv_cache_list(f, &f->die[d]);
}

void sv_cache_write(struct sv_ssd *ssd, struct sv_ssd_command *c)
{
	struct sv_flash *f = ssd->media;

	sv_cache_prepare(ssd);
	if (!f->waiting && has_room(f, c)) {
		admit(ssd, c);
		return;
	}
	f->stalls++;
	append(&f->waiting, &f->waiting_last, c);
}

void sv_cache_flush(struct sv_ssd *ssd, struct sv_ssd_command *c)
{
	if (ssd->cfg->protected)
		sv_ssd_complete(c);
	else
		wait_for_flash(ssd, c);
}

static void admit_waiting(struct sv_ssd *ssd)
{
	struct sv_flash *f = ssd->media;

	while (f->waiting && has_room(f, f->waiting))
		admit(ssd, take(&f->waiting, &f->waiting_last));
}

/* Gives a die a row of the oldest sectors. */
static void hand_row(struct sv_flash *f, struct sv_flash_die *die)
{
	struct sv_flash_row row = { .mark = f->head };

	while (f->dirty > 0 && row.sectors < f->row) {
		uint32_t slot = (uint32_t)(f->head++ % f->slots), sector = f->slot[slot];

		f->dirty--;
		row.slots++;
		/* Trimmed meanwhile, and perhaps written again to another slot. */
		if (f->map[sector] != (SV_CACHED | slot))
			continue;
		uint32_t place = sv_ftl_next(f, die, &die->host, 1);
		if (row.sectors++ == 0)
			row.first = place;
		sv_ftl_put(f, sector, place);
	}
	if (row.sectors == 0) {
		f->used -= row.slots;
		return;
	}
	for (uint32_t i = row.sectors; i < f->row; i++)
		sv_ftl_next(f, die, &die->host, 1);
	die->queued = row;
}

void sv_cache_drain(struct sv_ssd *ssd)
{
	struct sv_flash *f = ssd->media;

	uint32_t used = f->used;

	while (f->ready && f->dirty > 0 && (f->dirty >= f->row || f->flushing)) {
		struct sv_flash_die *die = f->ready;

		f->ready = die->next;
		if (!f->ready)
			f->ready_last = NULL;
		die->listed = false;
		if (sv_ftl_has_room(f, die) && !die->queued.sectors)
			hand_row(f, die);
		if (die->queued.sectors)
			sv_die_wake(die);
		else
			sv_cache_list(f, die);
	}
	/* What was trimmed in the cache has left room. */
	if (f->used < used)
		admit_waiting(ssd);
}

void sv_cache_programmed(struct sv_ssd *ssd, const struct sv_flash_row *row)
{
	struct sv_flash *f = ssd->media;

	f->used -= row->slots;
	sv_cache_drain(ssd);
	end_flushes(f);
	admit_waiting(ssd);
}
