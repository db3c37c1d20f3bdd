/*
 * flash.c - dies of flash: what each does next, and for how long
 *
 * A die does one thing at a time: reads of the host first, then rows of the host, or garbage
 * collection where free blocks are few. A read keeps its die until its data have crossed the
 * channel. Where the drive can suspend, a read does not wait for the end of programming or erasing.
 */
#include "flash.h"
#include <math.h>
#include <stdlib.h>

sv_time sv_die_transfer(struct sv_flash_die *die, uint32_t sectors)
{
	double seconds = (double)sectors * SV_SECTOR_BYTES / die->ssd->cfg->channel_rate;
	sv_time now = sv_now(die->ssd->device.lp);

	return sv_ssd_serve(die->channel, now, (sv_time)(seconds * (double)SV_S)) - now;
}

void sv_die_work(struct sv_flash_die *die, enum sv_flash_work work, sv_time time)
{
	sv_time now = sv_now(die->ssd->device.lp);

	if (die->work == SV_DIE_IDLE)
		die->since = now;
	die->work = work;
	die->due = now + time;
	sv_device_after(die->ssd->device.lp, time, &die->alarm);
}

static void start_read(struct sv_flash_die *die)
{
	die->current = die->first;
	die->first = die->first->next;
	if (!die->first)
		die->last = NULL;
	sv_die_work(die, SV_DIE_READ, sv_dist_sample(&die->ssd->cfg->read, &die->ssd->random));
}

static void start_program(struct sv_flash_die *die)
{
	struct sv_flash *f = sv_flash_of(die->ssd);

	die->running = die->queued;
	die->queued.sectors = 0;
	f->programmed += f->row;
	die->taken += f->row;
	sv_die_work(die, SV_DIE_PROGRAM,
		sv_die_transfer(die, f->row) +
			sv_dist_sample(&die->ssd->cfg->program, &die->ssd->random));
	sv_cache_list(f, die);
}

/*
 * While a block is being emptied, the host gets of the room that it yields what has been earned:
 * so its writes are slowed down evenly, and never wait for a whole block.
 */
static bool must_collect(const struct sv_flash_die *die)
{
	const struct sv_flash *f = sv_flash_of(die->ssd);

	if (die->victim == SV_NOWHERE)
		return die->free_blocks <= SV_KEPT_FREE;
	return (uint64_t)die->taken * f->block >= (uint64_t)die->gain * die->scan;
}

/* What a die that has ended its work does next. */
static void next_work(struct sv_flash_die *die)
{

	if (die->first) {
		start_read(die);
		return;
	}
	if (die->suspended != SV_DIE_IDLE) {
		enum sv_flash_work work = die->suspended;

		die->suspended = SV_DIE_IDLE;
		sv_die_work(die, work, die->left);
		return;
	}
	if (die->queued.sectors && !must_collect(die)) {
		start_program(die);
		return;
	}
	if (sv_gc_step(die))
		return;
	if (die->queued.sectors) {
		start_program(die);
		return;
	}
	die->busy += sv_now(die->ssd->device.lp) - die->since;
	die->work = SV_DIE_IDLE;
}

static void deliver(struct sv_flash_die *die)
{
	struct sv_ssd_part *p = die->current;
	struct sv_ssd_command *c = p->command;
	uint32_t bytes = p->bytes;

	sv_ssd_part_free(die->ssd, p);
	next_work(die);
	sv_ssd_delivered(c, bytes);
}

static void fire(struct sv_device_alarm *alarm)
{
	struct sv_flash_die *die = (struct sv_flash_die *)alarm;
	struct sv_flash_row row = die->running;
	enum sv_flash_work work = die->work;

	/* What was suspended ends at another time. */
	if (work == SV_DIE_IDLE || die->due != sv_now(die->ssd->device.lp))
		return;
	if (work == SV_DIE_READ) {
		uint32_t sectors = (die->current->bytes + SV_SECTOR_BYTES - 1) / SV_SECTOR_BYTES;

		sv_die_work(die, SV_DIE_READ_OUT, sv_die_transfer(die, sectors));
		return;
	}
	if (work == SV_DIE_READ_OUT) {
		deliver(die);
		return;
	}
	if (work == SV_DIE_PROGRAM)
		die->running.sectors = 0;
	else if (work != SV_DIE_SUSPEND)
		sv_gc_stepped(die, work);
	next_work(die);
	if (work == SV_DIE_PROGRAM)
		sv_cache_programmed(die->ssd, &row);
	else if (work != SV_DIE_SUSPEND)
		sv_cache_drain(die->ssd);
}

