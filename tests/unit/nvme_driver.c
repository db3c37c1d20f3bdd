/*
 * nvme_driver.c - a kernel's block layer and NVMe driver over a device
 */
#include "block/nvme_driver.h"
#include "config.h"
#include "devices/device.h"
#include "disk_program.h"
#include "run_suite.h"
#include "vm_stack.h"

enum { LATENCY = 10 };

struct options {
	struct sv_layer_options layer;
};

struct scene {
	struct stack *stack;
	struct sv_doc *doc;
	struct sv_device *device;
	struct sv_disk *disk;
	struct sv_layer_options layer;
	struct program program[TOY_PUS];
	unsigned programs;
};

static void on_event(struct sv_lp *lp, const struct sv_event *event)
{
	if (!sv_device_handle(event))
		handle(lp, event);
}

static void set_costs(sv_time *cost)
{
	cost[SV_COST_BLOCK_SUBMIT] = 500 * SV_NS;
	cost[SV_COST_BLOCK_COMPLETE] = 300 * SV_NS;
	cost[SV_COST_BLOCK_MERGE] = 100 * SV_NS;
	cost[SV_COST_BLOCK_SCHEDULE] = 200 * SV_NS;
	cost[SV_COST_NVME_SUBMIT] = 300 * SV_NS;
	cost[SV_COST_NVME_COMPLETE] = 200 * SV_NS;
	cost[SV_COST_MMIO_WRITE] = 100 * SV_NS;
	cost[SV_COST_IRQ_ENTRY] = 700 * SV_NS;
	cost[SV_COST_DMA_LOAD] = 90 * SV_NS;
	cost[SV_COST_VM_EXIT] = 1 * SV_US;
	cost[SV_COST_VM_INJECT] = 1 * SV_US;
	cost[SV_COST_VM_POSTED] = 300 * SV_NS;
	cost[SV_COST_VM_EOI] = 1 * SV_US;
}

static void read_options(struct scene *s, const char *text)
{
	static const struct sv_option rows[] = { SV_LAYER_OPTIONS(struct options), { 0 } };
	static const struct sv_table table = SV_TABLE("disk", struct options, rows);
	struct sv_diag *diag = s->stack->host.diag;
	struct options o;

	s->doc = sv_doc_parse("options", text, strlen(text), diag);
	ck_assert_int_eq(sv_read(&table, sv_doc_root(s->doc), &o, s->doc, diag), 0);
	s->layer = o.layer;
}

static void start_device(struct scene *s)
{
	const struct sv_device_kind *kind = NULL;
	struct sv_diag *diag = s->stack->host.diag;
	char text[64];
	void *config;

	for (size_t i = 0; !kind || strcmp(kind->name, "null"); i++)
		kind = sv_device_kinds.at(i).object;
	snprintf(text, sizeof(text), "{latency: %dus}", LATENCY);
	sv_doc_free(s->doc);
	s->doc = sv_doc_parse("device", text, strlen(text), diag);
	config = sv_doc_alloc(s->doc, kind->options->size);
	ck_assert_int_eq(sv_read(kind->options, sv_doc_root(s->doc), config, s->doc, diag), 0);
	s->device = kind->start(s->stack->host.lp, "ssd", config, 1, 0, diag);
	ck_assert_ptr_nonnull(s->device);
}

/* A disk of a host (one level) or of a guest to which the device is passed through (two). */
static void scene_init(
	struct scene *s, const char *options, unsigned levels, unsigned queues, bool no_run_ahead)
{
	static const unsigned cpus[] = { TOY_PUS, TOY_PUS };
	const struct sv_lock **lock = sv_locks_simulated;
	struct sv_system *system;

	*s = (struct scene){ .stack = stack_make(
				     &sv_sched_rr, "{slice: 1ms}", cpus, levels, no_run_ahead) };
	system = &s->stack->host.system;
	s->stack->host.lp->handle = on_event;
	set_costs(s->stack->toy.machine.cost);
	while (strcmp((*lock)->name, "qspinlock") != 0)
		lock++;
	system->spinlock = (struct sv_variant){ .name = "qspinlock", .object = *lock };
	read_options(s, options);
	start_device(s);
	system->domain = &s->stack->level[levels - 1].domain;
	s->disk = sv_nvme_disk_new(&(struct sv_disk_config){ .owner = "host.ssd",
					   .system = system,
					   .layer = &s->layer,
					   .queues = queues,
					   .depth = 64,
					   .capacity = 1 << 30 },
		s->device, s->stack->host.diag);
	sv_diag_print(s->stack->host.diag, stderr);
	ck_assert_ptr_nonnull(s->disk);
	system->domain = NULL;
}

