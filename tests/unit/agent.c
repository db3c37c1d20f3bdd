/*
 * agent.c - devices that read and write the memory of simulated threads
 */
#include "agent.h"
#include "run_suite.h"
#include "sim_host.h"

enum { EVENT_WRITE = 1000, EVENT_READ };

struct scene {
	struct toy_machine toy;
	struct sim_host host;
	struct sv_sim_thread thread, agent;
	uint64_t *phase;
	void (*drive)(struct scene *, struct sv_sim_thread *);
	sv_time at, took, written;
	uint64_t seen;
};

/* By events, when no thread runs. */
static void handle(struct sv_lp *lp, const struct sv_event *event)
{
	struct scene *s = (struct scene *)(uintptr_t)event->arg;
	struct sv_sim_thread *before;

	if (event->type < EVENT_WRITE || event->type > EVENT_READ) {
		sim_host_handle(lp, event);
		return;
	}
	before = sv_sim_act_as(&s->agent);
	if (event->type == EVENT_WRITE)
		sv_sim_store(s->phase, 8, 1, SV_RELEASE);
	else
		s->seen = sv_sim_load(s->phase, 8);
	s->written = sv_now(lp);
	sv_sim_act_as(before);
}

static void body(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	s->drive(s, self);
}

static void play(struct scene *s, void (*drive)(struct scene *, struct sv_sim_thread *),
	sv_time dma_load, bool no_run_ahead)
{
	*s = (struct scene){ .drive = drive };
	toy_machine_init(&s->toy);
	s->toy.machine.cost[SV_COST_DMA_LOAD] = dma_load;
	sim_host_init(&s->host, &s->toy.machine, no_run_ahead);
	s->host.lp->handle = handle;
	s->phase = sv_memory_alloc(s->host.memory, SV_LINE_BYTES, 0);
	sv_sim_agent_init(&s->agent, s->host.memory, &s->host.system.team);
	sim_host_thread(&s->host, &s->thread, body, s, 0);
	sim_host_run(&s->host, SV_MS);
	sv_sim_thread_fini(&s->thread);
	sim_host_fini(&s->host);
}

static void send(struct scene *s, uint32_t type, sv_time in)
{
	sv_schedule(s->host.lp, sv_now(s->host.lp) + in, type, (uintptr_t)s);
}

static void poll_for_phase(struct scene *s, struct sv_sim_thread *self)
{
	(void)self;
	send(s, EVENT_WRITE, 10 * SV_US);
	s->seen = sv_sim_await(s->phase, 8, UINT64_MAX, 1, false);
	s->took = sv_now(s->host.lp);
}

/* Its copy goes when the device writes: it fetches the line from memory, or from the cache. */
START_TEST(a_thread_that_polls_sees_what_a_device_writes)
{
	sv_time load = _i ? 30 * SV_NS : 90 * SV_NS, turn = 5 * SV_NS;
	struct scene s, slow;

	play(&s, poll_for_phase, _i ? load : -1, false);
	ck_assert_uint_eq(s.seen, 1);
	ck_assert_int_ge(s.took, s.written + load);
	ck_assert_int_le(s.took, s.written + load + turn);
	play(&slow, poll_for_phase, _i ? load : -1, true);
	ck_assert_int_eq(slow.took, s.took);
}
END_TEST

static void load_after_write(struct scene *s, struct sv_sim_thread *self)
{
	sv_time start;

	sv_sim_store(s->phase, 8, 7, SV_SEQ_CST);
	send(s, EVENT_WRITE, SV_US);
	sv_sim_work(self, 2 * SV_US);
	start = sv_now(s->host.lp);
	s->seen = sv_sim_load(s->phase, 8);
	s->took = sv_now(s->host.lp) - start;
	start = sv_now(s->host.lp);
	sv_sim_load(s->phase, 8);
	ck_assert_int_eq(sv_now(s->host.lp) - start, 1 * SV_NS);
}

START_TEST(a_write_of_a_device_takes_the_copies_away)
{
	struct scene s;

	play(&s, load_after_write, -1, false);
	ck_assert_uint_eq(s.seen, 1);
	ck_assert_int_eq(s.took, 90 * SV_NS);
	ck_assert_uint_eq(s.agent.traffic.invalidations, 1);
	play(&s, load_after_write, 30 * SV_NS, false);
	ck_assert_int_eq(s.took, 30 * SV_NS);
}
END_TEST

static void load_after_read(struct scene *s, struct sv_sim_thread *self)
{
	sv_time start;

	sv_sim_store(s->phase, 8, 7, SV_SEQ_CST);
	ck_assert(s->host.memory->line[sv_memory_line(s->host.memory, s->phase)].modified);
	send(s, EVENT_READ, SV_US);
	sv_sim_work(self, 2 * SV_US);
	ck_assert(!s->host.memory->line[sv_memory_line(s->host.memory, s->phase)].modified);
	start = sv_now(s->host.lp);
	sv_sim_load(s->phase, 8);
	s->took = sv_now(s->host.lp) - start;
}

START_TEST(a_read_of_a_device_leaves_the_copy_and_cleans_the_line)
{
	struct scene s;

	play(&s, load_after_read, -1, false);
	ck_assert_uint_eq(s.seen, 7);
	ck_assert_int_eq(s.took, 1 * SV_NS);
}
END_TEST

/* As who rings a doorbell whose device reads at once. */
static void act_as_device(struct scene *s, struct sv_sim_thread *self)
{
	sv_time start = sv_now(s->host.lp);
	struct sv_sim_thread *before = sv_sim_act_as(&s->agent);

	ck_assert_ptr_eq(before, self);
	s->seen = sv_sim_rmw(s->phase, 8, SV_RMW_FAA, 5, 0);
	sv_fence();
	ck_assert_uint_eq(sv_sim_load(s->phase, 8), 5);
	ck_assert_int_eq(sv_now(s->host.lp), start);
	ck_assert_ptr_eq(sv_sim_act_as(before), &s->agent);
	ck_assert_uint_eq(sv_sim_load(s->phase, 8), 5);
	s->took = sv_now(s->host.lp) - start;
}

START_TEST(a_device_takes_no_time_of_the_thread_that_rings)
{
	struct scene s;

	play(&s, act_as_device, -1, false);
	ck_assert_uint_eq(s.seen, 0);
	ck_assert_int_eq(s.took, 90 * SV_NS);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("agent");
	TCase *tc = tcase_create("agent");

	tcase_add_loop_test(tc, a_thread_that_polls_sees_what_a_device_writes, 0, 2);
	tcase_add_test(tc, a_write_of_a_device_takes_the_copies_away);
	tcase_add_test(tc, a_read_of_a_device_leaves_the_copy_and_cleans_the_line);
	tcase_add_test(tc, a_device_takes_no_time_of_the_thread_that_rings);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
