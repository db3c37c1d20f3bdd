/*
 * virtio_guest.c - our virtqueue inside a KVM guest, against qemu-storage-daemon
 *
 * The guest's own code puts requests into the ring and kicks by a port; contents and counts are
 * compared.
 */
#include "virtio_guest.h"
#include "run_suite.h"
#include "sanitized.h"
#include "test_disk.h"
#include <pthread.h>

#define DEPTH 16

static struct sv_diag *diag;
static struct sv_peer daemon_;
static struct sv_virtio_guest guest;
static void *cfg;

static void start(const char *options, unsigned depth)
{
	int result;

	diag = sv_diag_new();
	cfg = test_disk_cfg(options, diag);
	test_disk_start(&daemon_, 1, diag);
	result = sv_virtio_guest_open(&guest, daemon_.socket,
		&(struct sv_vublk_how){ .kind = test_disk_split(),
			.cfg = cfg,
			.queues = 1,
			.size = 64,
			.depth = depth,
			.bytes = TEST_DISK_BLOCK },
		diag);
	if (result < 0)
		sv_peer_runs(&daemon_, diag);
	test_no_errors(diag);
}

static void stop(void)
{
	sv_virtio_guest_close(&guest);
	sv_peer_stop(&daemon_);
	free(cfg);
	sv_diag_free(diag);
}

static const struct sv_blk_load *run(enum sv_blk_what what, uint64_t requests)
{
	struct sv_blk_load *l = sv_virtio_guest_load(&guest);

	l->what = what;
	l->requests = requests;
	sv_virtio_guest_run(&guest, diag);
	test_no_errors(diag);
	ck_assert_uint_eq(l->done, requests);
	ck_assert_uint_eq(l->failed, 0);
	ck_assert_uint_eq(l->wrong, 0);
	return l;
}

static void write_and_read(const char *options)
{
	start(options, DEPTH);
	run(SV_BLK_WRITE, TEST_DISK_BLOCKS);
	test_disk_expect_patterns(&daemon_);
	run(SV_BLK_VERIFY, SANITIZED_ROUNDS(10000));
	stop();
}

START_TEST(content_from_inside_a_guest_survives)
{
	write_and_read("{}");
}
END_TEST

START_TEST(content_survives_without_indirect_tables_and_named_events)
{
	write_and_read("{indirect: 0, event-idx: false}");
}
END_TEST

START_TEST(each_of_single_requests_leaves_the_guest_once)
{
	const struct sv_blk_load *l;

	start("{}", 1);
	l = run(SV_BLK_READ, 1000);
	ck_assert_uint_eq(l->kicks, 1000);
	ck_assert_uint_le(l->interrupts, 1);
	stop();
}
END_TEST

START_TEST(requests_that_are_shown_together_are_kicked_together)
{
	start("{}", DEPTH);
	ck_assert_uint_eq(run(SV_BLK_READ, DEPTH)->kicks, 1);
	stop();
}
END_TEST

static void *run_guest(void *arg)
{
	(void)arg;
	sv_virtio_guest_run(&guest, diag);
	return NULL;
}

START_TEST(a_guest_whose_device_has_died_can_be_stopped)
{
	struct sv_blk_load *l;
	pthread_t thread;

	start("{}", 4);
	l = sv_virtio_guest_load(&guest);
	l->what = SV_BLK_READ;
	l->requests = 100;
	sv_peer_stop(&daemon_);
	ck_assert_int_eq(pthread_create(&thread, NULL, run_guest, NULL), 0);
	/* Long enough for it to have gone to sleep, or to poll. */
	usleep(20000);
	sv_vublk_abandon(&guest.disk, 0);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(l->done, 0);
	stop();
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("virtio_guest");
	const char *lacks = sv_virtio_guest_lacks();

	if (!sv_storage_daemon_is_there())
		lacks = "there is no " SV_STORAGE_DAEMON "; tools/setup/install peers installs it";
	if (lacks) {
		printf("skipped: %s\n", lacks);
		return 77;
	}
	tcase_set_timeout(all, TEST_DISK_SECONDS);
	tcase_add_test(all, content_from_inside_a_guest_survives);
	tcase_add_test(all, content_survives_without_indirect_tables_and_named_events);
	tcase_add_test(all, each_of_single_requests_leaves_the_guest_once);
	tcase_add_test(all, requests_that_are_shown_together_are_kicked_together);
	tcase_add_test(all, a_guest_whose_device_has_died_can_be_stopped);
	return run_case("virtio_guest", all);
}
