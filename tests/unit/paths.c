/*
 * paths.c - what each way to a device costs, and why
 */
#include "block/path.h"
#include "run_suite.h"
#include "test_world.h"
#include <stdio.h>

/* A guest of toy-4 on CPUs of its own, whose disk is on a device that takes 8 us. */
struct setup {
	const char *disk, *vm, *fio, *host, *duration;
};

static double value(const struct setup *s, const char *metric)
{
	char text[1024];

	snprintf(text, sizeof(text),
		"simsvirt: 1\n"
		"host: {machine: toy-4, latency-limit: 0s%s}\n"
		"devices: {dev: {kind: null, latency: 8us}}\n"
		"vms:\n"
		"  t:\n"
		"    {mode: hvm, vcpus: 2, pin: one-to-one%s, disks: {a: {device: dev, %s}},\n"
		"     iothreads: {x: {cpu: 2}, y: {cpu: 3}},\n"
		"     workloads: {w: {kind: fio%s}}}\n"
		"run: {warmup: 1ms, duration: %s}\n",
		s->host ? s->host : "", s->vm ? s->vm : "", s->disk, s->fio ? s->fio : "",
		s->duration ? s->duration : "4ms");
	return value_of(text, metric);
}

static double of(const char *disk, const char *metric)
{
	return value(&(struct setup){ .disk = disk }, metric);
}

#define POSTED ", posted-interrupts: true"

/* Deep queues from both vCPUs. */
static double deep(const char *disk, const char *metric)
{
	return value(&(struct setup){ .disk = disk, .fio = ", numjobs: 2, iodepth: 32" }, metric);
}

static struct sv_kind guests_path(size_t i)
{
	struct sv_kind kind = sv_path_kinds.at(i);
	const struct sv_path *path = kind.object;

	if (kind.name && !(path->modes & SV_MODES_OF_GUESTS))
		kind.name = "";
	return kind;
}

/* That requests are conserved and stages add up is checked at the end of every run. */
START_TEST(every_path_of_guests_serves_deep_and_shallow_queues)
{
	struct sv_kind kind;
	char disk[96];

	for (size_t i = 0; (kind = guests_path(i)).name; i++) {
		if (!*kind.name)
			continue;
		snprintf(disk, sizeof(disk), "path: %s", kind.name);
		ck_assert_double_gt(
			value(&(struct setup){ .disk = disk, .vm = POSTED }, "w.latency.mean"),
			8e-6);
		/* Some serve one at a time: the queue is then in front of them. */
		ck_assert_double_gt(
			value(&(struct setup){ .disk = disk,
				      .vm = POSTED,
				      .fio = ", numjobs: 2, iodepth: 32, engine: io_uring",
				      .duration = "30ms" },
				"w.iops"),
			1500);
	}
}
END_TEST

START_TEST(a_container_has_the_hosts_own_disk)
{
	static const char text[] =
		"simsvirt: 1\n"
		"host: {machine: toy-4}\n"
		"devices: {dev: {kind: null, latency: 8us}}\n"
		"vms: {t: {mode: container, disks: {a: {device: dev, path: host}},\n"
		"          workloads: {w: {kind: fio}}}}\n"
		"run: {warmup: 1ms, duration: 4ms}\n";
	static const char bare[] = "simsvirt: 1\n"
				   "host: {machine: toy-4}\n"
				   "devices: {dev: {kind: null, latency: 8us}}\n"
				   "vms: {t: {mode: bare, disks: {a: {device: dev, path: host}},\n"
				   "          workloads: {w: {kind: fio}}}}\n"
				   "run: {warmup: 1ms, duration: 4ms}\n";

	ck_assert_double_gt(value_of(text, "w.iops"), 10000);
	ck_assert_double_eq_tol(value_of(text, "host.dev.iops"), value_of(text, "w.iops"), 500);
	ck_assert_double_gt(value_of(bare, "w.iops"), 10000);
	ck_assert_double_gt(value_of(bare, "host.time.threads"), 0);
}
END_TEST

START_TEST(a_thread_that_polls_needs_neither_kick_nor_wake_up)
{
	static const char *const sleeps = "path: virtio-blk, iothreads: one, poll-max: 0s";
	static const char *const polls = "path: virtio-blk, iothreads: one";

	ck_assert_double_eq_tol(of(sleeps, "t.a.kicks"), 1, 0.05);
	ck_assert_double_lt(of(polls, "t.a.kicks"), 0.05);
	ck_assert_double_lt(of(polls, "w.stage.wake") + of(polls, "w.stage.notify"),
		of(sleeps, "w.stage.wake"));
	/* And it finds the device's completion without being woken. */
	ck_assert_double_lt(of(polls, "w.stage.completion"), of(sleeps, "w.stage.completion"));
}
END_TEST

