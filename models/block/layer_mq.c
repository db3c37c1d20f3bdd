/*
 * layer_mq.c - the multi-queue block layer (blk-mq)
 *
 * A submitter takes a tag of the hardware queue of its CPU and hands the request to the driver
 * itself; CPUs with queues of their own share nothing on that way. What the driver refuses waits
 * in the queue's dispatch list, and what comes behind it in the software queue of its CPU; marks in
 * a word of the hardware queue say which CPUs have something. A request that ends starts what
 * waits. With a scheduler all requests of the disk pass its one lock, and take the driver's tag
 * only on the way out.
 *
 * Left out: the kernel's worker threads that start a queue asynchronously; whoever ends a request
 * does it, in its interrupt. Requests do not join those that wait in a software queue.
 *
 * Memory. Tags, marks and the data of locks are simulated; lists are the model's own.
 *
 * Reference     Linux 6.6, block/blk-mq.c, block/blk-mq-tag.c, block/mq-deadline.c; Bjorling and
 *               others, Linux Block IO: Introducing Multi-queue SSD Access on Multi-core Systems,
 *               SYSTOR 2013.
 */
#include "block/deadline.h"
#include "block/disk_private.h"
#include "block/kernel_lock.h"
#include "block/tags.h"
#define SV_SUBSTRATE_simulated 1
#include "substrate.h"
#include <stdlib.h>

/* Of a CPU. */
struct software {
	struct sv_kernel_lock lock;
	struct sv_request_list list;
};

struct hardware {
	struct sv_tags tags, scheduler_tags;
	struct sv_kernel_lock lock;
	struct sv_request_list dispatch; /* refused by the driver */
	sv_u64 *mark;                    /* that there are some; then a bit for each CPU */
	uint64_t ended;                  /* requests of it, since the start */
};

struct mq {
	struct sv_disk *disk;
	struct sv_lock_class software_locks, hardware_locks, scheduler_locks;
	struct software *software;
	struct hardware *hardware;
	unsigned cpus, queues, words; /* of CPUs' marks */
	bool scheduled;
	struct sv_deadline deadline;
	struct sv_kernel_lock scheduler_lock;
};

/* Its memory is near the CPU that takes its interrupts. */
static int init_hardware(struct mq *mq, unsigned queue, struct sv_diag *diag)
{
	const struct sv_disk_config *c = &mq->disk->config;
	const struct sv_machine *m = c->system->memory->machine;
	unsigned node = m->node_of[c->system->pu[sv_disk_queue_cpu(mq->disk, queue)]];
	struct hardware *hw = &mq->hardware[queue];

	hw->mark = sv_memory_alloc(c->system->memory, (1 + mq->words) * sizeof(*hw->mark), node);
	if (!hw->mark)
		return sv_error(diag, NULL, "out of simulated memory for queues");
	if (sv_tags_init(&hw->tags, c->system, c->depth, node, diag) < 0 ||
		sv_kernel_lock_init(&hw->lock, &mq->hardware_locks, node, diag) < 0)
		return -1;
	/* As many as may wait while the driver is full: blk_mq_default_nr_requests(). */
	if (mq->scheduled &&
		sv_tags_init(&hw->scheduler_tags, c->system, 2 * c->depth, node, diag) < 0)
		return -1;
	return 0;
}

static int init_queues(struct mq *mq, struct sv_diag *diag)
{
	const struct sv_disk_config *c = &mq->disk->config;
	const struct sv_machine *m = c->system->memory->machine;

	if (sv_lock_class_init(&mq->software_locks, c->system, c->lock, true, diag) < 0 ||
		sv_lock_class_init(&mq->hardware_locks, c->system, c->lock, true, diag) < 0 ||
		sv_lock_class_init(&mq->scheduler_locks, c->system, c->lock, true, diag) < 0 ||
		sv_kernel_lock_init(&mq->scheduler_lock, &mq->scheduler_locks, 0, diag) < 0)
		return -1;
	for (unsigned i = 0; i < mq->queues; i++)
		if (init_hardware(mq, i, diag) < 0)
			return -1;
	for (unsigned i = 0; i < mq->cpus; i++)
		if (sv_kernel_lock_init(&mq->software[i].lock, &mq->software_locks,
			    m->node_of[c->system->pu[i]], diag) < 0)
			return -1;
	return 0;
}

