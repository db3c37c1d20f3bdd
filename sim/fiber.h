/*
 * fiber.h - stackful coroutines
 *
 * A fiber is a stack and a saved stack pointer. Switching saves the callee-saved
 * registers only (x86-64 and aarch64, written by hand). Stacks come from a pool of the
 * OS thread, each with a guard below; AddressSanitizer and ThreadSanitizer are told
 * of every switch.
 *
 *	struct sv_fiber here, there;
 *	sv_fiber_init_thread(&here);
 *	if (sv_fiber_init(&there, 65536, entry, arg) < 0) ...
 *	sv_fiber_switch(&here, &there);         (entry(arg) runs until it switches back)
 *	sv_fiber_fini(&there);
 *
 * Rules. A fiber runs on the OS thread that resumes it; the entry function never
 * returns: it ends with sv_fiber_exit(), or is never resumed again. Never keep the
 * address of a thread-local variable over a switch. A fiber shares the floating-point
 * modes (rounding, exception masks) with whoever resumes it.
 *
 * Cost: 3 ns a switch with few fibers, 6 with a thousand, 26 with 16 thousand, when their
 * stacks come from the third level of the cache (`simsvirt bench fiber`). Linux allows a
 * process 65530 mappings (vm.max_map_count), and a stack with its guard takes two: about
 * 32000 fibers.
 */
#ifndef SV_FIBER_H
#define SV_FIBER_H

#include <stddef.h>
#include <stdint.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SV_FIBER_ASAN 1
#elif __has_feature(thread_sanitizer)
#define SV_FIBER_TSAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define SV_FIBER_ASAN 1
#elif defined(__SANITIZE_THREAD__)
#define SV_FIBER_TSAN 1
#endif

struct sv_fiber {
	void *sp;    /* first: the assembly relies on it */
	char *stack; /* lowest usable byte; of an OS thread NULL but for AddressSanitizer */
	size_t stack_bytes;
	void *asan_stack; /* AddressSanitizer's fake stack while switched away */
	void *tsan;       /* ThreadSanitizer's fiber */
};

/* Makes *f the fiber of the calling OS thread, so that it can be switched from and back to. */
void sv_fiber_init_thread(struct sv_fiber *f);

/*
 * A new fiber that will call entry(arg) when first switched to. stack_bytes is rounded
 * up to a power of two, at least 16 KiB. Returns -1 when no memory is left.
 */
int sv_fiber_init(struct sv_fiber *f, size_t stack_bytes, void (*entry)(void *), void *arg);

/* Gives the stack back to the calling thread's pool. The fiber must not be running. */
void sv_fiber_fini(struct sv_fiber *f);

/* Frees the calling thread's pool of stacks. */
void sv_fiber_pool_drain(void);

/* The bare switch, in assembly, and the one that tells the sanitizers. */
void sv_fiber_swap(struct sv_fiber *from, struct sv_fiber *to);
void sv_fiber_swap_annotated(struct sv_fiber *from, struct sv_fiber *to);

/* Saves the running context in `from` and continues `to`. */
static inline void sv_fiber_switch(struct sv_fiber *from, struct sv_fiber *to)
{
#if defined(SV_FIBER_ASAN) || defined(SV_FIBER_TSAN)
	sv_fiber_swap_annotated(from, to);
#else
	sv_fiber_swap(from, to);
#endif
}

/* The last switch of a fiber: what the sanitizers keep for it is let go. */
_Noreturn void sv_fiber_exit(struct sv_fiber *from, struct sv_fiber *to);

#endif
