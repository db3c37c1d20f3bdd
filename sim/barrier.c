/*
 * barrier.c - spin, then futex
 */
#include "barrier.h"
#include <limits.h>
#include <linux/futex.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST_SPINS  2000 /* 10-100 us, by the length of the CPU's pause */
#define LEAST_SPINS 64

static void relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

void sv_barrier_init(struct sv_barrier *b, unsigned members)
{
	atomic_init(&b->arrived, 0);
	atomic_init(&b->generation, 0);
	atomic_init(&b->sleepers, 0);
	b->members = members;
	/* All CPUs, not those of the calling thread: that one may be pinned, each member to another
	 * CPU. */
	b->most_spins = sysconf(_SC_NPROCESSORS_ONLN) < (long)members ? 0 : MOST_SPINS;
	atomic_init(&b->spins, b->most_spins);
}

static void sleep_in_kernel(struct sv_barrier *b, unsigned generation)
{
	atomic_fetch_add(&b->sleepers, 1); /* S: before the generation is read again */
	while (atomic_load(&b->generation) == generation)
		syscall(SYS_futex, &b->generation, FUTEX_WAIT_PRIVATE, generation, NULL, NULL, 0);
	atomic_fetch_sub(&b->sleepers, 1);
}

/* Waits for the next generation, or until waiting any longer is better done asleep. */
static bool spin(struct sv_barrier *b, unsigned generation)
{
	/* A hint: whatever another thread makes of it meanwhile does no harm. */
	unsigned spins = atomic_load_explicit(&b->spins, memory_order_relaxed);
	unsigned i;

	for (i = 0; i < spins; i++) {
		/* acquire: with G */
		if (atomic_load_explicit(&b->generation, memory_order_acquire) != generation) {
			if (spins < b->most_spins)
				atomic_store_explicit(
					&b->spins, spins + spins / 8, memory_order_relaxed);
			return true;
		}
		relax();
	}
	if (spins > LEAST_SPINS)
		atomic_store_explicit(&b->spins, spins / 2, memory_order_relaxed);
	return false;
}

void sv_barrier_wait(struct sv_barrier *b)
{
	unsigned generation = atomic_load_explicit(&b->generation, memory_order_relaxed);

	if (b->members == 1)
		return;
	/* acq_rel: the last one sees what all others wrote, and hands it on by G. */
	if (atomic_fetch_add_explicit(&b->arrived, 1, memory_order_acq_rel) + 1 == b->members) {
		atomic_store_explicit(&b->arrived, 0, memory_order_relaxed); /* published by G */
		/* G. Sequentially consistent with S: a sleeper is counted, or sees the change. */
		atomic_store(&b->generation, generation + 1);
		if (atomic_load(&b->sleepers) > 0)
			syscall(SYS_futex, &b->generation, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL,
				0);
		return;
	}
	if (!spin(b, generation))
		sleep_in_kernel(b, generation);
}