static void mq_free(void *layer)
{
	struct mq *mq = layer;

	for (unsigned i = 0; mq->hardware && i < mq->queues; i++) {
		sv_tags_fini(&mq->hardware[i].tags);
		sv_tags_fini(&mq->hardware[i].scheduler_tags);
	}
	sv_lock_class_fini(&mq->software_locks);
	sv_lock_class_fini(&mq->hardware_locks);
	sv_lock_class_fini(&mq->scheduler_locks);
	free(mq->software);
	free(mq->hardware);
	free(mq);
}

static void *mq_start(struct sv_disk *disk, struct sv_diag *diag)
{
	struct mq *mq = calloc(1, sizeof(*mq));

	if (!mq)
		goto no_memory;
	mq->disk = disk;
	mq->cpus = disk->config.system->team.cpus;
	mq->queues = disk->config.queues;
	mq->words = (mq->cpus + 63) / 64;
	mq->scheduled = disk->options.scheduler == SV_IO_DEADLINE;
	mq->software = calloc(mq->cpus, sizeof(*mq->software));
	mq->hardware = calloc(mq->queues, sizeof(*mq->hardware));
	if (!mq->software || !mq->hardware)
		goto no_memory;
	if (init_queues(mq, diag) == 0)
		return mq;
	mq_free(mq);
	return NULL;
no_memory:
	sv_error(diag, NULL, "out of memory");
	if (mq)
		mq_free(mq);
	return NULL;
}

static bool joins_waiting(struct mq *mq, struct sv_request *r, struct sv_sim_thread *self)
{
	bool joined;

	if (!mq->scheduled || mq->disk->options.merge_bytes == 0)
		return false;
	sv_kernel_lock_acquire(&mq->scheduler_lock, self, r);
	sv_kernel_lock_touch(&mq->scheduler_lock);
	joined = sv_deadline_merge(&mq->deadline, mq->disk, r);
	if (joined)
		sv_sim_work(self, sv_disk_cost(mq->disk, SV_COST_BLOCK_MERGE));
	sv_kernel_lock_release(&mq->scheduler_lock, self);
	return joined;
}

static void issue(void *layer, struct sv_request_list *list, struct sv_sim_thread *self);

/* Who polls must do so now, or nobody might. */
static uint32_t wait_for_tag(
	struct mq *mq, struct sv_tags *tags, unsigned queue, struct sv_sim_thread *self)
{
	if (!sv_disk_polls(mq->disk))
		return sv_tags_wait(tags, self);
	tags->waits++;
	mq->disk->driver->poll(mq->disk->driver_state, queue, self);
	return SV_NO_TAG;
}

static bool mq_admit(
	void *layer, struct sv_request *r, struct sv_request_list *plug, struct sv_sim_thread *self)
{
	struct mq *mq = layer;
	uint32_t tag;

	if (joins_waiting(mq, r, self))
		return false;
	for (;;) {
		unsigned queue = sv_disk_cpu_queue(mq->disk, self->cpu);
		struct hardware *hw = &mq->hardware[queue];
		struct sv_tags *tags = mq->scheduled ? &hw->scheduler_tags : &hw->tags;

		r->cpu = self->cpu;
		r->block.queue = (uint16_t)queue;
		tag = sv_tags_try(tags, self);
		/* Tags of the plug would not come back while we sleep. */
		if (tag == SV_NO_TAG && plug->first)
			issue(mq, plug, self);
		if (tag == SV_NO_TAG)
			tag = wait_for_tag(mq, tags, queue, self);
		if (tag != SV_NO_TAG)
			break;
		/* It was woken for a tag of a queue that it now leaves. */
		if (sv_disk_cpu_queue(mq->disk, self->cpu) != queue)
			sv_wait_wake(&tags->waiting, 1, self);
	}
	r->block.tag = mq->scheduled ? SV_NO_TAG : tag;
	r->block.scheduler_tag = mq->scheduled ? tag : SV_NO_TAG;
	return true;
}

/* The driver has refused the first of the list. With a scheduler nothing goes to software queues.
 */
static void put_off(struct mq *mq, struct hardware *hw, struct sv_request_list *list,
	struct sv_sim_thread *self)
{
	struct software *sw;

