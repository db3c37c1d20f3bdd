/*
 * simulated.h - the substrate inside the simulator
 *
 * Every operation is charged by the coherence model to the simulated thread that runs
 * on this fiber. Included by substrate.h; the world makes the threads (thread.h).
 */
#ifndef SV_SIMULATED_H
#define SV_SIMULATED_H

#include "simtime.h"
#include "words.h"

enum sv_rmw { SV_RMW_XCHG, SV_RMW_CAS, SV_RMW_FAA, SV_RMW_AND, SV_RMW_OR };

/* All by width in bytes; memory is always that of the running thread's host. */
uint64_t sv_sim_load(const void *word, unsigned bytes);
void sv_sim_store(void *word, unsigned bytes, uint64_t value, enum sv_order order);
uint64_t sv_sim_rmw(void *word, unsigned bytes, enum sv_rmw op, uint64_t a, uint64_t b);
/* Spins until ((word & mask) == want) != differs; returns the value last seen. */
uint64_t sv_sim_await(const void *word, unsigned bytes, uint64_t mask, uint64_t want, bool differs);
/* Spins until (word & mask) == want for at most so many tests; returns how many it took. */
uint64_t sv_sim_await_for(
	const void *word, unsigned bytes, uint64_t mask, uint64_t want, uint64_t iterations);

void sv_copy_out(void *shared, const void *own, size_t bytes);
void sv_copy_in(void *own, const void *shared, size_t bytes);
void sv_doorbell(sv_u32 *word, uint32_t value);
void sv_fence(void);
void sv_relax(uint64_t n);
unsigned sv_cpu(void);
unsigned sv_cpus(void);
unsigned sv_numa_node(void);
sv_time sv_clock(void);
void *sv_percpu(unsigned cpu);
uint64_t sv_place(const void *p);
void sv_futex_wait(sv_u32 *word, uint32_t expected);
unsigned sv_futex_wake(sv_u32 *word, unsigned n);
void sv_pv_wait(void);
void sv_pv_kick(unsigned cpu);
void sv_pv_wait_for(const struct sv_pv_hint *hint);
void sv_pv_kick_holder(unsigned cpu, bool urgent);

#define SV_SIM static inline __attribute__((always_inline, unused))

/* `value` turns a simulated 64-bit value into the word's type, `bits` the reverse. */
#define SV_SIM_ANY(suffix, type, value, bits)                                                      \
	SV_SIM type sv_load_##suffix(sv_##suffix *w, enum sv_order order)                          \
	{                                                                                          \
		(void)order;                                                                       \
		return (type)value sv_sim_load(w, sizeof(type));                                   \
	}                                                                                          \
	SV_SIM void sv_store_##suffix(sv_##suffix *w, type v, enum sv_order order)                 \
	{                                                                                          \
		sv_sim_store(w, sizeof(type), bits v, order);                                      \
	}                                                                                          \
	SV_SIM type sv_xchg_##suffix(sv_##suffix *w, type v, enum sv_order order)                  \
	{                                                                                          \
		(void)order;                                                                       \
		return (type)value sv_sim_rmw(w, sizeof(type), SV_RMW_XCHG, bits v, 0);            \
	}                                                                                          \
	SV_SIM type sv_cas_##suffix(sv_##suffix *w, type expected, type v, enum sv_order order)    \
	{                                                                                          \
		(void)order;                                                                       \
		return (type)value sv_sim_rmw(w, sizeof(type), SV_RMW_CAS, bits expected, bits v); \
	}                                                                                          \
	SV_SIM type sv_await_ne_##suffix(sv_##suffix *w, type v, enum sv_order order)              \
	{                                                                                          \
		(void)order;                                                                       \
		return (type)value sv_sim_await(w, sizeof(type), UINT64_MAX, bits v, true);        \
	}

#define SV_SIM_INTEGER(suffix, type)                                                               \
	SV_SIM_ANY(suffix, type, , )                                                               \
	SV_SIM type sv_faa_##suffix(sv_##suffix *w, type v, enum sv_order order)                   \
	{                                                                                          \
		(void)order;                                                                       \
		return (type)sv_sim_rmw(w, sizeof(type), SV_RMW_FAA, v, 0);                        \
	}                                                                                          \
	SV_SIM type sv_and_##suffix(sv_##suffix *w, type v, enum sv_order order)                   \
	{                                                                                          \
		(void)order;                                                                       \
		return (type)sv_sim_rmw(w, sizeof(type), SV_RMW_AND, v, 0);                        \
	}                                                                                          \
	SV_SIM type sv_or_##suffix(sv_##suffix *w, type v, enum sv_order order)                    \
	{                                                                                          \
		(void)order;                                                                       \
		return (type)sv_sim_rmw(w, sizeof(type), SV_RMW_OR, v, 0);                         \
	}                                                                                          \
	SV_SIM type sv_await_mask_##suffix(                                                        \
		sv_##suffix *w, type mask, type want, enum sv_order order)                         \
	{                                                                                          \
		(void)order;                                                                       \
		return (type)sv_sim_await(w, sizeof(type), mask, want, false);                     \
	}                                                                                          \
	SV_SIM void sv_await_eq_##suffix(sv_##suffix *w, type v, enum sv_order order)              \
	{                                                                                          \
		(void)order;                                                                       \
		sv_sim_await(w, sizeof(type), UINT64_MAX, v, false);                               \
	}                                                                                          \
	SV_SIM uint64_t sv_await_eq_for_##suffix(                                                  \
		sv_##suffix *w, type v, uint64_t iterations, enum sv_order order)                  \
	{                                                                                          \
		(void)order;                                                                       \
		return sv_sim_await_for(w, sizeof(type), UINT64_MAX, v, iterations);               \
	}                                                                                          \
	SV_SIM uint64_t sv_await_mask_for_##suffix(                                                \
		sv_##suffix *w, type mask, type want, uint64_t iterations, enum sv_order order)    \
	{                                                                                          \
		(void)order;                                                                       \
		return sv_sim_await_for(w, sizeof(type), mask, want, iterations);                  \
	}

SV_WORDS(SV_SIM_INTEGER)
SV_SIM_ANY(ptr, sv_any, (uintptr_t), (uintptr_t))

#endif
