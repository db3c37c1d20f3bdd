/*
 * deadline.c - the order in which the deadline scheduler lets requests go
 */
#include "block/deadline.h"
#include "run_suite.h"

#define MOST 64

struct scene {
	struct sv_deadline deadline;
	struct sv_layer_options options;
	struct sv_request request[MOST];
	unsigned n;
};

static struct scene scene_of(int64_t batch)
{
	return (struct scene){ .options = { .read_expire = 500 * SV_MS,
				       .write_expire = 5 * SV_S,
				       .batch = batch,
				       .starved = 2 } };
}

static void insert(struct scene *s, enum sv_io_op op, uint64_t offset, sv_time expires)
{
	struct sv_request *r = &s->request[s->n++];

	r->io.op = op;
	r->io.offset = offset;
	r->io.bytes = 1;
	sv_deadline_insert(&s->deadline, r, expires);
}

/* The next one's place; writes are negative. 1000: there is none. */
static int pick(struct scene *s, sv_time now)
{
	const struct sv_request *r = sv_deadline_pick(&s->deadline, &s->options, now);

	if (!r)
		return 1000;
	return r->io.op == SV_IO_READ ? (int)r->io.offset : -(int)r->io.offset;
}

START_TEST(a_batch_goes_upwards_from_the_oldest_request)
{
	struct scene s = scene_of(16);

	insert(&s, SV_IO_READ, 5, SV_S);
	insert(&s, SV_IO_READ, 9, SV_S);
	insert(&s, SV_IO_READ, 2, SV_S);
	insert(&s, SV_IO_READ, 7, SV_S);
	ck_assert_int_eq(pick(&s, 0), 5);
	ck_assert_int_eq(pick(&s, 0), 7);
	ck_assert_int_eq(pick(&s, 0), 9);
	/* Above is nothing: a new batch begins with the oldest. */
	ck_assert_int_eq(pick(&s, 0), 2);
	ck_assert_int_eq(pick(&s, 0), 1000);
	ck_assert(sv_deadline_empty(&s.deadline));
}
END_TEST

START_TEST(a_batch_that_is_full_ends_and_an_expired_request_begins_the_next_one)
{
	struct scene s = scene_of(2);

	insert(&s, SV_IO_READ, 10, SV_S);
	for (unsigned i = 11; i < 20; i++)
		insert(&s, SV_IO_READ, i, SV_S);
	ck_assert_int_eq(pick(&s, 0), 10);
	insert(&s, SV_IO_READ, 1, SV_S);
	ck_assert_int_eq(pick(&s, 0), 11);
	/* Nothing has expired: it goes on upwards. */
	ck_assert_int_eq(pick(&s, 0), 12);
	ck_assert_int_eq(pick(&s, 0), 13);
	/* 14 is the oldest that is left, and expired like all others. */
	ck_assert_int_eq(pick(&s, 2 * SV_S), 14);
	ck_assert_int_eq(pick(&s, 2 * SV_S), 15);
}
END_TEST

START_TEST(reads_pass_writes_for_so_many_batches_and_no_longer)
{
	struct scene s = scene_of(1);

	for (unsigned i = 1; i < 10; i++) {
		insert(&s, SV_IO_READ, i, SV_S);
		insert(&s, SV_IO_WRITE, i, SV_S);
	}
	ck_assert_int_eq(pick(&s, 0), 1);
	ck_assert_int_eq(pick(&s, 0), 2);
	ck_assert_int_eq(pick(&s, 0), -1);
	ck_assert_int_eq(pick(&s, 0), 3);
	ck_assert_int_eq(pick(&s, 0), 4);
	ck_assert_int_eq(pick(&s, 0), -2);
}
END_TEST

START_TEST(whatever_comes_in_whichever_order_goes_once)
{
	struct scene s = scene_of(3);
	bool seen[MOST] = { false };

	for (unsigned i = 0; i < MOST; i++)
		insert(&s, i % 3 ? SV_IO_READ : SV_IO_WRITE, 1 + i * 37 % MOST, i * SV_MS);
	for (unsigned i = 0; i < MOST; i++) {
		int at = pick(&s, i * SV_MS);

		ck_assert_int_ne(at, 1000);
		at = at < 0 ? -at : at;
		ck_assert(!seen[at - 1]);
		seen[at - 1] = true;
	}
	ck_assert_int_eq(pick(&s, SV_S), 1000);
}
END_TEST

int main(void)
{
	return run_tests("deadline",
		(const TTest *const[]){ a_batch_goes_upwards_from_the_oldest_request,
			a_batch_that_is_full_ends_and_an_expired_request_begins_the_next_one,
			reads_pass_writes_for_so_many_batches_and_no_longer,
			whatever_comes_in_whichever_order_goes_once, NULL });
}
