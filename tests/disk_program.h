/*
 * disk_program.h - a program that submits batches of requests to a disk, for tests
 */
#ifndef SV_DISK_PROGRAM_H
#define SV_DISK_PROGRAM_H

#include "block/disk.h"
#include "wait.h"

#define PROGRAM_DEPTH 64

/* A program that keeps `depth` requests under way. */
struct program {
	struct sv_disk *disk;
	struct sv_sim_thread thread;
	struct sv_wait_queue waiting;
	struct sv_request request[PROGRAM_DEPTH];
	unsigned depth, rounds; /* rounds: batches that it submits */
	uint32_t bytes;
	uint64_t step, offset;
	enum sv_io_op op;
	unsigned inside, ended, wrong;
	sv_time done, latency;
	uint64_t order[PROGRAM_DEPTH];
};

static inline void program_ended(struct sv_request *r, struct sv_sim_thread *self)
{
	struct program *p = r->owner;
	sv_time now = sv_now(self->process.lp), sum = 0;

	sv_request_stage(r, now, SV_STAGE_FINISH);
	for (unsigned i = 0; i < SV_STAGE_COUNT; i++)
		sum += r->spent[i];
	p->wrong += sum != now - r->submitted || r->io.bytes != p->bytes;
	p->latency += sum;
	p->ended++;
	p->inside--;
	sv_wait_wake(&p->waiting, 1, self);
}

static inline void program_await(struct program *p, struct sv_sim_thread *self)
{
	while (p->inside > 0) {
		struct sv_waiter w;

		if (sv_disk_polls(p->disk)) {
			for (unsigned i = 0; i < p->depth && p->inside > 0; i++)
				sv_disk_poll(p->disk, self, &p->request[i]);
			continue;
		}
		sv_wait_join(&p->waiting, &w, self);
		if (p->inside > 0)
			sv_wait_sleep(&w);
		sv_wait_leave(&p->waiting, &w);
	}
}

static inline void program_run(struct sv_sim_thread *self, void *arg)
{
	struct program *p = arg;
	struct sv_request *batch[PROGRAM_DEPTH];

	for (unsigned round = 0; round < p->rounds; round++) {
		for (unsigned i = 0; i < p->depth; i++) {
			struct sv_request *r = batch[i] = &p->request[i];

			r->io = (struct sv_io){
				.op = p->op, .bytes = p->bytes, .offset = p->offset
			};
			p->offset += p->step;
			r->owner = p;
			r->end = program_ended;
			sv_request_begin(r, sv_now(self->process.lp));
		}
		p->inside = p->depth;
		sv_disk_submit(p->disk, self, batch, p->depth);
		program_await(p, self);
	}
	p->done = sv_now(self->process.lp);
}

#endif
