/*
 * probe_uring.c - an operation of io_uring that does nothing
 *
 * By the system calls themselves, so that no library is needed: one ring, one submission at a
 * time or 32 with one call.
 */
#include "probe.h"
#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENTRIES 32
#define LOOP    64

struct ring {
	int fd;
	void *submission, *completion;
	size_t submission_bytes, completion_bytes;
	struct io_uring_sqe *sqe;
	struct io_uring_params p;
};

struct nops {
	struct sv_reading r;
	struct ring *ring;
	unsigned batch;
	bool failed;
};

static _Atomic unsigned *word(void *area, unsigned offset)
{
	return (_Atomic unsigned *)(void *)((char *)area + offset);
}

static void ring_fini(struct ring *r)
{
	if (r->sqe && r->sqe != MAP_FAILED)
		munmap(r->sqe, ENTRIES * sizeof(*r->sqe));
	if (r->submission && r->submission != MAP_FAILED)
		munmap(r->submission, r->submission_bytes);
	if (r->completion && r->completion != MAP_FAILED)
		munmap(r->completion, r->completion_bytes);
	if (r->fd >= 0)
		close(r->fd);
}

static void *map(const struct ring *r, size_t bytes, off_t what)
{
	return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, what);
}

/* Returns 0 or an errno; to be ended by ring_fini() either way. */
static int ring_init(struct ring *r)
{
	memset(r, 0, sizeof(*r));
	r->fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &r->p);
	if (r->fd < 0)
		return errno;
	r->submission_bytes = r->p.sq_off.array + r->p.sq_entries * sizeof(unsigned);
	r->completion_bytes = r->p.cq_off.cqes + r->p.cq_entries * sizeof(struct io_uring_cqe);
	r->submission = map(r, r->submission_bytes, IORING_OFF_SQ_RING);
	r->completion = map(r, r->completion_bytes, IORING_OFF_CQ_RING);
	r->sqe = map(r, ENTRIES * sizeof(*r->sqe), IORING_OFF_SQES);
	if (r->submission == MAP_FAILED || r->completion == MAP_FAILED || r->sqe == MAP_FAILED)
		return ENOMEM;
	return 0;
}

static void submit(struct nops *n)
{
	struct ring *r = n->ring;
	const struct io_sqring_offsets *at = &r->p.sq_off;
	unsigned tail = atomic_load_explicit(word(r->submission, at->tail), memory_order_relaxed);
	unsigned mask = *(unsigned *)(void *)((char *)r->submission + at->ring_mask);
	unsigned *array = (unsigned *)(void *)((char *)r->submission + at->array);

	for (unsigned i = 0; i < n->batch; i++) {
		unsigned slot = (tail + i) & mask;

		memset(&r->sqe[slot], 0, sizeof(r->sqe[slot]));
		r->sqe[slot].opcode = IORING_OP_NOP;
		array[slot] = slot;
	}
	atomic_store_explicit(word(r->submission, at->tail), tail + n->batch, memory_order_release);
	if (syscall(SYS_io_uring_enter, r->fd, n->batch, n->batch, IORING_ENTER_GETEVENTS, NULL,
		    0) != (long)n->batch)
		n->failed = true;
	/* All that was submitted is complete: taking it is moving the head to the tail. */
	atomic_store_explicit(word(r->completion, r->p.cq_off.head),
		atomic_load_explicit(word(r->completion, r->p.cq_off.tail), memory_order_acquire),
		memory_order_release);
}

static void body(unsigned thread, void *arg)
{
	struct nops *n = arg;
	double start = sv_sample_clock();

	(void)thread;
	for (unsigned i = 0; i < LOOP && !n->failed; i++)
		submit(n);
	n->r.value = (sv_sample_clock() - start) / ((double)LOOP * n->batch);
}

static int run_batch(struct sv_calibration *c, struct ring *ring, unsigned batch, const char *name,
	const char *method, double seconds)
{
	struct nops n = {
		.ring = ring, .batch = batch, .r = { .to = sv_probe_row(c, name, method) }
	};

	return sv_probe_alone(c, body, &n, seconds);
}

static int run(struct sv_calibration *c, double seconds)
{
	struct ring ring;
	int error = ring_init(&ring), result = 0;

	if (error)
		sv_probe_note(c, "io_uring was not measured: %s", strerror(error));
	else if (run_batch(c, &ring, 1, "io-uring.nop",
			 "Submitting an empty operation to io_uring and waiting for it, mean of 64",
			 seconds / 2) < 0 ||
		 run_batch(c, &ring, ENTRIES, "io-uring.nop-of-32",
			 "Submitting 32 empty operations to io_uring with one call, for each of "
			 "them",
			 seconds / 2) < 0)
		result = -1;
	ring_fini(&ring);
	return result;
}

const struct sv_probe sv_probe_uring = { "uring", "io_uring", 0.5, run, NULL };
