/*
 * copy.c - copies of entries and stores to registers by simulated threads
 */
#define SV_SUBSTRATE_simulated 1
#include "run_suite.h"
#include "sim_host.h"
#include "substrate.h"
#include <string.h>

static struct toy_machine toy;
static struct sim_host host;
static char *shared;
static sv_time took;

static void setup(void)
{
	toy_machine_init(&toy);
	sim_host_init(&host, &toy.machine, false);
	shared = sv_memory_alloc(host.memory, 256, 0);
}

static void teardown(void)
{
	sim_host_fini(&host);
}

static void run(void (*body)(struct sv_sim_thread *self, void *arg))
{
	struct sv_sim_thread thread;

	sim_host_thread(&host, &thread, body, NULL, 0);
	sim_host_run(&host, SV_MS);
	sv_sim_thread_fini(&thread);
}

static void fill(char *own, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		own[i] = (char)(i + 1);
}

static void copy_two_lines_in(struct sv_sim_thread *self, void *arg)
{
	char own[128];
	sv_time begin;

	(void)self, (void)arg;
	fill(shared, 128);
	begin = sv_clock();
	sv_copy_in(own, shared, 128);
	took = sv_clock() - begin;
	ck_assert_mem_eq(own, shared, 128);
	begin = sv_clock();
	sv_copy_in(own, shared, 128);
	ck_assert_int_eq(sv_clock() - begin, 8 * SV_NS);
}

START_TEST(a_copy_in_fetches_each_line_once)
{
	run(copy_two_lines_in);
	/* Two lines from memory, six hits by vectors of 16 bytes. */
	ck_assert_int_eq(took, (2 * 90 + 6) * SV_NS);
}
END_TEST

static void copy_out_and_in(struct sv_sim_thread *self, void *arg)
{
	char own[128], back[128];
	sv_time begin = sv_clock();

	(void)self, (void)arg;
	fill(own, 128);
	sv_copy_out(shared, own, 128);
	/* The lines are not here yet: the stores wait in the buffer, the core does not. */
	ck_assert_int_eq(sv_clock() - begin, 8 * SV_NS);
	ck_assert_mem_ne(shared, own, 8);
	sv_copy_in(back, shared, 128);
	ck_assert_mem_eq(back, own, 128);
	sv_fence();
	ck_assert_mem_eq(shared, own, 128);
}

START_TEST(a_copy_out_is_visible_when_its_lines_have_come)
{
	run(copy_out_and_in);
}
END_TEST

static void ring(struct sv_sim_thread *self, void *arg)
{
	sv_u32 *word = (sv_u32 *)(void *)shared;
	sv_u64 *behind = (sv_u64 *)(void *)(shared + 128);
	sv_time begin;

	(void)self, (void)arg;
	sv_store(behind, 7, SV_RELAXED);
	begin = sv_clock();
	sv_doorbell(word, 42);
	took = sv_clock() - begin;
	ck_assert_uint_eq(word->raw, 42);
	ck_assert_uint_eq(behind->raw, 7);
	begin = sv_clock();
	sv_doorbell(word, 43);
	ck_assert_int_eq(sv_clock() - begin, 250 * SV_NS);
}

START_TEST(a_doorbell_comes_behind_all_stores_and_costs_its_row)
{
	toy.machine.cost[SV_COST_MMIO_WRITE] = 250 * SV_NS;
	run(ring);
	ck_assert_int_gt(took, 250 * SV_NS);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("copy");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_copy_in_fetches_each_line_once);
	tcase_add_test(tests, a_copy_out_is_visible_when_its_lines_have_come);
	tcase_add_test(tests, a_doorbell_comes_behind_all_stores_and_costs_its_row);
	return run_case("copy", tests);
}
