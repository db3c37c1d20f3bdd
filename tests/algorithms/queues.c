/*
 * queues.c - every queue of the list with all its options, both sides on one thread
 */
#include "queue_cases.h"
#include "queue_request.h"
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
		for (uint64_t n = 0; n < 140000;) {
			uint64_t had = batch(&p, n, 1 + n % 11);

			if (had == 0)
				ck_abort_msg("an empty queue takes nothing");
			n += had;
		}
		queue_pair_fini(&p);
	}
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each queue");

	tcase_set_timeout(each, 60);
	tcase_add_loop_test(each, a_zeroed_ring_is_empty, 0, QUEUE_CASES);
	tcase_add_loop_test(each, requests_come_through_with_all_that_they_say, 0, QUEUE_CASES);
	return run_case("queues", each);
}