	sv_kernel_lock_acquire(&hw->lock, self, list->first);
	sv_kernel_lock_touch(&hw->lock);
	sv_request_list_add(&hw->dispatch, sv_request_list_take(list));
	if (mq->scheduled)
		sv_request_list_move(&hw->dispatch, list);
	sv_or(&hw->mark[0], 1, SV_SEQ_CST);
	sv_kernel_lock_release(&hw->lock, self);
	if (!list->first)
		return;
	sw = &mq->software[self->cpu];
	sv_kernel_lock_acquire(&sw->lock, self, list->first);
	sv_kernel_lock_touch(&sw->lock);
	sv_request_list_move(&sw->list, list);
	sv_or(&hw->mark[1 + (sw - mq->software) / 64], UINT64_C(1) << ((sw - mq->software) % 64),
		SV_SEQ_CST);
	sv_kernel_lock_release(&sw->lock, self);
}

/* Whether the driver has taken the request. */
static bool hand_over(struct mq *mq, struct sv_request *r, bool last, struct sv_sim_thread *self)
{
	const struct sv_disk *disk = mq->disk;

	if (r->block.tag == SV_NO_TAG)
		r->block.tag = sv_tags_try(&mq->hardware[r->block.queue].tags, self);
	if (r->block.tag == SV_NO_TAG)
		return false;
	r->block.issued = sv_now(self->process.lp);
	return disk->driver->queue(disk->driver_state, r->block.queue, self, r, last);
}

/* Requests of one queue go to the driver as far as it takes them; the rest is put off. */
static bool issue_to(struct mq *mq, struct hardware *hw, struct sv_request_list *list,
	struct sv_sim_thread *self)
{
	const struct sv_disk *disk = mq->disk;
	bool some = false;

	while (list->first) {
		struct sv_request *r = list->first, *next = r->next;

		if (!hand_over(mq, r, !next, self)) {
			if (some)
				disk->driver->commit(disk->driver_state, r->block.queue, self);
			put_off(mq, hw, list, self);
			return false;
		}
		some = true;
		/* The driver has it, and its links. */
		list->first = next;
		list->n--;
	}
	list->last = NULL;
	return true;
}

static struct sv_request_list take_dispatched(struct hardware *hw, struct sv_sim_thread *self)
{
	struct sv_request_list list = { .n = 0 };

	sv_kernel_lock_acquire(&hw->lock, self, NULL);
	sv_kernel_lock_touch(&hw->lock);
	sv_request_list_move(&list, &hw->dispatch);
	sv_xchg(&hw->mark[0], 0, SV_SEQ_CST);
	sv_kernel_lock_release(&hw->lock, self);
	return list;
}

static void take_software(struct mq *mq, struct hardware *hw, struct sv_request_list *list,
	struct sv_sim_thread *self)
{
	for (unsigned i = 0; i < mq->words; i++) {
		uint64_t bits = sv_load(&hw->mark[1 + i], SV_ACQUIRE);

		for (; bits; bits &= bits - 1) {
			unsigned bit = (unsigned)__builtin_ctzll(bits);
			struct software *sw = &mq->software[64 * i + bit];

			sv_and(&hw->mark[1 + i], ~(UINT64_C(1) << bit), SV_SEQ_CST);
			sv_kernel_lock_acquire(&sw->lock, self, NULL);
			sv_kernel_lock_touch(&sw->lock);
			sv_request_list_move(list, &sw->list);
			sv_kernel_lock_release(&sw->lock, self);
		}
	}
}

static struct sv_request_list take_scheduled(struct mq *mq, struct sv_sim_thread *self)
{
	struct sv_request_list list = { .n = 0 };
	struct sv_request *r;

	sv_kernel_lock_look(&mq->scheduler_lock);
	if (sv_deadline_empty(&mq->deadline))
		return list;
	sv_kernel_lock_acquire(&mq->scheduler_lock, self, NULL);
	sv_kernel_lock_touch(&mq->scheduler_lock);
	r = sv_deadline_pick(&mq->deadline, &mq->disk->options, sv_now(self->process.lp));
	sv_kernel_lock_release(&mq->scheduler_lock, self);
	if (r)
		sv_request_list_add(&list, r);
	return list;
}

/* Issues what waits for a queue, the refused first, until nothing is left or the driver refuses.
 * Who is refused is started by a request that ends: one that has done so meanwhile did not see it.
 */
static void run_queue(struct mq *mq, struct hardware *hw, struct sv_sim_thread *self)
{
	for (;;) {
		struct sv_request_list list = { .n = 0 };
		struct hardware *to;
		uint64_t ended;

		if (sv_load(&hw->mark[0], SV_ACQUIRE))
			list = take_dispatched(hw, self);
		else if (mq->scheduled)
			list = take_scheduled(mq, self);
		else
			take_software(mq, hw, &list, self);
		if (!list.first)
			return;
		to = &mq->hardware[list.first->block.queue];
		ended = to->ended;
		if (!issue_to(mq, to, &list, self) && to->ended == ended)
			return;
	}
}

