/*
 * oticket_plus.c - opportunistic ticket lock that tells the host what it waits for
 *
 * As oticket, but who has spun for long enough does not simply halt: its hypercall carries
 * the lock, its ticket, the holder's and how many are before it. A host that has nobody else to
 * run sends it back to spin, and one that has lends the CPU to who can get on with the lock
 * (models/vm/lock_halt.h). The release tells which CPU holds the lock next. A host without
 * these halts and kicks, and the lock is an oticket.
 *
 * Memory        4 bytes a lock, 128 bytes a CPU.
 * Uncontended   faa; faa.
 * Reference     Kashyap, Min and Kim, Opportunistic spinlocks: achieving virtual machine
 *               scalability in the clouds, ACM SIGOPS OSR 50(1), 2016.
 */
#include "oticket.h"

struct oticket_plus_cfg {
	struct oticket_cfg oticket;
	bool real_time;
};

static const struct sv_option options[] = {
	OTICKET_OPTIONS,
	{ .name = "real-time",
		.type = SV_BOOL,
		.offset = offsetof(struct oticket_plus_cfg, real_time),
		.def = "false",
		.help = "a release asks the host to run the next holder before all others" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("oticket+", struct oticket_plus_cfg, options);

static void halt(struct ticket_halt *t, uint16_t mine)
{
	uint16_t holder = ticket_halt_publish(t, mine);

	if (holder != mine)
		sv_pv_wait_for(&(struct sv_pv_hint){ .lock = t,
			.mine = mine,
			.holder = holder,
			.order = (uint16_t)(mine - holder) / TICKET });
	ticket_halt_withdraw();
}

static void oticket_plus_acquire(void *lock, void *node, const void *cfg)
{
	const struct oticket_plus_cfg *c = cfg;
	uint16_t mine;
	uint64_t tests;
	unsigned distance = ticket_halt_enter(lock, &mine);

	(void)node;
	if (distance == 0)
		return;
	tests = oticket_tests(&c->oticket, distance);
	while (!ticket_halt_spin(lock, mine, tests))
		halt(lock, mine);
	ticket_halt_settle(lock, mine);
}

static bool oticket_plus_try_acquire(void *lock, void *node, const void *cfg)
{
	(void)node, (void)cfg;
	return ticket_halt_try(lock);
}

static void oticket_plus_release(void *lock, void *node, const void *cfg)
{
	const struct oticket_plus_cfg *c = cfg;
	uint16_t next;
	unsigned cpu;

	(void)node;
	if (!ticket_halt_pass(lock, &next))
		return;
	cpu = ticket_halt_find(lock, next);
	if (cpu != TICKET_NO_CPU)
		sv_pv_kick_holder(cpu, c->real_time);
	ticket_halt_kick(lock, (uint16_t)(next + TICKET), (unsigned)c->oticket.kicks - 1);
}

SV_LOCK(oticket_plus) = {
	.name = "oticket+",
	.help = "oticket whose halts and kicks tell the host of the lock and its next holder",
	.traits = SV_LOCK_FIFO | SV_LOCK_BLOCKING | SV_LOCK_PARAVIRTUAL,
	.lock_bytes = sizeof(struct ticket_halt),
	.percpu_bytes = sizeof(struct ticket_halt_cpu),
	.options = &table,
	.init = ticket_halt_init,
	.acquire = oticket_plus_acquire,
	.try_acquire = oticket_plus_try_acquire,
	.release = oticket_plus_release,
};
