/*
 * blk_load.c - requests to a virtio block device, over a queue of models/queues
 *
 * Completions are reaped until there is none, then their slots are used again, all shown to the
 * device at once: as a driver does that handles an interrupt and then runs its submitters.
 */
#define SV_SUBSTRATE_native 1
#include "blk_load.h"
#include "substrate.h"

#define WORDS (SV_BLK_SECTOR / sizeof(uint64_t))
#define LINE  128

enum { TYPE_IN, TYPE_OUT };

static size_t whole(size_t bytes, size_t to)
{
	return (bytes + to - 1) / to * to;
}

void sv_blk_lay(struct sv_blk_place *p, const struct sv_queue *kind, uint32_t size, const void *cfg,
	size_t data_bytes)
{
	kind->layout(size, cfg, &p->queue);
	p->ring = 0;
	p->driver = whole(p->queue.bytes, LINE);
	p->load = p->driver + whole(p->queue.driver_bytes, LINE);
	p->data = p->load + whole(sizeof(struct sv_blk_load), 4096);
	p->data = whole(p->data, 4096);
	p->bytes = whole(p->data + data_bytes, 4096);
}

/* Of the i-th word on a device: any bit of it depends on its place. */
static uint64_t pattern(uint64_t sector, size_t i)
{
	uint64_t x = (sector * WORDS + i + 1) * UINT64_C(0x9e3779b97f4a7c15);

	return x ^ x >> 29;
}

bool sv_blk_is_pattern(const uint8_t *data, uint64_t sector)
{
	const uint64_t *word = (const uint64_t *)(const void *)data;

	for (size_t i = 0; i < WORDS; i++)
		if (word[i] != pattern(sector, i))
			return false;
	return true;
}

static void put_pattern(uint8_t *data, uint64_t sector)
{
	uint64_t *word = (uint64_t *)(void *)data;

	for (size_t i = 0; i < WORDS; i++)
		word[i] = pattern(sector, i);
}

static uint64_t next_sector(struct sv_blk_load *l, uint64_t number)
{
	uint64_t per_request = l->bytes / SV_BLK_SECTOR, places = l->sectors / per_request;

	if (l->what != SV_BLK_WRITE) {
		l->random ^= l->random << 13;
		l->random ^= l->random >> 7;
		l->random ^= l->random << 17;
		number = l->random;
	}
	return number % places * per_request;
}

static void submit(const struct sv_blk_driver *d, unsigned slot, uint64_t number)
{
	struct sv_blk_load *l = d->load;
	struct sv_blk_request *r = &l->request[slot];
	uint8_t *data = d->data + (size_t)slot * l->bytes;
	bool writes = l->what == SV_BLK_WRITE;
	const struct sv_buffer buffer[] = {
		{ (uintptr_t)r, 16, false },
		{ (uintptr_t)data, l->bytes, !writes },
		{ (uintptr_t)&r->status, 1, true },
	};

	r->type = writes ? TYPE_OUT : TYPE_IN;
	r->priority = 0;
	r->sector = next_sector(l, number);
	r->status = UINT8_MAX;
	for (size_t at = 0; writes && at < l->bytes; at += SV_BLK_SECTOR)
		put_pattern(data + at, r->sector + at / SV_BLK_SECTOR);
	/* There is room: whoever made the queue made it for `depth` requests. */
	d->kind->add(d->driver, &(struct sv_chain){ buffer, 3, r });
}

static void check(const struct sv_blk_driver *d, unsigned slot)
{
	struct sv_blk_load *l = d->load;
	const struct sv_blk_request *r = &l->request[slot];
	const uint8_t *data = d->data + (size_t)slot * l->bytes;

	/* The device wrote it; the queue's acquire has ordered that before. */
	if (*(const volatile uint8_t *)&r->status != 0) {
		l->failed++;
		return;
	}
	for (size_t at = 0; l->what == SV_BLK_VERIFY && at < l->bytes; at += SV_BLK_SECTOR)
		if (!sv_blk_is_pattern(data + at, r->sector + at / SV_BLK_SECTOR)) {
			l->wrong++;
			return;
		}
}

/* Completions until there is none: how many; their slots are free. */
static unsigned reap(const struct sv_blk_driver *d, uint8_t *free_slots, unsigned n)
{
	struct sv_blk_load *l = d->load;
	struct sv_reaped reaped;
	unsigned found = 0;

	while (d->kind->reap(d->driver, &reaped)) {
		unsigned slot = (unsigned)((struct sv_blk_request *)reaped.token - l->request);

		check(d, slot);
		free_slots[n + found++] = (uint8_t)slot;
	}
	l->done += found;
	return found;
}

static bool is_abandoned(const struct sv_blk_load *l)
{
	return __atomic_load_n(&l->abandoned, __ATOMIC_RELAXED);
}

/* Until something has completed; 0: it is given up. */
static unsigned await(const struct sv_blk_driver *d, const struct sv_blk_bell *bell,
	uint8_t *free_slots, unsigned n)
{
	unsigned found;

	while ((found = reap(d, free_slots, n)) == 0) {
		if (is_abandoned(d->load))
			return 0;
		if (!d->load->events) {
			sv_pause();
		} else if (!d->kind->listen(d->driver)) {
			d->load->interrupts += bell->sleep(bell->arg);
			d->kind->quiet(d->driver);
		}
	}
	return found;
}

void sv_blk_run(const struct sv_blk_driver *d, const struct sv_blk_bell *bell)
{
	struct sv_blk_load *l = d->load;
	uint8_t free_slots[SV_BLK_MOST_DEPTH];
	unsigned n = l->depth;
	uint64_t submitted = 0;

	for (unsigned i = 0; i < n; i++)
		free_slots[i] = (uint8_t)i;
	l->random = UINT64_C(88172645463325252);
	l->done = l->kicks = l->interrupts = 0;
	l->failed = l->wrong = 0;
	d->kind->quiet(d->driver);
	for (unsigned found = 1; found > 0; n += found) {
		uint64_t before = submitted;

		while (n > 0 && submitted < l->requests && !is_abandoned(l))
			submit(d, free_slots[--n], submitted++);
		if (submitted != before && d->kind->publish(d->driver)) {
			l->kicks++;
			bell->kick(bell->arg);
		}
		if (n == l->depth)
			return;
		found = await(d, bell, free_slots, n);
	}
}
