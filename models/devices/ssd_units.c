/*
 * ssd_units.c - a medium of parallel units that are written in place, such as 3D XPoint
 *
 * The address says which unit holds a stripe. A unit serves one access at a time, in order, so a
 * stripe takes one event.
 */
#include "ssd.h"
#include <math.h>
#include <stdlib.h>

struct units {
	struct sv_ssd_server *unit;
};

static int units_start(struct sv_ssd *ssd)
{
	struct units *u = calloc(1, sizeof(*u));

	ssd->media = u;
	if (u)
		u->unit = calloc((size_t)ssd->cfg->units, sizeof(*u->unit));
	return u && u->unit ? 0 : -1;
}

static void units_free(struct sv_ssd *ssd)
{
	struct units *u = ssd->media;

	if (u)
		free(u->unit);
	free(u);
}

/*
 * Stripes lie on the units by turns, in each round in another order: so neither neighbours nor
 * those at a power of two's distance share a unit more often than chance has it.
 */
static struct sv_ssd_server *unit_of(struct sv_ssd *ssd, uint64_t stripe)
{
	struct units *u = ssd->media;
	uint64_t n = (uint64_t)ssd->cfg->units, round = stripe / n;

	round = (round ^ round >> 31) * UINT64_C(0x9e3779b97f4a7c15);
	return &u->unit[(stripe + (round >> 33)) % n];
}

static void have_read(struct sv_device_alarm *alarm)
{
	struct sv_ssd_part *p = (struct sv_ssd_part *)alarm;
	struct sv_ssd_command *c = p->command;
	uint32_t bytes = p->bytes;

	sv_ssd_part_free(c->ssd, p);
	sv_ssd_delivered(c, bytes);
}

static void have_written(struct sv_device_alarm *alarm)
{
	struct sv_ssd_part *p = (struct sv_ssd_part *)alarm;
	struct sv_ssd_command *c = p->command;

	sv_ssd_part_free(c->ssd, p);
	if (--c->parts == 0)
		sv_ssd_complete(c);
}

static void access(struct sv_ssd *ssd, struct sv_ssd_command *c, const struct sv_dist *time,
	void (*done)(struct sv_device_alarm *))
{
	const uint64_t stripe = (uint64_t)ssd->cfg->stripe;
	uint64_t at = c->io->offset, end = at + c->io->bytes;
	sv_time now = sv_now(ssd->device.lp);

	c->parts = (uint32_t)((end - 1) / stripe - at / stripe + 1);
	while (at < end) {
		uint64_t next = (at / stripe + 1) * stripe;
		struct sv_ssd_part *p = sv_ssd_part(ssd, c);
		sv_time until = sv_ssd_serve(
			unit_of(ssd, at / stripe), now, sv_dist_sample(time, &ssd->random));

		p->bytes = (uint32_t)((next < end ? next : end) - at);
		p->alarm.fire = done;
		sv_device_after(ssd->device.lp, until - now, &p->alarm);
		at = next;
	}
}

static void units_read(struct sv_ssd *ssd, struct sv_ssd_command *c)
{
	access(ssd, c, &ssd->cfg->read, have_read);
}

static void units_write(struct sv_ssd *ssd, struct sv_ssd_command *c)
{
	access(ssd, c, &ssd->cfg->program, have_written);
}

/* Nothing is kept elsewhere, and nothing need be erased. */
static void units_nothing(struct sv_ssd *ssd, struct sv_ssd_command *c)
{
	(void)ssd;
	sv_ssd_complete(c);
}

static void units_reset(struct sv_ssd *ssd, sv_time now)
{
	struct units *u = ssd->media;

	for (int64_t i = 0; i < ssd->cfg->units; i++)
		sv_ssd_server_reset(&u->unit[i], now);
}

static const char *units_check(struct sv_ssd *ssd, sv_time now)
{
	struct units *u = ssd->media;

	for (int64_t i = 0; i < ssd->cfg->units; i++)
		if (sv_ssd_served(&u->unit[i], now) > now - ssd->since)
			return "a unit was busy for longer than the window lasted";
	return NULL;
}

static void units_measure(struct sv_ssd *ssd, sv_time now, struct sv_metrics *out)
{
	struct units *u = ssd->media;
	double busy = 0;

	for (int64_t i = 0; i < ssd->cfg->units; i++)
		busy += sv_seconds(sv_ssd_served(&u->unit[i], now));
	sv_ssd_put(ssd, out, "media.utilisation",
		busy / (double)ssd->cfg->units / sv_seconds(now - ssd->since));
	sv_ssd_put(ssd, out, "channel.utilisation", (double)NAN);
	sv_ssd_put(ssd, out, "write-amplification", (double)NAN);
	sv_ssd_put(ssd, out, "erases", (double)NAN);
	sv_ssd_put(ssd, out, "cache.full", (double)NAN);
}

const struct sv_ssd_medium sv_ssd_units = {
	.start = units_start,
	.read = units_read,
	.write = units_write,
	.flush = units_nothing,
	.trim = units_nothing,
	.reset = units_reset,
	.check = units_check,
	.measure = units_measure,
	.free = units_free,
};
