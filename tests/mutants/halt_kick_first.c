/*
 * halt_kick_first.c - ticket lock that kicks before it hands over
 *
 * The waiter wakes too early, finds the lock held and halts for ever.
 */
#include "lock.h"
#include "substrate.h"

struct halt_kick_first {
	sv_u32 next;
	sv_u32 serving;
};

/* What a CPU waits for: a ticket and 1, or 0. */
struct halt_kick_first_cpu {
	sv_u32 want;
};

static void halt_kick_first_init(void *lock, const void *cfg)
{
	struct halt_kick_first *t = lock;

	(void)cfg;
	*t = (struct halt_kick_first){ 0 };
}

static void halt_kick_first_acquire(void *lock, void *node, const void *cfg)
{
	struct halt_kick_first *t = lock;
	struct halt_kick_first_cpu *me = sv_percpu(sv_cpu());
	uint32_t mine = sv_faa(&t->next, 1, SV_RELAXED);

	(void)node, (void)cfg;
	while (sv_await_eq_for(&t->serving, mine, 2, SV_ACQUIRE) == 2) {
		sv_xchg(&me->want, mine + 1, SV_ACQ_REL);
		if (sv_load(&t->serving, SV_ACQUIRE) != mine)
			sv_pv_wait();
		sv_store(&me->want, 0, SV_RELAXED);
	}
}

static void kick(uint32_t ticket)
{
	for (unsigned cpu = 0; cpu < sv_cpus(); cpu++) {
		struct halt_kick_first_cpu *c = sv_percpu(cpu);

		if (sv_load(&c->want, SV_ACQUIRE) == ticket + 1)
			sv_pv_kick(cpu);
	}
}

static void halt_kick_first_release(void *lock, void *node, const void *cfg)
{
	struct halt_kick_first *t = lock;
	uint32_t next = sv_load(&t->serving, SV_RELAXED) + 1;

	(void)node, (void)cfg;
	kick(next);
	sv_store(&t->serving, next, SV_RELEASE);
}

SV_LOCK(halt_kick_first) = {
	.name = "halt-kick-first",
	.traits = SV_LOCK_FIFO | SV_LOCK_BLOCKING | SV_LOCK_PARAVIRTUAL,
	.lock_bytes = sizeof(struct halt_kick_first),
	.percpu_bytes = sizeof(struct halt_kick_first_cpu),
	.init = halt_kick_first_init,
	.acquire = halt_kick_first_acquire,
	.release = halt_kick_first_release,
};