static void add_program(struct scene *s, unsigned depth, unsigned rounds)
{
	struct program *p = &s->program[s->programs];

	*p = (struct program){ .disk = s->disk,
		.depth = depth,
		.rounds = rounds,
		.bytes = 4096,
		.step = 8192,
		.offset = s->programs * UINT64_C(0x1000000) };
	s->programs++;
	add_thread(s->stack, program_run, p);
}

static void scene_run(struct scene *s)
{
	sim_host_run(&s->stack->host, 20 * SV_MS);
	for (unsigned i = 0; i < s->programs; i++) {
		ck_assert_uint_eq(s->program[i].ended, s->program[i].depth * s->program[i].rounds);
		ck_assert_uint_eq(s->program[i].wrong, 0);
	}
}

static double scene_metric(struct scene *s, const char *metric)
{
	struct sv_metrics m;
	double value = NAN;

	sv_metrics_init(&m);
	ck_assert_int_eq(
		sv_disk_finish(s->disk, sv_now(s->stack->host.lp), &m, s->stack->host.diag), 0);
	for (size_t i = 0; i < m.n; i++)
		if (!strcmp(m.value[i].metric->name, metric))
			value = m.value[i].value;
	ck_assert_int_eq(s->device->kind->finish(
				 s->device, sv_now(s->stack->host.lp), &m, s->stack->host.diag),
		0);
	sv_metrics_fini(&m);
	return value;
}

static void scene_fini(struct scene *s)
{
	sv_disk_free(s->disk);
	s->device->kind->free(s->device);
	stack_free(s->stack);
	sv_doc_free(s->doc);
}

static const char *const layers[] = { "{}", "{scheduler: deadline}", "{layer: sq}",
	"{poll: iopoll}", "{poll: hybrid, poll-window: 100us}", "{queue-depth: 3}",
	"{rq-affinity: cpu}" };
enum { LAYERS = sizeof(layers) / sizeof(layers[0]) };

START_TEST(every_request_ends_once_and_the_laws_hold_on_hosts_and_in_guests)
{
	for (unsigned levels = 1; levels <= 2; levels++) {
		struct scene s;

		scene_init(&s, layers[_i], levels, 2, false);
		for (unsigned i = 0; i < 3; i++)
			add_program(&s, 8, 20);
		scene_run(&s);
		ck_assert_double_eq_tol(scene_metric(&s, "iops"), 3 * 8 * 20 / 20e-3, 1e-6);
		scene_fini(&s);
	}
}
END_TEST

START_TEST(results_are_the_same_without_run_ahead)
{
	sv_time latency[2], done[2];

	for (int i = 0; i < 2; i++) {
		struct scene s;

		scene_init(&s, layers[_i], 1, 2, i == 1);
		for (unsigned j = 0; j < 3; j++)
			add_program(&s, 8, 10);
		scene_run(&s);
		latency[i] = s.program[0].latency + s.program[1].latency + s.program[2].latency;
		done[i] = s.program[1].done;
		scene_fini(&s);
	}
	ck_assert_int_eq(latency[0], latency[1]);
	ck_assert_int_eq(done[0], done[1]);
}
END_TEST

START_TEST(the_device_has_a_request_for_its_latency_and_interrupts_for_it)
{
	struct scene s;
	const struct sv_request *r = &s.program[0].request[0];

	scene_init(&s, "{}", 1, 1, false);
	add_program(&s, 1, 1);
	scene_run(&s);
	ck_assert_int_eq(r->spent[SV_STAGE_DEVICE], LATENCY * SV_US);
	/* The layer, the driver and the doorbell. */
	ck_assert_int_ge(r->spent[SV_STAGE_SUBMIT], 900 * SV_NS);
	ck_assert_int_le(r->spent[SV_STAGE_SUBMIT], 1500 * SV_NS);
	/* The idle CPU wakes up, enters the handler and loads what the device has written. */
	ck_assert_int_ge(r->spent[SV_STAGE_COMPLETE], 790 * SV_NS);
	ck_assert_int_ge(r->spent[SV_STAGE_FINISH], 500 * SV_NS);
	ck_assert_int_eq(r->spent[SV_STAGE_INJECT], 0);
	ck_assert_double_eq(scene_metric(&s, "interrupts"), 1);
	scene_fini(&s);
}
END_TEST

