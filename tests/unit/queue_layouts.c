/*
 * queue_layouts.c - rings byte by byte, as the specifications have them
 *
 * The numbers are those of virtio 1.2, sections 2.7 and 2.8, and of NVM Express 1.4, sections 3.1
 * and 4, not of our headers: what a program of somebody else would see.
 */
#include "queue_cases.h"
#include "run_suite.h"

static uint64_t bytes_at(const void *part, size_t offset, unsigned bytes)
{
	const unsigned char *p = part;
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | p[offset + bytes];
	return value;
}

/* A chain of a buffer that is read and one that is written. */
static const struct sv_buffer two[] = { { 0x1122334455667788, 0x1000, false },
	{ 0x99aabbccddeeff00, 0x2001, true } };

static void add_two(struct queue_pair *p)
{
	ck_assert(p->kind->add(
		p->driver, &(struct sv_chain){ .buffer = two, .buffers = 2, .token = p }));
}

START_TEST(parts_of_a_split_ring_have_the_sizes_of_the_specification)
{
	static const uint32_t sizes[] = { 1, 8, 32768 };
	struct queue_case what = { "vring-split", "{indirect: 0}" };

	for (int i = 0; i < 3; i++) {
		uint32_t size = sizes[i];
		struct queue_pair p;

		queue_pair_init(&p, what, size);
		ck_assert_uint_eq(p.layout.part[0].bytes, 16 * size);
		ck_assert_uint_eq(p.layout.part[1].bytes, 6 + 2 * size);
		ck_assert_uint_eq(p.layout.part[2].bytes, 6 + 8 * size);
		ck_assert_uint_eq(p.layout.part[3].bytes, 0);
		for (int part = 0; part < 3; part++)
			ck_assert_uint_eq(p.layout.part[part].offset % 64, 0);
		queue_pair_fini(&p);
	}
}
END_TEST

START_TEST(a_split_ring_is_written_as_specified)
{
	struct queue_case what = { "vring-split", "{indirect: 0}" };
	struct sv_taken t;
	struct sv_reaped r;
	struct queue_pair p;

	queue_pair_init(&p, what, 8);
	add_two(&p);
	/* Nothing is shown before it is published. */
	ck_assert_uint_eq(bytes_at(p.ring.part[1], 2, 2), 0);
	ck_assert(p.kind->publish(p.driver));
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 0, 8), 0x1122334455667788);
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 8, 4), 0x1000);
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 12, 2), 1); /* NEXT */
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 14, 2), 1); /* descriptor 1 */
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 16, 8), 0x99aabbccddeeff00);
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 24, 4), 0x2001);
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 28, 2), 2); /* WRITE */
	ck_assert_uint_eq(bytes_at(p.ring.part[1], 0, 2), 0);  /* flags */
	ck_assert_uint_eq(bytes_at(p.ring.part[1], 2, 2), 1);  /* idx */
	ck_assert_uint_eq(bytes_at(p.ring.part[1], 4, 2), 0);  /* ring[0] */
	ck_assert(p.kind->take(p.device, &t));
	p.kind->complete(p.device, t.id, 0x1234567);
	ck_assert_uint_eq(bytes_at(p.ring.part[2], 2, 2), 0);
	ck_assert(p.kind->flush(p.device));
	ck_assert_uint_eq(bytes_at(p.ring.part[2], 0, 2), 0);         /* flags */
	ck_assert_uint_eq(bytes_at(p.ring.part[2], 2, 2), 1);         /* idx */
	ck_assert_uint_eq(bytes_at(p.ring.part[2], 4, 4), 0);         /* ring[0].id */
	ck_assert_uint_eq(bytes_at(p.ring.part[2], 8, 4), 0x1234567); /* ring[0].len */
	ck_assert(p.kind->reap(p.driver, &r));
	ck_assert(!p.kind->listen(p.driver));
	ck_assert(!p.kind->device_listen(p.device));
	ck_assert_uint_eq(bytes_at(p.ring.part[1], 4 + 2 * 8, 2), 1); /* used_event */
	ck_assert_uint_eq(bytes_at(p.ring.part[2], 4 + 8 * 8, 2), 1); /* avail_event */
	queue_pair_fini(&p);
}
END_TEST

