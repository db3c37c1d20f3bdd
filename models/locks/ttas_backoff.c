/*
 * ttas_backoff.c - test-and-test-and-set with randomized exponential backoff
 *
 * After a lost rush a waiter stays away for a random time below a limit that doubles
 * with every loss. It thins the rush out, at the price of idle time after a release
 * and of unfairness: who came last tries most often.
 *
 * Memory        1 byte a lock, 8 bytes a thread (private).
 * Uncontended   load, xchg; store.
 * Reference     Anderson, IEEE TPDS 1(1), 1990, section III.
 */
#include "lock.h"
#include "substrate.h"

struct ttas_backoff {
	sv_u8 locked;
};
_Static_assert(sizeof(struct ttas_backoff) == 1, "the same layout in every substrate");

struct ttas_backoff_node {
	uint64_t random; /* private to its thread */
};

struct ttas_backoff_cfg {
	int64_t first, last;
};

static const struct sv_option options[] = {
	{ .name = "first",
		.type = SV_INT,
		.offset = offsetof(struct ttas_backoff_cfg, first),
		.unit = "pauses",
		.min = "1",
		.max = "1000000",
		.def = "16",
		.help = "limit of the first wait" },
	{ .name = "last",
		.type = SV_INT,
		.offset = offsetof(struct ttas_backoff_cfg, last),
		.unit = "pauses",
		.min = "1",
		.max = "1000000",
		.def = "1024",
		.help = "limit that doubling stops at" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("ttas-backoff", struct ttas_backoff_cfg, options);

static void ttas_backoff_init(void *lock, const void *cfg)
{
	struct ttas_backoff *t = lock;

	(void)cfg;
	*t = (struct ttas_backoff){ 0 };
}

static void ttas_backoff_node_init(void *node, unsigned thread)
{
	struct ttas_backoff_node *n = node;

	n->random = 0x9e3779b97f4a7c15u * (thread + 1);
}

/* Marsaglia's xorshift64: the waits only have to differ between threads. */
static uint64_t random_below(struct ttas_backoff_node *n, uint64_t limit)
{
	n->random ^= n->random << 13;
	n->random ^= n->random >> 7;
	n->random ^= n->random << 17;
	return n->random % limit;
}

static bool ttas_backoff_try_acquire(void *lock, void *node, const void *cfg)
{
	struct ttas_backoff *t = lock;

	(void)node, (void)cfg;
	return sv_load(&t->locked, SV_RELAXED) == 0 &&
	       sv_xchg(&t->locked, 1, SV_ACQUIRE) == 0; /* L: with ttas_backoff_release */
}

static void ttas_backoff_acquire(void *lock, void *node, const void *cfg)
{
	struct ttas_backoff *t = lock;
	const struct ttas_backoff_cfg *c = cfg;
	uint64_t limit = (uint64_t)c->first;

	for (;;) {
		sv_await_eq(&t->locked, 0, SV_RELAXED);
		if (!sv_xchg(&t->locked, 1, SV_ACQUIRE)) /* L: with ttas_backoff_release */
			return;
		sv_relax(1 + random_below(node, limit));
		if (limit < (uint64_t)c->last)
			limit *= 2;
	}
}

static void ttas_backoff_release(void *lock, void *node, const void *cfg)
{
	struct ttas_backoff *t = lock;

	(void)node, (void)cfg;
	sv_store(&t->locked, 0, SV_RELEASE); /* L: with ttas_backoff_acquire */
}

SV_LOCK(ttas_backoff) = {
	.name = "ttas-backoff",
	.help = "test-and-test-and-set with randomized exponential backoff",
	.lock_bytes = sizeof(struct ttas_backoff),
	.node_bytes = sizeof(struct ttas_backoff_node),
	.options = &table,
	.init = ttas_backoff_init,
	.node_init = ttas_backoff_node_init,
	.acquire = ttas_backoff_acquire,
	.try_acquire = ttas_backoff_try_acquire,
	.release = ttas_backoff_release,
};
