/*
 * bench_queue.c - what a request through a queue costs, natively and simulated
 *
 * One thread is driver and device in turn, so that nothing waits: natively all lines stay in its
 * cache, and the figure is that of the instructions. Simulated, the device's side is an agent that
 * reads and writes as DMA does: each request moves its lines, and the figures are the wall time
 * and the events of that, and the time that it takes in the model.
 */
#include "agent.h"
#include "bench.h"
#include "config.h"
#include "queues.h"
#include "world/system.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES = 256, REQUESTS = 100000, MOST = 128 };

struct settings {
	unsigned long long repeat, batch;
	const char *machine;
	int json;
};

/* A ring with both sides, and how many requests pass it at a time. */
struct pair {
	const struct sv_queue *queue;
	void *driver, *device;
	unsigned long long batch;
	struct sv_sim_thread *agent; /* the device; NULL: native */
};

struct line {
	const struct sv_queue *native, *simulated;
	const void *cfg;
	unsigned long long batch;
	struct sv_bench_sample native_ns, wall_ns;
	double events, model_ns;
};

static struct sv_sim_thread *act_as(struct sv_sim_thread *thread)
{
	return thread ? sv_sim_act_as(thread) : NULL;
}

static void serve(struct pair *p)
{
	uint32_t id[MOST], n = 0;
	struct sv_taken t;

	while (p->queue->take(p->device, &t))
		id[n++] = t.id;
	for (uint32_t i = 0; i < n; i++)
		p->queue->complete(p->device, id[i], 0);
	p->queue->flush(p->device);
}

/* Requests as a virtual disk has them: a header, a page and a status; or a command. */
static void pass_requests(struct pair *p)
{
	static uint64_t command[8];
	const struct sv_buffer disk[] = { { 4096, 16, false }, { 8192, 4096, true },
		{ 4112, 1, true } };
	const struct sv_buffer nvme = { (uintptr_t)command, sizeof(command), false };
	bool pair = p->queue->traits & SV_QUEUE_PAIR;
	const struct sv_chain chain = { pair ? &nvme : disk, pair ? 1 : 3, p };
	struct sv_reaped r;

	for (unsigned long long done = 0; done < REQUESTS; done += p->batch) {
		struct sv_sim_thread *self;

		for (unsigned long long i = 0; i < p->batch; i++)
			p->queue->add(p->driver, &chain);
		p->queue->publish(p->driver);
		self = act_as(p->agent);
		serve(p);
		act_as(self);
		while (p->queue->reap(p->driver, &r))
			;
	}
}

/* Private memory of both sides. Returns -1 when there is none. */
static int pair_init(
	struct pair *p, const struct sv_queue_layout *layout, void *memory, const void *cfg)
{
	struct sv_ring ring = sv_queue_ring(layout, memory, ENTRIES);

	p->driver = aligned_alloc(SV_LINE_BYTES, layout->driver_bytes);
	p->device = aligned_alloc(SV_LINE_BYTES, layout->device_bytes);
	if (!p->driver || !p->device)
		return -1;
	memset(p->driver, 0, layout->driver_bytes);
	memset(p->device, 0, layout->device_bytes);
	p->queue->driver_init(p->driver, &ring, cfg);
	p->queue->device_init(p->device, &ring, cfg);
	return 0;
}

static void pair_fini(struct pair *p)
{
	free(p->driver);
	free(p->device);
}

/* Nanoseconds a request; negative: no memory. */
static double time_native(const struct line *l)
{
	struct pair p = { .queue = l->native, .batch = l->batch };
	struct sv_queue_layout layout;
	double start, ns = -1;
	void *memory;

	l->native->layout(ENTRIES, l->cfg, &layout);
	memory = aligned_alloc(SV_LINE_BYTES, layout.bytes);
	if (memory && pair_init(&p, &layout, memset(memory, 0, layout.bytes), l->cfg) == 0) {
		start = sv_bench_cpu_clock();
		pass_requests(&p);
		ns = (sv_bench_cpu_clock() - start) / REQUESTS * 1e9;
	}
	pair_fini(&p);
	free(memory);
	return ns;
}

