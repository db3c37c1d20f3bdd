/*
 * vublk.c - our virtqueues against qemu-storage-daemon, a device that others wrote
 *
 * What is compared are contents and counts; nothing depends on how fast the machine is.
 */
#include "vublk.h"
#include "pinned.h"
#include "queues.h"
#include "run_suite.h"
#include "sanitized.h"
#include "storage_daemon.h"
#include "test_text.h"
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#define SECONDS 100 /* for the daemon */
#define BYTES   (UINT64_C(4) << 20)
#define BLOCK   4096
#define BLOCKS  (BYTES / BLOCK)
#define SKIP    77
#define ENTRIES 64

static struct sv_diag *diag;
static struct sv_peer daemon_;
static struct sv_vublk disk;

static const struct sv_queue *split(void)
{
	size_t i = 0;

	while (strcmp(sv_queues_native[i]->name, "vring-split") != 0)
		i++;
	return sv_queues_native[i];
}

/* Options of the split virtqueue, as the scenario language writes them. */
static void open_disk(const char *options, unsigned queues, unsigned depth)
{
	const struct sv_table *table = split()->options;
	struct sv_doc *doc = sv_doc_parse("test", options, strlen(options), diag);
	void *cfg = sv_doc_alloc(doc, table->size);
	struct sv_storage_daemon how = {
		.bytes = BYTES, .queues = queues, .pu = SV_PINNED_ANYWHERE, .seconds = SECONDS
	};
	int result;

	sv_read(table, sv_doc_root(doc), cfg, doc, diag);
	test_no_errors(diag);
	ck_assert_int_eq(sv_storage_daemon_start(&daemon_, &how, diag), 0);
	result = sv_vublk_open(&disk, daemon_.socket,
		&(struct sv_vublk_how){ .kind = split(),
			.cfg = cfg,
			.queues = queues,
			.size = ENTRIES,
			.depth = depth,
			.bytes = BLOCK },
		diag);
	if (result < 0)
		sv_peer_runs(&daemon_, diag);
	test_no_errors(diag);
	sv_doc_free(doc);
}

static void close_disk(void)
{
	for (unsigned i = 0; i < disk.how.queues; i++)
		ck_assert_int_eq(sv_vhost_user_stop(&disk.v, i, diag), 0);
	ck_assert(sv_peer_runs(&daemon_, diag));
	test_no_errors(diag);
	sv_vublk_close(&disk);
	sv_peer_stop(&daemon_);
}

static void *run_queue(void *arg)
{
	struct sv_vublk_queue *q = arg;

	sv_vublk_run(&disk, (unsigned)(q - disk.queue));
	return NULL;
}

/* Each queue does that many requests, all at the same time. */
static void run(enum sv_blk_what what, bool events, uint64_t requests)
{
	pthread_t thread[SV_VUBLK_QUEUES];

	for (unsigned i = 0; i < disk.how.queues; i++) {
		struct sv_blk_load *l = disk.queue[i].driver.load;

		l->what = what;
		l->events = events;
		l->requests = requests;
		ck_assert_int_eq(pthread_create(&thread[i], NULL, run_queue, &disk.queue[i]), 0);
	}
	for (unsigned i = 0; i < disk.how.queues; i++) {
		const struct sv_blk_load *l = disk.queue[i].driver.load;

		pthread_join(thread[i], NULL);
		ck_assert_uint_eq(l->done, requests);
		ck_assert_uint_eq(l->failed, 0);
		ck_assert_uint_eq(l->wrong, 0);
	}
}

/* What lies in the file, read past the queues. */
static void expect_patterns(void)
{
	uint8_t sector[SV_BLK_SECTOR];
	int fd = open(daemon_.file, O_RDONLY);

	ck_assert_int_ge(fd, 0);
	for (uint64_t i = 0; i < BYTES / SV_BLK_SECTOR; i++) {
		ck_assert_int_eq(pread(fd, sector, sizeof(sector), (off_t)(i * sizeof(sector))),
			(ssize_t)sizeof(sector));
		ck_assert_msg(sv_blk_is_pattern(sector, i), "sector %llu", (unsigned long long)i);
	}
	close(fd);
}

static void write_and_read(
	const char *options, unsigned queues, unsigned depth, bool events, uint64_t reads)
{
	open_disk(options, queues, depth);
	run(SV_BLK_WRITE, events, BLOCKS);
	expect_patterns();
	run(SV_BLK_VERIFY, events, reads);
	close_disk();
}

START_TEST(content_survives_with_polling)
{
	/* More than 2^16: indices wrap. */
	write_and_read("{}", 1, 16, false, SANITIZED_ROUNDS(70000));
}
END_TEST

