/*
 * halt_no_look.c - ticket lock whose waiter halts without looking again
 *
 * The hand-over may come between its last look and its word that it will halt.
 */
#include "lock.h"
#include "substrate.h"

struct halt_no_look {
	sv_u32 next;
	sv_u32 serving;
};

/* What a CPU waits for: a ticket and 1, or 0. */
struct halt_no_look_cpu {
	sv_u32 want;
};

static void halt_no_look_init(void *lock, const void *cfg)
{
	struct halt_no_look *t = lock;

	(void)cfg;
	*t = (struct halt_no_look){ 0 };
}

static void halt_no_look_acquire(void *lock, void *node, const void *cfg)
{
	struct halt_no_look *t = lock;
	struct halt_no_look_cpu *me = sv_percpu(sv_cpu());
	uint32_t mine = sv_faa(&t->next, 1, SV_RELAXED);

	(void)node, (void)cfg;
	while (sv_await_eq_for(&t->serving, mine, 2, SV_ACQUIRE) == 2) {
		sv_xchg(&me->want, mine + 1, SV_ACQ_REL);
		sv_pv_wait();
		sv_store(&me->want, 0, SV_RELAXED);
	}
}

static void kick(uint32_t ticket)
{
	for (unsigned cpu = 0; cpu < sv_cpus(); cpu++) {
		struct halt_no_look_cpu *c = sv_percpu(cpu);

		if (sv_load(&c->want, SV_ACQUIRE) == ticket + 1)
			sv_pv_kick(cpu);
	}
}

static void halt_no_look_release(void *lock, void *node, const void *cfg)
{
	struct halt_no_look *t = lock;
	uint32_t next = sv_load(&t->serving, SV_RELAXED) + 1;

	(void)node, (void)cfg;
	sv_store(&t->serving, next, SV_RELEASE);
	sv_fence();
	kick(next);
}

SV_LOCK(halt_no_look) = {
	.name = "halt-no-look",
	.traits = SV_LOCK_FIFO | SV_LOCK_BLOCKING | SV_LOCK_PARAVIRTUAL,
	.lock_bytes = sizeof(struct halt_no_look),
	.percpu_bytes = sizeof(struct halt_no_look_cpu),
	.init = halt_no_look_init,
	.acquire = halt_no_look_acquire,
	.release = halt_no_look_release,
};
