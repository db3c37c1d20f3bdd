/*
 * vring_packed.c - the packed virtqueue of virtio
 *
 * One ring that both sides write: a descriptor is made available by its flags, and used by writing
 * another in the place where the oldest available one began. Each side compares two of the flags
 * with the parity of its lap, so that no index is shared and a request and its completion may be
 * one line. A batch becomes visible by its first descriptor, which is written last: the other side
 * looks at no later one before.
 *
 * Length, id and flags are written and read as one word of 8 bytes.
 *
 * Memory        16 bytes an entry, 4 for the wishes of each side; 16 an entry of indirect tables.
 * A request     driver: 2 stores a buffer, 1 load; 1 fence and load a batch.
 *               device: 2 loads a buffer, 1 store; 1 fence and load a batch.
 * Reference     Virtual I/O Device (VIRTIO) Version 1.2, OASIS, 2022, section 2.8.
 */
#include "vring_packed.h"

enum { RING, DRIVER_EVENT, DEVICE_EVENT, TABLES };

static void vring_packed_layout(uint32_t size, const void *cfg, struct sv_queue_layout *out)
{
	const struct vring_cfg *c = cfg;

	*out = (struct sv_queue_layout){ 0 };
	ring_part(out, RING, "descriptors", 16 * (size_t)size);
	ring_part(out, DRIVER_EVENT, "driver event suppression", 4);
	ring_part(out, DEVICE_EVENT, "device event suppression", 4);
	if (c->indirect)
		ring_part(out, TABLES, "indirect tables",
			16 * (size_t)size * (size_t)c->indirect_entries);
	out->driver_bytes = ring_round(
		sizeof(struct driver) + size * (sizeof(struct slot) + 2 * sizeof(uint16_t)),
		SV_LINE_BYTES);
	out->device_bytes = ring_round(
		sizeof(struct device) + size * (sizeof(struct sv_buffer) + sizeof(struct taken) +
						       2 * sizeof(uint16_t)),
		SV_LINE_BYTES);
}

static void vring_packed_driver_init(void *driver, const struct sv_ring *ring, const void *cfg)
{
	const struct vring_cfg *c = cfg;
	struct driver *d = driver;

	*d = (struct driver){ .ring = ring->part[RING],
		.mine = ring->part[DRIVER_EVENT],
		.its = ring->part[DEVICE_EVENT],
		.tables = ring->part[TABLES],
		.slot = (struct slot *)(d + 1),
		.size = ring->size,
		.free = ring->size,
		.free_ids = ring->size,
		.next.wrap = true,
		.seen.wrap = true,
		.threshold = (uint32_t)c->indirect,
		.entries = (uint32_t)c->indirect_entries,
		.event_idx = c->event_idx,
		.in_order = c->in_order };
	d->free_id = (uint16_t *)(d->slot + ring->size);
	d->order = d->free_id + ring->size;
	for (uint32_t i = 0; i < ring->size; i++)
		d->free_id[i] = (uint16_t)(ring->size - 1 - i);
}

static uint32_t after(uint32_t index, uint32_t size)
{
	return index + 1 < size ? index + 1 : 0;
}

/* Puts the request into the table of its id; returns the buffer that names the table. */
static struct sv_buffer put_indirect(struct driver *d, uint16_t id, const struct sv_chain *chain)
{
	struct desc *table = &d->tables[(size_t)id * d->entries];

	for (uint32_t i = 0; i < chain->buffers; i++) {
		const struct sv_buffer *b = &chain->buffer[i];

		sv_store(&table[i].address, le64(b->address), SV_RELAXED);
		sv_store(&table[i].rest, rest_of(b->bytes, 0, b->device_writes ? VRING_WRITE : 0),
			SV_RELAXED);
	}
	return (struct sv_buffer){ .address = (uintptr_t)table,
		.bytes = chain->buffers * (uint32_t)sizeof(struct desc) };
}

