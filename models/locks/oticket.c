/*
 * oticket.c - opportunistic paravirtual ticket lock
 *
 * As pv-ticket, but who stands near the head spins long and who stands far back halts
 * soon, because a halt pays only for a wait that is longer than a wake-up. The distance
 * is computed once, at entry. So that wake-ups overlap with critical sections, a release
 * kicks the waiters behind the next holder as well. First come, first served is kept.
 *
 * Memory        4 bytes a lock, 128 bytes a CPU.
 * Uncontended   faa; faa.
 * Reference     Kashyap, Min and Kim, Opportunistic spinlocks: achieving virtual machine
 *               scalability in the clouds, ACM SIGOPS OSR 50(1), 2016.
 */
#include "ticket_halt.h"

struct oticket_cfg {
	int spinning;
	int64_t longest, shortest, reach, kicks;
};

enum { BY_DISTANCE, LONG };
static const char *const spinnings[] = { "distance", "long", NULL };

static const struct sv_option options[] = {
	{ .name = "spinning",
		.type = SV_CHOICE,
		.offset = offsetof(struct oticket_cfg, spinning),
		.def = "distance",
		.help = "distance: longest halved for each waiter ahead but the first, shortest "
			"from the distance `reach` on; long: longest for all",
		.more = spinnings },
	{ .name = "longest",
		.type = SV_INT,
		.offset = offsetof(struct oticket_cfg, longest),
		.unit = "tests",
		.min = "1",
		.max = "1000000000000",
		.def = "17179869184",
		.help = "tests before the next in line halts" },
	{ .name = "shortest",
		.type = SV_INT,
		.offset = offsetof(struct oticket_cfg, shortest),
		.unit = "tests",
		.min = "1",
		.max = "1000000000000",
		.def = "32768",
		.help = "tests before a waiter far back halts" },
	{ .name = "reach",
		.type = SV_INT,
		.offset = offsetof(struct oticket_cfg, reach),
		.unit = "waiters",
		.min = "1",
		.max = "40",
		.def = "18",
		.help = "from this distance on a waiter is far back" },
	{ .name = "kicks",
		.type = SV_INT,
		.offset = offsetof(struct oticket_cfg, kicks),
		.unit = "waiters",
		.min = "1",
		.max = "64",
		.def = "4",
		.help = "waiters that a release kicks if they have halted: the next holder and "
			"those behind it" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("oticket", struct oticket_cfg, options);

static uint64_t tests_at(unsigned distance, const struct oticket_cfg *c)
{
	uint64_t tests;

	if (c->spinning == LONG || distance == 0)
		return (uint64_t)c->longest;
	if (distance >= (uint64_t)c->reach)
		return (uint64_t)c->shortest;
	tests = (uint64_t)c->longest >> (distance - 1);
	return tests ? tests : 1;
}

static void oticket_acquire(void *lock, void *node, const void *cfg)
{
	uint16_t mine;
	uint64_t tests;
	unsigned distance = ticket_halt_enter(lock, &mine);

	(void)node;
	if (distance == 0)
		return;
	tests = tests_at(distance, cfg);
	while (!ticket_halt_spin(lock, mine, tests))
		ticket_halt_sleep(lock, mine);
	ticket_halt_settle(lock, mine);
}

static bool oticket_try_acquire(void *lock, void *node, const void *cfg)
{
	(void)node, (void)cfg;
	return ticket_halt_try(lock);
}

static void oticket_release(void *lock, void *node, const void *cfg)
{
	const struct oticket_cfg *c = cfg;

	(void)node;
	ticket_halt_release(lock, (unsigned)c->kicks);
}

SV_LOCK(oticket) = {
	.name = "oticket",
	.help = "opportunistic ticket lock: spins by distance, kicks several waiters",
	.traits = SV_LOCK_FIFO | SV_LOCK_BLOCKING | SV_LOCK_PARAVIRTUAL,
	.lock_bytes = sizeof(struct ticket_halt),
	.percpu_bytes = sizeof(struct ticket_halt_cpu),
	.options = &table,
	.init = ticket_halt_init,
	.acquire = oticket_acquire,
	.try_acquire = oticket_try_acquire,
	.release = oticket_release,
};
