/*
 * fio_thread.c - what a thread of fio does
 *
 * As fio's own loop: it submits until as many are in flight as may be, or until it has to wait
 * for its rate or its think time, and then takes what has ended. A synchronous engine submits and
 * waits in one system call; aio pays one for submitting and one for taking; io_uring pays none for
 * taking what is already there. What an interface costs are rows of the profile; submitting and
 * completing below it is the block layer's.
 */
#include "workloads/fio.h"
#include <math.h>

static sv_time cost(const struct sv_fio_thread *t, enum sv_cost c)
{
	return t->thread.memory->machine->cost[c];
}

static sv_time now_of(const struct sv_fio_thread *t)
{
	return sv_now(t->thread.process.lp);
}

static bool is_async(const struct sv_fio_thread *t)
{
	return t->job->engine != SV_FIO_SYNC;
}

/* In the context of the handler that completes it, or of who polls. */
static void io_ended(struct sv_request *request, struct sv_sim_thread *by)
{
	struct sv_fio_io *io = request->owner;
	struct sv_fio_thread *t = io->thread;

	io->flies = false;
	io->next = NULL;
	*t->done_end = io;
	t->done_end = &io->next;
	t->n_done++;
	/* Its thread may look only when the next one is due. */
	if (t->job->timed)
		sv_fio_seen(t->all, io, now_of(t));
	if (t->n_done >= t->wanted)
		sv_wait_wake(&t->sleeping, 1, by);
}

/* What it did during the warm-up does not count. */
static bool is_over(const struct sv_fio_thread *t)
{
	return t->job->ios && t->all->counts && t->issued >= t->job->ios;
}

static struct sv_io choose(struct sv_fio_thread *t)
{
	const struct sv_fio_job *job = t->job;
	bool reads = job->rw == SV_FIO_READ;
	uint64_t block;

	if (job->rw == SV_FIO_MIXED)
		reads = sv_stream_uniform(&t->stream) < job->reads;
	block = sv_fio_offsets_next(&t->offsets, &t->stream);
	return (struct sv_io){ .op = reads ? SV_IO_READ : SV_IO_WRITE,
		.bytes = (uint32_t)job->block_bytes,
		.offset = t->offsets.first + block * (uint64_t)job->block_bytes };
}

/* There is a free one. */
static struct sv_request *prepare(struct sv_fio_thread *t, struct sv_io what)
{
	struct sv_fio_io *io = t->free;

	t->free = io->next;
	sv_sim_work(&t->thread, cost(t, SV_COST_IO_USER));
	io->request.io = what;
	io->request.end = io_ended;
	io->request.owner = io;
	io->flies = true;
	sv_station_enter(&t->all->flying, now_of(t));
	sv_request_begin(&io->request, now_of(t));
	t->issued++;
	t->thought++;
	t->flying++;
	return &io->request;
}

static sv_time submission_cost(const struct sv_fio_thread *t)
{
	switch ((enum sv_fio_engine)t->job->engine) {
	case SV_FIO_LIBAIO:
		return cost(t, SV_COST_IO_DIRECT) + cost(t, SV_COST_IO_AIO_SUBMIT);
	case SV_FIO_IO_URING:
		return cost(t, SV_COST_IO_DIRECT) + cost(t, SV_COST_IO_URING_SUBMIT);
	case SV_FIO_SYNC:
		break;
	}
	return cost(t, SV_COST_IO_DIRECT);
}

/* One system call. The requests may have ended when it returns. */
static void submit(struct sv_fio_thread *t, unsigned n)
{
	sv_time now;

	sv_sim_work(&t->thread, cost(t, SV_COST_SYSCALL) + (sv_time)n * submission_cost(t));
	sv_disk_submit(t->disk, &t->thread, t->batch, n);
	now = now_of(t);
	for (unsigned i = 0; i < n; i++) {
		struct sv_fio_io *io = t->batch[i]->owner;

		io->submitted = now;
	}
}

/* A request that has not ended; there is one. */
static struct sv_request *one_that_flies(struct sv_fio_thread *t)
{
	while (!t->io[t->probe].flies)
		t->probe = (t->probe + 1) % (unsigned)t->job->depth;
	return &t->io[t->probe].request;
}

/* In the kernel: until so many have ended. */
static void await_ends(struct sv_fio_thread *t, unsigned n)
{
	/* io_getevents() does not count as waiting for I/O; io_uring does since Linux 6.5. */
	bool aio = t->job->engine == SV_FIO_LIBAIO;
	struct sv_waiter w;

	t->wanted = n;
	while (t->n_done < n && sv_disk_polls(t->disk))
		if (sv_disk_poll(t->disk, &t->thread, one_that_flies(t)) == 0)
			sv_relax(1);
	while (t->n_done < n) {
		sv_wait_join(&t->sleeping, &w, &t->thread);
		if (t->n_done < n)
			(aio ? sv_wait_sleep : sv_wait_sleep_for_io)(&w);
		sv_wait_leave(&t->sleeping, &w);
	}
}

