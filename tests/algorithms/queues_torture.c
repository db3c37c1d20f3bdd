/*
 * queues_torture.c - every queue between two threads of the host
 */
#include "queue_torture.h"
#include "run_suite.h"

START_TEST(keeps_all_requests_in_order_when_its_size_is)
{
	static const uint32_t sizes[] = { 1, 2, 3, 7, 64, 1000, 32768 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		torture_run(queue_cases[_i], sizes[i], 64, sizes[i] < 7 ? 2000 : 70000, 200);
}
END_TEST

START_TEST(loses_no_wake_up_of_sides_that_always_sleep)
{
	torture_run(queue_cases[_i], 16, 64, 5000, 0);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each queue");

	tcase_set_timeout(each, 120);
	tcase_add_loop_test(each, keeps_all_requests_in_order_when_its_size_is, 0, QUEUE_CASES);
	tcase_add_loop_test(each, loses_no_wake_up_of_sides_that_always_sleep, 0, QUEUE_CASES);
	return run_case("queues_torture", each);
}
