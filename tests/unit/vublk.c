/*
 * vublk.c - our virtqueues against qemu-storage-daemon, a device that others wrote
 *
 * What is compared are contents and counts; nothing depends on how fast the machine is.
 */
#include "vublk.h"
#include "run_suite.h"
#include "sanitized.h"
#include "test_disk.h"
#include <pthread.h>
#include <unistd.h>

#define ENTRIES 64

static struct sv_diag *diag;
static struct sv_peer daemon_;
static struct sv_vublk disk;

/* Options of the split virtqueue, as the scenario language writes them. */
static void open_disk(const char *options, unsigned queues, unsigned depth)
{
	int result;

	test_disk_start(&daemon_, queues, diag);
	result = sv_vublk_open(&disk, daemon_.socket,
		&(struct sv_vublk_how){ .kind = test_disk_split(),
			.cfg = test_disk_cfg(options, diag),
			.queues = queues,
			.size = ENTRIES,
			.depth = depth,
			.bytes = TEST_DISK_BLOCK },
		diag);
	if (result < 0)
		sv_peer_runs(&daemon_, diag);
	test_no_errors(diag);
}

static void close_disk(void)
{
	void *cfg = (void *)(uintptr_t)disk.how.cfg;

	for (unsigned i = 0; i < disk.how.queues; i++)
		ck_assert_int_eq(sv_vhost_user_stop(&disk.v, i, diag), 0);
	ck_assert(sv_peer_runs(&daemon_, diag));
	test_no_errors(diag);
	sv_vublk_close(&disk);
	free(cfg);
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

static void write_and_read(
	const char *options, unsigned queues, unsigned depth, bool events, uint64_t reads)
{
	open_disk(options, queues, depth);
	run(SV_BLK_WRITE, events, TEST_DISK_BLOCKS);
	test_disk_expect_patterns(&daemon_);
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
	l->requests = 100;
	sv_peer_stop(&daemon_);
	ck_assert_int_eq(pthread_create(&thread, NULL, run_queue, &disk.queue[0]), 0);
	/* Long enough for it to have gone to sleep, or to poll. */
	usleep(20000);
	sv_vublk_abandon(&disk, 0);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(l->done, 0);
	free((void *)(uintptr_t)disk.how.cfg);
	sv_vublk_close(&disk);
}
END_TEST

START_TEST(a_daemon_that_cannot_serve_says_why)
{
	struct sv_storage_daemon how = {
		.bytes = TEST_DISK_BYTES, .null = true, .pu = 0, .seconds = TEST_DISK_SECONDS
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
		return 77;
	}
	tcase_set_timeout(all, TEST_DISK_SECONDS);
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