struct simulation {
	struct sv_memory *memory;
	struct sv_system system;
	struct sv_sim_thread thread, agent;
	struct pair pair;
	sv_time took;
};

static void handle(struct sv_lp *lp, const struct sv_event *event)
{
	struct simulation *s = lp->state;

	sv_sim_handle(s->memory, event);
}

static void body(struct sv_sim_thread *self, void *arg)
{
	struct simulation *s = arg;

	pass_requests(&s->pair);
	s->took = sv_now(self->process.lp);
}

static int simulation_init(struct simulation *s, struct sv_engine *engine,
	const struct sv_machine *machine, const struct line *l)
{
	struct sv_lp *lp = sv_engine_add(engine, handle, s, "host");
	struct sv_queue_layout layout;
	void *ring;

	s->memory = sv_memory_new(lp, machine, 1, 0);
	if (!s->memory || sv_system_init(&s->system, s->memory, 0, 1) < 0)
		return -1;
	sv_system_thread(&s->system, &s->thread, sv_system_take_cpu(&s->system, false));
	sv_sim_agent_init(&s->agent, s->memory, &s->system.team);
	l->simulated->layout(ENTRIES, l->cfg, &layout);
	ring = sv_memory_alloc(s->memory, layout.bytes, 0);
	s->pair = (struct pair){ .queue = l->simulated, .batch = l->batch, .agent = &s->agent };
	if (!ring || pair_init(&s->pair, &layout, ring, l->cfg) < 0)
		return -1;
	return sv_sim_thread_start(&s->thread, body, s, 0);
}

/* Wall nanoseconds a request; negative after reporting. */
static double time_simulated(const struct sv_machine *machine, struct line *l, struct sv_diag *diag)
{
	struct simulation s = { 0 };
	struct sv_engine *engine = sv_engine_new(&(struct sv_engine_config){ .threads = 1 });
	double start, ns = -1;

	if (!engine || simulation_init(&s, engine, machine, l) < 0) {
		sv_error(diag, NULL, "out of memory");
	} else {
		start = sv_bench_cpu_clock();
		if (sv_engine_run(engine, SV_TIME_MAX, diag) == 0)
			ns = (sv_bench_cpu_clock() - start) / REQUESTS * 1e9;
		l->events = (double)sv_engine_events(engine) / REQUESTS;
		l->model_ns = sv_seconds(s.took) / REQUESTS * 1e9;
		sv_sim_thread_fini(&s.thread);
	}
	pair_fini(&s.pair);
	sv_system_fini(&s.system);
	sv_memory_free(s.memory);
	sv_engine_free(engine);
	return ns;
}

static int measure(const struct settings *s, const struct sv_machine *machine, struct line *l,
	struct sv_diag *diag)
{
	double native[SV_BENCH_REPEATS], wall[SV_BENCH_REPEATS];

	for (unsigned long long i = 0; i < s->repeat; i++) {
		native[i] = time_native(l);
		if (native[i] < 0)
			return sv_error(diag, NULL, "out of memory");
		wall[i] = time_simulated(machine, l, diag);
		if (wall[i] < 0)
			return -1;
	}
	l->native_ns = sv_bench_sample(native, s->repeat);
	l->wall_ns = sv_bench_sample(wall, s->repeat);
	return 0;
}

static void print_line(const struct line *l)
{
	printf("%-14s %6llu %8.1f %8.1f..%-8.1f %8.1f %8.1f..%-8.1f %7.2f %9.1f\n", l->native->name,
		l->batch, l->native_ns.median, l->native_ns.low, l->native_ns.high,
		l->wall_ns.median, l->wall_ns.low, l->wall_ns.high, l->events, l->model_ns);
}

static json_t *line_json(const struct line *l)
{
	return json_pack("{s:s, s:I, s:o, s:o, s:f, s:f}", "queue", l->native->name, "batch",
		(json_int_t)l->batch, "native_ns", sv_bench_sample_json(&l->native_ns), "wall_ns",
		sv_bench_sample_json(&l->wall_ns), "events", l->events, "simulated_ns",
		l->model_ns);
}

