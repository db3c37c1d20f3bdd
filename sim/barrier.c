/*
 * barrier.c - spin, then futex
 */
#include "barrier.h"
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SPINS 2000 /* 10-100 us, by the length of the CPU's pause */

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
	cpu_set_t cpus;

	atomic_init(&b->arrived, 0);
	atomic_init(&b->generation, 0);
	atomic_init(&b->sleepers, 0);
	b->members = members;
	b->spins = SPINS;
	/* When it fails, the machine has more CPUs than the set holds. */
	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0 && (unsigned)CPU_COUNT(&cpus) < members)
		b->spins = 0;
}

static void sleep_in_kernel(struct sv_barrier *b, unsigned generation)
{
	atomic_fetch_add(&b->sleepers, 1); /* S: before the generation is read again */
	while (atomic_load(&b->generation) == generation)
		syscall(SYS_futex, &b->generation, FUTEX_WAIT_PRIVATE, generation, NULL, NULL, 0);
	atomic_fetch_sub(&b->sleepers, 1);
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
	for (unsigned i = 0; i < b->spins; i++) {
		/* acquire: with G */
		if (atomic_load_explicit(&b->generation, memory_order_acquire) != generation)
			return;
		relax();
	}
	sleep_in_kernel(b, generation);
}