static void put_desc(struct driver *d, const struct sv_buffer *b, uint16_t id, uint32_t flags)
{
	struct desc *desc = &d->ring[d->next.at];

	flags |= available_flags(&d->next) | (b->device_writes ? VRING_WRITE : 0);
	sv_store(&desc->address, le64(b->address), SV_RELAXED);
	put_rest(&d->batch, desc, rest_of(b->bytes, id, flags), 1);
	advance(&d->next, 1, d->size);
}

/* The first of these is visible last, by its place in the batch or because it is the first. */
static void put_direct(struct driver *d, uint16_t id, const struct sv_chain *chain)
{
	uint32_t last = chain->buffers - 1;

	for (uint32_t i = 0; i < last; i++)
		put_desc(d, &chain->buffer[i], id, VRING_NEXT);
	put_desc(d, &chain->buffer[last], id, 0);
}

static bool vring_packed_add(void *driver, const struct sv_chain *chain)
{
	struct driver *d = driver;
	bool indirect = vring_indirect(d->threshold, d->entries, chain->buffers);
	uint32_t descs = indirect ? 1 : chain->buffers;
	uint16_t id;

	if (d->free < descs || chain->buffers > d->size)
		return false;
	id = d->free_id[--d->free_ids];
	d->slot[id] = (struct slot){ .token = chain->token,
		.writable = d->in_order ? vring_writable(chain->buffer, chain->buffers) : 0,
		.descs = (uint16_t)descs };
	d->free -= descs;
	if (d->in_order) {
		d->order[d->newest] = id;
		d->newest = after(d->newest, d->size);
	}
	if (indirect) {
		struct sv_buffer all = put_indirect(d, id, chain);

		put_desc(d, &all, id, VRING_INDIRECT);
	} else {
		put_direct(d, id, chain);
	}
	return true;
}

static bool vring_packed_publish(void *driver)
{
	struct driver *d = driver;

	return show(&d->batch, d->its, &d->next, d->size);
}

/* Whether the next descriptor has been used; `rest` is then what it says. */
static bool any_used(struct driver *d, uint64_t *rest)
{
	uint32_t flags, wanted = d->seen.wrap ? AVAIL_FLAG | USED_FLAG : 0;

	*rest = le64(sv_load(&d->ring[d->seen.at].rest, SV_ACQUIRE)); /* B: with show() */
	flags = (uint32_t)(*rest >> FLAGS_BIT);
	return (flags & (AVAIL_FLAG | USED_FLAG)) == wanted && d->free < d->size && !d->side.broken;
}

/* The request that has completed next; false when there is none. */
static bool read_used(struct driver *d, uint16_t *id, uint32_t *result)
{
	uint64_t rest;

	if (!any_used(d, &rest))
		return false;
	*id = (uint16_t)(rest >> ID_BIT);
	/* Without this flag the length means nothing. */
	*result = rest >> FLAGS_BIT & VRING_WRITE ? (uint32_t)rest : 0;
	if (*id >= d->size || !d->slot[*id].descs)
		return ring_broken(&d->side, "a used descriptor names no request in the ring");
	return true;
}

/* The oldest request has completed: by a descriptor of its own, or one for a batch. */
static bool next_in_order(struct driver *d, uint16_t *id, uint32_t *result)
{
	if (!d->in_batch && !read_used(d, &d->batch_last, &d->batch_result))
		return false;
	*id = d->order[d->oldest];
	if (!d->slot[*id].descs)
		return ring_broken(&d->side, "a batch ends with a request that is not in it");
	d->oldest = after(d->oldest, d->size);
	d->in_batch = *id != d->batch_last;
	/* What is skipped counts as used completely. */
	*result = d->in_batch ? d->slot[*id].writable : d->batch_result;
	return true;
}

static bool vring_packed_reap(void *driver, struct sv_reaped *out)
{
	struct driver *d = driver;
	struct slot *s;
	uint16_t id;

	if (!(d->in_order ? next_in_order : read_used)(d, &id, &out->result))
		return false;
	s = &d->slot[id];
	out->token = s->token;
	d->free += s->descs;
	advance(&d->seen, s->descs, d->size);
	s->descs = 0;
	d->free_id[d->free_ids++] = id;
	return true;
}

