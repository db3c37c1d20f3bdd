/*
 * fio.c - tests of the workload fio, on a disk that takes a fixed time
 */
#include "workloads/fio.h"
#include "run_suite.h"
#include "sim_host.h"
#include "test_text.h"
#include <math.h>
#include <unistd.h>

extern const struct sv_workload sv_workload_fio;

#define SERVICE  (10 * SV_US)
#define CAPACITY (1u << 20)

/* What a disk may do wrong. */
enum fault { SOUND, LOSES_TIME, FAILS };

/* One request at a time, completed by events or found by polling. */
struct sv_disk {
	struct sv_lp *lp;
	struct sv_device_alarm alarm;
	struct sv_request *first, **end; /* being served */
	unsigned most, batches;
	sv_time busy;
	uint64_t lowest, highest, reads, writes;
	sv_time first_at, last_at; /* submissions after the warm-up */
	bool polled;
	enum fault fault;
};

uint64_t sv_disk_capacity(const struct sv_disk *disk)
{
	(void)disk;
	return CAPACITY;
}

static void disk_end(struct sv_disk *d, struct sv_sim_thread *by)
{
	struct sv_request *r = d->first;

	d->first = r->next;
	if (!d->first)
		d->end = &d->first;
	sv_request_stage(r, sv_now(d->lp), SV_STAGE_INJECT);
	r->spent[SV_STAGE_DEVICE] -= d->fault == LOSES_TIME;
	r->io.failed = d->fault == FAILS;
	r->end(r, by);
}

static void fire(struct sv_device_alarm *alarm)
{
	struct sv_disk *d = (struct sv_disk *)((char *)alarm - offsetof(struct sv_disk, alarm));

	if (!d->polled)
		disk_end(d, NULL);
}

void sv_disk_submit(
	struct sv_disk *d, struct sv_sim_thread *self, struct sv_request **request, unsigned n)
{
	sv_time now = sv_now(d->lp);

	(void)self;
	d->batches++;
	d->first_at = d->first_at ? d->first_at : now;
	d->last_at = now;
	for (unsigned i = 0; i < n; i++) {
		struct sv_request *r = request[i];

		sv_request_stage(r, now, SV_STAGE_DEVICE);
		d->busy = (d->busy > now ? d->busy : now) + SERVICE;
		r->next = NULL;
		r->private[0] = (uint64_t)d->busy;
		*d->end = r;
		d->end = &r->next;
		d->lowest = r->io.offset < d->lowest ? r->io.offset : d->lowest;
		d->highest = r->io.offset > d->highest ? r->io.offset : d->highest;
		*(r->io.op == SV_IO_READ ? &d->reads : &d->writes) += 1;
		sv_device_after(d->lp, d->busy - now, &d->alarm);
	}
}

bool sv_disk_polls(const struct sv_disk *d)
{
	return d->polled;
}

unsigned sv_disk_poll(struct sv_disk *d, struct sv_sim_thread *self, struct sv_request *request)
{
	SV_BUG_ON(!d->first || !((struct sv_fio_io *)request->owner)->flies);
	if ((sv_time)d->first->private[0] > sv_now(d->lp))
		return 0;
	disk_end(d, self);
	return 1;
}

struct bench {
	struct toy_machine toy;
	struct sim_host host;
	struct sv_disk disk;
	struct sv_system_disk mounted;
	struct sv_doc *doc;
	struct sv_metrics metrics;
};

static void handle(struct sv_lp *lp, const struct sv_event *event)
{
	if (!sv_device_handle(event))
		sim_host_handle(lp, event);
}

static void free_costs(struct sv_machine *m)
{
	for (enum sv_cost c = SV_COST_IO_USER; c <= SV_COST_IO_URING_REAP; c++)
		m->cost[c] = 0;
}

/* Runs the workload with options, for a warm-up of 1 ms and 10 ms. With a fault, it must be said.
 */
