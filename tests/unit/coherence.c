/*
 * coherence.c - what single memory operations cost, added up by hand on the toy machine
 */
#include "run_suite.h"
#include "sim_host.h"
#include <math.h>

enum { LOAD, STORE, RMW, FENCE };

struct step {
	unsigned cpu;
	int op;
	sv_time at;     /* when it is issued */
	sv_time expect; /* how long it keeps its thread */
	unsigned line;
};

#define MOST 12
struct script {
	struct sim_host host;
	struct toy_machine toy;
	const struct step *step;
	unsigned steps;
	char *memory;
	struct sv_sim_thread thread[TOY_PUS];
	sv_time took[MOST];
};

static void play(struct sv_sim_thread *self, void *arg)
{
	struct script *s = arg;

	for (unsigned i = 0; i < s->steps; i++) {
		const struct step *step = &s->step[i];
		void *word = s->memory + step->line * SV_LINE_BYTES;
		sv_time start = step->at;

		if (step->cpu != self->cpu)
			continue;
		ck_assert_int_le(sv_now(s->host.lp), start);
		sv_sim_work(self, start - sv_now(s->host.lp));
		if (step->op == LOAD)
			sv_sim_load(word, 8);
		else if (step->op == STORE)
			sv_sim_store(word, 8, i + 1, SV_RELAXED);
		else if (step->op == RMW)
			sv_sim_rmw(word, 8, SV_RMW_FAA, 1, 0);
		else
			sv_fence();
		s->took[i] = sv_now(s->host.lp) - start;
	}
}

static double stores_ahead = NAN;

static void run(const struct step *step, unsigned steps)
{
	struct script *s = calloc(1, sizeof(*s));

	toy_machine_init(&s->toy);
	s->toy.machine.factor[SV_FACTOR_STORES_AHEAD] = stores_ahead;
	sim_host_init(&s->host, &s->toy.machine, false);
	s->step = step;
	s->steps = steps;
	s->memory = sv_memory_alloc(s->host.memory, (size_t)8 * SV_LINE_BYTES, 0);
	for (unsigned i = 0; i < TOY_PUS; i++)
		sim_host_thread(&s->host, &s->thread[i], play, s, 0);
	sim_host_run(&s->host, SV_MS);
	for (unsigned i = 0; i < steps; i++)
		ck_assert_msg(s->took[i] == step[i].expect * SV_NS,
			"step %u took %lld ps, not %lld ns", i, (long long)s->took[i],
			(long long)step[i].expect);
	for (unsigned i = 0; i < TOY_PUS; i++)
		sv_sim_thread_fini(&s->thread[i]);
	sim_host_fini(&s->host);
	free(s);
}

#define RUN(...)                                                                                   \
	do {                                                                                       \
		static const struct step steps[] = { __VA_ARGS__ };                                \
		run(steps, sizeof(steps) / sizeof(steps[0]));                                      \
	} while (0)
#define US SV_US

START_TEST(first_touch_comes_from_the_home_memory)
{
	RUN({ 0, LOAD, 0, 90, 0 }, { 2, LOAD, 0, 150, 1 }, { 1, RMW, 0, 90, 2 });
}
END_TEST

START_TEST(a_copy_makes_the_next_load_a_hit)
{
	RUN({ 0, LOAD, 0, 90, 0 }, { 0, LOAD, US, 1, 0 });
}
END_TEST

START_TEST(a_load_of_a_shared_line_comes_from_the_nearest_copy)
{
	RUN({ 0, LOAD, 0, 90, 0 }, { 2, LOAD, US, 80, 0 }, { 3, LOAD, 2 * US, 20, 0 });
}
END_TEST

START_TEST(a_load_of_a_modified_line_comes_from_its_owner)
{
	RUN({ 0, RMW, 0, 90, 0 }, { 1, LOAD, US, 40, 0 }, { 2, RMW, 2 * US, 122, 0 },
		{ 0, LOAD, 3 * US, 100, 0 });
}
END_TEST

START_TEST(an_owner_writes_at_the_price_of_a_hit)
{
	RUN({ 0, RMW, 0, 90, 0 }, { 0, RMW, US, 5, 0 }, { 0, STORE, 2 * US, 1, 0 });
}
END_TEST

/* The only reader of a line has it exclusively: its first write needs no one's leave. */
START_TEST(the_only_reader_writes_at_the_price_of_a_hit)
{
	RUN({ 0, LOAD, 0, 90, 0 }, { 0, RMW, US, 5, 0 });
}
END_TEST

/* 120 for the farthest copy and 2 for each of the two further ones. */
START_TEST(a_write_waits_for_the_farthest_copy_and_pays_for_each_further_one)
{
	RUN({ 0, LOAD, 0, 90, 0 }, { 1, LOAD, US, 20, 0 }, { 2, LOAD, 2 * US, 80, 0 },
		{ 3, LOAD, 3 * US, 20, 0 }, { 0, RMW, 4 * US, 124, 0 },
		{ 3, LOAD, 5 * US, 100, 0 });
}
END_TEST

/* The other's request is still on its way to the home. */
START_TEST(an_owner_hits_until_the_next_request_is_served)
{
	RUN({ 0, RMW, 0, 90, 0 }, { 1, RMW, US, 60, 0 }, { 0, RMW, US + SV_NS, 5, 0 });
}
END_TEST

START_TEST(contended_requests_queue_by_occupancy)
{
	/* 2 and 3 ask for a line of 0: 60 ns to the home; 70 ns occupied by the first. */
	RUN({ 0, RMW, 0, 90, 0 }, { 2, RMW, US, 120, 0 }, { 3, RMW, US, 160, 0 });
}
END_TEST

