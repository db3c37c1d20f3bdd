/*
 * pending.c - the pending set gives the same order as a plain heap, whatever the times
 */
#include "pending_internal.h"
#include <check.h>
#include <stdlib.h>

enum { MOST = 1 << 17 };

/* ck_assert() writes to a pipe: too slow for every event. */
static void require(bool holds, const char *what)
{
	if (!holds)
		ck_abort_msg("%s", what);
}

/* The oracle: a binary heap of whole events. */
static struct {
	struct sv_event event[MOST + 1];
	unsigned n;
} heap;

static void heap_push(const struct sv_event *e)
{
	unsigned i = ++heap.n;

	require(i <= MOST, "the oracle is full");
	for (; i > 1 && sv_event_less(e, &heap.event[i / 2]); i /= 2)
		heap.event[i] = heap.event[i / 2];
	heap.event[i] = *e;
}

static struct sv_event heap_pop(void)
{
	struct sv_event first = heap.event[1], last = heap.event[heap.n--];
	unsigned i = 1, child;

	for (; (child = 2 * i) <= heap.n; i = child) {
		if (child < heap.n && sv_event_less(&heap.event[child + 1], &heap.event[child]))
			child++;
		if (!sv_event_less(&heap.event[child], &last))
			break;
		heap.event[i] = heap.event[child];
	}
	heap.event[i] = last;
	return first;
}

static struct sv_pending set;
static uint64_t state, pushed;
static sv_time now;

/* Marsaglia's xorshift: any generator serves here. */
static uint64_t draw(uint64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % below;
}

static void push(sv_time at)
{
	struct sv_event e = {
		.time = at,
		.tie = draw(4) << 40 | pushed,
		.dst = (uint32_t)draw(8),
		.arg = pushed,
	};

	pushed++;
	heap_push(&e);
	sv_pending_push(&set, e);
}

static void pop_and_compare(sv_time limit)
{
	sv_time bound;
	const struct sv_event *e;
	struct sv_event oracle;

	if (heap.n == 0 || heap.event[1].time >= limit) {
		require(!sv_pending_pop(&set, limit), "nothing is popped from the limit on");
		return;
	}
	bound = sv_pending_bound_slow(&set);
	require(bound <= heap.event[1].time, "the bound is a lower bound");
	if (draw(16) == 0)
		require(sv_pending_next(&set) == heap.event[1].time, "next is exact");
	oracle = heap_pop();
	e = sv_pending_pop(&set, limit);
	require(e && e->time == oracle.time && e->arg == oracle.arg, "the order is the heap's");
	now = e->time;
	require(sv_pending_count(&set) == heap.n, "the count is right");
}

static sv_time delay_even(void)
{
	return (sv_time)draw(SV_US);
}

static sv_time delay_none(void)
{
	return 0;
}

static sv_time delay_coarse(void)
{
	return (sv_time)draw(4) * SV_US;
}

/* Every power of two is as likely: picoseconds to minutes in one set. */
static sv_time delay_any_range(void)
{
	return (sv_time)(draw(1ull << 50) >> draw(50));
}

static sv_time delay_mostly_short(void)
{
	return draw(100) ? (sv_time)draw(SV_NS) : (sv_time)draw(10 * SV_S);
}

static sv_time delay_seconds(void)
{
	return SV_S + (sv_time)draw(100 * SV_S);
}

static sv_time delay_bursts(void)
{
	sv_time next = (now / SV_MS + 1) * SV_MS - now;

	return draw(3) ? (sv_time)draw(10 * SV_NS) : next + (sv_time)draw(SV_NS);
}

static sv_time delay_changing(void)
{
	return (sv_time)draw(1ull << (4 + pushed / 5000 * 13 % 36));
}

static sv_time (*const delays[])(void) = { delay_even, delay_none, delay_coarse, delay_any_range,
	delay_mostly_short, delay_seconds, delay_bursts, delay_changing };
enum { DELAYS = sizeof(delays) / sizeof(*delays) };

static void start(void)
{
	heap.n = 0;
	now = 0;
	pushed = 0;
	state = 88172645463325252u;
	ck_assert_int_eq(sv_pending_init(&set), 0);
}

static void hold(sv_time (*delay)(void), unsigned population, unsigned holds)
{
	for (unsigned i = 0; i < population; i++)
		push(now + delay());
	for (unsigned i = 0; i < holds; i++) {
		pop_and_compare(SV_TIME_MAX);
		push(now + delay());
	}
	while (heap.n)
		pop_and_compare(SV_TIME_MAX);
	ck_assert_ptr_null(sv_pending_pop(&set, SV_TIME_MAX));
	ck_assert_int_eq(sv_pending_next(&set), SV_TIME_MAX);
}

START_TEST(order_is_a_heaps_for_every_size_and_spread)
{
	static const unsigned populations[] = { 1, 2, 5, 30, 100, 1000, 20000 };

	for (unsigned i = 0; i < sizeof(populations) / sizeof(*populations); i++) {
		start();
		hold(delays[_i], populations[i], 30000);
		sv_pending_fini(&set);
	}
}
END_TEST

START_TEST(sizes_and_spreads_may_change_in_one_run)
{
	start();
	for (unsigned i = 0; i < 40; i++)
		hold(delays[(i * 5 + 3) % DELAYS], 1 + (unsigned)draw(3000), 5000);
	sv_pending_fini(&set);
}
END_TEST

START_TEST(events_at_or_behind_the_limit_stay)
{
	start();
	for (unsigned i = 0; i < 500; i++)
		push(now + delays[_i]());
	/* Windows: nothing before the limit is left, then somebody else's events arrive. */
	for (unsigned i = 0; i < 20000 && heap.n; i++) {
		sv_time limit = heap.event[1].time + 1 + delays[_i]();

		for (unsigned k = 0; k < 100 && heap.event[1].time < limit; k++) {
			pop_and_compare(limit);
			push(now + delays[_i]());
		}
		if (heap.event[1].time >= limit) {
			pop_and_compare(limit);
			pop_and_compare(limit);
			for (unsigned k = 0; k < draw(4) && heap.n < 1000; k++)
				push(limit + delays[_i]());
		}
	}
	sv_pending_fini(&set);
}
END_TEST

START_TEST(a_bucket_takes_a_hundred_thousand_events)
{
	start();
	hold(delay_even, 100, 20000); /* the width now suits few events */
	for (unsigned i = 0; i < 50000; i++)
		push(now + SV_MS + (sv_time)draw(100));
	for (unsigned i = 0; i < 50000; i++)
		push(now + SV_MS);
	while (heap.n)
		pop_and_compare(SV_TIME_MAX);
	sv_pending_fini(&set);
}
END_TEST

START_TEST(the_last_time_is_a_time)
{
	start();
	push(SV_TIME_MAX);
	push(SV_TIME_MAX - 1);
	push(1);
	pop_and_compare(SV_TIME_MAX);
	pop_and_compare(SV_TIME_MAX);
	ck_assert_ptr_null(sv_pending_pop(&set, SV_TIME_MAX));
	ck_assert_uint_eq(sv_pending_count(&set), 1);
	sv_pending_fini(&set);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pending");
	TCase *tc = tcase_create("pending");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, order_is_a_heaps_for_every_size_and_spread, 0, DELAYS);
	tcase_add_test(tc, sizes_and_spreads_may_change_in_one_run);
	tcase_add_loop_test(tc, events_at_or_behind_the_limit_stay, 0, DELAYS);
	tcase_add_test(tc, a_bucket_takes_a_hundred_thousand_events);
	tcase_add_test(tc, the_last_time_is_a_time);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