static void vring_packed_quiet(void *driver)
{
	struct driver *d = driver;

	if (!d->quiet)
		sv_store(d->mine, le32(EVENT_NEVER << EVENT_BIT), SV_RELAXED);
	d->quiet = true;
}

static bool vring_packed_listen(void *driver)
{
	struct driver *d = driver;
	uint64_t rest;

	d->quiet = false;
	wish_at(d->mine, &d->seen, d->event_idx);
	return d->in_batch || any_used(d, &rest);
}

static void vring_packed_device_init(void *device, const struct sv_ring *ring, const void *cfg)
{
	const struct vring_cfg *c = cfg;
	struct device *d = device;

	*d = (struct device){ .ring = ring->part[RING],
		.mine = ring->part[DEVICE_EVENT],
		.its = ring->part[DRIVER_EVENT],
		.buffer = (struct sv_buffer *)(d + 1),
		.size = ring->size,
		.free = ring->size,
		.next.wrap = true,
		.used.wrap = true,
		.event_idx = c->event_idx,
		.in_order = c->in_order };
	d->taken = (struct taken *)(d->buffer + ring->size);
	d->free_number = (uint16_t *)(d->taken + ring->size);
	d->order = d->free_number + ring->size;
	for (uint32_t i = 0; i < ring->size; i++)
		d->free_number[i] = (uint16_t)(ring->size - 1 - i);
}

/* Whether the next descriptor is available; `rest` is then what it says. */
static bool any_available(struct device *d, uint64_t *rest)
{
	uint32_t flags;

	*rest = le64(sv_load(&d->ring[d->next.at].rest, SV_ACQUIRE)); /* B: with show() */
	flags = (uint32_t)(*rest >> FLAGS_BIT);
	return (flags & (AVAIL_FLAG | USED_FLAG)) == available_flags(&d->next) && !d->side.broken;
}

static void read_buffer(struct sv_buffer *b, struct desc *desc, uint64_t rest)
{
	*b = (struct sv_buffer){ .address = le64(sv_load(&desc->address, SV_RELAXED)),
		.bytes = (uint32_t)rest,
		.device_writes = (rest >> FLAGS_BIT & VRING_WRITE) != 0 };
}

/* Replaces the buffer that names a table by those in it. */
static bool read_table(struct device *d, uint32_t *buffers)
{
	struct sv_buffer all = d->buffer[0];
	struct desc *table = (struct desc *)(uintptr_t)all.address;
	uint32_t entries = all.bytes / (uint32_t)sizeof(*table);

	if (*buffers != 1 || all.bytes % sizeof(*table) || entries == 0 || entries > d->size)
		return ring_broken(&d->side, "an indirect table where or as none may be");
	for (uint32_t i = 0; i < entries; i++)
		read_buffer(&d->buffer[i], &table[i], le64(sv_load(&table[i].rest, SV_RELAXED)));
	*buffers = entries;
	return true;
}

/* Reads the chain whose first descriptor says `rest`; its last one's id goes to t. */
static bool read_chain(struct device *d, uint64_t rest, struct taken *t, uint32_t *buffers)
{
	struct place at = d->next;
	uint32_t n = 0;
	bool table = false;

	for (;;) {
		table |= (rest >> FLAGS_BIT & VRING_INDIRECT) != 0;
		read_buffer(&d->buffer[n++], &d->ring[at.at], rest);
		advance(&at, 1, d->size);
		if (!(rest >> FLAGS_BIT & VRING_NEXT))
			break;
		if (n == d->size)
			return ring_broken(&d->side, "a chain is longer than the ring");
		rest = le64(sv_load(&d->ring[at.at].rest, SV_RELAXED));
	}
	t->id = (uint16_t)(rest >> ID_BIT);
	t->descs = (uint16_t)n;
	*buffers = n;
	if (table && !read_table(d, buffers))
		return false;
	d->next = at;
	return true;
}