static struct bench *run_with(const char *options, bool polled, enum fault fault, const char *says)
{
	const struct sv_workload *w = &sv_workload_fio;
	struct bench *b = calloc(1, sizeof(*b));
	struct sv_diag *diag = sv_diag_new();
	void *config = calloc(1, w->options->size), *state;

	toy_machine_init(&b->toy);
	free_costs(&b->toy.machine);
	sim_host_init(&b->host, &b->toy.machine, false);
	b->host.lp->handle = handle;
	b->disk = (struct sv_disk){
		.lp = b->host.lp, .lowest = UINT64_MAX, .polled = polled, .fault = fault
	};
	b->disk.alarm.fire = fire;
	b->disk.end = &b->disk.first;
	b->mounted = (struct sv_system_disk){ .name = "vda", .disk = &b->disk };
	b->host.system.disks = &b->mounted;
	b->host.system.settle = SV_MS / 2;
	b->doc = sv_doc_parse("test", options, strlen(options), diag);
	test_no_errors(diag);
	ck_assert_int_eq(sv_read(w->options, sv_doc_root(b->doc), config, b->doc, diag), 0);
	ck_assert_int_ge(w->check(config, TOY_PUS, sv_doc_root(b->doc), diag), 0);
	state = w->start(&b->host.system, "io", config, diag);
	test_no_errors(diag);
	sim_host_run(&b->host, SV_MS);
	w->reset(state, SV_MS);
	sim_host_run(&b->host, 11 * SV_MS);
	sv_metrics_init(&b->metrics);
	ck_assert_int_eq(w->finish(state, 11 * SV_MS, &b->metrics, diag), says ? -1 : 0);
	if (says)
		test_says(diag, says);
	test_no_errors(diag);
	w->free(state);
	free(config);
	sv_diag_free(diag);
	return b;
}

static struct bench *run(const char *options, bool polled)
{
	return run_with(options, polled, SOUND, NULL);
}

static void done(struct bench *b)
{
	sv_metrics_fini(&b->metrics);
	sv_doc_free(b->doc);
	sim_host_fini(&b->host);
	free(b);
}

static double value(const struct bench *b, const char *name)
{
	const struct sv_metric_value *v = sv_metrics_get(&b->metrics, name);

	ck_assert_msg(v != NULL, "%s", name);
	return v->value;
}

/* Toy: a system call 0.2 us, a wake-up 5 us. */
START_TEST(a_synchronous_thread_pays_one_call_and_one_wake_up)
{
	struct bench *b = run("{engine: sync}", false);

	ck_assert_double_eq_tol(value(b, "io.latency.mean"), 15.2e-6, 1e-12);
	ck_assert_double_eq_tol(value(b, "io.iops"), 1 / 15.2e-6, 200);
	ck_assert_double_eq_tol(value(b, "io.stage.submit"), 0.2e-6, 1e-12);
	ck_assert_double_eq_tol(value(b, "io.stage.device"), 10e-6, 1e-12);
	ck_assert_double_eq_tol(value(b, "io.stage.injection"), 5e-6, 1e-12);
	ck_assert_double_eq_tol(value(b, "io.place.guest"), 0.2e-6, 1e-12);
	ck_assert_double_eq_tol(value(b, "io.place.exits"), 5e-6, 1e-12);
	ck_assert_double_eq_tol(value(b, "io.place.device"), 10e-6, 1e-12);
	ck_assert(value(b, "io.submission.mean") == 0);
	ck_assert_double_eq_tol(value(b, "io.cpu.threads"), 0.2e-6, 1e-9);
	done(b);
}
END_TEST

START_TEST(to_wait_for_ends_is_a_call)
{
	struct bench *b = run(_i ? "{engine: io_uring}" : "{engine: libaio}", false);

	ck_assert_double_eq_tol(value(b, "io.cpu.threads"), 0.4e-6, 1e-9);
	ck_assert_double_eq_tol(value(b, "io.submission.mean"), 0.2e-6, 1e-12);
	done(b);
}
END_TEST