/* The store keeps its core 1 ns; the fence 1 ns later waits for the line's 120 and its own 8. */
START_TEST(a_store_delays_its_visibility_and_not_its_core)
{
	RUN({ 0, RMW, 0, 90, 0 }, { 2, STORE, US, 1, 0 }, { 2, FENCE, US + SV_NS, 127, 0 });
}
END_TEST

START_TEST(a_load_finds_its_own_store_in_the_buffer)
{
	RUN({ 0, RMW, 0, 90, 0 }, { 2, STORE, US, 1, 0 }, { 2, LOAD, US + SV_NS, 1, 0 });
}
END_TEST

START_TEST(an_atomic_waits_until_the_store_buffer_is_empty)
{
	RUN({ 0, RMW, 0, 90, 0 }, { 2, RMW, 0, 150, 1 }, { 2, STORE, US, 1, 0 },
		{ 2, RMW, US + SV_NS, 119 + 5, 1 });
}
END_TEST

START_TEST(stores_become_visible_in_program_order)
{
	/* The line of the second store is at hand, but it waits for the first, and then takes 1 ns.
	 */
	RUN({ 0, RMW, 0, 90, 0 }, { 2, RMW, 0, 150, 1 }, { 2, STORE, US, 1, 0 },
		{ 2, STORE, US + SV_NS, 1, 1 }, { 3, LOAD, US + 100 * SV_NS, 40, 1 },
		{ 2, FENCE, US + 2 * SV_NS, 119 + 8, 1 });
}
END_TEST

/* Alone each takes 120 ns; the second follows the first when its data have come, at 121 ns. */
START_TEST(lines_of_later_stores_are_on_their_way_when_the_core_looks_ahead)
{
	stores_ahead = NAN;
	RUN({ 0, RMW, 0, 90, 0 }, { 0, RMW, US / 2, 90, 1 }, { 2, STORE, US, 1, 0 },
		{ 2, STORE, US + SV_NS, 1, 1 }, { 2, FENCE, US + 2 * SV_NS, 238 + 8, 0 });
	stores_ahead = 4;
	RUN({ 0, RMW, 0, 90, 0 }, { 0, RMW, US / 2, 90, 1 }, { 2, STORE, US, 1, 0 },
		{ 2, STORE, US + SV_NS, 1, 1 }, { 2, FENCE, US + 2 * SV_NS, 120 + 8, 0 });
	stores_ahead = NAN;
}
END_TEST

START_TEST(a_core_looks_ahead_no_further_than_it_can)
{
	/* Of three lines two are on their way at a time: the third takes 120 ns more. */
	stores_ahead = 2;
	RUN({ 0, RMW, 0, 90, 0 }, { 0, RMW, US / 4, 90, 1 }, { 0, RMW, US / 2, 90, 2 },
		{ 2, STORE, US, 1, 0 }, { 2, STORE, US + SV_NS, 1, 1 },
		{ 2, STORE, US + 2 * SV_NS, 1, 2 }, { 2, FENCE, US + 3 * SV_NS, 239 + 8, 0 });
	stores_ahead = NAN;
}
END_TEST

START_TEST(a_line_that_came_early_and_went_is_asked_for_again)
{
	/* It has come by then; the load takes it before the first store lets its own one go. */
	stores_ahead = 4;
	RUN({ 0, RMW, 0, 90, 0 }, { 3, RMW, 0, 150, 1 }, { 2, STORE, US, 1, 0 },
		{ 2, STORE, US + SV_NS, 1, 1 }, { 3, LOAD, US + 70 * SV_NS, 40, 1 },
		{ 2, FENCE, US + 2 * SV_NS, 178 + 8, 1 });
	stores_ahead = NAN;
}
END_TEST

/* Served at 75 ns, overwritten at 95 ns, and the buffer holds the store until 150 ns. */
START_TEST(a_load_does_not_find_a_store_that_another_has_overwritten)
{
	RUN({ 2, STORE, 0, 1, 0 }, { 3, STORE, 20 * SV_NS, 1, 0 }, { 2, LOAD, 120 * SV_NS, 40, 0 });
}
END_TEST

int main(void)
{
	TCase *cost = tcase_create("cost");

	tcase_add_test(cost, first_touch_comes_from_the_home_memory);
	tcase_add_test(cost, a_copy_makes_the_next_load_a_hit);
	tcase_add_test(cost, a_load_of_a_shared_line_comes_from_the_nearest_copy);
	tcase_add_test(cost, a_load_of_a_modified_line_comes_from_its_owner);
	tcase_add_test(cost, an_owner_writes_at_the_price_of_a_hit);
	tcase_add_test(cost, the_only_reader_writes_at_the_price_of_a_hit);
	tcase_add_test(cost, a_write_waits_for_the_farthest_copy_and_pays_for_each_further_one);
	tcase_add_test(cost, an_owner_hits_until_the_next_request_is_served);
	tcase_add_test(cost, contended_requests_queue_by_occupancy);
	tcase_add_test(cost, a_store_delays_its_visibility_and_not_its_core);
	tcase_add_test(cost, a_load_finds_its_own_store_in_the_buffer);
	tcase_add_test(cost, a_load_does_not_find_a_store_that_another_has_overwritten);
	tcase_add_test(cost, lines_of_later_stores_are_on_their_way_when_the_core_looks_ahead);
	tcase_add_test(cost, a_core_looks_ahead_no_further_than_it_can);
	tcase_add_test(cost, a_line_that_came_early_and_went_is_asked_for_again);
	tcase_add_test(cost, an_atomic_waits_until_the_store_buffer_is_empty);
	tcase_add_test(cost, stores_become_visible_in_program_order);
	return run_case("coherence", cost);
}
