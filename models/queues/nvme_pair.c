/*
 * nvme_pair.c - the submission and completion queue of NVMe
 *
 * The host copies commands into one ring and tells their end by a doorbell, a register of the
 * device. The device writes completions into the other; a bit of each, the phase, says by its
 * change that the entry is new, so that neither side reads an index of the other. The host gives
 * completions back by a second doorbell, once a batch and before it submits more: with as many
 * entries in both rings, the completion queue then always has room for what the device has.
 *
 * With shadow doorbells the host writes the values to memory as well, and the register only when
 * the device has asked for it there: a device in software then has no exit to pay for.
 *
 * A submission entry is free again when a completion says that the device has fetched it. One
 * entry of each ring stays empty, so that full differs from empty.
 *
 * Memory        64 and 16 bytes an entry; 8 of registers.
 * A request     host: a copy of 64 bytes, 1 doorbell a batch; 2 loads, 1 doorbell a batch.
 *               device: a copy, 1 load a batch; 3 stores.
 * Reference     NVM Express Base Specification 1.4, 2019, sections 4.1, 4.2, 4.6 and 7.13.
 */
#include "nvme_pair.h"

enum { SQ, CQ, BELLS, SHADOW, EVENTS };

static void nvme_pair_layout(uint32_t size, const void *cfg, struct sv_queue_layout *out)
{
	const struct nvme_cfg *c = cfg;

	*out = (struct sv_queue_layout){ 0 };
	ring_part(out, SQ, "submission queue", size * sizeof(struct command));
	ring_part(out, CQ, "completion queue", size * sizeof(struct completion));
	ring_part(out, BELLS, "doorbells", sizeof(struct doorbells));
	if (c->shadow) {
		ring_part(out, SHADOW, "shadow doorbells", sizeof(struct doorbells));
		ring_part(out, EVENTS, "event indices", sizeof(struct doorbells));
	}
	out->driver_bytes = ring_round(
		sizeof(struct driver) + size * (sizeof(void *) + sizeof(uint16_t)), SV_LINE_BYTES);
	out->device_bytes =
		ring_round(sizeof(struct device) + size * sizeof(struct waiting), SV_LINE_BYTES);
}

static void nvme_pair_driver_init(void *driver, const struct sv_ring *ring, const void *cfg)
{
	struct driver *d = driver;

	(void)cfg;
	*d = (struct driver){ .sq = ring->part[SQ],
		.cq = ring->part[CQ],
		.bells = ring->part[BELLS],
		.shadow = ring->part[SHADOW],
		.events = ring->part[EVENTS],
		.token = (void **)(d + 1),
		.size = ring->size,
		.free = ring->size - 1,
		.phase = 1 };
	d->free_id = (uint16_t *)(d->token + ring->size);
	for (uint32_t i = 0; i < d->free; i++) {
		d->free_id[i] = (uint16_t)(d->free - 1 - i);
		d->token[i] = d;
	}
}

static uint32_t after(uint32_t index, uint32_t size)
{
	return index + 1 < size ? index + 1 : 0;
}

static bool nvme_pair_add(void *driver, const struct sv_chain *chain)
{
	struct driver *d = driver;
	uint32_t next = after(d->tail, d->size);
	struct command command;
	uint16_t id;

	if (!d->free || next == d->sq_head)
		return false;
	id = d->free_id[--d->free];
	d->token[id] = chain->token;
	command = *(const struct command *)(uintptr_t)chain->buffer->address;
	command.raw[2] = (unsigned char)id;
	command.raw[3] = (unsigned char)(id >> 8);
	sv_copy_out(&d->sq[d->tail], &command, sizeof(command));
	d->tail = next;
	return true;
}

/*
 * Tells the device an index; true when its register had to be written. Shadow and register are
 * both behind what they tell of. S: with nvme_pair_device_listen() and has_room(), which see the
 * shadow, or this sees the event.
 */
static bool tell(sv_u32 *bell, sv_u32 *shadow, sv_u32 *event, uint32_t old, uint32_t new)
{
	if (shadow) {
		/* T, H: as below */
		sv_store(shadow, le32(new), SV_RELEASE);
		sv_fence();
		/* Right for an index that wraps at the end of its ring, too: it has moved. */
		if (!ring_passed((uint16_t)le32(sv_load(event, SV_RELAXED)), (uint16_t) new,
			    (uint16_t)old))
			return false;
	}
	/* T: with nvme_pair_take(); H: with has_room(). A doorbell is a release. */
	sv_doorbell(bell, le32(new));
	return true;
}

