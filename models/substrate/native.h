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
sv_time sv_clock(void);
void sv_pv_wait(void);
void sv_pv_kick(unsigned cpu);

#define SV_NATIVE static inline __attribute__((always_inline, unused))

/* What a read-modify-write of a given order may ask of the compiler, and its load part when it
 * fails. */
#define SV_C11(order)                                                                              \
	((order) == SV_RELAXED          ? __ATOMIC_RELAXED                                         \
		: (order) == SV_ACQUIRE ? __ATOMIC_ACQUIRE                                         \
		: (order) == SV_RELEASE ? __ATOMIC_RELEASE                                         \
		: (order) == SV_ACQ_REL ? __ATOMIC_ACQ_REL                                         \
					: __ATOMIC_SEQ_CST)
#define SV_C11_LOAD(order)                                                                         \
	((order) == SV_RELAXED || (order) == SV_RELEASE ? __ATOMIC_RELAXED                         \
		: (order) == SV_SEQ_CST                 ? __ATOMIC_SEQ_CST                         \
							: __ATOMIC_ACQUIRE)
#define SV_C11_STORE(order)                                                                        \
	((order) == SV_RELAXED || (order) == SV_ACQUIRE ? __ATOMIC_RELAXED                         \
		: (order) == SV_SEQ_CST                 ? __ATOMIC_SEQ_CST                         \
							: __ATOMIC_RELEASE)

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

#define SV_NATIVE_ANY(suffix, type)                                                                \
	SV_NATIVE type sv_load_##suffix(sv_##suffix *w, enum sv_order order)                       \
	{                                                                                          \
		return __atomic_load_n(&w->raw, SV_C11_LOAD(order));                               \
	}                                                                                          \
	SV_NATIVE void sv_store_##suffix(sv_##suffix *w, type value, enum sv_order order)          \
	{                                                                                          \
		__atomic_store_n(&w->raw, value, SV_C11_STORE(order));                             \
	}                                                                                          \
	SV_NATIVE type sv_xchg_##suffix(sv_##suffix *w, type value, enum sv_order order)           \
	{                                                                                          \
		return __atomic_exchange_n(&w->raw, value, SV_C11(order));                         \
	}                                                                                          \
	SV_NATIVE type sv_cas_##suffix(                                                            \
		sv_##suffix *w, type expected, type value, enum sv_order order)                    \
	{                                                                                          \
		__atomic_compare_exchange_n(                                                       \
			&w->raw, &expected, value, 0, SV_C11(order), SV_C11_LOAD(order));          \
		return expected;                                                                   \
	}                                                                                          \
	SV_NATIVE type sv_await_ne_##suffix(sv_##suffix *w, type value, enum sv_order order)       \
	{                                                                                          \
		type seen;                                                                         \
		while ((seen = sv_load_##suffix(w, order)) == value)                               \
			sv_pause();                                                                \
		return seen;                                                                       \
	}

#define SV_NATIVE_INTEGER(suffix, type)                                                            \
	SV_NATIVE_ANY(suffix, type)                                                                \
	SV_NATIVE type sv_faa_##suffix(sv_##suffix *w, type addend, enum sv_order order)           \
	{                                                                                          \
		return __atomic_fetch_add(&w->raw, addend, SV_C11(order));                         \
	}                                                                                          \
	SV_NATIVE type sv_and_##suffix(sv_##suffix *w, type bits, enum sv_order order)             \
	{                                                                                          \
		return __atomic_fetch_and(&w->raw, bits, SV_C11(order));                           \
	}                                                                                          \
	SV_NATIVE type sv_or_##suffix(sv_##suffix *w, type bits, enum sv_order order)              \
	{                                                                                          \
		return __atomic_fetch_or(&w->raw, bits, SV_C11(order));                            \
	}                                                                                          \
	SV_NATIVE type sv_await_mask_##suffix(                                                     \
		sv_##suffix *w, type mask, type want, enum sv_order order)                         \
	{                                                                                          \
		type seen;                                                                         \
		while (((seen = sv_load_##suffix(w, order)) & mask) != want)                       \
			sv_pause();                                                                \
		return seen;                                                                       \
	}                                                                                          \
	SV_NATIVE void sv_await_eq_##suffix(sv_##suffix *w, type value, enum sv_order order)       \
	{                                                                                          \
		while (sv_load_##suffix(w, order) != value)                                        \
			sv_pause();                                                                \
	}                                                                                          \
	SV_NATIVE uint64_t sv_await_eq_for_##suffix(                                               \
		sv_##suffix *w, type value, uint64_t iterations, enum sv_order order)              \
	{                                                                                          \
		uint64_t spent = 0;                                                                \
		for (; spent < iterations && sv_load_##suffix(w, order) != value; spent++)         \
			sv_pause();                                                                \
		return spent;                                                                      \
	}

SV_WORDS(SV_NATIVE_INTEGER)
SV_NATIVE_ANY(ptr, sv_any)

SV_NATIVE unsigned sv_cpu(void)
{
	return sv_native_self.cpu;
}

SV_NATIVE unsigned sv_numa_node(void)
{
	return sv_native_self.node;
}

SV_NATIVE void *sv_percpu(unsigned cpu)
{
	return sv_native_self.team->percpu[cpu];
}

SV_NATIVE void sv_futex_wait(sv_u32 *word, uint32_t expected)
{
	sv_native_futex_wait(&word->raw, expected);
}

SV_NATIVE unsigned sv_futex_wake(sv_u32 *word, unsigned n)
{
	return sv_native_futex_wake(&word->raw, n);
}

#endif
