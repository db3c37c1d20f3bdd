/*
 * qspinlock_plus.c - queued spinlock that tells the host whom it kicks
 *
 * The paravirtual queued spinlock of Linux 4.9 with the halt of oticket+: a host that has
 * nobody else to run sends the waiter back to spin, and one that has lends the CPU to
 * another vCPU of the VM (models/vm/lock_halt.h). A queue has no tickets, so the halt
 * says nothing of the lock. The kick names the next holder, and asks the host to run it
 * before all others.
 *
 * Memory        4 bytes a lock, 128 bytes a CPU.
 * Uncontended   cas; cas (1 byte).
 * Reference     Linux 4.9, kernel/locking/qspinlock_paravirt.h; Kashyap, Min and Kim,
 *               Opportunistic spinlocks, ACM SIGOPS OSR 50(1), 2016 (oticket+).
 */
#include "pv_hybrid.h"

struct qspinlock_plus_cfg {
	struct pv_hybrid_cfg hybrid;
	bool real_time;
};

static const struct sv_option options[] = {
	PV_HYBRID_OPTIONS,
	{ .name = "real-time",
		.type = SV_BOOL,
		.offset = offsetof(struct qspinlock_plus_cfg, real_time),
		.def = "true",
		.help = "a release asks the host to run the next holder before all others" },
	{ 0 },
};
static const struct sv_table table = SV_TABLE("qspinlock+", struct qspinlock_plus_cfg, options);

static void halt(void)
{
	sv_pv_wait_for(NULL);
}

static void qspinlock_plus_acquire(void *lock, void *node, const void *cfg)
{
	const struct qspinlock_plus_cfg *c = cfg;

	(void)node;
	pv_hybrid_acquire(lock, &c->hybrid, halt);
}

static bool qspinlock_plus_try_acquire(void *lock, void *node, const void *cfg)
{
	(void)node, (void)cfg;
	return qspinlock_word_try(lock);
}

static void qspinlock_plus_release(void *lock, void *node, const void *cfg)
{
	const struct qspinlock_plus_cfg *c = cfg;
	struct pv_node *head = pv_queue_unlock(lock);

	(void)node;
	if (head)
		sv_pv_kick_holder(sv_load(&head->cpu, SV_RELAXED), c->real_time);
}

SV_LOCK(qspinlock_plus) = {
	.name = "qspinlock+",
	.help = "pv-qspinlock-hybrid whose halts and kicks tell the host of the next holder",
	.traits = SV_LOCK_BLOCKING | SV_LOCK_PARAVIRTUAL,
	.lock_bytes = sizeof(struct qspinlock_word),
	.percpu_bytes = sizeof(struct pv_node),
	.options = &table,
	.init = qspinlock_word_init,
	.acquire = qspinlock_plus_acquire,
	.try_acquire = qspinlock_plus_try_acquire,
	.release = qspinlock_plus_release,
};
