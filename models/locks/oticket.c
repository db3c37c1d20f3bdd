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
#include "oticket.h"

static const struct sv_option options[] = {
	OTICKET_OPTIONS,
	{ 0 },
};
static const struct sv_table table = SV_TABLE("oticket", struct oticket_cfg, options);

static void oticket_acquire(void *lock, void *node, const void *cfg)
{
	uint16_t mine;
	uint64_t tests;
	unsigned distance = ticket_halt_enter(lock, &mine);

	(void)node;
	if (distance == 0)
		return;
	tests = oticket_tests(cfg, distance);
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
