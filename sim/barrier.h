/*
 * barrier.h - a barrier for threads that meet every few microseconds
 *
 * Waiters spin for some microseconds, then sleep in the kernel: 50-300 ns when every
 * thread has a core. Spinning in vain makes them sleep sooner the next time, so that
 * threads that share cores with others do not burn the time they wait for. What a thread
 * wrote before the barrier is visible to all behind it.
 */
#ifndef SV_BARRIER_H
#define SV_BARRIER_H

#include <stdatomic.h>

struct sv_barrier {
	_Alignas(128) atomic_uint arrived;
	_Alignas(128) atomic_uint generation;
	_Alignas(128) atomic_uint sleepers;
	_Alignas(128) atomic_uint spins; /* before a waiter sleeps */
	unsigned members, most_spins;
};

/* Spinning is left out when the process may not use as many CPUs as there are members. */
void sv_barrier_init(struct sv_barrier *b, unsigned members);
void sv_barrier_wait(struct sv_barrier *b);

#endif
