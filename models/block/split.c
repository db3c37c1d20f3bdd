/*
 * split.c - requests that are larger than a driver takes go in parts
 *
 * A part is a request of its own; the whole ends with the last of its parts, and has that one's
 * stages from the split on. Parts are kept for reuse: a disk makes as many as it ever had at once.
 *
 * Reference     Linux 6.6, block/blk-merge.c, bio_split_rw() and __bio_split_to_limits().
 */
#include "block/disk_private.h"
#include <stdlib.h>

struct sv_disk_part {
	struct sv_request request; /* owner: the whole */
	struct sv_disk *disk;
	struct sv_disk_part *next;  /* that is free */
	struct sv_disk_part *older; /* that was made before, free or in flight */
};

static struct sv_disk_part *take_part(struct sv_disk *disk)
{
	struct sv_disk_part *p = disk->parts;

	if (p) {
		disk->parts = p->next;
		return p;
	}
	p = calloc(1, sizeof(*p));
	/* Of a few hundred bytes each, and no more than there are tags and sleepers. */
	SV_BUG_ON(!p);
	p->older = disk->all_parts;
	disk->all_parts = p;
	return p;
}

static void ended(struct sv_request *part, struct sv_sim_thread *self)
{
	struct sv_disk_part *p = (struct sv_disk_part *)part;
	struct sv_request *whole = part->owner;
	struct sv_disk *disk = p->disk;

	whole->io.failed |= part->io.failed;
	p->next = disk->parts;
	disk->parts = p;
	if (--whole->block.parts > 0)
		return;
	whole->io.fetched = part->io.fetched;
	whole->io.started = part->io.started;
	whole->io.posted = part->io.posted;
	for (unsigned i = 0; i < SV_STAGE_COUNT; i++)
		whole->spent[i] += part->spent[i];
	whole->since = part->since;
	whole->stage = part->stage;
	whole->end(whole, self);
}

unsigned sv_request_parts(const struct sv_disk *disk, const struct sv_request *r)
{
	uint32_t most = disk->config.max_bytes;

	if (r->io.bytes <= most || (r->io.op != SV_IO_READ && r->io.op != SV_IO_WRITE))
		return 1;
	return (r->io.bytes + most - 1) / most;
}

struct sv_request *sv_request_cut(struct sv_disk *disk, struct sv_request *whole, unsigned i)
{
	uint64_t from = (uint64_t)i * disk->config.max_bytes;
	struct sv_disk_part *p = take_part(disk);
	sv_time now = sv_now(disk->config.system->memory->lp);
	uint64_t left = whole->io.bytes - from;

	p->disk = disk;
	p->request = (struct sv_request){ .end = ended, .owner = whole, .cpu = whole->cpu };
	p->request.io.op = whole->io.op;
	p->request.io.offset = whole->io.offset + from;
	p->request.io.bytes =
		left < disk->config.max_bytes ? (uint32_t)left : disk->config.max_bytes;
	/* The last to end tells when the whole was cut. */
	if (i == 0)
		sv_request_stage(whole, now, (enum sv_stage)whole->stage);
	sv_request_begin(&p->request, whole->since);
	return &p->request;
}

/* A run may end while some are in flight. */
void sv_disk_free_parts(struct sv_disk *disk)
{
	while (disk->all_parts) {
		struct sv_disk_part *older = disk->all_parts->older;

		free(disk->all_parts);
		disk->all_parts = older;
	}
}