START_TEST(a_guest_takes_the_interrupt_of_a_device_of_its_own)
{
	struct scene s;
	const struct sv_request *r = &s.program[0].request[0];

	scene_init(&s, "{}", 2, 1, false);
	add_program(&s, 1, 1);
	scene_run(&s);
	ck_assert_int_eq(r->spent[SV_STAGE_DEVICE], LATENCY * SV_US);
	ck_assert_int_gt(r->spent[SV_STAGE_INJECT], 790 * SV_NS);
	ck_assert_int_eq(r->spent[SV_STAGE_COMPLETE], 0);
	scene_fini(&s);
}
END_TEST

START_TEST(who_polls_sees_the_completion_at_once_and_nobody_is_interrupted)
{
	struct scene s;
	const struct sv_request *r = &s.program[0].request[0];

	scene_init(&s, "{poll: iopoll}", 1, 1, false);
	add_program(&s, 1, 1);
	scene_run(&s);
	ck_assert_int_eq(r->spent[SV_STAGE_DEVICE], LATENCY * SV_US);
	/* A poll or two, the line of the entry and the queue's lock. */
	ck_assert_int_le(r->spent[SV_STAGE_COMPLETE], 400 * SV_NS);
	ck_assert_double_eq(scene_metric(&s, "interrupts"), 0);
	scene_fini(&s);
}
END_TEST

START_TEST(one_doorbell_and_one_interrupt_serve_a_batch)
{
	struct scene s;

	scene_init(&s, "{}", 1, 1, false);
	add_program(&s, 16, 10);
	scene_run(&s);
	/* The device takes 10 us for each, all at once: they come together. */
	ck_assert_double_le(scene_metric(&s, "interrupts"), 0.5);
	for (unsigned i = 1; i < 16; i++)
		ck_assert_int_eq(
			s.program[0].request[i].io.fetched, s.program[0].request[0].io.fetched);
	scene_fini(&s);
}
END_TEST

START_TEST(requests_are_completed_where_they_were_submitted_if_that_is_asked_for)
{
	static const struct {
		const char *options;
		double low, high;
	} cases[] = { { "{rq-affinity: any}", 0, 0 }, { "{rq-affinity: cache}", 0.4, 0.6 },
		{ "{rq-affinity: cpu}", 0.7, 0.8 } };
	struct scene s;
	double redirected;

	/* One queue, whose interrupts CPU 0 takes; a pair of CPUs shares a cache. */
	scene_init(&s, cases[_i].options, 1, 1, false);
	for (unsigned i = 0; i < TOY_PUS; i++)
		add_program(&s, 4, 20);
	scene_run(&s);
	redirected = scene_metric(&s, "redirected");
	ck_assert_double_ge(redirected, cases[_i].low);
	ck_assert_double_le(redirected, cases[_i].high);
	scene_fini(&s);
}
END_TEST

START_TEST(polls_of_one_queue_by_several_threads_end_all_requests)
{
	struct scene s;

	scene_init(&s, "{poll: iopoll}", 1, 1, false);
	for (unsigned i = 0; i < TOY_PUS; i++)
		add_program(&s, 1 + i, 50);
	scene_run(&s);
	scene_metric(&s, "iops");
	scene_fini(&s);
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("nvme_driver");

	tcase_add_loop_test(
		all, every_request_ends_once_and_the_laws_hold_on_hosts_and_in_guests, 0, LAYERS);
	tcase_add_loop_test(all, results_are_the_same_without_run_ahead, 0, LAYERS);
	tcase_add_test(all, the_device_has_a_request_for_its_latency_and_interrupts_for_it);
	tcase_add_test(all, a_guest_takes_the_interrupt_of_a_device_of_its_own);
	tcase_add_test(all, who_polls_sees_the_completion_at_once_and_nobody_is_interrupted);
	tcase_add_test(all, one_doorbell_and_one_interrupt_serve_a_batch);
	tcase_add_loop_test(
		all, requests_are_completed_where_they_were_submitted_if_that_is_asked_for, 0, 3);
	tcase_add_test(all, polls_of_one_queue_by_several_threads_end_all_requests);
	return run_case("nvme_driver", all);
}