START_TEST(one_queue_makes_vcpus_wait_for_its_lock)
{
	static const char *const one = "path: vhost-user, queues: 1";
	static const char *const two = "path: vhost-user, queues: 2";

	ck_assert_double_gt(deep(one, "t.a.lock-wait"), 5 * deep(two, "t.a.lock-wait"));
}
END_TEST

START_TEST(one_thread_serves_the_queues_of_all_vcpus_in_turn)
{
	static const char *const one = "path: virtio-blk, iothreads: x";
	static const char *const both = "path: virtio-blk, iothreads: [x, y]";

	ck_assert_double_gt(deep(both, "w.iops"), 1.3 * deep(one, "w.iops"));
	ck_assert_double_gt(deep(one, "w.stage.back-end") + deep(one, "w.stage.wake"),
		1.3 * (deep(both, "w.stage.back-end") + deep(both, "w.stage.wake")));
}
END_TEST

START_TEST(a_thread_of_its_own_is_as_good_as_one_with_a_name)
{
	ck_assert_double_eq_tol(of("path: virtio-blk, iothreads: one", "w.iops"),
		of("path: virtio-blk, iothreads: y", "w.iops"), 2500);
}
END_TEST

START_TEST(pass_through_exits_for_interrupts_and_not_at_all_if_they_are_posted)
{
	struct setup s = { .disk = "path: passthrough", .fio = ", iodepth: 32" };
	double exits = value(&s, "t.exits.interrupt") + value(&s, "t.exits.eoi");

	ck_assert_double_gt(exits, 10000);
	ck_assert_double_eq(value(&s, "t.exits.mmio"), 0);
	s.vm = ", posted-interrupts: true";
	ck_assert_double_lt(value(&s, "t.exits.interrupt") + value(&s, "t.exits.eoi"), exits / 50);
	ck_assert_double_eq(value(&s, "w.stage.host-stack"), 0);
}
END_TEST

START_TEST(emulation_exits_for_each_register)
{
	ck_assert_double_eq_tol(
		of("path: ahci", "t.exits.mmio") / of("path: ahci", "w.iops"), 7, 0.2);
	ck_assert_double_eq_tol(of("path: ide", "t.exits.io") / of("path: ide", "w.iops"), 21, 0.7);
	ck_assert_double_eq(of("path: ide", "t.a.kicks"), 16);
}
END_TEST

START_TEST(a_process_that_drives_the_device_leaves_out_the_hosts_stack)
{
	static const char *const twice = "path: virtio-blk, iothreads: x";
	static const char *const once = "path: user-nvme, iothreads: x";

	ck_assert_double_lt(of(once, "w.stage.host-stack"), of(twice, "w.stage.host-stack") / 2);
	ck_assert_double_lt(of(once, "w.latency.mean"), of(twice, "w.latency.mean"));
	ck_assert_double_lt(of("path: direct-aio", "w.latency.mean"),
		of("path: user-nvme, iothreads: one, poll-max: 0s", "w.latency.mean"));
}
END_TEST

START_TEST(engines_differ_by_what_their_system_calls_cost)
{
	double threads = of("path: virtio-blk, iothreads: x, engine: threads", "w.latency.mean");
	double native = of("path: virtio-blk, iothreads: x, engine: native", "w.latency.mean");
	double uring = of("path: virtio-blk, iothreads: x, engine: io_uring", "w.latency.mean");
	double file = of("path: virtio-blk, iothreads: x, backing: file", "w.latency.mean");

	ck_assert_double_lt(uring, native);
	ck_assert_double_lt(native, threads - 2e-6);
	ck_assert_double_gt(file, native + 0.5e-6);
	ck_assert_double_gt(
		of("path: virtio-blk, iothreads: x, engine: io_uring-sqpoll", "w.iops"), 10000);
	/* Its thread of the kernel never sleeps. */
	ck_assert_double_gt(of("path: virtio-blk, iothreads: none, engine: io_uring-sqpoll",
				    "host.time.threads"),
		0.25);
}
END_TEST

START_TEST(the_main_loop_shares_its_lock_with_exits_to_device_models)
{
	static const char text[] = "simsvirt: 1\n"
				   "host: {machine: toy-4, latency-limit: 0s}\n"
				   "devices: {fast: {kind: null}, slow: {kind: null}}\n"
				   "vms:\n"
				   "  t:\n"
				   "    mode: hvm\n"
				   "    vcpus: 2\n"
				   "    pin: one-to-one\n"
				   "    disks:\n"
				   "      a: {device: fast, path: virtio-blk, iothreads: %s}\n"
				   "      b: {device: slow, path: ide}\n"
				   "    workloads: {w: {kind: fio, disk: a, iodepth: 4}, other: "
				   "{kind: fio, disk: b}}\n"
				   "run: {warmup: 1ms, duration: 10ms}\n";
	char shared[1024], apart[1024];

	snprintf(shared, sizeof(shared), text, "none");
	snprintf(apart, sizeof(apart), text, "one");
	ck_assert_double_lt(value_of(shared, "other.iops"), 0.7 * value_of(apart, "other.iops"));
}
END_TEST

