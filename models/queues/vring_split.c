/*
 * vring_split.c - the split virtqueue of virtio
 *
 * Three areas with one writer each: the driver's table of descriptors, the driver's ring of heads
 * that are available, the device's ring of those that are used. Each ring has a free-running index
 * of 16 bits that its writer moves behind a batch of entries. Either side keeps a private copy of
 * the other's index, so that it touches that line again only when the copy says that nothing is
 * left, and never reads back what it wrote.
 *
 * Between two decisions whether to notify, an index moves by at most the size of the ring: the
 * other side does not see what is not published. So 16 bits never hide a wrap from them.
 *
 * Memory        16 bytes an entry, 2 and 8 for the rings; 16 an entry of indirect tables.
 * A request     driver: 2 stores a buffer, 1 the head; 1 store, fence and load a batch.
 *               device: 2 loads a buffer, 1 the head; 2 stores; 1 store, fence and load a batch.
 * Reference     Virtual I/O Device (VIRTIO) Version 1.2, OASIS, 2022, section 2.7.
 */
#include "vring_split.h"

static void vring_split_layout(uint32_t size, const void *cfg, struct sv_queue_layout *out)
{
	const struct vring_cfg *c = cfg;

	*out = (struct sv_queue_layout){ 0 };
	ring_part(out, DESC, "descriptors", 16 * (size_t)size);
	ring_part(out, AVAIL, "available", 6 + 2 * (size_t)size);
	ring_part(out, USED, "used", 6 + 8 * (size_t)size);
	if (c->indirect)
		ring_part(out, TABLES, "indirect tables",
			16 * (size_t)size * (size_t)c->indirect_entries);
	out->driver_bytes =
		ring_round(sizeof(struct driver) + size * (sizeof(struct slot) + sizeof(uint16_t)),
			SV_LINE_BYTES);
	out->device_bytes = ring_round(
		sizeof(struct device) +
			size * (sizeof(struct sv_buffer) + sizeof(struct taken) + sizeof(uint16_t)),
		SV_LINE_BYTES);
}

static void vring_split_driver_init(void *driver, const struct sv_ring *ring, const void *cfg)
{
	const struct vring_cfg *c = cfg;
	struct driver *d = driver;

	*d = (struct driver){ .desc = ring->part[DESC],
		.avail = ring->part[AVAIL],
		.used = ring->part[USED],
		.tables = ring->part[TABLES],
		.slot = (struct slot *)(d + 1),
		.size = ring->size,
		.mask = (uint16_t)(ring->size - 1),
		.free = ring->size,
		.threshold = (uint32_t)c->indirect,
		.entries = (uint32_t)c->indirect_entries,
		.event_idx = c->event_idx,
		.in_order = c->in_order };
	d->next = (uint16_t *)(d->slot + ring->size);
	d->used_event = &d->avail->ring[ring->size];
	d->avail_event = (sv_u16 *)&d->used->ring[ring->size];
	/* A circle: in order, descriptors are used in the order of the table for ever. */
	for (uint32_t i = 0; i < ring->size; i++)
		d->next[i] = (uint16_t)(i + 1) & d->mask;
}

static void put_desc(struct desc *desc, const struct sv_buffer *b, uint16_t flags, uint16_t next)
{
	if (b->device_writes)
		flags |= VRING_WRITE;
	sv_store(&desc->address, le64(b->address), SV_RELAXED);
	sv_store(&desc->rest, le64(b->bytes | (uint64_t)flags << 32 | (uint64_t)next << 48),
		SV_RELAXED);
}

/* Puts the request into the table of its head. */
static void put_indirect(struct driver *d, uint16_t head, const struct sv_chain *chain)
{
	struct desc *table = &d->tables[(size_t)head * d->entries];
	struct sv_buffer all = { .address = (uintptr_t)table,
		.bytes = chain->buffers * (uint32_t)sizeof(struct desc) };
	uint32_t last = chain->buffers - 1;

	for (uint32_t i = 0; i < last; i++)
		put_desc(&table[i], &chain->buffer[i], VRING_NEXT, (uint16_t)(i + 1));
	put_desc(&table[last], &chain->buffer[last], 0, 0);
	put_desc(&d->desc[head], &all, VRING_INDIRECT, 0);
}

