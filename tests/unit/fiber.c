/*
 * fiber.c - switching, stacks and their guard pages
 */
#include "fiber.h"
#include "run_suite.h"
#include "sanitized.h"
#include <check.h>
#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* ThreadSanitizer allows about 8000 fibers and threads over the life of the program. */
#define MANY        SANITIZED_ROUNDS(10000)
#define STACK_BYTES 65536

static struct sv_fiber here;

struct coro {
	struct sv_fiber fiber;
	unsigned id, turns;
	uint64_t sum;
};

static void count_turns(void *arg)
{
	struct coro *c = arg;

	for (;;) {
		c->turns++;
		sv_fiber_switch(&c->fiber, &here);
	}
}

static void coro_init(struct coro *c, unsigned id, void (*entry)(void *))
{
	*c = (struct coro){ .id = id };
	ck_assert_int_eq(sv_fiber_init(&c->fiber, STACK_BYTES, entry, c), 0);
}

START_TEST(control_goes_there_and_back)
{
	struct coro c;

	sv_fiber_init_thread(&here);
	coro_init(&c, 0, count_turns);
	ck_assert_uint_eq(c.turns, 0);
	for (unsigned i = 1; i <= 100; i++) {
		sv_fiber_switch(&here, &c.fiber);
		ck_assert_uint_eq(c.turns, i);
	}
	sv_fiber_fini(&c.fiber);
}
END_TEST

/* More live values than there are callee-saved registers, with a switch in the middle of them. */
static uint64_t churn(struct coro *c, uint64_t seed, unsigned rounds)
{
	uint64_t a = seed, b = seed * 3, d = seed ^ 5, e = seed + 7, f = ~seed, g = seed << 1,
		 h = 1;
	double x = (double)seed, y = 1;

	for (unsigned i = 0; i < rounds; i++) {
		if (c)
			sv_fiber_switch(&c->fiber, &here);
		a += b * 3 ^ d;
		b ^= e + f;
		d = d * 5 + g;
		e -= a ^ h;
		f = f >> 1 ^ b;
		g += d;
		h = h * 7 + e;
		x = x * 0.5 + y;
		y += 1 / (x + 1);
	}
	return a ^ b ^ d ^ e ^ f ^ g ^ h ^ (uint64_t)(x * 1e9) ^ (uint64_t)(y * 1e9);
}

enum { ROUNDS = 50 };

static void churn_entry(void *arg)
{
	struct coro *c = arg;

	c->sum = churn(c, c->id + 1, ROUNDS);
	sv_fiber_exit(&c->fiber, &here);
}

/* Every fiber computes what it would have computed alone. Also a test of many stacks at a time. */
START_TEST(many_fibers_keep_their_registers_and_stacks)
{
	static struct coro c[MANY];

	sv_fiber_init_thread(&here);
	for (unsigned i = 0; i < MANY; i++)
		coro_init(&c[i], i, churn_entry);
	for (unsigned turn = 0; turn <= ROUNDS; turn++)
		for (unsigned i = 0; i < MANY; i++)
			sv_fiber_switch(&here, &c[(i * 7919ul + turn) % MANY].fiber);
	for (unsigned i = 0; i < MANY; i++) {
		ck_assert_uint_eq(c[i].sum, churn(NULL, i + 1, ROUNDS));
		sv_fiber_fini(&c[i].fiber);
	}
	sv_fiber_pool_drain();
}
END_TEST

static void align_entry(void *arg)
{
	struct coro *c = arg;
	_Alignas(16) volatile char aligned[16];

	/* The ABI promises 16 bytes at a call: SSE spills rely on it. */
	aligned[0] = 0;
	c->sum = (uintptr_t)__builtin_frame_address(0) % 16 + (uintptr_t)aligned % 16;
	sv_fiber_exit(&c->fiber, &here);
}

START_TEST(stacks_are_aligned)
{
	sv_fiber_init_thread(&here);
	for (unsigned i = 0; i < 40; i++) {
		struct coro c;

		coro_init(&c, i, align_entry);
		sv_fiber_switch(&here, &c.fiber);
		ck_assert_uint_eq(c.sum, 0);
		sv_fiber_fini(&c.fiber);
	}
}
END_TEST

START_TEST(a_stack_is_used_again)
{
	struct coro c;
	char *first;

	sv_fiber_init_thread(&here);
	coro_init(&c, 0, count_turns);
	first = c.fiber.stack;
	sv_fiber_switch(&here, &c.fiber);
	sv_fiber_fini(&c.fiber);
	coro_init(&c, 0, count_turns);
	ck_assert_ptr_eq(c.fiber.stack, first);
	sv_fiber_switch(&here, &c.fiber);
	ck_assert_uint_eq(c.turns, 1);
	sv_fiber_fini(&c.fiber);
	ck_assert_int_eq(sv_fiber_init(&c.fiber, 4 * STACK_BYTES, count_turns, &c), 0);
	ck_assert_ptr_ne(c.fiber.stack, first);
	ck_assert_uint_eq(c.fiber.stack_bytes, 4 * STACK_BYTES);
	sv_fiber_fini(&c.fiber);
	sv_fiber_pool_drain();
}
END_TEST

