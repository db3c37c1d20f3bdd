/*
 * queues_simulated.c - every queue of the list between two threads in the simulator
 */
#define SV_SUBSTRATE_simulated 1
#include "queue_cases.h"
#include "queue_talk.h"
#include "run_suite.h"
#include "sim_host.h"

struct run {
	struct toy_machine toy;
	struct sim_host host;
	struct sv_sim_thread driver, device;
	struct talk talk;
	void *memory[2];
	struct sv_doc *doc;
	uint64_t events;
	sv_time end;
};

static void idle(void)
{
	sv_relax(1);
}

static void drive(struct sv_sim_thread *self, void *arg)
{
	struct run *r = arg;

	talk_drive(&r->talk);
	r->end = sv_now(self->process.lp);
}

static void serve(struct sv_sim_thread *self, void *arg)
{
	struct run *r = arg;

	(void)self;
	talk_serve(&r->talk);
}

/* Both sides on cores of one package, or of two. */
static void start_threads(struct run *r, unsigned device_cpu)
{
	sv_system_thread(&r->host.system, &r->driver, 0);
	sv_system_thread(&r->host.system, &r->device, device_cpu);
	ck_assert_int_eq(sv_sim_thread_start(&r->driver, drive, r, 0), 0);
	ck_assert_int_eq(sv_sim_thread_start(&r->device, serve, r, 0), 0);
}

/* What differs between runs. */
struct setup {
	struct queue_case what;
	uint32_t size;
	uint64_t requests;
	bool polls, no_run_ahead;
	unsigned device_cpu;
};

static struct run *run_new(const struct setup *how)
{
	struct run *r = calloc(1, sizeof(*r));
	const struct sv_queue *kind = queue_find(sv_queues_simulated, how->what.queue);
	const void *cfg = queue_config(kind, how->what.options, &r->doc);
	uint32_t size = queue_size(kind, how->size);
	struct sv_queue_layout layout;
	struct sv_ring ring;

	toy_machine_init(&r->toy);
	sim_host_init(&r->host, &r->toy.machine, how->no_run_ahead);
	kind->layout(size, cfg, &layout);
	ring = sv_queue_ring(&layout, sv_memory_alloc(r->host.memory, layout.bytes, 0), size);
	r->memory[0] = queue_lines(layout.driver_bytes);
	r->memory[1] = queue_lines(layout.device_bytes);
	kind->driver_init(r->memory[0], &ring, cfg);
	kind->device_init(r->memory[1], &ring, cfg);
	r->talk = (struct talk){ .queue = kind,
		.driver = r->memory[0],
		.device = r->memory[1],
		.driver_bell = sv_memory_alloc(r->host.memory, sizeof(sv_u32), 0),
		.device_bell = sv_memory_alloc(r->host.memory, sizeof(sv_u32), 0),
		.requests = how->requests,
		.polls = how->polls,
		.reverses = how->size % 2,
		.idle = idle };
	start_threads(r, how->device_cpu ? how->device_cpu : 1);
	sim_host_run(&r->host, SV_S);
	r->events = sv_engine_events(r->host.engine);
	return r;
}

static void run_free(struct run *r)
{
	sv_sim_thread_fini(&r->driver);
	sv_sim_thread_fini(&r->device);
	sim_host_fini(&r->host);
	sv_doc_free(r->doc);
	free(r->memory[0]);
	free(r->memory[1]);
	free(r);
}

static void all_came_through(const struct run *r)
{
	const struct sv_queue_side *driver = r->memory[0], *device = r->memory[1];
	uint64_t n = r->talk.requests;

	ck_assert_msg(r->talk.reaped == n, "%llu of %llu, the driver %s, the device %s",
		(unsigned long long)r->talk.reaped, (unsigned long long)n,
		sv_sim_thread_state(&r->driver), sv_sim_thread_state(&r->device));
	ck_assert_uint_eq(r->talk.driver_wrong + r->talk.device_wrong, 0);
	ck_assert_uint_eq(r->talk.sum, n * (n + 1) / 2);
	ck_assert(!driver->broken && !device->broken);
}

START_TEST(loses_no_request_and_no_wake_up)
{
	static const uint32_t sizes[] = { 1, 2, 7, 64 };

	for (int i = 0; i < 8; i++) {
		struct setup how = { .what = queue_cases[_i],
			.size = sizes[i / 2],
			.requests = 2000,
			.polls = i % 2 };
		struct run *r;

		if (how.size == 1 && strncmp(how.what.queue, "nvme", 4) != 0)
			continue; /* two buffers make no chain in a ring of one */
		r = run_new(&how);
		all_came_through(r);
		run_free(r);
	}
}
END_TEST

START_TEST(is_the_same_with_run_ahead_on_and_off)
{
	for (int i = 0; i < 2; i++) {
		struct setup how = {
			.what = queue_cases[_i], .size = 16, .requests = 3000, .polls = i
		};
		struct run *a = run_new(&how), *b;

		how.no_run_ahead = true;
		b = run_new(&how);
		all_came_through(a);
		ck_assert_int_eq(a->end, b->end);
		ck_assert_uint_eq(a->events, b->events);
		run_free(a);
		run_free(b);
	}
}
END_TEST

/* Every request moves lines from one side to the other. */
START_TEST(takes_longer_between_packages)
{
	struct setup how = { .what = queue_cases[_i], .size = 64, .requests = 3000, .polls = true };
	struct run *near = run_new(&how), *far;

	how.device_cpu = 2;
	far = run_new(&how);
	ck_assert_int_gt(far->end, near->end + near->end / 4);
	run_free(near);
	run_free(far);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each queue");

	tcase_set_timeout(each, 60);
	tcase_add_loop_test(each, loses_no_request_and_no_wake_up, 0, QUEUE_CASES);
	tcase_add_loop_test(each, is_the_same_with_run_ahead_on_and_off, 0, QUEUE_CASES);
	tcase_add_loop_test(each, takes_longer_between_packages, 0, QUEUE_CASES);
	return run_case("queues_simulated", each);
}
