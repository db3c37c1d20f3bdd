/*
 * fiber.c - stacks of fibers, their first frame, and what the sanitizers must know
 *
 * A stack is mapped with a guard below it and stays mapped until its pool is drained.
 * Free stacks form one list per size and OS thread, last in first out, so that the next
 * fiber gets the warmest stack; the link lies in the stack itself.
 */
#include "fiber.h"
#include "bug.h"
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef SV_FIBER_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef SV_FIBER_TSAN
#include <sanitizer/tsan_interface.h>
#endif

/* The frame that sv_fiber_swap() pops, in words from the saved stack pointer. */
#if defined(__x86_64__)
enum { FRAME_WORDS = 7, FRAME_ENTRY = 3, FRAME_ARG = 2, FRAME_PC = 6 }; /* r12, r13, rip */
#elif defined(__aarch64__)
enum { FRAME_WORDS = 20, FRAME_ENTRY = 0, FRAME_ARG = 1, FRAME_PC = 11 }; /* x19, x20, x30 */
#else
#error "no fiber switch for this processor: write fiber_PROCESSOR.S"
#endif

_Static_assert(offsetof(struct sv_fiber, sp) == 0, "the assembly finds sp at the start");

#define MIN_LOG2 14
#define ORDERS   16
#define LINE     64
/*
 * Several pages, so that a function with a large frame cannot step over them unseen. An odd
 * number, so that the stacks' tops, a power of two and a guard apart, spread over all sets of the
 * translation cache: with 16 pages a switch among 1024 fibers takes 12 ns, with 17 it takes 5.5.
 */
#define GUARD_PAGES 17
/* Stacks begin at multiples of 4 KiB: unless their tops differ, all of them compete for the same
 * few sets of the first-level cache. */
#define COLOURS 32

struct free_stack {
	struct free_stack *next;
};

static _Thread_local struct {
	struct free_stack *free[ORDERS]; /* of 2^(MIN_LOG2 + index) bytes */
	unsigned made;
} pool;

/* In fiber_*.S. */
void sv_fiber_start(void);
/* Called by it. */
_Noreturn void sv_fiber_enter(void (*entry)(void *), void *arg);

static size_t order_bytes(unsigned order)
{
	return (size_t)1 << (MIN_LOG2 + order);
}

static unsigned order_of(size_t stack_bytes)
{
	unsigned order = 0;

	while (order_bytes(order) < stack_bytes)
		order++;
	SV_BUG_ON(order >= ORDERS);
	return order;
}

static size_t guard_bytes(void)
{
	return GUARD_PAGES * (size_t)sysconf(_SC_PAGESIZE);
}

static char *stack_map(size_t bytes)
{
	const size_t guard = guard_bytes();
	char *base = mmap(NULL, guard + bytes, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

	if (base == MAP_FAILED)
		return NULL;
	if (mprotect(base, guard, PROT_NONE) < 0) {
		munmap(base, guard + bytes);
		return NULL;
	}
	return base + guard;
}

/* The link is in the highest line: in a page that the next fiber touches anyway. */
static char *stack_pop(unsigned order)
{
	struct free_stack *s = pool.free[order];

	if (!s)
		return NULL;
	pool.free[order] = s->next;
	return (char *)s + LINE - order_bytes(order);
}

static void stack_push(char *stack, unsigned order)
{
	struct free_stack *s = (void *)(stack + order_bytes(order) - LINE);

#ifdef SV_FIBER_ASAN
	/* Frames that never returned left their red zones behind. */
	__asan_unpoison_memory_region(stack, order_bytes(order));
#endif
	s->next = pool.free[order];
	pool.free[order] = s;
}

void sv_fiber_pool_drain(void)
{
	char *stack;

	for (unsigned order = 0; order < ORDERS; order++)
		while ((stack = stack_pop(order)))
			munmap(stack - guard_bytes(), guard_bytes() + order_bytes(order));
}

void sv_fiber_init_thread(struct sv_fiber *f)
{
	*f = (struct sv_fiber){ 0 };
#ifdef SV_FIBER_ASAN
	pthread_attr_t attr;
	void *stack;

	SV_BUG_ON(pthread_getattr_np(pthread_self(), &attr));
	pthread_attr_getstack(&attr, &stack, &f->stack_bytes);
	pthread_attr_destroy(&attr);
	f->stack = stack;
#endif
#ifdef SV_FIBER_TSAN
	f->tsan = __tsan_get_current_fiber();
#endif
}

int sv_fiber_init(struct sv_fiber *f, size_t stack_bytes, void (*entry)(void *), void *arg)
{
	const unsigned order = order_of(stack_bytes);
	char *stack = stack_pop(order);
	uintptr_t *frame;

	if (!stack)
		stack = stack_map(order_bytes(order));
	*f = (struct sv_fiber){ .stack = stack, .stack_bytes = order_bytes(order) };
	if (!stack)
		return -1;
	frame = (void *)(stack + f->stack_bytes - LINE * (1 + pool.made++ % COLOURS));
	frame -= FRAME_WORDS;
	for (int i = 0; i < FRAME_WORDS; i++)
		frame[i] = 0;
	frame[FRAME_ENTRY] = (uintptr_t)entry;
	frame[FRAME_ARG] = (uintptr_t)arg;
	frame[FRAME_PC] = (uintptr_t)sv_fiber_start;
	f->sp = frame;
#ifdef SV_FIBER_TSAN
	f->tsan = __tsan_create_fiber(0);
#endif
	return 0;
}

void sv_fiber_fini(struct sv_fiber *f)
{
#ifdef SV_FIBER_TSAN
	if (f->stack)
		__tsan_destroy_fiber(f->tsan);
#endif
	if (f->stack)
		stack_push(f->stack, order_of(f->stack_bytes));
	f->stack = NULL;
}

void sv_fiber_enter(void (*entry)(void *), void *arg)
{
#ifdef SV_FIBER_ASAN
	__sanitizer_finish_switch_fiber(NULL, NULL, NULL);
#endif
	entry(arg);
	sv_bug(__FILE__, __LINE__, "the entry function of a fiber returned");
}

/*
 * Tells of a switch that is about to happen; asan_stack is NULL when `from` ends.
 * Inlined, because ThreadSanitizer counts a function's entry and exit for the fiber that
 * it believes to run: those of this function would be counted for different ones.
 */
static inline __attribute__((always_inline)) void announce(void **asan_stack, struct sv_fiber *to)
{
#ifdef SV_FIBER_ASAN
	__sanitizer_start_switch_fiber(asan_stack, to->stack, to->stack_bytes);
#endif
#ifdef SV_FIBER_TSAN
	__tsan_switch_to_fiber(to->tsan, 0);
#endif
	(void)asan_stack;
	(void)to;
}

void sv_fiber_swap_annotated(struct sv_fiber *from, struct sv_fiber *to)
{
	announce(&from->asan_stack, to);
	sv_fiber_swap(from, to);
#ifdef SV_FIBER_ASAN
	__sanitizer_finish_switch_fiber(from->asan_stack, NULL, NULL);
#endif
}

void sv_fiber_exit(struct sv_fiber *from, struct sv_fiber *to)
{
	announce(NULL, to);
	sv_fiber_swap(from, to);
	sv_bug(__FILE__, __LINE__, "a fiber was resumed behind its end");
}
