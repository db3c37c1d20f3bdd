/*
 * deadline.c - Linux's deadline I/O scheduler
 *
 * Left out: priority classes, and the share of tags that writes may have.
 *
 * Reference     Linux 5.10, block/mq-deadline.c.
 */
#include "block/deadline.h"
#include "block/disk_private.h"

enum { READS, WRITES };

static struct sv_deadline_side *side_of(struct sv_deadline *d, const struct sv_request *r)
{
	return &d->side[r->io.op == SV_IO_READ ? READS : WRITES];
}

static void sort_in(struct sv_deadline_side *s, struct sv_request *r)
{
	struct sv_request *below = NULL, *above = s->lowest;

	while (above && above->io.offset <= r->io.offset) {
		below = above;
		above = above->block.above;
	}
	r->block.below = below;
	r->block.above = above;
	if (above)
		above->block.below = r;
	if (below)
		below->block.above = r;
	else
		s->lowest = r;
}

void sv_deadline_insert(struct sv_deadline *d, struct sv_request *r, sv_time expires)
{
	struct sv_deadline_side *s = side_of(d, r);

	r->block.expires = expires;
	r->block.older = s->newest;
	r->block.newer = NULL;
	if (s->newest)
		s->newest->block.newer = r;
	else
		s->oldest = r;
	s->newest = r;
	sort_in(s, r);
}

bool sv_deadline_merge(struct sv_deadline *d, struct sv_disk *disk, struct sv_request *r)
{
	struct sv_request *at = side_of(d, r)->lowest;

	for (; at && at->io.offset <= r->io.offset + r->io.bytes; at = at->block.above)
		if (sv_request_join(disk, at, r))
			return true;
	return false;
}

static void take_out(struct sv_deadline_side *s, struct sv_request *r)
{
	*(r->block.older ? &r->block.older->block.newer : &s->oldest) = r->block.newer;
	*(r->block.newer ? &r->block.newer->block.older : &s->newest) = r->block.older;
	*(r->block.below ? &r->block.below->block.above : &s->lowest) = r->block.above;
	if (r->block.above)
		r->block.above->block.below = r->block.below;
	s->next = r->block.above;
}

/* Which side a new batch is of. */
static unsigned choose(struct sv_deadline *d, const struct sv_layer_options *options)
{
	bool reads = d->side[READS].oldest, writes = d->side[WRITES].oldest;

	if (reads && !(writes && d->starved++ >= options->starved))
		return READS;
	d->starved = 0;
	return WRITES;
}

struct sv_request *sv_deadline_pick(
	struct sv_deadline *d, const struct sv_layer_options *options, sv_time now)
{
	struct sv_request *r = d->side[d->last].next;

	if (sv_deadline_empty(d))
		return NULL;
	if (!r || d->batched >= options->batch) {
		struct sv_deadline_side *s;

		d->last = choose(d, options);
		d->batched = 0;
		s = &d->side[d->last];
		r = s->next && s->oldest->block.expires > now ? s->next : s->oldest;
	}
	d->batched++;
	take_out(&d->side[d->last], r);
	return r;
}