START_TEST(stages_that_are_not_the_latency_fail_the_run)
{
	done(run_with("{engine: sync}", false, LOSES_TIME, "io: the stages of an I/O are not"));
	done(run_with("{engine: sync}", false, FAILS, "io: an I/O failed"));
}
END_TEST

START_TEST(a_thread_that_polls_pays_for_no_wake_up)
{
	struct bench *b = run(_i ? "{engine: io_uring}" : "{engine: sync}", true);

	/* It looks every 4 ns; io_uring's second call passes while the disk is busy. */
	ck_assert_double_eq_tol(value(b, "io.latency.mean"), 10.2e-6, 4e-9);
	ck_assert_double_eq_tol(value(b, "io.cpu.threads"), value(b, "io.latency.mean"), 2e-8);
	done(b);
}
END_TEST

START_TEST(depth_overlaps_what_a_call_costs)
{
	struct bench *b =
		run(_i ? "{engine: libaio, iodepth: 8}" : "{engine: io_uring, iodepth: 8}", false);

	/* The disk is the bottleneck, and always busy. */
	ck_assert_double_eq_tol(value(b, "io.iops"), 1e5, 100);
	ck_assert_double_eq_tol(value(b, "io.depth"), 8, 0.1);
	ck_assert_double_eq_tol(
		value(b, "io.latency.mean"), value(b, "io.depth") / value(b, "io.iops"), 1e-6);
	done(b);
}
END_TEST

START_TEST(a_batch_is_one_submission)
{
	struct bench *b = run("{engine: io_uring, iodepth: 8, batch: 8, batch-complete: 8}", false);
	double ios = (double)(b->disk.reads + b->disk.writes);

	ck_assert_double_eq_tol(ios / b->disk.batches, 8, 1e-12);
	ck_assert_double_gt(value(b, "io.submission.mean"), 0);
	done(b);
}
END_TEST

START_TEST(a_rate_is_kept_and_not_exceeded)
{
	static const char *const options[] = { "{rate: 10000/s}",
		"{rate: 10000/s, arrivals: poisson, numjobs: 2, iodepth: 4}" };
	struct bench *b = run(options[_i], false);

	ck_assert_double_eq_tol(value(b, "io.iops"), _i ? 20000 : 10000, _i ? 2500 : 101);
	done(b);
}
END_TEST

START_TEST(thinking_comes_between_as_many_ios_as_are_asked_for)
{
	struct bench *b = run("{engine: sync, thinktime: 95.2us, thinktime-blocks: 2}", false);

	/* Two of 15.2 us, and a sleep with its call and wake-up. */
	ck_assert_double_eq_tol(value(b, "io.iops"), 2 / (2 * 15.2e-6 + 100.4e-6), 300);
	done(b);
}
END_TEST

START_TEST(a_mix_has_its_share_of_reads)
{
	struct bench *b = run("{rw: randrw, mix: 0.7, iodepth: 8}", false);

	ck_assert_double_eq_tol(
		value(b, "io.read.iops") + value(b, "io.write.iops"), value(b, "io.iops"), 1);
	ck_assert_double_eq_tol(value(b, "io.read.iops") / value(b, "io.iops"), 0.7, 0.05);
	ck_assert(isfinite(value(b, "io.write.latency.p99")));
	done(b);
}
END_TEST

START_TEST(blocks_lie_in_the_part_that_is_asked_for)
{
	static const char *const options[] = { "{rw: write, offset: 64KiB, size: 128KiB}",
		"{rw: randwrite, offset: 64KiB, size: 128KiB}",
		"{rw: randwrite, random: zipf, skew: 1.2, offset: 64KiB, size: 128KiB}",
		"{rw: randwrite, random: pareto, skew: 0.2, offset: 64KiB, size: 128KiB}",
		"{rw: write, numjobs: 2, offset: 64KiB, offset-increment: 64KiB, size: 64KiB}" };
	struct bench *b = run(options[_i], false);

	ck_assert_uint_eq(b->disk.lowest, 64 << 10);
	ck_assert_uint_eq(b->disk.highest, (192 << 10) - 4096);
	ck_assert_uint_eq(b->disk.reads, 0);
	done(b);
}
END_TEST