/* Gives back what was reaped. */
static void tell_head(struct driver *d)
{
	sv_u32 *shadow = d->shadow ? &d->shadow->head : NULL;
	sv_u32 *event = d->shadow ? &d->events->head : NULL;

	if (d->cq_told == d->cq_head)
		return;
	tell(&d->bells->head, shadow, event, d->cq_told, d->cq_head);
	d->cq_told = d->cq_head;
}

static bool nvme_pair_publish(void *driver)
{
	struct driver *d = driver;
	sv_u32 *shadow = d->shadow ? &d->shadow->tail : NULL;
	sv_u32 *event = d->shadow ? &d->events->tail : NULL;
	uint32_t old = d->published;

	if (d->tail == old)
		return false;
	tell_head(d);
	d->published = d->tail;
	return tell(&d->bells->tail, shadow, event, old, d->tail);
}

/* Whether the next completion has come; `last` is then its last dword. */
static bool has_completion(struct driver *d, uint32_t *last)
{
	/* P: with post() */
	*last = le32(sv_load(&d->cq[d->cq_head].last, SV_ACQUIRE));
	return (*last >> NVME_PHASE_BIT & 1) == d->phase && !d->side.broken;
}

static bool nvme_pair_reap(void *driver, struct sv_reaped *out)
{
	struct driver *d = driver;
	uint32_t last, sq_head;
	uint16_t id;

	if (!has_completion(d, &last)) {
		tell_head(d);
		return false;
	}
	sq_head = (uint16_t)le32(sv_load(&d->cq[d->cq_head].queue, SV_RELAXED));
	id = (uint16_t)last;
	if (sq_head >= d->size)
		return ring_broken(
			&d->side, "a completion tells a head beyond the submission queue");
	if (id >= d->size - 1 || d->token[id] == d)
		return ring_broken(&d->side, "a completion names no command in the queue");
	*out = (struct sv_reaped){ .token = d->token[id], .result = last >> NVME_STATUS_BIT };
	d->token[id] = d;
	d->free_id[d->free++] = id;
	d->sq_head = sq_head;
	d->cq_head = after(d->cq_head, d->size);
	if (d->cq_head == 0)
		d->phase ^= 1;
	return true;
}

/* Who else reaps meanwhile moves on to another entry; this one has then come, too. */
static bool nvme_pair_await(void *driver, uint64_t tests)
{
	const struct driver *d = driver;
	uint32_t phase = UINT32_C(1) << NVME_PHASE_BIT;

	/* The phase is read once more, in order, by reap(). */
	return sv_await_mask_for(&d->cq[d->cq_head].last, le32(phase), le32(d->phase ? phase : 0),
		       tests, SV_RELAXED) < tests;
}

/* The driver's wish is the mask of a vector, which is not part of the queue. */
static void nvme_pair_quiet(void *driver)
{
	(void)driver;
}

static bool nvme_pair_listen(void *driver)
{
	uint32_t last;

	return has_completion(driver, &last);
}

static void nvme_pair_device_init(void *device, const struct sv_ring *ring, const void *cfg)
{
	const struct nvme_cfg *c = cfg;
	struct device *d = device;

	*d = (struct device){ .sq = ring->part[SQ],
		.cq = ring->part[CQ],
		.bells = ring->part[c->shadow ? SHADOW : BELLS],
		.events = ring->part[EVENTS],
		.waiting = (struct waiting *)(d + 1),
		.size = ring->size,
		.id = (uint32_t)c->id,
		.phase = 1 };
	d->buffer = (struct sv_buffer){ .address = (uintptr_t)&d->command,
		.bytes = sizeof(d->command) };
}

/* Whether there are commands to be fetched. */
static bool has_command(struct device *d)
{
	uint32_t tail;

	if (d->sq_head != d->sq_tail)
		return true;
	if (d->side.broken)
		return false;
	tail = le32(sv_load(&d->bells->tail, SV_ACQUIRE)); /* T: with tell() */
	if (tail >= d->size)
		return ring_broken(&d->side, "the tail doorbell is beyond the submission queue");
	d->sq_tail = tail;
	return d->sq_head != tail;
}

