/*
 * probe_memory.c - how long a load takes by where its line is, and how fast copying is
 *
 * A walk over a buffer in random order, each load giving the address of the next. The buffer
 * is half of each cache, and four times the last one for memory (at most 256 MiB). It asks for
 * large pages, because translations are no part of the model's costs.
 */
#include "bug.h"
#include "probe.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LINE_BYTES  64
#define MOST_BYTES  ((size_t)256 << 20)
#define LEAST_BYTES ((size_t)32 << 20) /* of memory, where no cache is known */
#define COPY_BYTES  ((size_t)16 << 10) /* at once; divides all sizes of buffers */
#define STEPS       4000
#define LARGE_PAGE  ((size_t)2 << 20)

struct chase {
	struct sv_reading r;
	double quiet_ns;
	void **at;
};

/* A buffer whose pages lie on the node of the PU that first touches them. */
struct buffer {
	char *memory;
	size_t bytes;
};

struct copy {
	struct sv_reading r;
	char *from, *to;
	size_t bytes, chunk, at;
};

static void chase(unsigned thread, void *arg)
{
	struct chase *c = arg;
	void **at = c->at;
	double start = sv_sample_clock();

	(void)thread;
	for (unsigned i = 0; i < STEPS; i++)
		at = *at;
	__asm__ volatile("" ::"r"(at) : "memory");
	c->r.value = (sv_sample_clock() - start - c->quiet_ns) / STEPS;
	c->at = at; /* the next batch goes on from there: it meets other lines */
}

static void copy(unsigned thread, void *arg)
{
	struct copy *c = arg;
	double start = sv_sample_clock(), ns;
	unsigned rounds = 0;

	(void)thread;
	do {
		memcpy(c->to + c->at, c->from + c->at, c->chunk);
		__asm__ volatile("" ::: "memory");
		c->at = (c->at + c->chunk) % c->bytes;
		rounds++;
		ns = sv_sample_clock() - start;
	} while (ns < SV_PROBE_BATCH_NS / 2);
	c->r.value = ns * 4096 / ((double)rounds * (double)c->chunk);
}

/* A cycle through all lines of a buffer in random order. */
static void make_cycle(char *buffer, size_t bytes)
{
	size_t n = bytes / LINE_BYTES;
	uint32_t *order = malloc(n * sizeof(*order));
	uint64_t random = 88172645463325252u;

	SV_BUG_ON(!order);
	for (size_t i = 0; i < n; i++)
		order[i] = (uint32_t)i;
	for (size_t i = n - 1; i > 0; i--) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		size_t k = random % i; /* below i: a single cycle */
		uint32_t kept = order[i];
		order[i] = order[k];
		order[k] = kept;
	}
	for (size_t i = 0; i < n; i++)
		*(void **)(void *)(buffer + LINE_BYTES * (size_t)order[i]) =
			buffer + LINE_BYTES * (size_t)order[(i + 1) % n];
	free(order);
}

static void touch(unsigned thread, void *arg)
{
	struct buffer *b = arg;

	(void)thread;
	memset(b->memory, 0, b->bytes);
	make_cycle(b->memory, b->bytes);
}