START_TEST(content_survives_with_notifications)
{
	write_and_read("{}", 1, 16, true, SANITIZED_ROUNDS(10000));
}
END_TEST

START_TEST(content_survives_on_two_queues)
{
	write_and_read("{}", 2, 8, false, SANITIZED_ROUNDS(10000));
}
END_TEST

START_TEST(content_survives_on_two_queues_with_notifications)
{
	write_and_read("{}", 2, 8, true, SANITIZED_ROUNDS(10000));
}
END_TEST

START_TEST(content_survives_without_indirect_tables_and_named_events)
{
	write_and_read("{indirect: 0, event-idx: false}", 1, 16, true, SANITIZED_ROUNDS(10000));
}
END_TEST

/* A device that has caught up names the next request as the one to be told of: at a depth of one it
 * has always. */
START_TEST(each_of_single_requests_is_kicked_and_few_are_notified_twice)
{
	const struct sv_blk_load *l;

	open_disk("{}", 1, 1);
	l = disk.queue[0].driver.load;
	run(SV_BLK_READ, true, 2000);
	ck_assert_uint_eq(l->kicks, 2000);
	ck_assert_uint_le(l->interrupts, 2000);
	run(SV_BLK_READ, false, 2000);
	ck_assert_uint_eq(l->kicks, 2000);
	ck_assert_uint_le(l->interrupts, 1);
	close_disk();
}
END_TEST

START_TEST(requests_that_are_shown_together_are_kicked_and_notified_together)
{
	const struct sv_blk_load *l;

	open_disk("{}", 1, 16);
	l = disk.queue[0].driver.load;
	run(SV_BLK_READ, true, 16);
	ck_assert_uint_eq(l->kicks, 1);
	ck_assert_uint_le(l->interrupts, 16);
	run(SV_BLK_READ, true, 20000);
	ck_assert_uint_le(l->kicks, 20000);
	ck_assert_uint_le(l->interrupts, 20000);
	close_disk();
}
END_TEST

/* The driver would wait for ever. */
START_TEST(a_driver_whose_device_has_died_can_be_stopped)
{
	struct sv_blk_load *l;
	pthread_t thread;

	open_disk("{}", 1, 4);
	l = disk.queue[0].driver.load;
	l->what = SV_BLK_READ;
	l->events = true;
	sv_peer_stop(&daemon_);
	ck_assert_int_eq(pthread_create(&thread, NULL, run_queue, &disk.queue[0]), 0);
	sv_vublk_abandon(&disk, 0);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(l->done, 0);
	sv_vublk_close(&disk);
}
END_TEST

START_TEST(a_daemon_that_cannot_serve_says_why)
{
	struct sv_storage_daemon how = {
		.bytes = BYTES, .null = true, .pu = 0, .seconds = SECONDS
	};

	/* It refuses to have no queues. */
	ck_assert_int_eq(sv_storage_daemon_start(&daemon_, &how, diag), 0);
	for (int i = 0; i < 1000 && sv_diag_errors(diag) == 0; i++) {
		sv_peer_runs(&daemon_, diag);
		usleep(10000);
	}
	test_says(diag, "num-queues must be greater than 0");
	sv_peer_stop(&daemon_);
}
END_TEST

START_TEST(a_program_that_is_not_there_is_seen)
{
	ck_assert(sv_peer_is_there("sh"));
	ck_assert(!sv_peer_is_there("no-such-program-anywhere"));
}
END_TEST

static void make_diag(void)
{
	diag = sv_diag_new();
}

static void free_diag(void)
{
	sv_diag_free(diag);
}

int main(void)
{
	TCase *all = tcase_create("vublk");

	if (!sv_storage_daemon_is_there()) {
		puts("skipped: there is no " SV_STORAGE_DAEMON
		     "; tools/setup/install peers installs it");
		return SKIP;
	}
	tcase_set_timeout(all, SECONDS);
	tcase_add_checked_fixture(all, make_diag, free_diag);
	tcase_add_test(all, content_survives_with_polling);
	tcase_add_test(all, content_survives_with_notifications);
	tcase_add_test(all, content_survives_on_two_queues);
	tcase_add_test(all, content_survives_on_two_queues_with_notifications);
	tcase_add_test(all, content_survives_without_indirect_tables_and_named_events);
	tcase_add_test(all, each_of_single_requests_is_kicked_and_few_are_notified_twice);
	tcase_add_test(all, requests_that_are_shown_together_are_kicked_and_notified_together);
	tcase_add_test(all, a_driver_whose_device_has_died_can_be_stopped);
	tcase_add_test(all, a_daemon_that_cannot_serve_says_why);
	tcase_add_test(all, a_program_that_is_not_there_is_seen);
	return run_case("vublk", all);
}
