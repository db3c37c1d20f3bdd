/*
 * tas_no_relax.c - tas that polls without saying so
 *
 * A loop that waits must await or relax: a simulated CPU would never get beyond it.
 */
#include "lock.h"
#include "substrate.h"

struct tas_no_relax {
	sv_u8 locked;
};

static void tas_no_relax_init(void *lock, const void *cfg)
{
	struct tas_no_relax *t = lock;

	(void)cfg;
	*t = (struct tas_no_relax){ 0 };
}

static void tas_no_relax_acquire(void *lock, void *node, const void *cfg)
{
	struct tas_no_relax *t = lock;

	(void)node, (void)cfg;
	while (sv_xchg(&t->locked, 1, SV_ACQUIRE))
		;
}

static void tas_no_relax_release(void *lock, void *node, const void *cfg)
{
	struct tas_no_relax *t = lock;

	(void)node, (void)cfg;
	sv_store(&t->locked, 0, SV_RELEASE);
}

SV_LOCK(tas_no_relax) = {
	.name = "tas-no-relax",
	.lock_bytes = sizeof(struct tas_no_relax),
	.init = tas_no_relax_init,
	.acquire = tas_no_relax_acquire,
	.release = tas_no_relax_release,
};
