/*
 * pv_ticket.c - the paravirtual ticket lock of Linux 3.12 to 4.1
 *
 * A ticket lock for virtual CPUs. A waiter whose turn does not come within a number of
 * tests halts, so that a preempted holder does not cost all waiters their time; a release
 * looks through the waiting CPUs for the next ticket and kicks it. First come, first
 * served: when the next waiter is halted, its wake-up delays everybody.
 *
 * Memory        4 bytes a lock, 128 bytes a CPU.
 * Uncontended   faa; faa.
 * Reference     Linux 4.1, arch/x86/include/asm/spinlock.h and arch/x86/kernel/kvm.c;
 *               Raghavendra et al., Paravirtualized ticket spinlocks, LKML 2012-2013.
 */
#include "ticket_halt.h"

struct pv_ticket_cfg {
	int64_t threshold;
};

static const struct sv_option options[] = {
	{ .name = "threshold",
		.type = SV_INT,
		.offset = offsetof(struct pv_ticket_cfg, threshold),
		.unit = "tests",
		.min = "1",
		.max = "1000000000000",
		.def = "32768",
		.help = "tests of the lock before a waiter halts" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("pv-ticket", struct pv_ticket_cfg, options);

static void pv_ticket_acquire(void *lock, void *node, const void *cfg)
{
	const struct pv_ticket_cfg *c = cfg;
	uint16_t mine;

	(void)node;
	if (ticket_halt_enter(lock, &mine) == 0)
		return;
	while (!ticket_halt_spin(lock, mine, (uint64_t)c->threshold))
		ticket_halt_sleep(lock, mine);
	ticket_halt_settle(lock, mine);
}

static bool pv_ticket_try_acquire(void *lock, void *node, const void *cfg)
{
	(void)node, (void)cfg;
	return ticket_halt_try(lock);
}

static void pv_ticket_release(void *lock, void *node, const void *cfg)
{
	(void)node, (void)cfg;
	ticket_halt_release(lock, 1);
}

SV_LOCK(pv_ticket) = {
	.name = "pv-ticket",
	.help = "paravirtual ticket lock of Linux 4.1: waiters spin, then halt",
	.traits = SV_LOCK_FIFO | SV_LOCK_BLOCKING | SV_LOCK_PARAVIRTUAL,
	.lock_bytes = sizeof(struct ticket_halt),
	.percpu_bytes = sizeof(struct ticket_halt_cpu),
	.options = &table,
	.init = ticket_halt_init,
	.acquire = pv_ticket_acquire,
	.try_acquire = pv_ticket_try_acquire,
	.release = pv_ticket_release,
};