static bool nvme_pair_take(void *device, struct sv_taken *out)
{
	struct device *d = device;

	/* What has no place to wait for room in the completion queue is not fetched. */
	if (d->taken == d->size || !has_command(d))
		return false;
	sv_copy_in(&d->command, &d->sq[d->sq_head], sizeof(d->command));
	d->sq_head = after(d->sq_head, d->size);
	d->taken++;
	*out = (struct sv_taken){ .buffer = &d->buffer,
		.buffers = 1,
		.id = d->command.raw[2] | (uint32_t)d->command.raw[3] << 8 };
	return true;
}

static void nvme_pair_complete(void *device, uint32_t id, uint32_t status)
{
	struct device *d = device;

	d->waiting[(d->first_waiting + d->waits) % d->size] = (struct waiting){ id, status };
	d->waits++;
}

/* Whether the completion queue has room. */
static bool has_room(struct device *d)
{
	uint32_t next = after(d->cq_tail, d->size), head;

	if (next != d->cq_head)
		return true;
	if (d->side.broken)
		return false;
	head = le32(sv_load(&d->bells->head, SV_ACQUIRE)); /* H: with tell() */
	if (head == d->cq_head && d->events) {
		sv_store(&d->events->head, le32(head), SV_RELAXED);
		sv_fence(); /* S: with tell() */
		head = le32(sv_load(&d->bells->head, SV_ACQUIRE));
	}
	if (head >= d->size)
		return ring_broken(&d->side, "the head doorbell is beyond the completion queue");
	d->cq_head = head;
	return next != head;
}

static void post(struct device *d, const struct waiting *w)
{
	struct completion *c = &d->cq[d->cq_tail];

	sv_store(&c->specific, 0, SV_RELAXED);
	sv_store(&c->queue, le32(d->sq_head | d->id << 16), SV_RELAXED);
	/* P: with has_completion(): the phase comes last. */
	sv_store(&c->last, le32(w->id | d->phase << NVME_PHASE_BIT | w->status << NVME_STATUS_BIT),
		SV_RELEASE);
	d->cq_tail = after(d->cq_tail, d->size);
	if (d->cq_tail == 0)
		d->phase ^= 1;
}

static bool nvme_pair_flush(void *device)
{
	struct device *d = device;
	bool any = false;

	while (d->waits && has_room(d)) {
		post(d, &d->waiting[d->first_waiting]);
		d->first_waiting = after(d->first_waiting, d->size);
		d->waits--;
		d->taken--;
		any = true;
	}
	return any;
}

static void nvme_pair_device_quiet(void *device)
{
	/* The event stays where it is: it is passed once a lap at most. */
	(void)device;
}

static bool nvme_pair_device_listen(void *device)
{
	struct device *d = device;

	if (d->events) {
		sv_store(&d->events->tail, le32(d->sq_head), SV_RELAXED);
		sv_fence(); /* S: with tell() */
	}
	return has_command(d);
}

static const struct sv_option nvme_pair_options[] = {
	{ .name = "shadow-doorbells",
		.type = SV_BOOL,
		.offset = offsetof(struct nvme_cfg, shadow),
		.def = "false",
		.help = "doorbells are written to memory, and to the device only when it has "
			"asked for it" },
	{ .name = "id",
		.type = SV_INT,
		.offset = offsetof(struct nvme_cfg, id),
		.min = "1",
		.max = "65535",
		.def = "1",
		.help = "of the submission queue, as completions tell it" },
	{ 0 }
};
static const struct sv_table nvme_pair_table =
	SV_TABLE("nvme-pair", struct nvme_cfg, nvme_pair_options);

SV_QUEUE(nvme_pair) = {
	.name = "nvme-pair",
	.help = "submission and completion queue of NVMe, with doorbells and phase",
	.traits = SV_QUEUE_PAIR,
	.min_size = 2,
	.max_size = 65536,
	.options = &nvme_pair_table,
	.layout = nvme_pair_layout,
	.driver_init = nvme_pair_driver_init,
	.add = nvme_pair_add,
	.publish = nvme_pair_publish,
	.reap = nvme_pair_reap,
	.await = nvme_pair_await,
	.quiet = nvme_pair_quiet,
	.listen = nvme_pair_listen,
	.device_init = nvme_pair_device_init,
	.take = nvme_pair_take,
	.complete = nvme_pair_complete,
	.flush = nvme_pair_flush,
	.device_quiet = nvme_pair_device_quiet,
	.device_listen = nvme_pair_device_listen,
};
