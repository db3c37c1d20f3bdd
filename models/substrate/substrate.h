/*
 * substrate.h - the memory operations that locks and queues are written in
 *
 * An algorithm file includes this header, the header of its kind and options.h, and
 * nothing else. It is compiled once for each substrate:
 *
 *	native		C11 atomics, pause and futexes, on pinned threads
 *	simulated	every operation is charged by the coherence model, on a fiber
 *	explored	every operation is a point where a checker may let others go first
 *
 * Words are structs, so that only the operations below can touch them. Their size and
 * alignment are the same everywhere; a union of words of several sizes is allowed, and
 * operations of 1, 2, 4 and 8 bytes may overlap. Memory that only one thread ever uses
 * may be plain C.
 *
 *	value = sv_load(word, order)
 *	sv_store(word, value, order)
 *	old = sv_xchg(word, value, order)
 *	old = sv_cas(word, expected, value, order)	succeeded when old == expected
 *	old = sv_faa(word, addend, order)
 *	old = sv_and(word, bits, order), sv_or(word, bits, order)
 *	sv_fence()					full fence
 *
 *	sv_await_eq(word, value, order)			spins until word == value
 *	value = sv_await_ne(word, value, order)		spins until word != value
 *	value = sv_await_mask(word, mask, want, order)	spins until (word & mask) == want
 *	spent = sv_await_eq_for(word, value, iterations, order)
 *	spent = sv_await_mask_for(word, mask, want, iterations, order)
 *		give up after so many tests; spent == iterations says that they did
 *	sv_relax(n)					n pause instructions
 *
 *	sv_copy_out(shared, own, bytes)			plain stores of memory that other words
 *guard sv_copy_in(own, shared, bytes)			the loads; both in multiples of 8 bytes
 *	sv_doorbell(register, value)			32 bits to a device, behind all earlier
 *stores
 *
 * Await is an operation, not a loop: a simulated waiter costs no events while nothing
 * changes. Polling with another condition, or by a read-modify-write, is written as a
 * loop around sv_relax().
 *
 *	sv_cpu()	the CPU this thread runs on, from 0
 *	sv_cpus()	how many CPUs there are: who looks for a waiter must know where to stop
 *	sv_numa_node()	its NUMA node
 *	sv_clock()	time, for measuring intervals only
 *	sv_percpu(cpu)	the lock's per-CPU node of a CPU (struct sv_lock, percpu_bytes)
 *	sv_place(p)	an address as a number to hash by: simulated, the same in every run
 *
 *	sv_futex_wait(word, expected)	sleeps while word == expected; may wake spuriously
 *	sv_futex_wake(word, n)		wakes up to n sleepers; returns how many
 *	sv_pv_wait()			halts this CPU until kicked; may wake spuriously
 *	sv_pv_kick(cpu)			wakes a CPU; sticky: a kick before the halt ends it at once
 *	sv_pv_wait_for(hint)		the same as sv_pv_wait(), and tells the host what for
 *(struct sv_pv_hint, or NULL); the host may lend the CPU to another one instead, and then returns:
 *a spurious wake-up
 *	sv_pv_kick_holder(cpu, urgent)	as sv_pv_kick(), and tells the host that this CPU holds the
 *lock next; urgent: asks it to run that one before all others
 *
 * Memory orders mean what C11 says; each order that is not relaxed names its partner
 * in a comment of the algorithm.
 */
#ifndef SV_SUBSTRATE_H
#define SV_SUBSTRATE_H

#include "words.h"

#if defined(SV_SUBSTRATE_native)
#include "native.h"
#elif defined(SV_SUBSTRATE_simulated)
#include "simulated.h"
#elif defined(SV_SUBSTRATE_explored)
#include "explored.h"
#else
#error "define SV_SUBSTRATE_native, SV_SUBSTRATE_simulated or SV_SUBSTRATE_explored"
#endif

/* A substrate may want to know the place of an operation as well as its order. */
#ifndef SV_PLACED
#define SV_PLACED(order) order
#endif

/* One call for every width: the substrate provides OP_u8 .. OP_u64 and OP_ptr. */
#define SV_INTEGER_OP(word, op)                                                                    \
	_Generic((word), sv_u8 *                                                                   \
		 : op##_u8, sv_u16 *                                                               \
		 : op##_u16, sv_u32 *                                                              \
		 : op##_u32, sv_u64 *                                                              \
		 : op##_u64)
#define SV_WORD_OP(word, op)                                                                       \
	_Generic((word), sv_u8 *                                                                   \
		 : op##_u8, sv_u16 *                                                               \
		 : op##_u16, sv_u32 *                                                              \
		 : op##_u32, sv_u64 *                                                              \
		 : op##_u64, sv_ptr *                                                              \
		 : op##_ptr)

#define sv_load(word, order)         SV_WORD_OP(word, sv_load)(word, SV_PLACED(order))
#define sv_store(word, value, order) SV_WORD_OP(word, sv_store)(word, value, SV_PLACED(order))
#define sv_xchg(word, value, order)  SV_WORD_OP(word, sv_xchg)(word, value, SV_PLACED(order))
#define sv_cas(word, expected, value, order)                                                       \
	SV_WORD_OP(word, sv_cas)(word, expected, value, SV_PLACED(order))
#define sv_faa(word, addend, order) SV_INTEGER_OP(word, sv_faa)(word, addend, SV_PLACED(order))
#define sv_and(word, bits, order)   SV_INTEGER_OP(word, sv_and)(word, bits, SV_PLACED(order))
#define sv_or(word, bits, order)    SV_INTEGER_OP(word, sv_or)(word, bits, SV_PLACED(order))

#define sv_await_eq(word, value, order)                                                            \
	SV_INTEGER_OP(word, sv_await_eq)(word, value, SV_PLACED(order))
#define sv_await_ne(word, value, order) SV_WORD_OP(word, sv_await_ne)(word, value, SV_PLACED(order))
#define sv_await_mask(word, mask, want, order)                                                     \
	SV_INTEGER_OP(word, sv_await_mask)(word, mask, want, SV_PLACED(order))
#define sv_await_eq_for(word, value, iterations, order)                                            \
	SV_INTEGER_OP(word, sv_await_eq_for)(word, value, iterations, SV_PLACED(order))
#define sv_await_mask_for(word, mask, want, iterations, order)                                     \
	SV_INTEGER_OP(word, sv_await_mask_for)(word, mask, want, iterations, SV_PLACED(order))

#endif
