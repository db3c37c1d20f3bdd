/*
 * layer_sq.c - the single-queue block layer of Linux before blk-mq
 *
 * One list of requests and one lock, taken with interrupts off: to get a request, to queue it and
 * hand requests to the driver, and when one has ended. So every request of the disk takes the lock
 * three times, from whichever CPU, and the driver's work on the way down is done under it.
 *
 * Reference     Linux 3.17, block/blk-core.c, blk_queue_bio(), __blk_run_queue() and
 *               blk_end_bidi_request().
 */
#include "block/deadline.h"
#include "block/disk_private.h"
#include "block/kernel_lock.h"
#include "wait.h"
#include <stdlib.h>

struct sq {
	struct sv_disk *disk;
	struct sv_lock_class locks;
	struct sv_kernel_lock lock;
	/* Under the lock. */
	struct sv_request_list list;
	struct sv_deadline deadline;
	uint32_t used;
	struct sv_wait_queue waiting;
	uint64_t waits; /* since the start of the window */
	bool scheduled;
};

static void sq_free(void *layer)
{
	struct sq *sq = layer;

	sv_lock_class_fini(&sq->locks);
	free(sq);
}

static void *sq_start(struct sv_disk *disk, struct sv_diag *diag)
{
	const struct sv_disk_config *c = &disk->config;
	struct sq *sq = calloc(1, sizeof(*sq));

	if (!sq) {
		sv_error(diag, NULL, "out of memory");
		return NULL;
	}
	sq->disk = disk;
	sq->scheduled = disk->options.scheduler == SV_IO_DEADLINE;
	if (sv_lock_class_init(&sq->locks, c->system, c->lock, true, diag) == 0 &&
		sv_kernel_lock_init(&sq->lock, &sq->locks, 0, diag) == 0)
		return sq;
	sq_free(sq);
	return NULL;
}

/* Of the list only the last one is tried, as elevators without an order do. */
static bool joins_waiting(struct sq *sq, struct sv_request *r, struct sv_sim_thread *self)
{
	bool joined;

	if (sq->scheduled)
		joined = sv_deadline_merge(&sq->deadline, sq->disk, r);
	else
		joined = sq->list.last && sv_request_join(sq->disk, sq->list.last, r);
	if (joined)
		sv_sim_work(self, sv_disk_cost(sq->disk, SV_COST_BLOCK_MERGE));
	return joined;
}

/* What waits goes to the driver, as far as it takes it. */
static void run_queue(struct sq *sq, struct sv_sim_thread *self)
{
	const struct sv_disk *disk = sq->disk;
	bool some = false;

	for (;;) {
		struct sv_request *r;

		if (!sq->list.first && sq->scheduled) {
			r = sv_deadline_pick(
				&sq->deadline, &disk->options, sv_now(self->process.lp));
			if (r)
				sv_request_list_add(&sq->list, r);
		}
		r = sv_request_list_take(&sq->list);
		if (!r)
			return;
		r->block.issued = sv_now(self->process.lp);
		if (disk->driver->queue(disk->driver_state, 0, self, r,
			    !sq->list.first && sv_deadline_empty(&sq->deadline))) {
			some = true;
			continue;
		}
		r->next = sq->list.first;
		sq->list.first = r;
		sq->list.last = sq->list.last ? sq->list.last : r;
		sq->list.n++;
		if (some)
			disk->driver->commit(disk->driver_state, 0, self);
		return;
	}
}

static void queue_all(struct sq *sq, struct sv_request_list *list, struct sv_sim_thread *self)
{
	const struct sv_layer_options *o = &sq->disk->options;
	struct sv_request *r;

	if (!sq->scheduled) {
		sv_request_list_move(&sq->list, list);
		return;
	}
	while ((r = sv_request_list_take(list))) {
		sv_sim_work(self, sv_disk_cost(sq->disk, SV_COST_BLOCK_SCHEDULE));
		sv_deadline_insert(&sq->deadline, r,
			sv_now(self->process.lp) +
				(r->io.op == SV_IO_READ ? o->read_expire : o->write_expire));
	}
}

static void sq_issue(void *layer, struct sv_request_list *list, struct sv_sim_thread *self)
{
	struct sq *sq = layer;

	sv_kernel_lock_acquire(&sq->lock, self, list->first);
	sv_kernel_lock_touch(&sq->lock);
	queue_all(sq, list, self);
	run_queue(sq, self);
	sv_kernel_lock_release(&sq->lock, self);
}

/* Sleeps until a request has ended, without the lock. */
static void wait_for_room(struct sq *sq, struct sv_request *r, struct sv_request_list *plug,
	struct sv_sim_thread *self)
{
	struct sv_waiter w;

	sq->waits++;
	sv_wait_join(&sq->waiting, &w, self);
	sv_kernel_lock_release(&sq->lock, self);
	if (plug->first)
		sq_issue(sq, plug, self);
	sv_wait_sleep_for_io(&w);
	sv_wait_leave(&sq->waiting, &w);
	sv_kernel_lock_acquire(&sq->lock, self, r);
}

static bool sq_admit(
	void *layer, struct sv_request *r, struct sv_request_list *plug, struct sv_sim_thread *self)
{
	struct sq *sq = layer;
	bool joined;

	sv_kernel_lock_acquire(&sq->lock, self, r);
	joined = joins_waiting(sq, r, self);
	while (!joined && sq->used == sq->disk->config.depth)
		wait_for_room(sq, r, plug, self);
	if (!joined)
		sq->used++;
	r->cpu = self->cpu;
	sv_kernel_lock_touch(&sq->lock);
	sv_kernel_lock_release(&sq->lock, self);
	return !joined;
}

static void sq_ended(void *layer, const struct sv_block_held *held, struct sv_sim_thread *self)
{
	struct sq *sq = layer;

	(void)held;
	sv_kernel_lock_acquire(&sq->lock, self, NULL);
	sv_kernel_lock_touch(&sq->lock);
	sq->used--;
	run_queue(sq, self);
	sv_kernel_lock_release(&sq->lock, self);
	sv_wait_wake(&sq->waiting, 1, self);
}

static void sq_reset(void *layer)
{
	struct sq *sq = layer;

	sv_kernel_lock_reset(&sq->lock);
	sq->waits = 0;
}

static sv_time sq_waited(const void *layer)
{
	return ((const struct sq *)layer)->lock.waited;
}

static uint64_t sq_waits(const void *layer)
{
	return ((const struct sq *)layer)->waits;
}

static const char *sq_check(const void *layer)
{
	const struct sq *sq = layer;

	return sq->lock.broken ? "two threads held the queue's lock at once" : NULL;
}

const struct sv_layer sv_layer_sq = { .start = sq_start,
	.admit = sq_admit,
	.issue = sq_issue,
	.ended = sq_ended,
	.reset = sq_reset,
	.waited = sq_waited,
	.waits = sq_waits,
	.check = sq_check,
	.free = sq_free };
