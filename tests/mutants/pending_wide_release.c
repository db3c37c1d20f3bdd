/*
 * pending_wide_release.c - lock with a pending byte whose release clears the whole word
 *
 * The waiter who is pending is forgotten: another one takes the lock beside it.
 */
#include "qspinlock_word.h"

static void pending_wide_release_acquire(void *lock, void *node, const void *cfg)
{
	struct qspinlock_word *l = lock;
	uint32_t value = sv_cas(&l->all, 0, LOCKED, SV_ACQUIRE);

	(void)node, (void)cfg;
	while (value != 0 && !qspinlock_word_pend(l, value)) {
		sv_relax(1);
		value = sv_cas(&l->all, 0, LOCKED, SV_ACQUIRE);
	}
}

static void pending_wide_release_release(void *lock, void *node, const void *cfg)
{
	struct qspinlock_word *l = lock;

	(void)node, (void)cfg;
	sv_store(&l->all, 0, SV_RELEASE);
}

SV_LOCK(pending_wide_release) = {
	.name = "pending-wide-release",
	.lock_bytes = sizeof(struct qspinlock_word),
	.init = qspinlock_word_init,
	.acquire = pending_wide_release_acquire,
	.release = pending_wide_release_release,
};
