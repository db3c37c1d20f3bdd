/*
 * disks.c - disks give the same results however they are run
 *
 * Each way to a drive, and each block layer over two of them, with and without run-ahead; and a
 * run that repeats itself. The run itself fails when requests are lost, when stages do not add up
 * or when Little's law does not hold.
 */
#include "run_suite.h"
#include "world/world.h"
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *mode, *disk;
} ways[] = {
	{ "container", "ssd, path: host" },
	{ "container", "sda, path: host" },
	{ "hvm", "ssd, path: passthrough, queues: 2" },
	{ "hvm, posted-interrupts: true", "ssd, path: passthrough, queues: 4" },
	{ "hvm", "ssd, path: passthrough, queues: 1, layer: sq, queue-depth: 4" },
	{ "hvm", "ssd, path: passthrough, queues: 2, scheduler: deadline, queue-depth: 4" },
	{ "hvm", "ssd, path: passthrough, queues: 1, plug: 0, rq-affinity: cpu, queue-depth: 2" },
	{ "hvm", "ssd, path: virtio-blk" },
	{ "hvm", "ssd, path: virtio-blk, iothreads: per-queue, queues: 4, ring: packed" },
	{ "hvm", "ssd, path: virtio-blk, layer: sq, queue-size: 16" },
	{ "pvm", "ssd, path: vhost-blk" },
	{ "pvm, kernel: {spinlock: pv-qspinlock}, vcpus: 8",
		"ssd, path: virtio-blk, layer: sq, queue-depth: 4" },
	{ "pvm, vcpus: 8", "ssd, path: passthrough, queues: 1, lock: pv-ticket" },
	{ "pvm", "ssd, path: vhost-user" },
	{ "hvm", "ssd, path: user-nvme" },
	{ "hvm", "ssd, path: ahci" },
};
#define WAYS ((int)(sizeof(ways) / sizeof(ways[0])))

static const char *const host_layers[] = { "{}", "{poll: iopoll}",
	"{poll: hybrid, poll-window: 500us}", "{layer: sq, scheduler: deadline}",
	"{scheduler: deadline, queue-depth: 3}" };
#define LAYERS ((int)(sizeof(host_layers) / sizeof(host_layers[0])))

static const char scenario[] = "simsvirt: 1\n"
			       "host: {machine: toy-4, scheduler: cfs, block: %s}\n"
			       "devices: {ssd: {kind: nvme, model: p4800x}, sda: {kind: sata}}\n"
			       "vms:\n"
			       "  vm: {mode: %s, disks: {vda: {device: %s}}, workloads: {io: "
			       "{kind: fio, rw: randrw,\n"
			       "    bs: 4KiB, engine: %s, numjobs: 3, iodepth: %d, batch: %d}}}\n"
			       "run: {warmup: 2ms, duration: 6ms, run-ahead: %s}\n";

static struct sv_metrics run(int way, int layer, const char *ahead)
{
	struct sv_diag *diag = sv_diag_new();
	/* Who polls does not sleep in io_getevents(). */
	bool sync = layer > 0 && layer < 3;
	char text[1024];
	struct sv_study *study;
	struct sv_metrics m;

	snprintf(text, sizeof(text), scenario, host_layers[layer], ways[way].mode, ways[way].disk,
		sync ? "sync" : "libaio", sync ? 1 : 8, sync ? 1 : 4, ahead);
	study = sv_study_parse("disks", text, strlen(text), diag);
	sv_diag_print(diag, stderr);
	ck_assert_ptr_nonnull(study);
	sv_metrics_init(&m);
	ck_assert_int_eq(sv_world_run(sv_study_point(study, 0), 0, NULL, &m, diag), 0);
	sv_study_free(study);
	sv_diag_free(diag);
	return m;
}

static void is_equal(struct sv_metrics *a, struct sv_metrics *b)
{
	double x, y;

	ck_assert_uint_gt(a->events, 1000);
	ck_assert_uint_eq(a->events, b->events);
	ck_assert_uint_eq(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		ck_assert_str_eq(a->value[i].name, b->value[i].name);
		x = a->value[i].value;
		y = b->value[i].value;
		ck_assert_msg(x == y || (isnan(x) && isnan(y)), "%s: %.17g and %.17g",
			a->value[i].name, x, y);
	}
	ck_assert_double_gt(sv_metrics_get(a, "io.iops")->value, 1000);
	sv_metrics_fini(a);
	sv_metrics_fini(b);
}

START_TEST(run_ahead_changes_nothing_on_any_way_to_a_drive)
{
	struct sv_metrics a = run(_i, 0, "true"), b = run(_i, 0, "false");

	is_equal(&a, &b);
}
END_TEST

START_TEST(run_ahead_changes_nothing_in_any_block_layer_of_the_host)
{
	struct sv_metrics a = run(0, _i, "true"), b = run(0, _i, "false");

	is_equal(&a, &b);
}
END_TEST

START_TEST(a_run_repeats_itself)
{
	struct sv_metrics a = run(8, 0, "true"), b = run(8, 0, "true");

	is_equal(&a, &b);
}
END_TEST

int main(void)
{
	TCase *same = tcase_create("same");

	tcase_set_timeout(same, 120);
	tcase_add_loop_test(same, run_ahead_changes_nothing_on_any_way_to_a_drive, 0, WAYS);
	tcase_add_loop_test(
		same, run_ahead_changes_nothing_in_any_block_layer_of_the_host, 0, LAYERS);
	tcase_add_test(same, a_run_repeats_itself);
	return run_case("disks", same);
}