void sv_die_wake(struct sv_flash_die *die)
{
	if (die->work != SV_DIE_IDLE)
		return;
	die->since = sv_now(die->ssd->device.lp);
	next_work(die);
}

static bool can_suspend(const struct sv_flash_die *die)
{
	return die->ssd->cfg->suspend > 0 && die->suspended == SV_DIE_IDLE &&
	       (die->work == SV_DIE_PROGRAM || die->work == SV_DIE_COLLECT_PROGRAM ||
		       die->work == SV_DIE_ERASE);
}

static void read_from(struct sv_flash_die *die, struct sv_ssd_part *p)
{
	if (die->last)
		die->last->next = p;
	else
		die->first = p;
	die->last = p;
	if (can_suspend(die)) {
		die->suspended = die->work;
		die->left = die->due - sv_now(die->ssd->device.lp);
		sv_die_work(die, SV_DIE_SUSPEND, die->ssd->cfg->suspend);
	} else {
		sv_die_wake(die);
	}
}

static void from_cache(struct sv_device_alarm *alarm)
{
	struct sv_ssd_part *p = (struct sv_ssd_part *)alarm;
	struct sv_ssd_command *c = p->command;
	uint32_t bytes = p->bytes;

	sv_ssd_part_free(c->ssd, p);
	sv_ssd_delivered(c, bytes);
}

static bool holds(const struct sv_flash_row *row, uint32_t place)
{
	return place - row->first < row->sectors;
}

/* The place to read a sector from, any of its page; SV_CACHED: the controller has the data. */
static uint32_t page_of(struct sv_ssd *ssd, uint32_t sector)
{
	struct sv_flash *f = ssd->media;
	uint32_t place = sv_ftl_place(f, ssd->cfg, sector);

	if (place >= SV_CACHED)
		return SV_CACHED;
	if (f->filled) {
		const struct sv_flash_die *die = &f->die[place / f->block / f->blocks];

		if (holds(&die->running, place) || holds(&die->queued, place))
			return SV_CACHED;
	}
	return place - place % f->page;
}

static void read_page(struct sv_ssd *ssd, struct sv_ssd_command *c, uint32_t page, uint32_t bytes)
{
	struct sv_flash *f = ssd->media;
	struct sv_ssd_part *p = sv_ssd_part(ssd, c);

	c->parts++;
	p->bytes = bytes;
	if (page == SV_CACHED) {
		p->alarm.fire = from_cache;
		sv_device_after(ssd->device.lp, sv_dist_sample(&ssd->cfg->cache_time, &ssd->random),
			&p->alarm);
	} else {
		read_from(&f->die[page / f->block / f->blocks], p);
	}
}

/* Neighbours that lie in one page are read at once. */
static void flash_read(struct sv_ssd *ssd, struct sv_ssd_command *c)
{
	struct sv_flash *f = ssd->media;
	uint64_t at = c->io->offset, end = at + c->io->bytes, from = at;
	uint32_t page = page_of(ssd, sv_ftl_fold(f, at / SV_SECTOR_BYTES));

	c->parts = 0;
	while (at < end) {
		uint64_t next = (at / SV_SECTOR_BYTES + 1) * SV_SECTOR_BYTES;
		uint32_t next_page = SV_NOWHERE;

		at = next < end ? next : end;
		if (at < end)
			next_page = page_of(ssd, sv_ftl_fold(f, at / SV_SECTOR_BYTES));
		if (next_page != page) {
			read_page(ssd, c, page, (uint32_t)(at - from));
			page = next_page;
			from = at;
		}
	}
}

static void flash_trim(struct sv_ssd *ssd, struct sv_ssd_command *c)
{
	struct sv_flash *f = ssd->media;
	uint64_t first = (c->io->offset + SV_SECTOR_BYTES - 1) / SV_SECTOR_BYTES;
	uint64_t end = (c->io->offset + c->io->bytes) / SV_SECTOR_BYTES;

	sv_cache_prepare(ssd);
	while (first < end) {
		uint64_t next = (first / SV_EXTENT_SECTORS + 1) * SV_EXTENT_SECTORS;

		if (next > end)
			next = end;
		if (!sv_ftl_is_folded(f, first))
			for (uint64_t s = first; s < next; s++)
				sv_ftl_forget(f, sv_ftl_fold(f, s));
		first = next;
	}
	sv_ssd_complete(c);
}

