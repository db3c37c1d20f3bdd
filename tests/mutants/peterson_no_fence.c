/*
 * peterson_no_fence.c - Peterson's lock for two without its fence
 *
 * Each stores that it wants the lock and then looks whether the other does. Without a fence
 * between them both stores may still be buffered when both look.
 */
#include "lock.h"
#include "substrate.h"

struct peterson_no_fence {
	sv_u32 wants[2];
	sv_u32 turn;
};

static void peterson_no_fence_init(void *lock, const void *cfg)
{
	struct peterson_no_fence *p = lock;

	(void)cfg;
	*p = (struct peterson_no_fence){ 0 };
}

static void peterson_no_fence_acquire(void *lock, void *node, const void *cfg)
{
	struct peterson_no_fence *p = lock;
	unsigned me = sv_cpu(), other = 1 - me;

	(void)node, (void)cfg;
	sv_store(&p->wants[me], 1, SV_RELEASE);
	sv_store(&p->turn, other, SV_RELEASE);
	while (sv_load(&p->wants[other], SV_ACQUIRE) && sv_load(&p->turn, SV_ACQUIRE) == other)
		sv_relax(1);
}

static void peterson_no_fence_release(void *lock, void *node, const void *cfg)
{
	struct peterson_no_fence *p = lock;

	(void)node, (void)cfg;
	sv_store(&p->wants[sv_cpu()], 0, SV_RELEASE);
}

SV_LOCK(peterson_no_fence) = {
	.name = "peterson-no-fence",
	.lock_bytes = sizeof(struct peterson_no_fence),
	.init = peterson_no_fence_init,
	.acquire = peterson_no_fence_acquire,
	.release = peterson_no_fence_release,
};
