/*
 * spin_park.c - mutex that spins for a while and then sleeps
 *
 * The states are those of mutex. A waiter first spins for about as long as a sleep and
 * wake-up would cost, and then sleeps: whatever the holder does, it loses at most twice
 * what the better choice would have cost. While sections are short, nobody sleeps.
 *
 * Memory        4 bytes a lock.
 * Uncontended   cas; faa.
 * Reference     Karlin, Li, Manasse and Owicki, Empirical studies of competitive spinning
 *               for a shared-memory multiprocessor, SOSP 1991; Drepper, Futexes are
 *               tricky, 2011, section 5, mutex3.
 */
#include "lock.h"
#include "substrate.h"

struct spin_park {
	sv_u32 state;
};
_Static_assert(sizeof(struct spin_park) == 4, "the same layout in every substrate");

struct spin_park_cfg {
	int64_t spin;
};

static const struct sv_option options[] = {
	{ .name = "spin",
		.type = SV_INT,
		.offset = offsetof(struct spin_park_cfg, spin),
		.unit = "tests",
		.min = "1",
		.max = "1000000000000",
		.def = "1000",
		.help = "tests of the lock before a waiter sleeps: about the time that a wake-up "
			"takes" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("spin-park", struct spin_park_cfg, options);

enum { FREE, HELD, CONTENDED };

static void spin_park_init(void *lock, const void *cfg)
{
	struct spin_park *m = lock;

	(void)cfg;
	*m = (struct spin_park){ 0 };
}

static bool spin_park_try_acquire(void *lock, void *node, const void *cfg)
{
	struct spin_park *m = lock;

	(void)node, (void)cfg;
	return sv_cas(&m->state, FREE, HELD, SV_ACQUIRE) == FREE; /* M: with spin_park_release */
}

/* True when it got the lock within the tests. */
static bool spin(struct spin_park *m, uint64_t tests)
{
	uint64_t spent;

	for (uint64_t left = tests; left > 0; left -= spent + 1) {
		spent = sv_await_eq_for(&m->state, FREE, left, SV_RELAXED);
		if (spent >= left)
			return false;
		/* M: with spin_park_release */
		if (sv_cas(&m->state, FREE, HELD, SV_ACQUIRE) == FREE)
			return true;
		sv_relax(1);
	}
	return false;
}

static void spin_park_acquire(void *lock, void *node, const void *cfg)
{
	struct spin_park *m = lock;
	const struct spin_park_cfg *c = cfg;

	if (spin_park_try_acquire(lock, node, cfg) || spin(m, (uint64_t)c->spin))
		return;
	/* Whoever comes here cannot know that nobody else sleeps, so it takes the lock as
	 * contended. */
	while (sv_xchg(&m->state, CONTENDED, SV_ACQUIRE) != FREE) /* M: with spin_park_release */
		sv_futex_wait(&m->state, CONTENDED);
}

static void spin_park_release(void *lock, void *node, const void *cfg)
{
	struct spin_park *m = lock;

	(void)node, (void)cfg;
	if (sv_faa(&m->state, UINT32_MAX, SV_RELEASE) == HELD) /* M: with spin_park_acquire */
		return;
	sv_store(&m->state, FREE, SV_RELEASE); /* M: with spin_park_acquire */
	sv_futex_wake(&m->state, 1);
}

SV_LOCK(spin_park) = {
	.name = "spin-park",
	.help = "mutex whose waiters spin for a while and then sleep",
	.traits = SV_LOCK_BLOCKING,
	.lock_bytes = sizeof(struct spin_park),
	.options = &table,
	.init = spin_park_init,
	.acquire = spin_park_acquire,
	.try_acquire = spin_park_try_acquire,
	.release = spin_park_release,
};