/* What has ended goes to the program, which waits until it is at least n. */
static void take(struct sv_fio_thread *t, unsigned n)
{
	bool uring = t->job->engine == SV_FIO_IO_URING;
	struct sv_fio_io *io;

	/* The completions of io_uring lie in memory that the program reads. */
	if (is_async(t) && (!uring || t->n_done < n))
		sv_sim_work(&t->thread, cost(t, SV_COST_SYSCALL));
	await_ends(t, n);
	while ((io = t->done)) {
		t->done = io->next;
		if (!t->done)
			t->done_end = &t->done;
		t->n_done--;
		if (is_async(t))
			sv_sim_work(&t->thread,
				cost(t, uring ? SV_COST_IO_URING_REAP : SV_COST_IO_AIO_REAP));
		t->flying--;
		if (!t->job->timed)
			sv_fio_seen(t->all, io, now_of(t));
		io->next = t->free;
		t->free = io;
	}
}

static void quiesce(struct sv_fio_thread *t)
{
	if (t->flying)
		take(t, t->flying);
}

/* As fio, a thread that has to wait first takes all that it has in flight. */
static void pause_for_rate(struct sv_fio_thread *t)
{
	const struct sv_fio_job *job = t->job;
	double gap;

	if (job->rate <= 0)
		return;
	gap = 1e12 / job->rate;
	if (job->poisson)
		gap *= -log1p(-sv_stream_uniform(&t->stream));
	t->due += (sv_time)gap;
	if (t->due > now_of(t))
		quiesce(t);
	if (t->due > now_of(t))
		sv_sim_sleep(&t->thread, t->due - now_of(t));
	sv_fio_begun(t->all, t->due, now_of(t));
}

static bool is_to_think(const struct sv_fio_thread *t)
{
	return t->thought >= t->job->think_blocks && sv_dist_mean(&t->job->think) > 0;
}

static void pause_to_think(struct sv_fio_thread *t)
{
	sv_time time;

	if (!is_to_think(t))
		return;
	t->thought = 0;
	time = sv_dist_sample(&t->job->think, &t->stream);
	if (time == 0)
		return;
	quiesce(t);
	sv_sim_sleep(&t->thread, time);
}

/* As many as a batch takes, there is room for, and are due. */
static void fill(struct sv_fio_thread *t)
{
	unsigned n = 0, most = (unsigned)t->job->batch;

	while (n < most && t->free && !is_over(t)) {
		pause_for_rate(t);
		t->batch[n++] = prepare(t, choose(t));
		/* Paces are of single I/Os. */
		if (t->job->rate > 0 || is_to_think(t))
			break;
	}
	if (n)
		submit(t, n);
}

static void work(struct sv_fio_thread *t)
{
	t->due = now_of(t);
	while (!is_over(t)) {
		pause_to_think(t);
		fill(t);
		if (!is_async(t))
			take(t, 1);
		else if (!t->free)
			take(t, (unsigned)t->job->reap);
	}
}

/* Those of the CPU that recorded them, or each in its turn. */
static bool is_mine(const struct sv_fio_thread *t, const struct sv_fio_record *r)
{
	int64_t by = r->cpu >= 0 ? r->cpu : (int64_t)t->trace.n - 1;

	return by % t->job->threads == t->number;
}

static void replay_one(struct sv_fio_thread *t, const struct sv_fio_record *r, sv_time due)
{
	struct sv_io what = { .op = r->op, .bytes = r->bytes, .offset = r->offset };

	if (t->job->timed) {
		if (t->n_done)
			take(t, 0);
		if (due > now_of(t))
			sv_sim_sleep(&t->thread, due - now_of(t));
	}
	if (!t->free)
		take(t, (unsigned)t->job->reap);
	if (t->job->timed)
		sv_fio_begun(t->all, due, now_of(t));
	t->batch[0] = prepare(t, what);
	submit(t, 1);
	if (!is_async(t))
		take(t, 1);
}

static void replay(struct sv_fio_thread *t)
{
	sv_time start = now_of(t);
	struct sv_fio_record r;
	int got;

	while ((got = sv_fio_trace_next(&t->trace, &r, t->all->diag)) > 0)
		if (is_mine(t, &r))
			replay_one(t, &r, start + (sv_time)((double)r.time / t->job->speed));
	if (got < 0)
		t->all->broken = "the trace has changed since it was checked";
}

void sv_fio_live(struct sv_sim_thread *self, void *arg)
{
	struct sv_fio_thread *t = arg;

	if (t->job->trace)
		replay(t);
	else
		work(t);
	quiesce(t);
	t->ended = true;
	t->all->running--;
	t->all->ended_at = now_of(t);
	if (self->task)
		sv_sim_thread_end(self);
}
