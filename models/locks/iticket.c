/*
 * iticket.c - paravirtual ticket lock that spins longer after each halt
 *
 * As pv-ticket, but an acquisition that had to halt was woken too early or stands far
 * back: its threshold doubles at each entry of the slow path. The incremental alternative
 * that the opportunistic lock was compared with.
 *
 * Memory        4 bytes a lock, 128 bytes a CPU.
 * Uncontended   faa; faa.
 * Reference     Kashyap, Min and Kim, Opportunistic spinlocks: achieving virtual machine
 *               scalability in the clouds, ACM SIGOPS OSR 50(1), 2016 (incremental).
 */
#include "ticket_halt.h"

struct iticket_cfg {
	int64_t threshold, longest;
};

static const struct sv_option options[] = {
	{ .name = "threshold",
		.type = SV_INT,
		.offset = offsetof(struct iticket_cfg, threshold),
		.unit = "tests",
		.min = "1",
		.max = "1000000000000",
		.def = "32768",
		.help = "tests of the lock before a waiter halts for the first time" },
	{ .name = "longest",
		.type = SV_INT,
		.offset = offsetof(struct iticket_cfg, longest),
		.unit = "tests",
		.min = "1",
		.max = "1000000000000",
		.def = "17179869184",
		.help = "threshold that doubling stops at" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("iticket", struct iticket_cfg, options);

static void iticket_acquire(void *lock, void *node, const void *cfg)
{
	const struct iticket_cfg *c = cfg;
	uint64_t tests = (uint64_t)c->threshold;
	uint16_t mine;

	(void)node;
	if (ticket_halt_enter(lock, &mine) == 0)
		return;
	while (!ticket_halt_spin(lock, mine, tests)) {
		ticket_halt_sleep(lock, mine);
		if (tests < (uint64_t)c->longest)
			tests *= 2;
	}
	ticket_halt_settle(lock, mine);
}

static bool iticket_try_acquire(void *lock, void *node, const void *cfg)
{
	(void)node, (void)cfg;
	return ticket_halt_try(lock);
}

static void iticket_release(void *lock, void *node, const void *cfg)
{
	(void)node, (void)cfg;
	ticket_halt_release(lock, 1);
}

SV_LOCK(iticket) = {
	.name = "iticket",
	.help = "paravirtual ticket lock whose threshold doubles with each halt",
	.traits = SV_LOCK_FIFO | SV_LOCK_BLOCKING | SV_LOCK_PARAVIRTUAL,
	.lock_bytes = sizeof(struct ticket_halt),
	.percpu_bytes = sizeof(struct ticket_halt_cpu),
	.options = &table,
	.init = ticket_halt_init,
	.acquire = iticket_acquire,
	.try_acquire = iticket_try_acquire,
	.release = iticket_release,
};
