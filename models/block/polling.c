/*
 * polling.c - completions that who waits looks for
 *
 * Hybrid polling sleeps once for each request, for half of the mean time that requests of its
 * direction and size took in the last window, and polls then.
 *
 * Reference     Linux 4.10 to 5.19, block/blk-mq.c, blk_mq_poll_hybrid() and blk_mq_poll_nsecs().
 */
#include "block/disk_private.h"

/* Directions apart, sizes by powers of two from 512 bytes on. */
static unsigned bucket_of(const struct sv_request *r, uint32_t bytes)
{
	unsigned size = 0;

	while (bytes >> 10 >> size && size < SV_POLL_BUCKETS / 2 - 1)
		size++;
	return 2 * size + (r->io.op != SV_IO_READ);
}

static void turn_window(struct sv_disk *disk, sv_time now)
{
	struct sv_poll_means *m = &disk->means;

	for (unsigned i = 0; m->end > 0 && i < SV_POLL_BUCKETS; i++) {
		if (m->bucket[i].n > 0)
			m->bucket[i].mean = m->bucket[i].sum / (sv_time)m->bucket[i].n;
		m->bucket[i].sum = 0;
		m->bucket[i].n = 0;
	}
	m->end = now + disk->options.poll_window;
}

void sv_poll_means_record(
	struct sv_disk *disk, const struct sv_request *r, uint32_t bytes, sv_time now)
{
	unsigned bucket = bucket_of(r, bytes);

	if (now >= disk->means.end)
		turn_window(disk, now);
	disk->means.bucket[bucket].sum += now - r->block.issued;
	disk->means.bucket[bucket].n++;
}

/* Who has joined a request is where that one is; its mean is of another size, and not asked for. */
static void sleep_before(
	struct sv_disk *disk, struct sv_sim_thread *self, struct sv_request *request)
{
	sv_time mean = disk->means.bucket[bucket_of(request, request->io.bytes)].mean;

	if (request->block.slept || request->block.joined || mean == 0)
		return;
	request->block.slept = true;
	sv_sim_nap(self, mean / 2);
}

unsigned sv_disk_poll(struct sv_disk *disk, struct sv_sim_thread *self, struct sv_request *request)
{
	unsigned queue = request->block.queue, ended;

	if (disk->options.poll == SV_POLL_HYBRID)
		sleep_before(disk, self, request);
	ended = disk->driver->poll(disk->driver_state, queue, self);
	if (ended == 0 && request->block.scattered)
		request->block.queue = (uint16_t)((queue + 1) % disk->config.queues);
	return ended;
}