/* Puts the request into free descriptors from its head on; returns the last. */
static uint16_t put_direct(struct driver *d, uint16_t head, const struct sv_chain *chain)
{
	uint32_t last = chain->buffers - 1;
	uint16_t at = head;

	for (uint32_t i = 0; i < last; i++) {
		put_desc(&d->desc[at], &chain->buffer[i], VRING_NEXT, d->next[at]);
		at = d->next[at];
	}
	put_desc(&d->desc[at], &chain->buffer[last], 0, 0);
	return at;
}

static bool vring_split_add(void *driver, const struct sv_chain *chain)
{
	struct driver *d = driver;
	bool indirect = vring_indirect(d->threshold, d->entries, chain->buffers);
	uint32_t descs = indirect ? 1 : chain->buffers;
	uint16_t head = d->free_head, last = head;

	if (d->free < descs || chain->buffers > d->size)
		return false;
	if (indirect)
		put_indirect(d, head, chain);
	else
		last = put_direct(d, head, chain);
	d->slot[head] = (struct slot){ .token = chain->token,
		.writable = d->in_order ? vring_writable(chain->buffer, chain->buffers) : 0,
		.last = last,
		.descs = (uint16_t)descs };
	d->free_head = d->next[last];
	d->free -= descs;
	sv_store(&d->avail->ring[d->added & d->mask], le16(head), SV_RELAXED);
	d->added++;
	return true;
}

static bool vring_split_publish(void *driver)
{
	struct driver *d = driver;
	uint16_t old = d->published;

	if (d->added == old)
		return false;
	d->published = d->added;
	/* A: with vring_split_take() */
	sv_store(&d->avail->idx, le16(d->added), SV_RELEASE);
	/* N: with vring_split_device_listen(): that sees the index, or this sees the wish. */
	sv_fence();
	if (d->event_idx)
		return ring_passed(le16(sv_load(d->avail_event, SV_RELAXED)), d->added, old);
	return !(le16(sv_load(&d->used->flags, SV_RELAXED)) & NO_NOTIFY);
}

/* Whether the device has used what was not reaped. */
static bool any_used(struct driver *d)
{
	uint16_t idx;

	if (d->seen != d->shadow)
		return !d->side.broken;
	idx = le16(sv_load(&d->used->idx, SV_ACQUIRE)); /* U: with vring_split_flush() */
	if (idx == d->seen || d->side.broken)
		return false;
	if ((uint16_t)(idx - d->seen) > d->size)
		return ring_broken(&d->side, "the used index is ahead of what was available");
	d->shadow = idx;
	return true;
}

/* Reads the next used entry; false when it names no request. */
static bool read_used(struct driver *d, uint16_t *head, uint32_t *result)
{
	struct used_entry *e = &d->used->ring[d->seen & d->mask];
	uint32_t id = le32(sv_load(&e->id, SV_RELAXED));

	if (id >= d->size || !d->slot[id].descs)
		return ring_broken(&d->side, "a used entry names no request in the ring");
	*head = (uint16_t)id;
	*result = le32(sv_load(&e->bytes, SV_RELAXED));
	return true;
}

/* The oldest request has completed: by an entry of its own, or one for a batch. */
static bool next_in_order(struct driver *d, uint16_t *head, uint32_t *result)
{
	if (!d->in_batch && !read_used(d, &d->batch_last, &d->batch_result))
		return false;
	*head = d->oldest;
	if (!d->slot[*head].descs)
		return ring_broken(&d->side, "a batch ends with a request that is not in it");
	d->in_batch = *head != d->batch_last;
	/* What is skipped counts as used completely. */
	*result = d->in_batch ? d->slot[*head].writable : d->batch_result;
	d->oldest = d->next[d->slot[*head].last];
	return true;
}

