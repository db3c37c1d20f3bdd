/*
 * queues.c - every queue of the list with all its options, both sides on one thread
 */
#define SV_SUBSTRATE_native 1
#include "queue_cases.h"
#include "queue_request.h"
#include "ring.h"
#include "run_suite.h"

#define MOST 64

static bool add(struct queue_pair *p, uint64_t n)
{
	struct queue_request r;

	queue_request(p->kind, p->ring.size, n, &r);
	return p->kind->add(p->driver, &r.chain);
}

/* Takes request n; returns its id. */
static uint32_t take(struct queue_pair *p, uint64_t n)
{
	struct sv_taken t;

	if (!p->kind->take(p->device, &t) || !queue_request_is(p->kind, p->ring.size, n, &t))
		ck_abort_msg("request %llu is not there, or is another", (unsigned long long)n);
	return t.id;
}

static void reap(struct queue_pair *p, uint64_t n)
{
	struct sv_reaped r;

	if (!p->kind->reap(p->driver, &r) || r.token != (void *)(uintptr_t)(n + 1) ||
		r.result != queue_result(n))
		ck_abort_msg("request %llu has not come back", (unsigned long long)n);
}

static void nothing_is_there(struct queue_pair *p)
{
	struct sv_taken t;
	struct sv_reaped r;

	if (p->kind->take(p->device, &t) || p->kind->reap(p->driver, &r))
		ck_abort_msg("there is more than there should be");
	queue_not_broken(p);
}

START_TEST(a_zeroed_ring_is_empty)
{
	struct queue_pair p;

	queue_pair_init(&p, queue_cases[_i], 8);
	nothing_is_there(&p);
	ck_assert(!p.kind->publish(p.driver));
	ck_assert(!p.kind->flush(p.device));
	ck_assert(!p.kind->listen(p.driver));
	ck_assert(!p.kind->device_listen(p.device));
	queue_pair_fini(&p);
}
END_TEST

/* A batch through the queue: added, taken, completed and reaped. Returns how many it had. */
static uint64_t batch(struct queue_pair *p, uint64_t first, uint64_t most)
{
	uint32_t id[MOST];
	uint64_t n = 0;

	while (n < most && add(p, first + n))
		n++;
	p->kind->publish(p->driver);
	for (uint64_t i = 0; i < n; i++)
		id[i] = take(p, first + i);
	for (uint64_t i = 0; i < n; i++)
		p->kind->complete(p->device, id[i], queue_result(first + i));
	p->kind->flush(p->device);
	for (uint64_t i = 0; i < n; i++)
		reap(p, first + i);
	nothing_is_there(p);
	return n;
}

/* More often than any index has values. */
START_TEST(requests_come_through_with_all_that_they_say)
{
	static const uint32_t sizes[] = { 1, 2, 7, MOST };

	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		struct queue_pair p;

		queue_pair_init(&p, queue_cases[_i], sizes[s]);
		for (uint64_t n = 0; n < 70000;) {
			uint64_t had = batch(&p, n, 1 + n % 11);

			if (had == 0)
				ck_abort_msg("an empty queue takes nothing");
			n += had;
		}
		queue_pair_fini(&p);
	}
}
END_TEST

static const struct sv_buffer one = { 4096, 512, true };

/* A request of one buffer, or a command. */
static bool add_one(struct queue_pair *p, void *token)
{
	static uint64_t command[8];
	const struct sv_buffer named = { (uintptr_t)command, sizeof(command), false };
	const struct sv_chain chain = { p->kind->traits & SV_QUEUE_PAIR ? &named : &one, 1, token };

	return p->kind->add(p->driver, &chain);
}

/* Fills the queue and empties it, in a different order each time. */
static void fill_and_drain(struct queue_pair *p, uint32_t room, uint32_t lap, uint32_t *id)
{
	struct sv_taken t;
	struct sv_reaped r;
	uint32_t taken = 0, step = lap % 2 ? 1 : room - 1;
	uint64_t seen = 0;

	for (uint32_t i = 0; i < room; i++)
		if (!add_one(p, &id[i]))
			ck_abort_msg("%u of %u have room", i, room);
	ck_assert(!add_one(p, NULL));
	p->kind->publish(p->driver);
	ck_assert(!add_one(p, NULL));
	for (; p->kind->take(p->device, &t); taken++)
		id[taken] = t.id;
	ck_assert_uint_eq(taken, room);
	/* By steps that share no divisor with the room: all are met. */
	for (uint32_t i = 0; i < room; i++)
		p->kind->complete(p->device, id[(uint64_t)i * (step ? step : 1) % room], 512);
	p->kind->flush(p->device);
	while (p->kind->reap(p->driver, &r))
		seen += (uint64_t)((uint32_t *)r.token - id) + 1;
	ck_assert_uint_eq(seen, (uint64_t)room * (room + 1) / 2);
	nothing_is_there(p);
}

START_TEST(a_full_queue_refuses_and_empties_in_any_order)
{
	static const uint32_t sizes[] = { 1, 2, 3, 999, 65536 };

	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		struct queue_pair p;
		uint32_t room, *id;

		queue_pair_init(&p, queue_cases[_i], sizes[s]);
		room = p.ring.size - (p.kind->traits & SV_QUEUE_PAIR ? 1 : 0);
		id = calloc(room, sizeof(*id));
		for (uint32_t lap = 0; lap < 5; lap++)
			fill_and_drain(&p, room, lap, id);
		free(id);
		queue_pair_fini(&p);
	}
}
END_TEST

