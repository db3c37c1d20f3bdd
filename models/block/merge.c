/*
 * merge.c - requests that continue each other become one
 *
 * Who joins a request is in its stages from then on: it takes off what the other one had spent
 * before, and adds all that it has spent at the end.
 *
 * Reference     Linux 6.6, block/blk-merge.c, blk_attempt_bio_merge().
 */
#include "block/disk_private.h"

static bool fits(const struct sv_disk *disk, const struct sv_request *r, const struct sv_request *m)
{
	return r->io.op == m->io.op && (r->io.op == SV_IO_READ || r->io.op == SV_IO_WRITE) &&
	       (int64_t)r->io.bytes + m->io.bytes <= disk->options.merge_bytes &&
	       r->io.bytes + m->io.bytes <= disk->config.max_bytes;
}

bool sv_request_join(struct sv_disk *disk, struct sv_request *r, struct sv_request *m)
{
	sv_time now = sv_now(disk->config.system->memory->lp);

	if (!fits(disk, r, m))
		return false;
	if (m->io.offset + m->io.bytes == r->io.offset)
		r->io.offset = m->io.offset;
	else if (r->io.offset + r->io.bytes != m->io.offset)
		return false;
	r->io.bytes += m->io.bytes;
	m->next = NULL;
	if (r->block.last_merged)
		r->block.last_merged->next = m;
	else
		r->block.merged = m;
	r->block.last_merged = m;
	sv_request_stage(r, now, (enum sv_stage)r->stage);
	sv_request_stage(m, now, (enum sv_stage)r->stage);
	for (unsigned i = 0; i < SV_STAGE_COUNT; i++)
		m->spent[i] -= r->spent[i];
	m->block.joined = true;
	m->block.queue = r->block.queue;
	disk->merged++;
	return true;
}

struct sv_request *sv_request_part(struct sv_request *r)
{
	struct sv_request *first = r->block.merged;

	for (struct sv_request *m = first; m; m = m->next) {
		for (unsigned i = 0; i < SV_STAGE_COUNT; i++)
			m->spent[i] += r->spent[i];
		m->since = r->since;
		m->stage = r->stage;
		m->io.fetched = r->io.fetched;
		m->io.started = r->io.started;
		m->io.posted = r->io.posted;
		m->io.failed = r->io.failed;
	}
	r->io.offset = r->block.offset;
	r->io.bytes = r->block.bytes;
	return first;
}
