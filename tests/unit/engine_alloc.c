/*
 * engine_alloc.c - no allocation for an event in steady state
 *
 * Counts the calls of malloc() and its kin by standing in front of glibc's.
 */
#include "engine.h"
#include "random.h"
#include "sanitized.h"
#include <check.h>
#include <stdlib.h>

#if SANITIZED
int main(void)
{
	return 77; /* the sanitizer has its own malloc() */
}
#else

static atomic_ulong calls;

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t n, size_t bytes);
extern void *__libc_realloc(void *p, size_t bytes);
extern void *__libc_memalign(size_t alignment, size_t bytes);

void *malloc(size_t bytes)
{
	atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
	return __libc_malloc(bytes);
}

void *calloc(size_t n, size_t bytes)
{
	atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
	return __libc_calloc(n, bytes);
}

void *realloc(void *p, size_t bytes)
{
	atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
	return __libc_realloc(p, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
	atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
	return __libc_memalign(alignment, bytes);
}

enum { LPS = 256, POPULATION = 8 };

static struct sv_stream stream[LPS];
static const struct sv_channel *channel;

static void handle(struct sv_lp *lp, const struct sv_event *e)
{
	uint64_t r = sv_stream_next(&stream[lp->id]);
	sv_time at = sv_now(lp) + 100 * SV_NS + (sv_time)(r >> 32) % SV_US;

	if (r % 4)
		sv_schedule(lp, at, e->type, e->arg);
	else
		sv_send(lp, channel, (uint32_t)(r >> 8) % LPS, at, e->type, e->arg);
}

START_TEST(a_longer_run_allocates_no_more)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_engine *e = sv_engine_new(&(struct sv_engine_config){ .threads = (unsigned)_i });
	unsigned long before, after;
	uint64_t events;

	for (uint32_t i = 0; i < LPS; i++) {
		struct sv_lp *lp = sv_engine_add(e, handle, NULL, "lp");

		sv_stream_init(&stream[i], 1, 0, i, 0);
		for (int k = 0; k < POPULATION; k++)
			sv_schedule(lp, 0, 0, 0);
	}
	channel = sv_engine_channel(e, NULL, NULL, 100 * SV_NS);
	ck_assert_int_eq(sv_engine_run(e, 300 * SV_US, diag), 0);
	events = sv_engine_events(e);
	before = atomic_load(&calls);
	ck_assert_uint_gt(before, LPS); /* the count works */
	ck_assert_int_eq(sv_engine_run(e, 1200 * SV_US, diag), 0);
	after = atomic_load(&calls);
	events = sv_engine_events(e) - events;
	ck_assert_uint_gt(events, 2000000);
	/* A rare larger burst, or OpenMP, may still ask for a block. */
	ck_assert_uint_le(after - before, 8);
	sv_engine_free(e);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("engine: allocation");
	TCase *tc = tcase_create("allocation");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_longer_run_allocates_no_more, 1, 3);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
#endif