static void schedule(struct mq *mq, struct sv_request_list *list, struct sv_sim_thread *self)
{
	const struct sv_layer_options *o = &mq->disk->options;
	struct sv_request *r = list->first;

	sv_kernel_lock_acquire(&mq->scheduler_lock, self, r);
	while ((r = sv_request_list_take(list))) {
		sv_sim_work(self, sv_disk_cost(mq->disk, SV_COST_BLOCK_SCHEDULE));
		sv_kernel_lock_touch(&mq->scheduler_lock);
		sv_deadline_insert(&mq->deadline, r,
			sv_now(self->process.lp) +
				(r->io.op == SV_IO_READ ? o->read_expire : o->write_expire));
	}
	sv_kernel_lock_release(&mq->scheduler_lock, self);
}

/* The requests of a batch are of one queue, unless its thread has moved meanwhile. */
static void issue(void *layer, struct sv_request_list *list, struct sv_sim_thread *self)
{
	struct mq *mq = layer;

	if (mq->scheduled) {
		unsigned queue = list->first->block.queue;

		schedule(mq, list, self);
		run_queue(mq, &mq->hardware[queue], self);
	}
	while (list->first) {
		struct sv_request_list one = { .n = 0 };
		unsigned queue = list->first->block.queue;
		struct hardware *hw = &mq->hardware[queue];
		uint64_t ended = hw->ended;

		while (list->first && list->first->block.queue == queue)
			sv_request_list_add(&one, sv_request_list_take(list));
		if (!issue_to(mq, hw, &one, self) && hw->ended != ended)
			run_queue(mq, hw, self);
	}
}

static void mq_ended(void *layer, const struct sv_block_held *held, struct sv_sim_thread *self)
{
	struct mq *mq = layer;
	struct hardware *hw = &mq->hardware[held->queue];
	bool waiting = mq->scheduled;

	hw->ended++;
	sv_tags_free(&hw->tags, held->tag, self);
	if (mq->scheduled)
		sv_tags_free(&hw->scheduler_tags, held->scheduler_tag, self);
	for (unsigned i = 0; !waiting && i <= mq->words; i++)
		waiting = sv_load(&hw->mark[i], SV_ACQUIRE) != 0;
	if (waiting)
		run_queue(mq, hw, self);
}

static void mq_reset(void *layer)
{
	struct mq *mq = layer;

	sv_kernel_lock_reset(&mq->scheduler_lock);
	for (unsigned i = 0; i < mq->queues; i++) {
		sv_kernel_lock_reset(&mq->hardware[i].lock);
		mq->hardware[i].tags.waits = mq->hardware[i].scheduler_tags.waits = 0;
	}
	for (unsigned i = 0; i < mq->cpus; i++)
		sv_kernel_lock_reset(&mq->software[i].lock);
}

static sv_time mq_waited(const void *layer)
{
	const struct mq *mq = layer;
	sv_time sum = mq->scheduler_lock.waited;

	for (unsigned i = 0; i < mq->queues; i++)
		sum += mq->hardware[i].lock.waited;
	for (unsigned i = 0; i < mq->cpus; i++)
		sum += mq->software[i].lock.waited;
	return sum;
}

static uint64_t mq_waits(const void *layer)
{
	const struct mq *mq = layer;
	uint64_t sum = 0;

	for (unsigned i = 0; i < mq->queues; i++)
		sum += mq->hardware[i].tags.waits + mq->hardware[i].scheduler_tags.waits;
	return sum;
}

static const char *mq_check(const void *layer)
{
	const struct mq *mq = layer;
	bool broken = mq->scheduler_lock.broken;

	for (unsigned i = 0; i < mq->queues; i++)
		broken |= mq->hardware[i].lock.broken;
	for (unsigned i = 0; i < mq->cpus; i++)
		broken |= mq->software[i].lock.broken;
	return broken ? "two threads held a lock of the block layer at once" : NULL;
}

const struct sv_layer sv_layer_mq = { .start = mq_start,
	.admit = mq_admit,
	.issue = issue,
	.ended = mq_ended,
	.reset = mq_reset,
	.waited = mq_waited,
	.waits = mq_waits,
	.check = mq_check,
	.free = mq_free };