static bool vring_packed_take(void *device, struct sv_taken *out)
{
	struct device *d = device;
	uint64_t rest;
	struct taken *t;

	if (!any_available(d, &rest))
		return false;
	if (!d->free)
		return ring_broken(&d->side, "more is available than the ring has room for");
	out->id = d->free_number[d->free - 1];
	t = &d->taken[out->id];
	if (!read_chain(d, rest, t, &out->buffers))
		return false;
	d->free--;
	out->buffer = d->buffer;
	if (d->in_order) {
		t->writable = vring_writable(d->buffer, out->buffers);
		d->order[d->newest] = (uint16_t)out->id;
		d->newest = after(d->newest, d->size);
		d->held++;
	}
	return true;
}

/* Uses so many places from the next on, by one descriptor. */
static void put_used(struct device *d, const struct taken *t, uint32_t places)
{
	uint32_t flags = d->used.wrap ? AVAIL_FLAG | USED_FLAG : 0;

	if (t->result)
		flags |= VRING_WRITE;
	put_rest(&d->batch, &d->ring[d->used.at], rest_of(t->result, t->id, flags), places);
	advance(&d->used, places, d->size);
}

static void vring_packed_complete(void *device, uint32_t id, uint32_t result)
{
	struct device *d = device;
	struct taken *t = &d->taken[id];

	t->result = result;
	if (d->in_order) {
		t->done = true;
		return;
	}
	put_used(d, t, t->descs);
	d->free_number[d->free++] = (uint16_t)id;
}

/* In order: uses those that are done up to the first that is not. One descriptor stands for all up
 * to one that was not used completely. */
static void use_in_order(struct device *d)
{
	uint32_t places = 0;

	while (d->held && d->taken[d->order[d->oldest]].done) {
		uint16_t number = d->order[d->oldest];
		struct taken *t = &d->taken[number];

		t->done = false;
		d->oldest = after(d->oldest, d->size);
		d->held--;
		d->free_number[d->free++] = number;
		places += t->descs;
		if (t->result == t->writable && d->held && d->taken[d->order[d->oldest]].done)
			continue;
		put_used(d, t, places);
		places = 0;
	}
}

static bool vring_packed_flush(void *device)
{
	struct device *d = device;

	if (d->in_order)
		use_in_order(d);
	return show(&d->batch, d->its, &d->used, d->size);
}

static void vring_packed_device_quiet(void *device)
{
	struct device *d = device;

	if (!d->quiet)
		sv_store(d->mine, le32(EVENT_NEVER << EVENT_BIT), SV_RELAXED);
	d->quiet = true;
}

static bool vring_packed_device_listen(void *device)
{
	struct device *d = device;
	uint64_t rest;

	d->quiet = false;
	wish_at(d->mine, &d->next, d->event_idx);
	return any_available(d, &rest);
}

static const struct sv_option vring_packed_options[] = { VRING_OPTIONS };
static const struct sv_table vring_packed_table =
	SV_TABLE("vring-packed", struct vring_cfg, vring_packed_options);

SV_QUEUE(vring_packed) = {
	.name = "vring-packed",
	.help = "packed virtqueue of virtio: one ring that both sides write",
	.min_size = 1,
	.max_size = 32768,
	.options = &vring_packed_table,
	.layout = vring_packed_layout,
	.driver_init = vring_packed_driver_init,
	.add = vring_packed_add,
	.publish = vring_packed_publish,
	.reap = vring_packed_reap,
	.quiet = vring_packed_quiet,
	.listen = vring_packed_listen,
	.device_init = vring_packed_device_init,
	.take = vring_packed_take,
	.complete = vring_packed_complete,
	.flush = vring_packed_flush,
	.device_quiet = vring_packed_device_quiet,
	.device_listen = vring_packed_device_listen,
};