START_TEST(flags_of_a_split_ring_ask_for_silence)
{
	struct queue_case what = { "vring-split", "{event-idx: false}" };
	struct queue_pair p;

	queue_pair_init(&p, what, 8);
	p.kind->quiet(p.driver);
	p.kind->device_quiet(p.device);
	ck_assert_uint_eq(bytes_at(p.ring.part[1], 0, 2), 1);
	ck_assert_uint_eq(bytes_at(p.ring.part[2], 0, 2), 1);
	p.kind->listen(p.driver);
	p.kind->device_listen(p.device);
	ck_assert_uint_eq(bytes_at(p.ring.part[1], 0, 2), 0);
	ck_assert_uint_eq(bytes_at(p.ring.part[2], 0, 2), 0);
	queue_pair_fini(&p);
}
END_TEST

/* The table that a descriptor with INDIRECT names. */
static const void *table_of(const struct queue_pair *p)
{
	ck_assert_uint_eq(bytes_at(p->ring.part[0], 8, 4), 32);
	return (const void *)(uintptr_t)bytes_at(p->ring.part[0], 0, 8);
}

START_TEST(an_indirect_table_is_written_as_specified)
{
	struct queue_case split = { "vring-split", "{}" }, packed = { "vring-packed", "{}" };
	struct queue_pair p;
	const void *table;

	queue_pair_init(&p, split, 8);
	add_two(&p);
	table = table_of(&p);
	ck_assert_ptr_eq(table, p.ring.part[3]);
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 12, 2), 4); /* INDIRECT */
	ck_assert_uint_eq(bytes_at(table, 12, 2), 1);          /* NEXT */
	ck_assert_uint_eq(bytes_at(table, 14, 2), 1);
	ck_assert_uint_eq(bytes_at(table, 16, 8), 0x99aabbccddeeff00);
	ck_assert_uint_eq(bytes_at(table, 28, 2), 2); /* WRITE */
	queue_pair_fini(&p);

	queue_pair_init(&p, packed, 8);
	add_two(&p);
	p.kind->publish(p.driver);
	table = table_of(&p);
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 14, 2), 0x84); /* AVAIL, INDIRECT */
	ck_assert_uint_eq(bytes_at(table, 8, 4), 0x1000);
	ck_assert_uint_eq(bytes_at(table, 14, 2), 0); /* NEXT means nothing here */
	ck_assert_uint_eq(bytes_at(table, 30, 2), 2); /* WRITE */
	queue_pair_fini(&p);
}
END_TEST

START_TEST(a_packed_ring_is_written_as_specified)
{
	struct queue_case what = { "vring-packed", "{indirect: 0}" };
	struct sv_taken t;
	struct sv_reaped r;
	struct queue_pair p;

	queue_pair_init(&p, what, 3);
	ck_assert_uint_eq(p.layout.part[0].bytes, 48);
	ck_assert_uint_eq(p.layout.part[1].bytes, 4);
	ck_assert_uint_eq(p.layout.part[2].bytes, 4);
	add_two(&p);
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 14, 2), 0); /* not before the last */
	ck_assert(p.kind->publish(p.driver));
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 0, 8), 0x1122334455667788);
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 8, 4), 0x1000);
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 14, 2), 0x81); /* AVAIL, NEXT */
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 24, 4), 0x2001);
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 28, 2), 0);    /* id */
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 30, 2), 0x82); /* AVAIL, WRITE */
	ck_assert(p.kind->take(p.device, &t));
	ck_assert(!p.kind->device_listen(p.device));
	ck_assert_uint_eq(bytes_at(p.ring.part[2], 0, 2), 0x8002); /* wrap 1, offset 2 */
	ck_assert_uint_eq(bytes_at(p.ring.part[2], 2, 2), 2);      /* DESC */
	p.kind->complete(p.device, t.id, 0x1234567);
	ck_assert(p.kind->flush(p.device));
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 8, 4), 0x1234567);
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 14, 2), 0x8082); /* USED, AVAIL, WRITE */
	ck_assert(p.kind->reap(p.driver, &r));
	p.kind->quiet(p.driver);
	ck_assert_uint_eq(bytes_at(p.ring.part[1], 2, 2), 1); /* DISABLE */
	/* The next request goes around the end: its second descriptor is of the next lap. */
	add_two(&p);
	p.kind->publish(p.driver);
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 46, 2), 0x81);
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 14, 2), 0x8002); /* USED alone, WRITE */
	queue_pair_fini(&p);
}
END_TEST

