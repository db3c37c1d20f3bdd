/*
 * mechanisms.c - the results of each mechanism do not depend on how it is run
 *
 * On one, two and four threads, with run-ahead and without.
 * A case is a small scenario that makes one mechanism work; the metric beside it says that it did,
 * because a mechanism that never acts is deterministic, too.
 */
#include "run_suite.h"
#include "runner.h"
#include "world/world.h"
#include <check.h>
#include <math.h>
#include <string.h>

#define TOY             "machine: toy-4"
#define SIBLINGS        "machine: {base: toy-4, topology: \"package:2 [numa] core:2 pu:2\"}"
#define TWO(threads)    "count: 2, workloads: {work: {" threads "}}"
#define GUESTS(threads) "count: 2, vcpus: 4, workloads: {work: {" threads "}}"
#define BURN            "kind: cpu-burn, threads: 8"
#define SLEEP           "kind: mixed, threads: 5"
#define FIO             "kind: fio, disk: vda, numjobs: 5, iodepth: 4"
#define SSD             "devices: {ssd: {kind: nvme, model: p4800x}}\n"
#define STORM           "kind: lock-storm, locks: 1, section: 20us, think: exponential(50us)"
#define BUILD                                                                                      \
	"kind: gmake, cpu: 2ms, faults: 10, ept-share: 0.5, pages: {rate: 100000/s}, "             \
	"cpu-per-build: 100ms, serial: 0s"

static const struct {
	const char *acts; /* a metric that is above 0 where the mechanism acts */
	const char *vm;
	const char *host, *run, *rest; /* NULL: nothing special */
	bool brief;                    /* it acts each few microseconds, so that less is enough */
} cases[] = {
	{ .acts = "guest.exits.timer", .vm = "mode: hvm, " GUESTS(BURN) },
	{ .acts = "guest.exits.timer",
		.vm = "mode: hvm, kernel: {skew-tick: true}, " GUESTS(BURN),
		.host = TOY ", skew-tick: true" },
	{ .acts = "guest.kicks",
		.vm = "mode: pvm, posted-interrupts: true, "
		      "kernel: {spinlock: {kind: pv-ticket, threshold: 50}}, " GUESTS(STORM) },
	{ .acts = "guest.time.guest-polling",
		.vm = "mode: hvm, guest-halt-poll: 200us, " GUESTS(SLEEP) },
	{ .acts = "guest.time.polling", .vm = "mode: hvm, " GUESTS(SLEEP) },
	{ .acts = "guest.exits.apic", .vm = "mode: nested, " GUESTS(SLEEP) },
	{ .acts = "guest.exits.hlt", .vm = "mode: emulated, " GUESTS(SLEEP) },
	{ .acts = "guest.refill",
		.vm = "mode: container, " TWO(BURN),
		.host = TOY ", costs: {cold-cache: 20us}" },
	{ .acts = "guest.preemptions",
		.vm = "mode: container, " TWO(SLEEP ", burst: 2ms"),
		.host = TOY ", scheduler: {kind: eevdf, busy_factor: 1}" },
	{ .acts = "guest.lock-yields",
		.vm = "mode: pvm, pin: one-to-one, "
		      "lock-yield: {boost-others: true, real-time: on}, "
		      "kernel: {spinlock: {kind: oticket+, spinning: long, longest: 500}}, " GUESTS(
			      STORM),
		.host = TOY ", pause-window: 0s" },
	{ .acts = "guest.holder-yields",
		.vm = "mode: pvm, pin: one-to-one, "
		      "kernel: {spinlock: {kind: qspinlock+, threshold: 500}}, " GUESTS(STORM) },
	{ .acts = "guest.directed-yields",
		.vm = "mode: hvm, kernel: {spinlock: ticket}, " GUESTS(STORM) },
	{ .acts = "work.kicks",
		.vm = "workloads: {work: {kind: ring, queues: 2, notify: suppressed, batch: 4, "
		      "batches: 2, work: exponential(2us)}}",
		.brief = true },
	{ .acts = "work.transfers",
		.vm = "workloads: {work: {kind: ring, queues: 2, notify: suppressed, "
		      "batch: 8, batches: 4, work: 1us}}",
		.host = TOY ", factors: {stores.ahead: 4}",
		.brief = true },
	{ .acts = "work.interrupts",
		.vm = "mode: container, workloads: {work: {kind: ring, queue: vring-packed, "
		      "queues: 4, notify: always}}",
		.brief = true },
	{ .acts = "work.jobs",
		.vm = "mode: hvm, kernel: {numa-nodes: 2}, " GUESTS(BUILD),
		.run = ", until-done: true" },
	{ .acts = "guest.kicks",
		.vm = "mode: pvm, "
		      "kernel: {spinlock: {kind: pv-qspinlock-hybrid, threshold: 50}}, " GUESTS(
			      STORM),
		.rest = "uncertain: {vms.guest.workloads.work.section: {low: 5us, high: 30us}}\n" },
	{ .acts = "work.throughput",
		.vm = "workloads: {burn: {kind: cpu-burn, threads: 4}, "
		      "work: {kind: critical, threads: 4, lock: qspinlock, think: 5us}}",
		.host = SIBLINGS },
	{ .acts = "work.throughput",
		.vm = "mode: container, " TWO(
			"kind: critical, threads: 5, lock: mutex, think: 5us"),
		.host = SIBLINGS },
	{ .acts = "guest.exits.mmio",
		.vm = "mode: hvm, disks: {vda: {device: ssd, path: virtio-blk}}, " GUESTS(FIO),
		.rest = SSD,
		.brief = true },
	{ .acts = "guest.exits.io",
		.vm = "mode: hvm, posted-interrupts: true, "
		      "disks: {vda: {device: ssd, path: ide}}, " GUESTS(FIO),
		.rest = SSD,
		.brief = true },
	{ .acts = "host.time.threads",
		.vm = "mode: pvm, disks: {vda: {device: ssd, path: vhost-user}}, " GUESTS(FIO),
		.rest = SSD,
		.brief = true },
	{ .acts = "host.time.threads",
		.vm = "mode: container, disks: {vda: {device: ssd, path: host}}, " TWO(FIO),
		.rest = SSD,
		.brief = true },
};
#define CASES (sizeof(cases) / sizeof(cases[0]))

