/*
 * halt_stale.c - ticket lock whose waiter trusts a wake-up
 *
 * A halt may end without a kick, or by an old one.
 */
#include "lock.h"
#include "substrate.h"

struct halt_stale {
	sv_u32 next;
	sv_u32 serving;
};

/* What a CPU waits for: a ticket and 1, or 0. */
struct halt_stale_cpu {
	sv_u32 want;
};

static void halt_stale_init(void *lock, const void *cfg)
{
	struct halt_stale *t = lock;

	(void)cfg;
	*t = (struct halt_stale){ 0 };
}

static void halt_stale_acquire(void *lock, void *node, const void *cfg)
{
	struct halt_stale *t = lock;
	struct halt_stale_cpu *me = sv_percpu(sv_cpu());
	uint32_t mine = sv_faa(&t->next, 1, SV_RELAXED);

	(void)node, (void)cfg;
	if (sv_await_eq_for(&t->serving, mine, 2, SV_ACQUIRE) == 2) {
		sv_xchg(&me->want, mine + 1, SV_ACQ_REL);
		if (sv_load(&t->serving, SV_ACQUIRE) != mine)
			sv_pv_wait();
		sv_store(&me->want, 0, SV_RELAXED);
	}
}

static void kick(uint32_t ticket)
{
	for (unsigned cpu = 0; cpu < sv_cpus(); cpu++) {
		struct halt_stale_cpu *c = sv_percpu(cpu);

		if (sv_load(&c->want, SV_ACQUIRE) == ticket + 1)
			sv_pv_kick(cpu);
	}
}

static void halt_stale_release(void *lock, void *node, const void *cfg)
{
	struct halt_stale *t = lock;
	uint32_t next = sv_load(&t->serving, SV_RELAXED) + 1;

	(void)node, (void)cfg;
	sv_store(&t->serving, next, SV_RELEASE);
	sv_fence();
	kick(next);
}

SV_LOCK(halt_stale) = {
	.name = "halt-stale",
	.traits = SV_LOCK_FIFO | SV_LOCK_BLOCKING | SV_LOCK_PARAVIRTUAL,
	.lock_bytes = sizeof(struct halt_stale),
	.percpu_bytes = sizeof(struct halt_stale_cpu),
	.init = halt_stale_init,
	.acquire = halt_stale_acquire,
	.release = halt_stale_release,
};