static void backtrace_entry(void *arg)
{
	struct coro *c = arg;
	void *frame[64];

	c->turns = (unsigned)backtrace(frame, 64);
	sv_fiber_exit(&c->fiber, &here);
}

START_TEST(a_backtrace_ends_at_the_first_frame)
{
	struct coro c;

	sv_fiber_init_thread(&here);
	coro_init(&c, 0, backtrace_entry);
	sv_fiber_switch(&here, &c.fiber);
	/* This function, sv_fiber_enter and sv_fiber_start; a sanitizer's own frame perhaps. */
	ck_assert_uint_ge(c.turns, 3);
	ck_assert_uint_le(c.turns, 4);
	sv_fiber_fini(&c.fiber);
}
END_TEST

static unsigned recurse(unsigned depth)
{
	volatile char frame[5000];

	frame[depth % sizeof(frame)] = (char)depth;
	return depth ? recurse(depth - 1) + (unsigned)frame[depth % sizeof(frame)] : 0;
}

static void recurse_entry(void *arg)
{
	struct coro *c = arg;

	c->turns = recurse(c->id);
	sv_fiber_exit(&c->fiber, &here);
}

/* Writes below the stack, where a frame of that size would begin. */
static void step_over_entry(void *arg)
{
	struct coro *c = arg;

	*(volatile char *)(c->fiber.stack - c->id) = 1;
	sv_fiber_exit(&c->fiber, &here);
}

static int status_of_fiber(void (*entry)(void *), unsigned id)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		const struct rlimit none = { 0, 0 };
		struct coro c;

		setrlimit(RLIMIT_CORE, &none);
		signal(SIGSEGV, SIG_DFL);
		sv_fiber_init_thread(&here);
		coro_init(&c, id, entry);
		sv_fiber_switch(&here, &c.fiber);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

START_TEST(an_overflow_hits_the_guard)
{
	/* A sanitizer reports the fault in its own way, and needs larger frames. */
	if (SANITIZED)
		return;
	ck_assert_int_eq(status_of_fiber(recurse_entry, 10), 0);
	ck_assert_int_eq(status_of_fiber(recurse_entry, 1000), SIGSEGV);
	ck_assert_int_eq(status_of_fiber(step_over_entry, 0), 0);
	ck_assert_int_eq(status_of_fiber(step_over_entry, 1), SIGSEGV);
	ck_assert_int_eq(status_of_fiber(step_over_entry, 65536), SIGSEGV);
}
END_TEST

static void *resume_elsewhere(void *arg)
{
	struct coro *c = arg;

	sv_fiber_init_thread(&here);
	sv_fiber_switch(&here, &c->fiber);
	return NULL;
}

/* Between runs, an LP may move to another thread with its fibers. */
START_TEST(a_fiber_goes_on_in_another_thread)
{
	struct coro c;
	pthread_t thread;

	sv_fiber_init_thread(&here);
	coro_init(&c, 0, count_turns);
	sv_fiber_switch(&here, &c.fiber);
	ck_assert_int_eq(pthread_create(&thread, NULL, resume_elsewhere, &c), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_uint_eq(c.turns, 2);
	sv_fiber_init_thread(&here);
	sv_fiber_switch(&here, &c.fiber);
	ck_assert_uint_eq(c.turns, 3);
	sv_fiber_fini(&c.fiber);
}
END_TEST

START_TEST(no_memory_is_reported)
{
	struct rlimit old, tight;
	struct sv_fiber f;

	if (SANITIZED)
		return; /* their shadow needs the address space */
	getrlimit(RLIMIT_AS, &old);
	tight = old;
	tight.rlim_cur = 1 << 20;
	setrlimit(RLIMIT_AS, &tight);
	ck_assert_int_eq(sv_fiber_init(&f, 1 << 25, count_turns, NULL), -1);
	setrlimit(RLIMIT_AS, &old);
	sv_fiber_fini(&f);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("fiber");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, control_goes_there_and_back);
	tcase_add_test(tc, many_fibers_keep_their_registers_and_stacks);
	tcase_add_test(tc, stacks_are_aligned);
	tcase_add_test(tc, a_stack_is_used_again);
	tcase_add_test(tc, a_backtrace_ends_at_the_first_frame);
	tcase_add_test(tc, an_overflow_hits_the_guard);
	tcase_add_test(tc, a_fiber_goes_on_in_another_thread);
	tcase_add_test(tc, no_memory_is_reported);
	return run_case("fiber", tc);
}