static struct sv_study *study_of(int i, bool ahead, struct sv_diag *diag)
{
	struct sv_study *study;
	char text[2000];

	snprintf(text, sizeof(text),
		"simsvirt: 1\n"
		"host: {%s}\n"
		"vms: {guest: {%s}}\n"
		"run: {%s, replications: 2, run-ahead: %s%s}\n"
		"sweep: {host.costs.context-switch: [1us, 2us]}\n%s",
		cases[i].host ? cases[i].host : TOY, cases[i].vm,
		cases[i].brief ? "warmup: 1ms, duration: 5ms" : "warmup: 5ms, duration: 50ms",
		ahead ? "true" : "false", cases[i].run ? cases[i].run : "",
		cases[i].rest ? cases[i].rest : "");
	study = sv_study_parse("mechanism", text, strlen(text), diag);
	sv_diag_print(diag, stderr);
	ck_assert_ptr_nonnull(study);
	return study;
}

static void run(struct sv_results *r, const struct sv_study *study, unsigned threads)
{
	atomic_bool cancel = false;
	struct sv_run_config how = {
		.world = sv_world_run, .threads = threads, .cancel = &cancel, .errors = stderr
	};

	sv_results_init(r, sv_study_points(study));
	r->study = study;
	for (size_t p = 0; p < r->n; p++) {
		r->point[p].scenario = sv_study_point(study, p);
		r->point[p].label = "here";
	}
	ck_assert_int_eq(sv_results_run(r, &how), 0);
}

static bool same(double x, double y)
{
	return x == y || (isnan(x) && isnan(y));
}

static void are_equal(const struct sv_results *a, const struct sv_results *b)
{
	ck_assert_uint_eq(a->events, b->events);
	for (size_t p = 0; p < a->n; p++) {
		const struct sv_summary *s = &a->point[p].summary, *t = &b->point[p].summary;

		ck_assert_uint_eq(s->n, t->n);
		for (size_t i = 0; i < s->n; i++) {
			const struct sv_ci *x = &s->estimate[i].ci, *y = &t->estimate[i].ci;

			ck_assert_msg(same(x->mean, y->mean) && same(x->half, y->half),
				"%s: %.17g and %.17g", s->estimate[i].name, x->mean, y->mean);
		}
	}
}

START_TEST(is_the_same_however_it_is_run)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_results first, other;

	for (unsigned way = 0; way < 4; way++) {
		/* One thread with and without run-ahead; then more threads. */
		struct sv_study *study = study_of(_i, way != 1, diag);

		run(way ? &other : &first, study, way < 2 ? 1 : way == 2 ? 2 : 4);
		if (way) {
			are_equal(&first, &other);
			sv_results_fini(&other);
		}
		sv_study_free(study);
	}
	ck_assert_double_gt(sv_results_get(&first, 0, cases[_i].acts)->ci.mean, 0);
	sv_results_fini(&first);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each mechanism");

	tcase_set_timeout(each, 60);
	tcase_add_loop_test(each, is_the_same_however_it_is_run, 0, CASES);
	return run_case("mechanisms", each);
}