START_TEST(a_job_ends_after_its_ios)
{
	struct bench *b = run("{engine: sync, ios: 100, numjobs: 2}", false);

	/* Two threads share the disk: 20 us each, and what follows does not count. */
	ck_assert_double_eq_tol(value(b, "io.iops"), 1e5, 2000);
	done(b);
}
END_TEST

/* Runs with a trace in place of %s in the options. */
static struct bench *run_trace(const char *trace, const char *format)
{
	char path[] = "/tmp/simsvirt-trace-XXXXXX", options[200];
	int file = mkstemp(path);
	struct bench *b;

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(write(file, trace, strlen(trace)), (ssize_t)strlen(trace));
	close(file);
	snprintf(options, sizeof(options), format, path);
	b = run(options, false);
	unlink(path);
	return b;
}

#define TRACE                                                                                      \
	"time,op,offset,bytes,cpu\n"                                                               \
	"5.000000,R,4096,4096,0\n"                                                                 \
	"5.000100,W,8192,8192,1\n"                                                                 \
	"5.000100,R,0,512,0\n"                                                                     \
	"5.001000,R,65536,4096,3\n"

START_TEST(an_open_replay_keeps_to_the_times_of_its_trace)
{
	struct bench *b = run_trace(TRACE, _i ? "{replay: %s, replay-speed: 2}" : "{replay: %s}");
	sv_time span = b->disk.last_at - b->disk.first_at;

	ck_assert_uint_eq(b->disk.reads, 3);
	ck_assert_uint_eq(b->disk.writes, 1);
	ck_assert_uint_eq(b->disk.lowest, 0);
	ck_assert_uint_eq(b->disk.highest, 65536);
	/* It sleeps until the times, and is late by a wake-up and a system call. */
	ck_assert_double_eq_tol((double)b->disk.first_at, (double)(SV_MS + 200 * SV_NS), 1);
	ck_assert_double_eq_tol((double)span, (double)SV_MS / (_i ? 2 : 1), 6e6);
	ck_assert_double_gt(value(b, "io.late.mean"), 0);
	ck_assert_double_lt(value(b, "io.late.mean"), 6e-6);
	/* The third waits behind the second for its disk, and is completed when that is done. */
	ck_assert_double_eq_tol(value(b, "io.latency.max"), 20e-6, 1e-6);
	done(b);
}
END_TEST

START_TEST(a_closed_replay_goes_as_fast_as_the_disk)
{
	struct bench *b = run_trace(
		TRACE, "{replay: %s, replay-timing: closed, iodepth: 2, engine: io_uring}");

	ck_assert_uint_eq(b->disk.reads + b->disk.writes, 4);
	ck_assert_double_lt((double)(b->disk.last_at - b->disk.first_at), 40e6);
	ck_assert(value(b, "io.late.mean") == 0);
	done(b);
}
END_TEST

START_TEST(threads_share_a_trace_by_its_cpus_or_in_turn)
{
	struct bench *b = run_trace(TRACE, "{replay: %s, numjobs: 2}");
	struct bench *turns = run_trace("op,time,bytes,offset\n"
					"R,1us,512,0\nread,2us,512,0\nR,3us,512,0\nR,4us,512,0\n",
		"{replay: %s, numjobs: 4, engine: sync}");

	ck_assert_uint_eq(b->disk.reads + b->disk.writes, 4);
	ck_assert_uint_eq(turns->disk.reads, 4);
	/* Each thread has one, and waits for nobody else's. */
	ck_assert_double_lt((double)(turns->disk.last_at - turns->disk.first_at), 9e6);
	done(b);
	done(turns);
}
END_TEST