/* One request after the other; whether each side is told of it. */
static void pass_one(struct queue_pair *p, bool *device_told, bool *driver_told)
{
	struct sv_taken t;
	struct sv_reaped r;

	if (!add_one(p, p))
		ck_abort_msg("no room");
	*device_told = p->kind->publish(p->driver);
	if (!p->kind->take(p->device, &t))
		ck_abort_msg("nothing to take");
	p->kind->complete(p->device, t.id, 512);
	*driver_told = p->kind->flush(p->device);
	if (!p->kind->reap(p->driver, &r) || p->kind->reap(p->driver, &r))
		ck_abort_msg("not one to reap");
}

/* A driver of NVMe is always interrupted, its device always told but by shadow doorbells. */
START_TEST(who_listens_is_told_and_who_is_quiet_is_not)
{
	struct queue_case what = queue_cases[_i];
	struct queue_pair p;
	bool pair, device = false, driver = false, shadow = strstr(what.options, "shadow");

	queue_pair_init(&p, what, 4);
	pair = p.kind->traits & SV_QUEUE_PAIR;
	for (unsigned i = 0; i < 70000; i++) {
		p.kind->quiet(p.driver);
		p.kind->device_quiet(p.device);
		/* What was passed is passed once a lap, at most. */
		for (unsigned quiet = 0; quiet < i % 3 && i > 1; quiet++) {
			pass_one(&p, &device, &driver);
			if ((driver && !pair) || (device && (!pair || shadow) && quiet))
				ck_abort_msg("told while quiet, %u", i);
		}
		if (p.kind->listen(p.driver) || p.kind->device_listen(p.device))
			ck_abort_msg("listens and has something");
		pass_one(&p, &device, &driver);
		if (!device || !driver)
			ck_abort_msg("listens and is not told, %u", i);
	}
	queue_pair_fini(&p);
}
END_TEST

START_TEST(what_comes_before_listening_is_seen_by_it)
{
	struct queue_pair p;
	struct sv_taken t;

	queue_pair_init(&p, queue_cases[_i], 4);
	for (unsigned i = 0; i < 10; i++) {
		struct sv_reaped r;

		ck_assert(add_one(&p, &p));
		p.kind->publish(p.driver);
		ck_assert(p.kind->device_listen(p.device));
		ck_assert(p.kind->take(p.device, &t));
		ck_assert(!p.kind->device_listen(p.device));
		p.kind->complete(p.device, t.id, 0);
		ck_assert(!p.kind->listen(p.driver));
		p.kind->flush(p.device);
		ck_assert(p.kind->listen(p.driver));
		ck_assert(p.kind->reap(p.driver, &r));
	}
	queue_pair_fini(&p);
}
END_TEST

/* Whether an index that goes from `old` to `new` step by step leaves `event` behind. */
static bool walks_past(uint16_t event, uint16_t new, uint16_t old)
{
	for (; old != new; old++)
		if (old == event)
			return true;
	return false;
}

START_TEST(an_event_is_passed_when_the_index_goes_beyond_it)
{
	static const uint16_t starts[] = { 0, 1, 5, 32767, 32768, 65530, 65535 };

	for (size_t s = 0; s < sizeof(starts) / sizeof(starts[0]); s++)
		for (uint16_t moved = 0; moved < 12; moved++)
			for (uint16_t at = 0; at < 30; at++) {
				uint16_t old = starts[s], new = (uint16_t)(old + moved);
				uint16_t event = (uint16_t)(old + at - 10);

				ck_assert_int_eq(
					ring_passed(event, new, old), walks_past(event, new, old));
			}
}
END_TEST

static bool is_listed(const struct queue_case *what, const char *name)
{
	return !strcmp(what->queue, name);
}

START_TEST(every_queue_of_the_list_is_among_the_cases_and_the_same_everywhere)
{
	for (size_t i = 0; sv_queues_native[i]; i++) {
		const struct sv_queue *n = sv_queues_native[i], *s = sv_queues_simulated[i];
		const struct sv_queue *x = sv_queues_explored[i];
		int cases = 0;

		ck_assert_str_eq(n->name, s->name);
		ck_assert_str_eq(n->name, x->name);
		ck_assert_uint_eq(n->traits, s->traits);
		for (int c = 0; c < QUEUE_CASES; c++)
			cases += is_listed(&queue_cases[c], n->name);
		ck_assert_int_gt(cases, 0);
	}
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each queue"), *all = tcase_create("all");
	Suite *suite = suite_create("queues");

	tcase_set_timeout(each, 60);
	tcase_add_loop_test(each, a_zeroed_ring_is_empty, 0, QUEUE_CASES);
	tcase_add_loop_test(each, requests_come_through_with_all_that_they_say, 0, QUEUE_CASES);
	tcase_add_loop_test(each, a_full_queue_refuses_and_empties_in_any_order, 0, QUEUE_CASES);
	tcase_add_loop_test(each, who_listens_is_told_and_who_is_quiet_is_not, 0, QUEUE_CASES);
	tcase_add_loop_test(each, what_comes_before_listening_is_seen_by_it, 0, QUEUE_CASES);
	tcase_add_test(all, an_event_is_passed_when_the_index_goes_beyond_it);
	tcase_add_test(all, every_queue_of_the_list_is_among_the_cases_and_the_same_everywhere);
	suite_add_tcase(suite, each);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