START_TEST(rings_of_all_forms_and_sizes_serve)
{
	static const char *const rings[] = { "ring: split, queue-size: 4",
		"ring: split, queue-size: 4, indirect: false", "ring: packed, queue-size: 5",
		"ring: packed, queue-size: 5, indirect: false", "event-idx: false",
		"ring: packed, event-idx: false", "in-order: true",
		"ring: packed, in-order: true" };
	char disk[160];

	for (size_t i = 0; i < sizeof(rings) / sizeof(rings[0]); i++) {
		snprintf(disk, sizeof(disk), "path: virtio-blk, iothreads: x, %s", rings[i]);
		ck_assert_double_gt(deep(disk, "w.iops"), 5000);
	}
}
END_TEST

START_TEST(a_disk_that_polls_takes_no_interrupts)
{
	struct setup s = { .disk = "path: vhost-user, poll: iopoll", .fio = ", engine: io_uring" };

	ck_assert_double_gt(value(&s, "w.iops"), 10000);
	ck_assert_double_eq(value(&s, "t.a.interrupts"), 0);
}
END_TEST

START_TEST(reactors_leave_pinned_vcpus_alone)
{
	ck_assert_double_gt(of("path: {kind: vhost-user, cores: 2}", "w.iops"), 10000);
	ck_assert_double_lt(of("path: {kind: vhost-user, cores: 2}", "t.steal"), 0.01);
	/* On the PU of a vCPU, it would wait for a whole slice. */
	ck_assert_double_gt(of("path: {kind: vhost-user, cpu: 0}", "t.steal"), 0.2);
}
END_TEST

/* Their handlers come to CPUs that wake up for one task and switch to another one meanwhile. */
START_TEST(copies_of_an_emulated_guest_share_a_drive)
{
	static const char text[] =
		"simsvirt: 1\n"
		"host: {machine: toy-4}\n"
		"devices: {dev: {kind: nvme, model: p4800x}}\n"
		"vms: {t: {mode: emulated, count: 2, vcpus: 3,\n"
		"          disks: {a: {device: dev, path: virtio-blk}},\n"
		"          workloads: {w: {kind: fio, numjobs: 4, iodepth: 4, rw: randrw}}}}\n"
		"run: {warmup: 1ms, duration: 5ms}\n";

	ck_assert_double_gt(value_of(text, "w.iops"), 5000);
}
END_TEST

START_TEST(results_do_not_depend_on_running_ahead)
{
	static const char text[] =
		"simsvirt: 1\n"
		"host: {machine: toy-4}\n"
		"devices: {dev: {kind: null, latency: 8us}}\n"
		"vms: {t: {mode: hvm, vcpus: 3, posted-interrupts: true, disks: {a: {device: dev, "
		"path: %s}},\n"
		"          workloads: {w: {kind: fio, numjobs: 4, iodepth: 4}}}}\n"
		"run: {warmup: 1ms, duration: 5ms, run-ahead: %s}\n";
	struct sv_kind kind;
	char ahead[512], not_ahead[512];

	for (size_t i = 0; (kind = guests_path(i)).name; i++) {
		if (!*kind.name)
			continue;
		snprintf(ahead, sizeof(ahead), text, kind.name, "true");
		snprintf(not_ahead, sizeof(not_ahead), text, kind.name, "false");
		ck_assert_double_eq(value_of(ahead, "w.submission.mean"),
			value_of(not_ahead, "w.submission.mean"));
		ck_assert_double_eq(value_of(ahead, "t.running"), value_of(not_ahead, "t.running"));
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		every_path_of_guests_serves_deep_and_shallow_queues,
		a_container_has_the_hosts_own_disk,
		a_thread_that_polls_needs_neither_kick_nor_wake_up,
		one_queue_makes_vcpus_wait_for_its_lock,
		one_thread_serves_the_queues_of_all_vcpus_in_turn,
		a_thread_of_its_own_is_as_good_as_one_with_a_name,
		pass_through_exits_for_interrupts_and_not_at_all_if_they_are_posted,
		emulation_exits_for_each_register,
		a_process_that_drives_the_device_leaves_out_the_hosts_stack,
		engines_differ_by_what_their_system_calls_cost,
		the_main_loop_shares_its_lock_with_exits_to_device_models,
		rings_of_all_forms_and_sizes_serve,
		a_disk_that_polls_takes_no_interrupts,
		reactors_leave_pinned_vcpus_alone,
		copies_of_an_emulated_guest_share_a_drive,
		results_do_not_depend_on_running_ahead,
		NULL,
	};

	return run_tests("paths", tests);
}