START_TEST(an_nvme_pair_is_written_as_specified)
{
	struct queue_case what = { "nvme-pair", "{id: 2571}" };
	unsigned char command[64];
	struct sv_buffer buffer = { (uintptr_t)command, 64, false };
	struct sv_taken t;
	struct sv_reaped r;
	struct queue_pair p;

	for (int i = 0; i < 64; i++)
		command[i] = (unsigned char)(i + 100);
	queue_pair_init(&p, what, 4);
	ck_assert_uint_eq(p.layout.part[0].bytes, 4 * 64);
	ck_assert_uint_eq(p.layout.part[1].bytes, 4 * 16);
	ck_assert(p.kind->add(
		p.driver, &(struct sv_chain){ .buffer = &buffer, .buffers = 1, .token = &p }));
	ck_assert_uint_eq(bytes_at(p.ring.part[2], 0, 4), 0);
	ck_assert(p.kind->publish(p.driver));
	ck_assert_uint_eq(bytes_at(p.ring.part[2], 0, 4), 1); /* tail doorbell */
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 0, 2), 0x6564);
	ck_assert_uint_eq(bytes_at(p.ring.part[0], 2, 2), 0); /* command id */
	ck_assert_mem_eq((char *)p.ring.part[0] + 4, command + 4, 60);
	ck_assert(p.kind->take(p.device, &t));
	p.kind->complete(p.device, t.id, 0x4080);
	ck_assert_uint_eq(bytes_at(p.ring.part[1], 12, 4), 0);
	ck_assert(p.kind->flush(p.device));
	ck_assert_uint_eq(bytes_at(p.ring.part[1], 0, 8), 0);
	ck_assert_uint_eq(bytes_at(p.ring.part[1], 8, 2), 1);            /* SQHD */
	ck_assert_uint_eq(bytes_at(p.ring.part[1], 10, 2), 0x0a0b);      /* SQID */
	ck_assert_uint_eq(bytes_at(p.ring.part[1], 12, 2), 0);           /* CID */
	ck_assert_uint_eq(bytes_at(p.ring.part[1], 14, 2), 0x8100 | 1u); /* status, phase */
	ck_assert(p.kind->reap(p.driver, &r));
	ck_assert_uint_eq(r.result, 0x4080);
	ck_assert_uint_eq(bytes_at(p.ring.part[2], 4, 4), 0);
	/* The head doorbell is rung once, when nothing more is there. */
	ck_assert(!p.kind->reap(p.driver, &r));
	ck_assert_uint_eq(bytes_at(p.ring.part[2], 4, 4), 1);
	queue_pair_fini(&p);
}
END_TEST

START_TEST(a_wrong_number_of_entries_is_named)
{
	struct sv_diag *diag = sv_diag_new();
	const struct sv_queue *split = queue_find(sv_queues_native, "vring-split");
	const struct sv_queue *packed = queue_find(sv_queues_native, "vring-packed");
	const struct sv_queue *pair = queue_find(sv_queues_native, "nvme-pair");

	ck_assert_int_eq(sv_queue_check_size(split, 32768, NULL, diag), 0);
	ck_assert_int_eq(sv_queue_check_size(packed, 3, NULL, diag), 0);
	ck_assert_int_eq(sv_queue_check_size(pair, 65536, NULL, diag), 0);
	ck_assert_int_eq(sv_queue_check_size(split, 3, NULL, diag), -1);
	ck_assert_int_eq(sv_queue_check_size(split, 65536, NULL, diag), -1);
	ck_assert_int_eq(sv_queue_check_size(packed, 0, NULL, diag), -1);
	ck_assert_int_eq(sv_queue_check_size(pair, 1, NULL, diag), -1);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		parts_of_a_split_ring_have_the_sizes_of_the_specification,
		a_split_ring_is_written_as_specified,
		flags_of_a_split_ring_ask_for_silence,
		an_indirect_table_is_written_as_specified,
		a_packed_ring_is_written_as_specified,
		an_nvme_pair_is_written_as_specified,
		a_wrong_number_of_entries_is_named,
		NULL,
	};

	return run_tests("queue_layouts", tests);
}
