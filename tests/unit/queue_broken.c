/*
 * queue_broken.c - what the other side may not write, and what a queue in order leaves out
 */
#include "queue_cases.h"
#include "run_suite.h"

static struct queue_pair p;

static void put(unsigned part, size_t offset, unsigned bytes, uint64_t value)
{
	unsigned char *at = (unsigned char *)p.ring.part[part] + offset;

	for (; bytes--; value >>= 8)
		*at++ = (unsigned char)value;
}

static uint64_t get(unsigned part, size_t offset, unsigned bytes)
{
	const unsigned char *at = (const unsigned char *)p.ring.part[part] + offset;
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

static const struct sv_buffer buffer[] = { { 4096, 512, false }, { 8192, 512, true } };

/* A request of two buffers in a ring of four: a chain of two, or a table. */
static void offer(const char *queue, const char *options)
{
	static uint64_t command[8];
	struct queue_case what = { queue, options };
	struct sv_buffer named = { (uintptr_t)command, 64, false };
	bool pair;

	queue_pair_init(&p, what, 4);
	pair = p.kind->traits & SV_QUEUE_PAIR;
	ck_assert(p.kind->add(
		p.driver, &(struct sv_chain){ pair ? &named : buffer, pair ? 1 : 2, &p }));
	p.kind->publish(p.driver);
}

static void the_device_refuses(const char *why)
{
	const struct sv_queue_side *side = p.device;
	struct sv_taken t;

	ck_assert(!p.kind->take(p.device, &t));
	ck_assert_msg(side->broken && strstr(side->broken, why), "says %s, not %s",
		side->broken ? side->broken : "nothing", why);
	/* And goes on no more. */
	ck_assert(!p.kind->take(p.device, &t));
	queue_pair_fini(&p);
}

static void the_driver_refuses(const char *why)
{
	const struct sv_queue_side *side = p.driver;
	struct sv_reaped r;

	ck_assert(!p.kind->reap(p.driver, &r));
	ck_assert_msg(side->broken && strstr(side->broken, why), "says %s, not %s",
		side->broken ? side->broken : "nothing", why);
	ck_assert(!p.kind->reap(p.driver, &r));
	queue_pair_fini(&p);
}

/* Takes what was offered and completes it. */
static void serve(void)
{
	struct sv_taken t;

	ck_assert(p.kind->take(p.device, &t));
	p.kind->complete(p.device, t.id, 512);
	p.kind->flush(p.device);
}

START_TEST(a_split_ring_with_a_bad_chain_is_refused)
{
	offer("vring-split", "{indirect: 0}");
	put(0, 14, 2, 4); /* next: beyond the table */
	the_device_refuses("leaves its table");
	offer("vring-split", "{indirect: 0}");
	put(0, 16 + 12, 2, 1); /* the second names the first */
	put(0, 16 + 14, 2, 0);
	the_device_refuses("has no end");
	offer("vring-split", "{}");
	put(0, 12, 2, 4 | 1); /* INDIRECT and NEXT */
	the_device_refuses("indirect");
	offer("vring-split", "{}");
	put(0, 8, 4, 17); /* bytes of the table */
	the_device_refuses("indirect");
	offer("vring-split", "{}");
	put(3, 12, 2, 4); /* a table in a table */
	the_device_refuses("indirect");
	offer("vring-split", "{}");
	put(1, 4, 2, 4); /* head */
	the_device_refuses("leaves its table");
	offer("vring-split", "{}");
	put(1, 2, 2, 5); /* idx */
	the_device_refuses("ahead");
}
END_TEST

START_TEST(a_split_ring_with_a_bad_completion_is_refused)
{
	offer("vring-split", "{}");
	serve();
	put(2, 4, 4, 4); /* id beyond the table */
	the_driver_refuses("names no request");
	offer("vring-split", "{}");
	serve();
	put(2, 4, 4, 1); /* id of nothing */
	the_driver_refuses("names no request");
	offer("vring-split", "{}");
	serve();
	put(2, 2, 2, 5); /* idx */
	the_driver_refuses("ahead");
}
END_TEST

START_TEST(a_packed_ring_with_a_bad_chain_is_refused)
{
	offer("vring-packed", "{indirect: 0}");
	for (unsigned i = 0; i < 4; i++)
		put(0, 16 * i + 14, 2, 0x81); /* AVAIL, NEXT, for ever */
	the_device_refuses("longer than the ring");
	offer("vring-packed", "{}");
	put(0, 8, 4, 16 * 5); /* bytes of the table */
	the_device_refuses("indirect");
	offer("vring-packed", "{}");
	put(0, 14, 2, 0x85); /* INDIRECT and NEXT */
	the_device_refuses("indirect");
}
END_TEST

START_TEST(a_packed_ring_with_a_bad_completion_is_refused)
{
	offer("vring-packed", "{}");
	serve();
	put(0, 12, 2, 4); /* id beyond the ring */
	the_driver_refuses("names no request");
	offer("vring-packed", "{}");
	serve();
	put(0, 12, 2, 3); /* id of nothing */
	the_driver_refuses("names no request");
}
END_TEST

START_TEST(an_nvme_pair_with_bad_doorbells_or_completions_is_refused)
{
	offer("nvme-pair", "{}");
	put(2, 0, 4, 4); /* tail doorbell */
	the_device_refuses("tail doorbell");
	offer("nvme-pair", "{}");
	serve();
	put(1, 8, 2, 4); /* SQHD */
	the_driver_refuses("beyond the submission queue");
	offer("nvme-pair", "{}");
	serve();
	put(1, 12, 2, 1); /* CID */
	the_driver_refuses("names no command");
}
END_TEST

/* A host of somebody else that gives completions back late. */
START_TEST(a_full_completion_queue_is_not_written)
{
	struct sv_taken t;
	uint32_t id[3];

	offer("nvme-pair", "{}");
	put(2, 0, 4, 3); /* tail: two commands more, whatever they are */
	for (unsigned i = 0; i < 3; i++) {
		ck_assert(p.kind->take(p.device, &t));
		p.kind->complete(p.device, i, i);
	}
	ck_assert(p.kind->flush(p.device));
	ck_assert_uint_eq(get(1, 2 * 16 + 12, 2), 2);
	/* All but one entry are taken, and the host has not read them. */
	put(2, 0, 4, 1);
	for (unsigned i = 0; p.kind->take(p.device, &t); i++) {
		ck_assert_uint_lt(i, 2);
		id[i] = 7 + i;
		p.kind->complete(p.device, id[i], 0);
	}
	ck_assert(!p.kind->flush(p.device));
	ck_assert_uint_eq(get(1, 3 * 16 + 12, 4), 0);
	put(2, 4, 4, 1); /* one is given back */
	ck_assert(p.kind->flush(p.device));
	ck_assert_uint_eq(get(1, 3 * 16 + 12, 4), 7 | 1 << 16);
	ck_assert_uint_eq(get(1, 12, 2), 0); /* not the next one */
	put(2, 4, 4, 2);
	ck_assert(p.kind->flush(p.device));
	ck_assert_uint_eq(get(1, 12, 4), 8); /* of the second lap: phase 0 */
	queue_pair_fini(&p);
}
END_TEST

START_TEST(a_device_fetches_no_more_than_it_can_hold)
{
	struct sv_taken t;

	offer("nvme-pair", "{}");
	for (unsigned i = 0; i < 4; i++) {
		put(2, 0, 4, (i + 1) % 4);
		ck_assert(p.kind->take(p.device, &t));
	}
	put(2, 0, 4, 1);
	ck_assert(!p.kind->take(p.device, &t));
	p.kind->complete(p.device, t.id, 0);
	ck_assert(p.kind->flush(p.device));
	ck_assert(p.kind->take(p.device, &t));
	queue_pair_fini(&p);
}
END_TEST

/* Whatever has completed: the entry may not have been fetched yet. */
START_TEST(an_entry_is_used_again_when_the_head_has_passed_it)
{
	static uint64_t command[8];
	const struct sv_buffer named = { (uintptr_t)command, 64, false };
	const struct sv_chain chain = { &named, 1, &p };
	struct sv_reaped r;

	offer("nvme-pair", "{}");
	ck_assert(p.kind->add(p.driver, &chain) && p.kind->add(p.driver, &chain));
	serve();
	put(1, 8, 2, 0); /* SQHD */
	ck_assert(p.kind->reap(p.driver, &r));
	ck_assert(!p.kind->add(p.driver, &chain));
	p.kind->publish(p.driver);
	serve();
	ck_assert(p.kind->reap(p.driver, &r));
	ck_assert(p.kind->add(p.driver, &chain));
	queue_pair_fini(&p);
}
END_TEST

/* Or the device could have more to post than its queue has room for. */
START_TEST(completions_are_given_back_before_more_is_submitted)
{
	static uint64_t command[8];
	const struct sv_buffer named = { (uintptr_t)command, 64, false };
	struct sv_reaped r;

	offer("nvme-pair", "{}");
	serve();
	ck_assert(p.kind->reap(p.driver, &r));
	ck_assert_uint_eq(get(2, 4, 4), 0);
	ck_assert(p.kind->add(p.driver, &(struct sv_chain){ &named, 1, &p }));
	p.kind->publish(p.driver);
	ck_assert_uint_eq(get(2, 4, 4), 1);
	queue_pair_fini(&p);
}
END_TEST

/* Four requests, the third of which is used in part only. */
static void complete_four(const char *queue)
{
	struct queue_case what = { queue, "{in-order: true, indirect: 0}" };
	struct sv_taken t[4];

	queue_pair_init(&p, what, 4);
	for (uintptr_t i = 1; i <= 4; i++)
		ck_assert(p.kind->add(p.driver, &(struct sv_chain){ &buffer[1], 1, (void *)i }));
	p.kind->publish(p.driver);
	for (unsigned i = 0; i < 4; i++)
		ck_assert(p.kind->take(p.device, &t[i]));
	for (unsigned i = 4; i-- > 0;)
		p.kind->complete(p.device, t[i].id, i == 2 ? 100 : 512);
	/* Only now is the first of them done. */
	ck_assert(p.kind->flush(p.device));
}

static void reap_four(void)
{
	struct sv_reaped r;

	for (uintptr_t i = 1; i <= 4; i++) {
		ck_assert(p.kind->reap(p.driver, &r));
		ck_assert_ptr_eq(r.token, (void *)i);
		ck_assert_uint_eq(r.result, i == 3 ? 100 : 512);
	}
	ck_assert(!p.kind->reap(p.driver, &r));
	queue_not_broken(&p);
	queue_pair_fini(&p);
}

START_TEST(in_order_one_entry_stands_for_all_that_were_used_completely)
{
	complete_four("vring-split");
	ck_assert_uint_eq(get(2, 2, 2), 4);
	/* Where the first of three belongs, the entry of the third. */
	ck_assert_uint_eq(get(2, 4, 4), 2);
	ck_assert_uint_eq(get(2, 8, 4), 100);
	ck_assert_uint_eq(get(2, 12, 8), 0);
	ck_assert_uint_eq(get(2, 20, 8), 0);
	ck_assert_uint_eq(get(2, 28, 4), 3);
	reap_four();
	complete_four("vring-packed");
	ck_assert_uint_eq(get(0, 8, 8), 100 | 2ull << 32 | 0x8082ull << 48);
	ck_assert_uint_eq(get(0, 16 + 14, 2), 0x82); /* as the driver has left it */
	ck_assert_uint_eq(get(0, 32 + 14, 2), 0x82);
	ck_assert_uint_eq(get(0, 48 + 8, 8), 512 | 3ull << 32 | 0x8082ull << 48);
	reap_four();
}
END_TEST

START_TEST(in_order_what_is_done_early_waits)
{
	static const char *const queues[] = { "vring-split", "vring-packed" };

	for (int i = 0; i < 2; i++) {
		struct queue_case what = { queues[i], "{in-order: true}" };
		struct sv_taken t[2];
		struct sv_reaped r;

		queue_pair_init(&p, what, 4);
		for (uintptr_t k = 0; k < 2; k++)
			ck_assert(p.kind->add(
				p.driver, &(struct sv_chain){ buffer, 2, (void *)(k + 1) }));
		p.kind->publish(p.driver);
		ck_assert(p.kind->take(p.device, &t[0]));
		ck_assert(p.kind->take(p.device, &t[1]));
		p.kind->complete(p.device, t[1].id, 512);
		ck_assert(!p.kind->flush(p.device));
		ck_assert(!p.kind->reap(p.driver, &r));
		p.kind->complete(p.device, t[0].id, 512);
		ck_assert(p.kind->flush(p.device));
		ck_assert(p.kind->reap(p.driver, &r));
		ck_assert_ptr_eq(r.token, (void *)1);
		ck_assert(p.kind->reap(p.driver, &r));
		ck_assert_ptr_eq(r.token, (void *)2);
		queue_pair_fini(&p);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_split_ring_with_a_bad_chain_is_refused,
		a_split_ring_with_a_bad_completion_is_refused,
		a_packed_ring_with_a_bad_chain_is_refused,
		a_packed_ring_with_a_bad_completion_is_refused,
		an_nvme_pair_with_bad_doorbells_or_completions_is_refused,
		a_full_completion_queue_is_not_written,
		a_device_fetches_no_more_than_it_can_hold,
		an_entry_is_used_again_when_the_head_has_passed_it,
		completions_are_given_back_before_more_is_submitted,
		in_order_one_entry_stands_for_all_that_were_used_completely,
		in_order_what_is_done_early_waits,
		NULL,
	};

	return run_tests("queue_broken", tests);
}