static bool vring_split_reap(void *driver, struct sv_reaped *out)
{
	struct driver *d = driver;
	struct slot *s;
	uint16_t head;

	if (!any_used(d))
		return false;
	if (!(d->in_order ? next_in_order : read_used)(d, &head, &out->result))
		return false;
	d->seen++;
	s = &d->slot[head];
	out->token = s->token;
	d->free += s->descs;
	s->descs = 0;
	if (!d->in_order) {
		d->next[s->last] = d->free_head;
		d->free_head = head;
	}
	return true;
}

static void vring_split_quiet(void *driver)
{
	struct driver *d = driver;

	/* The event stays where it is: it is passed once at most. */
	if (d->event_idx || d->flags == NO_NOTIFY)
		return;
	d->flags = NO_NOTIFY;
	sv_store(&d->avail->flags, le16(NO_NOTIFY), SV_RELAXED);
}

static bool vring_split_listen(void *driver)
{
	struct driver *d = driver;

	if (d->event_idx) {
		sv_store(d->used_event, le16(d->seen), SV_RELAXED);
	} else if (d->flags) {
		d->flags = 0;
		sv_store(&d->avail->flags, 0, SV_RELAXED);
	}
	/* I: with vring_split_flush(): that sees the wish, or this sees the index. */
	sv_fence();
	return any_used(d);
}

static void vring_split_device_init(void *device, const struct sv_ring *ring, const void *cfg)
{
	const struct vring_cfg *c = cfg;
	struct device *d = device;

	*d = (struct device){ .desc = ring->part[DESC],
		.avail = ring->part[AVAIL],
		.used = ring->part[USED],
		.buffer = (struct sv_buffer *)(d + 1),
		.size = ring->size,
		.mask = (uint16_t)(ring->size - 1),
		.event_idx = c->event_idx,
		.in_order = c->in_order };
	d->taken = (struct taken *)(d->buffer + ring->size);
	d->order = (uint16_t *)(d->taken + ring->size);
	d->used_event = &d->avail->ring[ring->size];
	d->avail_event = (sv_u16 *)&d->used->ring[ring->size];
}

/* Whether the driver has made available what was not taken. */
static bool any_available(struct device *d)
{
	uint16_t idx;

	if (d->seen != d->shadow)
		return !d->side.broken;
	idx = le16(sv_load(&d->avail->idx, SV_ACQUIRE)); /* A: with vring_split_publish() */
	if (idx == d->seen || d->side.broken)
		return false;
	if ((uint16_t)(idx - d->seen) > d->size)
		return ring_broken(&d->side, "the available index is ahead by more than the ring");
	d->shadow = idx;
	return true;
}

/* Reads the chain that begins with a head into d->buffer. */
static bool read_chain(struct device *d, uint32_t at, uint32_t *buffers)
{
	struct desc *table = d->desc;
	uint32_t entries = d->size, n = 0;

	for (;;) {
		uint64_t address, rest;
		uint32_t bytes;

		if (at >= entries || n == d->size)
			return ring_broken(&d->side, "a chain leaves its table or has no end");
		address = le64(sv_load(&table[at].address, SV_RELAXED));
		rest = le64(sv_load(&table[at].rest, SV_RELAXED));
		bytes = (uint32_t)rest;
		if (rest >> 32 & VRING_INDIRECT) {
			if (table != d->desc || rest >> 32 & VRING_NEXT || bytes % sizeof(*table))
				return ring_broken(&d->side, "an indirect table where none may be");
			table = (struct desc *)(uintptr_t)address;
			entries = bytes / (uint32_t)sizeof(*table);
			at = 0;
			continue;
		}
		d->buffer[n++] =
			(struct sv_buffer){ address, bytes, (rest >> 32 & VRING_WRITE) != 0 };
		if (!(rest >> 32 & VRING_NEXT))
			break;
		at = (uint32_t)(rest >> 48);
	}
	*buffers = n;
	return true;
}