static void refuse(const char *options, bool polled, const char *says)
{
	const struct sv_workload *w = &sv_workload_fio;
	struct sv_diag *diag = sv_diag_new();
	struct sv_doc *doc = sv_doc_parse("test", options, strlen(options), diag);
	void *config = calloc(1, w->options->size);
	struct toy_machine toy;
	struct sim_host host;
	struct sv_disk disk = { .polled = polled };
	struct sv_system_disk mounted = { .name = "vda", .disk = &disk };
	struct sv_disk_known size = { "vda", CAPACITY, polled };

	toy_machine_init(&toy);
	sim_host_init(&host, &toy.machine, false);
	host.system.disks = &mounted;
	if (sv_read(w->options, sv_doc_root(doc), config, doc, diag) == 0 &&
		w->check(config, TOY_PUS, sv_doc_root(doc), diag) >= 0 &&
		w->check_disks(config, &size, 1, sv_doc_root(doc), diag) >= 0)
		ck_assert_ptr_null(w->start(&host.system, "io", config, diag));
	test_says(diag, says);
	free(config);
	sv_doc_free(doc);
	sim_host_fini(&host);
	sv_diag_free(diag);
}

START_TEST(what_does_not_fit_is_refused)
{
	refuse("{bs: 1000B}", false, "bs: is no multiple of 512");
	refuse("{engine: sync, iodepth: 2}", false, "test:1:25: error: iodepth: a synchronous");
	refuse("{batch: 2}", false, "batch: more are submitted");
	refuse("{batch-complete: 2}", false, "batch-complete: more are waited");
	refuse("{random: zipf, skew: 0}", false, "skew: zipf's theta");
	refuse("{random: pareto, skew: 1}", false, "skew: pareto's h");
	refuse("{job: x.fio, bs: 8KiB}", false, "test:1:14: error: bs: the job file says this");
	refuse("{section: a}", false, "section: there is no job file");
	refuse("{job: [a]}", false, "job: expected the path of a file");
	refuse("{disk: vdb}", false, "test:1:8: error: disk: the VM has no disk 'vdb'");
	refuse("{offset: 2MiB}", false,
		"test:1:10: error: offset: thread 0 begins at byte 2097152");
	refuse("{numjobs: 3, offset-increment: 512KiB}", false, "thread 2 begins at byte 1048576");
	refuse("{engine: libaio}", true, "libaio cannot poll");
	refuse("{replay: /nowhere.csv}", false, "/nowhere.csv: error: cannot be read");
	refuse("{replay: x, rw: read}", false, "rw: the trace says this");
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("fio");

	tcase_add_test(c, a_synchronous_thread_pays_one_call_and_one_wake_up);
	tcase_add_loop_test(c, to_wait_for_ends_is_a_call, 0, 2);
	tcase_add_test(c, stages_that_are_not_the_latency_fail_the_run);
	tcase_add_loop_test(c, a_thread_that_polls_pays_for_no_wake_up, 0, 2);
	tcase_add_loop_test(c, depth_overlaps_what_a_call_costs, 0, 2);
	tcase_add_test(c, a_batch_is_one_submission);
	tcase_add_loop_test(c, a_rate_is_kept_and_not_exceeded, 0, 2);
	tcase_add_test(c, thinking_comes_between_as_many_ios_as_are_asked_for);
	tcase_add_test(c, a_mix_has_its_share_of_reads);
	tcase_add_loop_test(c, blocks_lie_in_the_part_that_is_asked_for, 0, 5);
	tcase_add_test(c, a_job_ends_after_its_ios);
	tcase_add_loop_test(c, an_open_replay_keeps_to_the_times_of_its_trace, 0, 2);
	tcase_add_test(c, a_closed_replay_goes_as_fast_as_the_disk);
	tcase_add_test(c, threads_share_a_trace_by_its_cpus_or_in_turn);
	tcase_add_test(c, what_does_not_fit_is_refused);
	return run_case("fio", c);
}
