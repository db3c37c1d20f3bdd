/*
 * peterson.c - Peterson's lock for two, which is right
 *
 * The control: with the fence there is nothing to be found.
 */
#include "lock.h"
#include "substrate.h"

struct peterson {
	sv_u32 wants[2];
	sv_u32 turn;
};

static void peterson_init(void *lock, const void *cfg)
{
	struct peterson *p = lock;

	(void)cfg;
	*p = (struct peterson){ 0 };
}

static void peterson_acquire(void *lock, void *node, const void *cfg)
{
	struct peterson *p = lock;
	unsigned me = sv_cpu(), other = 1 - me;

	(void)node, (void)cfg;
	sv_store(&p->wants[me], 1, SV_RELEASE);
	sv_store(&p->turn, other, SV_RELEASE);
	sv_fence();
	while (sv_load(&p->wants[other], SV_ACQUIRE) && sv_load(&p->turn, SV_ACQUIRE) == other)
		sv_relax(1);
}

static void peterson_release(void *lock, void *node, const void *cfg)
{
	struct peterson *p = lock;

	(void)node, (void)cfg;
	sv_store(&p->wants[sv_cpu()], 0, SV_RELEASE);
}

SV_LOCK(peterson) = {
	.name = "peterson",
	.lock_bytes = sizeof(struct peterson),
	.init = peterson_init,
	.acquire = peterson_acquire,
	.release = peterson_release,
};
