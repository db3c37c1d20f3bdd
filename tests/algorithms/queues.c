/*
 * queues.c - every queue of the list with all its options, both sides on one thread
 */
#include "queue_cases.h"
#include "run_suite.h"

/* Request n has the token n + 1 and buffers that tell of n. */
static void *token_of(uint64_t n)
{
	return (void *)(uintptr_t)(n + 1);
}

static uint32_t buffers_of(const struct queue_pair *p, uint64_t n)
{
	uint32_t most = p->ring.size < 5 ? p->ring.size : 5;

	return p->kind->traits & SV_QUEUE_PAIR ? 1 : 1 + (uint32_t)(n * 7 / 3 % most);
}

static bool add(struct queue_pair *p, uint64_t n)
{
	struct sv_buffer buffer[5];
	uint32_t buffers = buffers_of(p, n);

	for (uint32_t i = 0; i < buffers; i++)
		buffer[i] = (struct sv_buffer){ n * 4096 + i, (uint32_t)(n % 1000) + i, i > n % 3 };
	return p->kind->add(p->driver,
		&(struct sv_chain){ .buffer = buffer, .buffers = buffers, .token = token_of(n) });
}

static uint32_t result_of(uint64_t n)
{
	return (uint32_t)(n * 2654435761u);
}

/* Takes request n and checks what it consists of. */
static uint32_t take(struct queue_pair *p, uint64_t n)
{
	struct sv_taken t;

	ck_assert(p->kind->take(p->device, &t));
	ck_assert_uint_eq(t.buffers, buffers_of(p, n));
	for (uint32_t i = 0; i < t.buffers; i++) {
		ck_assert_uint_eq(t.buffer[i].address, n * 4096 + i);
		ck_assert_uint_eq(t.buffer[i].bytes, n % 1000 + i);
		ck_assert_int_eq(t.buffer[i].device_writes, i > n % 3);
	}
	return t.id;
}

static void reap(struct queue_pair *p, uint64_t n)
{
	struct sv_reaped r;

	ck_assert(p->kind->reap(p->driver, &r));
	ck_assert_ptr_eq(r.token, token_of(n));
	ck_assert_uint_eq(r.result, result_of(n));
}

static void nothing_is_there(struct queue_pair *p)
{
	struct sv_taken t;
	struct sv_reaped r;

	ck_assert(!p->kind->take(p->device, &t));
	ck_assert(!p->kind->reap(p->driver, &r));
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

/* In batches of all lengths, more often than any index has values. */
START_TEST(requests_come_through_with_all_that_they_say)
{
	static const uint32_t sizes[] = { 1, 2, 7, 64 };

	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		struct queue_pair p;
		uint64_t in = 0, out = 0;
		uint32_t id[64];

		queue_pair_init(&p, queue_cases[_i], sizes[s]);
		while (out < 200000) {
			uint64_t batch = 1 + in % 11, end;

			while (batch-- && add(&p, in))
				in++;
			p.kind->publish(p.driver);
			end = in;
			for (uint64_t n = out; n < end; n++)
				id[n - out] = take(&p, n);
			for (uint64_t n = out; n < end; n++)
				p.kind->complete(p.device, id[n - out], result_of(n));
			p.kind->flush(p.device);
			for (; out < end; out++)
				reap(&p, out);
			nothing_is_there(&p);
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
