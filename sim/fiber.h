/*
 * fiber.h - stackful coroutines
 *
 * A fiber is a stack and a saved stack pointer. Switching saves the callee-saved
 * registers only (x86-64 and aarch64, written by hand). Stacks come from a pool, each
 * with a guard page below; AddressSanitizer and ThreadSanitizer are told of every switch.
 *
 * Rules. A fiber runs on the OS thread that resumes it; the entry function never
 * returns: it ends with a last sv_fiber_switch(). Never keep the address of a
 * thread-local variable over a switch.
 */
#ifndef SV_FIBER_H
#define SV_FIBER_H

#include <stddef.h>
#include <stdint.h>

struct sv_fiber {
	void *sp;
	char *stack; /* lowest usable byte; NULL for an OS thread's own stack */
	size_t stack_bytes;
	void *asan_stack; /* AddressSanitizer's fake stack while switched away */
	void *tsan;       /* ThreadSanitizer's fiber */
};

/* Makes *f the fiber of the calling OS thread, so that it can be switched from and back to. */
void sv_fiber_init_thread(struct sv_fiber *f);

/* A new fiber that will call entry(arg) when first switched to. Returns -1 when no memory is left.
 */
int sv_fiber_init(struct sv_fiber *f, size_t stack_bytes, void (*entry)(void *), void *arg);

/* Gives the stack back. The fiber must not be running. */
void sv_fiber_fini(struct sv_fiber *f);

/* Saves the running context in `from` and continues `to`. */
void sv_fiber_switch(struct sv_fiber *from, struct sv_fiber *to);

/* Frees the calling thread's pool of stacks. */
void sv_fiber_pool_drain(void);

#endif
