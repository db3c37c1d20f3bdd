/*
 * pages.c - the locks of the page allocator: which, when, of which node
 */
#include "workloads/pages.h"
#include "run_suite.h"
#include "sim_host.h"

static struct sim_host host;
static struct toy_machine toy;
static struct sv_lock_set set;
static struct sv_pages pages;
static struct sv_sim_thread thread;
static struct sv_guarded *lock[SV_PAGES_OPERATIONS];

/* A set of nothing but its locks: who takes which is what is tested. */
static void begin(unsigned nodes)
{
	toy_machine_init(&toy);
	sim_host_init(&host, &toy.machine, false);
	host.system.team.numa_nodes = nodes;
	set = (struct sv_lock_set){ .locks = 3 + sv_pages_locks(&host.system),
		.system = &host.system };
	set.lock = calloc(set.locks, sizeof(*set.lock));
	ck_assert_int_eq(sv_pages_init(&pages, &set, &host.system), 0);
	thread = (struct sv_sim_thread){ .memory = host.memory, .team = &host.system.team };
}

static void end(void)
{
	sv_pages_fini(&pages);
	free(set.lock);
	sim_host_fini(&host);
}

static void check(unsigned n, unsigned node)
{
	ck_assert_ptr_eq(lock[0], &set.lock[3 + 2 * node]);
	if (n == 2)
		ck_assert_ptr_eq(lock[1], &set.lock[3 + 2 * node + 1]);
}

START_TEST(an_empty_list_takes_a_batch_from_the_zone)
{
	/* 14 pages a time of batches of 31: the balance is -14, 17, 3, -11, 20, 6, -8, ... */
	static const unsigned expected[] = { 2, 1, 2, 1, 2, 1, 2 };

	begin(1);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		unsigned n = sv_pages_allocate(&pages, &thread, lock);

		ck_assert_uint_eq(n, expected[i]);
		check(n, 0);
	}
	end();
}
END_TEST

START_TEST(in_the_long_run_a_batch_is_taken_for_every_31_pages)
{
	unsigned zone = 0;

	begin(1);
	for (int i = 0; i < 31000; i++)
		zone += sv_pages_allocate(&pages, &thread, lock) - 1;
	ck_assert_uint_eq(zone, 14000);
	end();
}
END_TEST

START_TEST(a_list_of_six_batches_gives_them_back_to_the_zone)
{
	unsigned zone = 0;

	begin(1);
	/* 5 x 32 pages are not above 186, the sixth time they are. */
	for (int i = 0; i < 5; i++)
		ck_assert_uint_eq(sv_pages_release(&pages, &thread, lock), 1);
	ck_assert_uint_eq(sv_pages_release(&pages, &thread, lock), 2);
	check(2, 0);
	for (int i = 0; i < 31000; i++)
		zone += sv_pages_release(&pages, &thread, lock) - 1;
	ck_assert_uint_ge(zone, 31000);
	end();
}
END_TEST

START_TEST(a_cpu_has_a_list_and_a_node_has_locks_of_its_own)
{
	begin(2);
	ck_assert_uint_eq(sv_pages_locks(&host.system), 4);
	ck_assert_uint_eq(sv_pages_allocate(&pages, &thread, lock), 2);
	check(2, 0);
	/* The last CPU is of the second of two nodes, whatever the machine's are. */
	thread.cpu = (uint16_t)(host.system.team.cpus - 1);
	ck_assert_uint_eq(sv_pages_allocate(&pages, &thread, lock), 2);
	check(2, 1);
	end();
}
END_TEST

START_TEST(without_virtual_nodes_the_machine_has_them)
{
	begin(0);
	thread.pu = (uint16_t)(toy.machine.pus - 1);
	ck_assert_uint_eq(sv_pages_locks(&host.system), 2 * toy.machine.numa_nodes);
	check(sv_pages_allocate(&pages, &thread, lock), toy.node[thread.pu]);
	end();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		an_empty_list_takes_a_batch_from_the_zone,
		in_the_long_run_a_batch_is_taken_for_every_31_pages,
		a_list_of_six_batches_gives_them_back_to_the_zone,
		a_cpu_has_a_list_and_a_node_has_locks_of_its_own,
		without_virtual_nodes_the_machine_has_them,
		NULL,
	};

	return run_tests("pages", tests);
}