/* One queue as it is by default, request by request and in batches. */
static int bench_one(const struct settings *s, const struct sv_machine *machine, size_t i,
	json_t *lines, struct sv_diag *diag)
{
	struct line l = { .native = sv_queues_native[i], .simulated = sv_queues_simulated[i] };
	struct sv_doc *doc = sv_doc_parse("defaults", "{}", 2, diag);
	void *cfg = doc ? sv_doc_alloc(doc, l.native->options->size) : NULL;
	const unsigned long long batches[] = { 1, s->batch };
	int result = cfg ? sv_read(l.native->options, sv_doc_root(doc), cfg, doc, diag) : -1;

	l.cfg = cfg;
	for (int b = 0; result == 0 && b < 2; b++) {
		l.batch = batches[b];
		result = measure(s, machine, &l, diag);
		if (result == 0 && s->json)
			json_array_append_new(lines, line_json(&l));
		else if (result == 0)
			print_line(&l);
	}
	sv_doc_free(doc);
	return result;
}

static int bench_all(const struct settings *s, struct sv_diag *diag)
{
	const struct sv_node node = {
		.kind = SV_NODE_SCALAR, .place = { .source = "bench queue" }, .text = s->machine
	};
	struct sv_doc *doc = sv_doc_parse("bench queue", "{}", 2, diag);
	struct sv_machine *machine = doc ? sv_machine_new(&node, NULL, NULL, doc, diag) : NULL;
	json_t *lines = json_array();
	int result = machine ? 0 : -1;

	if (result == 0 && !s->json)
		printf("a request of 3 buffers, or a command, through a ring of %d; ns of CPU "
		       "time natively and for\nsimulating it, and its time on %s; medians of %llu\n"
		       "%-14s %6s %8s %18s %8s %18s %7s %9s\n",
			ENTRIES, s->machine, s->repeat, "queue", "batch", "native", "range", "wall",
			"range", "events", "predicted");
	for (size_t i = 0; result == 0 && sv_queues_native[i]; i++)
		result = bench_one(s, machine, i, lines, diag);
	if (s->json && result == 0)
		sv_bench_print(lines);
	else
		json_decref(lines);
	sv_machine_free(machine);
	sv_doc_free(doc);
	return result;
}

static const struct sv_flag flags[] = {
	{ '\0', "repeat", "N", "measurements; by default 15" },
	{ '\0', "batch", "N", "requests at a time, beside one; by default 32" },
	{ '\0', "machine", "NAME", "of the simulated threads; by default westmere-ex-80" },
	{ 'f', "format", "FORMAT", "table or json" },
	{ 0 },
};

static int take(void *setup, const char *flag, const char *text)
{
	struct settings *s = setup;

	if (!strcmp(flag, "repeat"))
		return sv_bench_read_count(flag, text, 1, SV_BENCH_REPEATS, &s->repeat);
	if (!strcmp(flag, "batch"))
		return sv_bench_read_count(flag, text, 1, MOST, &s->batch);
	if (!strcmp(flag, "format"))
		return sv_bench_read_format(flag, text, &s->json);
	s->machine = text;
	return 0;
}

static int run(const struct sv_command *self, int argc, char **argv)
{
	struct settings s = { .repeat = 15, .batch = 32, .machine = "westmere-ex-80" };
	int status = sv_bench_read(self, argc, argv, take, &s);
	struct sv_diag *diag;

	if (status >= 0)
		return status;
	diag = sv_diag_new();
	sv_bench_pin(1);
	status = bench_all(&s, diag) < 0 ? SV_EXIT_FAILED : SV_EXIT_DONE;
	sv_diag_print(diag, stderr);
	sv_diag_free(diag);
	return status;
}

const struct sv_command sv_bench_queue = {
	.name = "bench queue",
	.arguments = "",
	.help = "Time of a request through a queue, native and simulated",
	.flags = flags,
	.run = run,
};