/* Returns -1 when there is no memory, which is no mistake of anybody. */
static int make_buffer(struct sv_calibration *c, struct buffer *b, size_t bytes, unsigned pu)
{
	b->bytes = bytes;
	b->memory = aligned_alloc(LARGE_PAGE, (bytes + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE);
	if (!b->memory)
		return -1;
	madvise(b->memory, bytes, MADV_HUGEPAGE);
	if (sv_pinned_run_on(&pu, 1, touch, b, c->diag) == 0)
		return 0;
	free(b->memory);
	return -1;
}

static unsigned first_pu(const struct sv_calibration *c)
{
	return c->pus > 0 ? 0 : SV_PINNED_ANYWHERE;
}

static size_t memory_bytes(void)
{
	size_t largest = LEAST_BYTES / 4;

	for (unsigned level = 1; level <= 5; level++)
		if (sv_pinned_cache_bytes(0, level) > largest)
			largest = sv_pinned_cache_bytes(0, level);
	return 4 * largest < MOST_BYTES ? 4 * largest : MOST_BYTES;
}

static int run_chase(
	struct sv_calibration *c, size_t bytes, unsigned pu, struct sv_samples *to, double seconds)
{
	struct chase x = { .quiet_ns = c->quiet_ns, .r = { .to = to } };
	struct buffer b;
	int result;

	if (make_buffer(c, &b, bytes, pu) < 0) {
		sv_probe_note(c, "there was no memory for a buffer of %zu MiB", bytes >> 20);
		return 0;
	}
	x.at = (void **)(void *)b.memory;
	result = sv_probe_alone(c, chase, &x, seconds);
	free(b.memory);
	return result;
}

static int run_caches(struct sv_calibration *c, double seconds)
{
	for (unsigned level = 1; level <= 3; level++) {
		size_t bytes = sv_pinned_cache_bytes(0, level) / 2;
		char name[16];

		if (bytes < LINE_BYTES * 2)
			continue;
		snprintf(name, sizeof(name), "cache.l%u", level);
		if (run_chase(c, bytes, first_pu(c),
			    sv_probe_row(c, name,
				    "Loads in random order, each giving the address of the next, "
				    "over "
				    "half of a data cache of this level"),
			    seconds / 3) < 0)
			return -1;
	}
	return 0;
}

#define CHASE                                                                                      \
	"Loads in random order, each giving the address of the next, over four times the largest " \
	"cache, at most 256 MiB, in large pages if there are any; "

static int run_memory(struct sv_calibration *c, double seconds)
{
	const struct sv_machine *m = c->machine;
	unsigned far = 0;

	if (run_chase(c, memory_bytes(), first_pu(c),
		    sv_probe_row(c, "memory.local", CHASE "memory of the PU's own node"),
		    seconds) < 0)
		return -1;
	while (far < c->pus && m->node_of[far] == m->node_of[0])
		far++;
	if (far >= c->pus) {
		sv_probe_cannot(c, "memory.remote", "%s",
			c->pus == 0 ? "threads cannot be bound"
				    : "the PUs that may be used are all of one NUMA node");
		return 0;
	}
	return run_chase(c, memory_bytes(), far,
		sv_probe_row(
			c, "memory.remote", CHASE "memory of the first node that is not the PU's"),
		seconds);
}

static int run_copy(struct sv_calibration *c, const char *name, const char *method, size_t bytes,
	double seconds)
{
	struct copy x = {
		.bytes = bytes, .chunk = COPY_BYTES, .r = { .to = sv_probe_row(c, name, method) }
	};
	int result = 0;

	x.from = malloc(bytes);
	x.to = malloc(bytes);
	if (x.from && x.to) {
		memset(x.from, 1, bytes);
		memset(x.to, 2, bytes);
		result = sv_probe_alone(c, copy, &x, seconds);
	}
	free(x.from);
	free(x.to);
	return result;
}

static int run(struct sv_calibration *c, double seconds)
{
	if (run_caches(c, 0.4 * seconds) < 0 || run_memory(c, 0.2 * seconds) < 0)
		return -1;
	if (run_copy(c, "copy.cached", "Copying 16 KiB to 16 KiB by memcpy, for each 4 KiB",
		    16 << 10, 0.1 * seconds) < 0)
		return -1;
	return run_copy(c, "copy.memory",
		"Copying by memcpy, 16 KiB after 16 KiB, of buffers that no cache holds, for each "
		"4 KiB",
		memory_bytes() / 2 / COPY_BYTES * COPY_BYTES, 0.2 * seconds);
}

const struct sv_probe sv_probe_memory = { "memory", "caches, memory and copying", 2, run, NULL };