static bool vring_split_take(void *device, struct sv_taken *out)
{
	struct device *d = device;
	uint16_t head;

	if (!any_available(d))
		return false;
	head = le16(sv_load(&d->avail->ring[d->seen & d->mask], SV_RELAXED));
	if (!read_chain(d, head, &out->buffers))
		return false;
	out->buffer = d->buffer;
	out->id = head;
	if (d->in_order) {
		d->taken[head].writable = vring_writable(d->buffer, out->buffers);
		d->order[d->seen & d->mask] = head;
	}
	d->seen++;
	return true;
}

static void put_used(struct device *d, uint16_t index, uint32_t id, uint32_t bytes)
{
	struct used_entry *e = &d->used->ring[index & d->mask];

	sv_store(&e->id, le32(id), SV_RELAXED);
	sv_store(&e->bytes, le32(bytes), SV_RELAXED);
}

static void vring_split_complete(void *device, uint32_t id, uint32_t result)
{
	struct device *d = device;

	if (d->in_order) {
		d->taken[id].result = result;
		d->taken[id].done = true;
		return;
	}
	put_used(d, d->completed, id, result);
	d->completed++;
}

/*
 * In order: uses those that are done up to the first that is not. One entry, where the first of
 * them belongs, stands for all up to one that was not used completely.
 */
static void use_in_order(struct device *d)
{
	uint16_t first = d->completed;

	while (d->completed != d->seen) {
		uint16_t head = d->order[d->completed & d->mask];
		struct taken *t = &d->taken[head];
		uint16_t following;

		if (!t->done)
			break;
		t->done = false;
		d->completed++;
		following = d->order[d->completed & d->mask];
		if (t->result == t->writable && d->completed != d->seen && d->taken[following].done)
			continue;
		put_used(d, first, head, t->result);
		first = d->completed;
	}
}

static bool vring_split_flush(void *device)
{
	struct device *d = device;
	uint16_t old = d->published;

	if (d->in_order)
		use_in_order(d);
	if (d->completed == old)
		return false;
	d->published = d->completed;
	/* U: with vring_split_reap() */
	sv_store(&d->used->idx, le16(d->completed), SV_RELEASE);
	/* I: with vring_split_listen(): that sees the index, or this sees the wish. */
	sv_fence();
	if (d->event_idx)
		return ring_passed(le16(sv_load(d->used_event, SV_RELAXED)), d->completed, old);
	return !(le16(sv_load(&d->avail->flags, SV_RELAXED)) & NO_NOTIFY);
}

static void vring_split_device_quiet(void *device)
{
	struct device *d = device;

	if (d->event_idx || d->flags == NO_NOTIFY)
		return;
	d->flags = NO_NOTIFY;
	sv_store(&d->used->flags, le16(NO_NOTIFY), SV_RELAXED);
}

static bool vring_split_device_listen(void *device)
{
	struct device *d = device;

	if (d->event_idx) {
		sv_store(d->avail_event, le16(d->seen), SV_RELAXED);
	} else if (d->flags) {
		d->flags = 0;
		sv_store(&d->used->flags, 0, SV_RELAXED);
	}
	/* N: with vring_split_publish(): that sees the wish, or this sees the index. */
	sv_fence();
	return any_available(d);
}

static const struct sv_option vring_split_options[] = { VRING_OPTIONS };
static const struct sv_table vring_split_table =
	SV_TABLE("vring-split", struct vring_cfg, vring_split_options);

SV_QUEUE(vring_split) = {
	.name = "vring-split",
	.help = "split virtqueue of virtio: a table of descriptors and two rings of indices",
	.traits = SV_QUEUE_POWER_OF_2,
	.min_size = 1,
	.max_size = 32768,
	.options = &vring_split_table,
	.layout = vring_split_layout,
	.driver_init = vring_split_driver_init,
	.add = vring_split_add,
	.publish = vring_split_publish,
	.reap = vring_split_reap,
	.quiet = vring_split_quiet,
	.listen = vring_split_listen,
	.device_init = vring_split_device_init,
	.take = vring_split_take,
	.complete = vring_split_complete,
	.flush = vring_split_flush,
	.device_quiet = vring_split_device_quiet,
	.device_listen = vring_split_device_listen,
};