static int flash_start(struct sv_ssd *ssd)
{
	const struct sv_ssd_cfg *cfg = ssd->cfg;
	struct sv_flash *f = calloc(1, sizeof(*f));

	ssd->media = f;
	if (!f)
		return -1;
	f->dies = (uint32_t)(cfg->channels * cfg->dies);
	f->slots = (uint32_t)(cfg->cache / SV_SECTOR_BYTES);
	f->die = calloc(f->dies, sizeof(*f->die));
	f->channel = calloc((size_t)cfg->channels, sizeof(*f->channel));
	f->slot = calloc(f->slots, sizeof(*f->slot));
	if (!f->die || !f->channel || !f->slot)
		return -1;
	for (uint32_t d = 0; d < f->dies; d++) {
		f->die[d].ssd = ssd;
		f->die[d].channel = &f->channel[d % (uint32_t)cfg->channels];
		f->die[d].alarm.fire = fire;
	}
	return sv_ftl_init(f, cfg);
}

static void flash_free(struct sv_ssd *ssd)
{
	struct sv_flash *f = ssd->media;

	if (!f)
		return;
	sv_ftl_free(f);
	free(f->die);
	free(f->channel);
	free(f->slot);
	free(f);
}

static sv_time die_busy(const struct sv_flash_die *die, sv_time now)
{
	return die->busy + (die->work == SV_DIE_IDLE ? 0 : now - die->since);
}

static void flash_reset(struct sv_ssd *ssd, sv_time now)
{
	struct sv_flash *f = ssd->media;

	f->written = f->programmed = f->erases = f->stalls = 0;
	for (uint32_t d = 0; d < f->dies; d++) {
		f->die[d].busy = 0;
		f->die[d].since = now;
	}
	for (int64_t i = 0; i < ssd->cfg->channels; i++)
		sv_ssd_server_reset(&f->channel[i], now);
}

static const char *flash_check(struct sv_ssd *ssd, sv_time now)
{
	struct sv_flash *f = ssd->media;
	uint64_t valid = 0, mapped = 0;

	for (uint32_t d = 0; d < f->dies; d++)
		if (die_busy(&f->die[d], now) > now - ssd->since)
			return "a die worked for longer than the window lasted";
	for (int64_t i = 0; i < ssd->cfg->channels; i++)
		if (sv_ssd_served(&f->channel[i], now) > now - ssd->since)
			return "a channel worked for longer than the window lasted";
	for (uint32_t d = 0; f->filled && d < f->dies; d++)
		for (uint32_t b = 0; b < f->blocks; b++)
			valid += f->die[d].block[b].valid;
	for (uint64_t s = 0; f->filled && s < f->sectors; s++)
		mapped += f->map[s] < SV_CACHED;
	return valid == mapped ? NULL : "blocks hold other sectors than the mapping says";
}

static void flash_measure(struct sv_ssd *ssd, sv_time now, struct sv_metrics *out)
{
	struct sv_flash *f = ssd->media;
	double window = sv_seconds(now - ssd->since), dies = 0, channels = 0;

	for (uint32_t d = 0; d < f->dies; d++)
		dies += sv_seconds(die_busy(&f->die[d], now));
	for (int64_t i = 0; i < ssd->cfg->channels; i++)
		channels += sv_seconds(sv_ssd_served(&f->channel[i], now));
	sv_ssd_put(ssd, out, "media.utilisation", dies / f->dies / window);
	sv_ssd_put(ssd, out, "channel.utilisation", channels / (double)ssd->cfg->channels / window);
	sv_ssd_put(ssd, out, "write-amplification",
		f->written > 0 ? (double)f->programmed / (double)f->written : (double)NAN);
	sv_ssd_put(ssd, out, "erases", (double)f->erases / window);
	sv_ssd_put(ssd, out, "cache.full", (double)f->stalls / window);
}

const struct sv_ssd_medium sv_ssd_flash = {
	.start = flash_start,
	.read = flash_read,
	.write = sv_cache_write,
	.flush = sv_cache_flush,
	.trim = flash_trim,
	.reset = flash_reset,
	.check = flash_check,
	.measure = flash_measure,
	.free = flash_free,
};
