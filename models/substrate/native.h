/*
 * native.h - the substrate on the machine itself
 *
 * C11 atomics by the compiler's builtins (which, unlike _Atomic, may overlap in a
 * union), the pause instruction and futexes. Included by substrate.h only.
 *
 * A thread calls sv_native_enter() before it uses a lock; the team says how many CPUs
 * there are and where the per-CPU nodes lie.
 */
#ifndef SV_NATIVE_H
#define SV_NATIVE_H

#include "simtime.h"
#include "words.h"
#include <string.h>

struct sv_native_team {
	unsigned cpus;
	void **percpu;  /* a node for each CPU; NULL when the lock needs none */
	uint32_t *kick; /* a futex word for each CPU, SV_KICK_STRIDE apart */
};
#define SV_KICK_STRIDE (SV_LINE_BYTES / sizeof(uint32_t))

struct sv_native_self {
	const struct sv_native_team *team;
	unsigned cpu, node;
};
extern _Thread_local struct sv_native_self sv_native_self;

static inline void sv_native_enter(const struct sv_native_team *team, unsigned cpu, unsigned node)
{
	sv_native_self = (struct sv_native_self){ .team = team, .cpu = cpu, .node = node };
}

void sv_native_futex_wait(uint32_t *word, uint32_t expected);
unsigned sv_native_futex_wake(uint32_t *word, unsigned n);
sv_time sv_native_clock(void);
void sv_native_pv_wait(void);
void sv_native_pv_kick(unsigned cpu);

#define SV_NATIVE static inline __attribute__((always_inline, unused))

SV_NATIVE void sv_pause(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb" ::: "memory");
#else
	__asm__ volatile("" ::: "memory");
#endif
}

SV_NATIVE void sv_relax(uint64_t n)
{
	while (n--)
		sv_pause();
}

SV_NATIVE void sv_fence(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#include "native_words.h"

SV_NATIVE void sv_copy_out(void *shared, const void *own, size_t bytes)
{
	memcpy(shared, own, bytes);
}

SV_NATIVE void sv_copy_in(void *own, const void *shared, size_t bytes)
{
	memcpy(own, shared, bytes);
}

SV_NATIVE void sv_doorbell(sv_u32 *word, uint32_t value)
{
	__atomic_store_n(&word->raw, value, __ATOMIC_RELEASE);
}

SV_NATIVE unsigned sv_cpu(void)
{
	return sv_native_self.cpu;
}

SV_NATIVE unsigned sv_cpus(void)
{
	return sv_native_self.team->cpus;
}

SV_NATIVE unsigned sv_numa_node(void)
{
	return sv_native_self.node;
}

SV_NATIVE void *sv_percpu(unsigned cpu)
{
	return sv_native_self.team->percpu[cpu];
}

SV_NATIVE uint64_t sv_place(const void *p)
{
	return (uintptr_t)p;
}

SV_NATIVE void sv_futex_wait(sv_u32 *word, uint32_t expected)
{
	sv_native_futex_wait(&word->raw, expected);
}

SV_NATIVE unsigned sv_futex_wake(sv_u32 *word, unsigned n)
{
	return sv_native_futex_wake(&word->raw, n);
}

SV_NATIVE sv_time sv_clock(void)
{
	return sv_native_clock();
}

SV_NATIVE void sv_pv_wait(void)
{
	sv_native_pv_wait();
}

SV_NATIVE void sv_pv_kick(unsigned cpu)
{
	sv_native_pv_kick(cpu);
}

/* No kernel listens to what a user's lock could tell. */
SV_NATIVE void sv_pv_wait_for(const struct sv_pv_hint *hint)
{
	(void)hint;
	sv_native_pv_wait();
}

SV_NATIVE void sv_pv_kick_holder(unsigned cpu, bool urgent)
{
	(void)urgent;
	sv_native_pv_kick(cpu);
}

#endif
