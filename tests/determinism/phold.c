/*
 * phold.c - the same answer for any number of threads, with and without running ahead
 *
 * PHOLD with coarse times, so that many events are simultaneous, and with chains of short
 * steps that may run ahead. Each LP hashes the events it sees in the order it sees them.
 */
#include "engine.h"
#include "random.h"
#include "run_suite.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

enum { LPS = 60, ARRIVE, STEP };

struct node {
	struct sv_stream stream;
	uint64_t hash;
	const struct sv_channel *near, *far;
};

static const sv_time tick = 100 * SV_NS;

static void hash(struct node *n, uint64_t value)
{
	n->hash = (n->hash ^ value) * 0x100000001b3u;
}

/* Sends the event on: to itself at once or later, to its neighbour, or to anybody. */
static void pass_on(struct sv_lp *lp, uint64_t arg)
{
	struct node *n = lp->state;
	uint64_t r = sv_stream_next(&n->stream);
	sv_time delay = (sv_time)(r >> 32) % 8 * tick;

	switch (r % 8) {
	case 0:
		sv_schedule(lp, sv_now(lp), ARRIVE, arg);
		return;
	case 1:
	case 2:
		sv_send(lp, n->near, lp->id ^ 1, sv_now(lp) + tick + delay, ARRIVE, arg);
		return;
	case 3:
		sv_send(lp, n->far, (uint32_t)(r >> 8) % LPS, sv_now(lp) + 5 * tick + delay, ARRIVE,
			arg);
		return;
	default:
		sv_schedule(lp, sv_now(lp) + 1 + delay, ARRIVE, arg);
	}
}

static void handle(struct sv_lp *lp, const struct sv_event *e)
{
	struct node *n = lp->state;
	uint64_t steps = e->type == STEP ? e->arg : sv_stream_next(&n->stream) % 16;

	hash(n, (uint64_t)e->time);
	hash(n, e->tie);
	for (; steps > 0; steps--) {
		sv_time at = sv_now(lp) + 1 + (sv_time)(steps * steps * SV_NS);

		if (!sv_advance(lp, at)) {
			sv_schedule(lp, at, STEP, steps - 1);
			return;
		}
		/* What the event would have hashed. */
		hash(n, (uint64_t)sv_now(lp));
		hash(n, lp->tie - 1);
	}
	pass_on(lp, e->arg);
}

struct outcome {
	uint64_t hash[LPS], events[LPS];
	uint64_t total;
};

static void run(struct sv_engine_config config, unsigned parts, struct outcome *out)
{
	static struct node node[LPS];
	struct sv_diag *diag = sv_diag_new();
	struct sv_engine *e = sv_engine_new(&config);
	const sv_time end = 2000 * tick;

	for (uint32_t i = 0; i < LPS; i++) {
		char name[16];

		snprintf(name, sizeof(name), "node %u", i);
		node[i].hash = 0;
		sv_stream_init(&node[i].stream, 7, 0, i, 0);
		sv_engine_add(e, handle, &node[i], name);
	}
	for (uint32_t i = 0; i < LPS; i++) {
		struct sv_lp *neighbour = sv_engine_lp(e, i ^ 1);

		node[i].near = sv_engine_channel(e, sv_engine_lp(e, i), neighbour, tick);
		node[i].far = sv_engine_channel(e, sv_engine_lp(e, i), NULL, 5 * tick);
		for (int k = 0; k < 3; k++)
			sv_schedule(sv_engine_lp(e, i), 0, ARRIVE, (uint64_t)k);
	}
	for (unsigned part = 1; part <= parts; part++)
		ck_assert_int_eq(sv_engine_run(e, end * part / parts, diag), 0);
	for (uint32_t i = 0; i < LPS; i++) {
		out->hash[i] = node[i].hash;
		out->events[i] = sv_engine_lp(e, i)->events;
	}
	out->total = sv_engine_events(e);
	sv_engine_free(e);
	sv_diag_free(diag);
}

static struct outcome oracle, result;

static void compare(struct sv_engine_config config, unsigned parts)
{
	run((struct sv_engine_config){ .no_run_ahead = true }, 1, &oracle);
	ck_assert_uint_gt(oracle.total, 100000);
	run(config, parts, &result);
	ck_assert_uint_eq(oracle.total, result.total);
	for (int i = 0; i < LPS; i++) {
		ck_assert_uint_eq(oracle.events[i], result.events[i]);
		ck_assert_uint_eq(oracle.hash[i], result.hash[i]);
	}
}

START_TEST(running_ahead_changes_nothing)
{
	compare((struct sv_engine_config){ .threads = 1 }, 1);
}
END_TEST

START_TEST(the_number_of_threads_changes_nothing)
{
	compare((struct sv_engine_config){ .threads = (unsigned)_i }, 1);
	compare((struct sv_engine_config){ .threads = (unsigned)_i, .no_run_ahead = true }, 1);
}
END_TEST

START_TEST(merging_lps_changes_nothing)
{
	compare((struct sv_engine_config){ .threads = 3, .merge_below = 2 * tick }, 1);
	compare((struct sv_engine_config){ .threads = 3, .merge_below = SV_S }, 1);
}
END_TEST

START_TEST(running_in_parts_changes_nothing)
{
	compare((struct sv_engine_config){ .threads = (unsigned)_i }, 777);
}
END_TEST

/* As in a sweep, whose threads are OpenMP's: the inner region gets one thread for all shards. */
START_TEST(fewer_threads_than_asked_for_change_nothing)
{
#pragma omp parallel num_threads(2)
#pragma omp single
	compare((struct sv_engine_config){ .threads = 3 }, 3);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("phold");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, running_ahead_changes_nothing);
	tcase_add_loop_test(tc, the_number_of_threads_changes_nothing, 2, 6);
	tcase_add_test(tc, merging_lps_changes_nothing);
	tcase_add_loop_test(tc, running_in_parts_changes_nothing, 1, 4);
	tcase_add_test(tc, fewer_threads_than_asked_for_change_nothing);
	return run_case("determinism: phold", tc);
}
