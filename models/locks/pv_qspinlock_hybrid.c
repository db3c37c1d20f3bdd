/*
 * pv_qspinlock_hybrid.c - the paravirtual queued spinlock of Linux 4.5
 *
 * As pv_qspinlock of 4.3, and fair only while vCPUs run: a newcomer may steal a free lock
 * once, before it queues; a waiter halts early when the waiter before it does not run,
 * because its own turn is then far. The head of the queue sets pending while it spins, which
 * bars stealers; while it is halted they may pass.
 *
 * Memory        4 bytes a lock, 128 bytes a CPU.
 * Uncontended   cas; cas (1 byte).
 * Reference     Linux 4.5, kernel/locking/qspinlock_paravirt.h. The head halts as "hashed"
 *               as of 4.7, which mended a lock that was hashed twice.
 */
#include "pv_hybrid.h"

static const struct sv_option options[] = {
	PV_HYBRID_OPTIONS,
	{ 0 },
};
static const struct sv_table table = SV_TABLE("pv-qspinlock-hybrid", struct pv_hybrid_cfg, options);

static void pv_qspinlock_hybrid_acquire(void *lock, void *node, const void *cfg)
{
	(void)node;
	pv_hybrid_acquire(lock, cfg, sv_pv_wait);
}

static bool pv_qspinlock_hybrid_try_acquire(void *lock, void *node, const void *cfg)
{
	(void)node, (void)cfg;
	return qspinlock_word_try(lock);
}

SV_LOCK(pv_qspinlock_hybrid) = {
	.name = "pv-qspinlock-hybrid",
	.help = "paravirtual queued spinlock of Linux 4.5: may be stolen, waiters halt early",
	.traits = SV_LOCK_BLOCKING | SV_LOCK_PARAVIRTUAL,
	.lock_bytes = sizeof(struct qspinlock_word),
	.percpu_bytes = sizeof(struct pv_node),
	.options = &table,
	.init = qspinlock_word_init,
	.acquire = pv_qspinlock_hybrid_acquire,
	.try_acquire = pv_qspinlock_hybrid_try_acquire,
	.release = pv_queue_release,
};
