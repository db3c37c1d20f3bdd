/*
 * native.c - the parts of the native substrate that call the kernel
 */
#define SV_SUBSTRATE_native 1
#include "substrate.h"
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

_Thread_local struct sv_native_self sv_native_self;

void sv_native_futex_wait(uint32_t *word, uint32_t expected)
{
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
}

unsigned sv_native_futex_wake(uint32_t *word, unsigned n)
{
	int most = n > INT_MAX ? INT_MAX : (int)n;
	long woken = syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, most, NULL, NULL, 0);

	return woken > 0 ? (unsigned)woken : 0;
}

sv_time sv_native_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (sv_time)t.tv_sec * SV_S + (sv_time)t.tv_nsec * SV_NS;
}

/* The kick word is 1 after a kick that no halt has consumed yet. */
void sv_native_pv_wait(void)
{
	uint32_t *word = &sv_native_self.team->kick[sv_native_self.cpu * SV_KICK_STRIDE];

	/* Acquire: K, with sv_pv_kick(). */
	if (__atomic_exchange_n(word, 0, __ATOMIC_ACQUIRE))
		return;
	sv_native_futex_wait(word, 0);
	__atomic_exchange_n(word, 0, __ATOMIC_ACQUIRE);
}

void sv_native_pv_kick(unsigned cpu)
{
	uint32_t *word = &sv_native_self.team->kick[cpu * SV_KICK_STRIDE];

	/* Release: K, with sv_pv_wait(). */
	if (!__atomic_exchange_n(word, 1, __ATOMIC_RELEASE))
		sv_native_futex_wake(word, 1);
}
