/*
 * queues_torture_slow.c - 10^8 operations on each queue between two threads of the host
 *
 * A request is four operations: it is added, taken, completed and reaped. All that the indices can
 * do, they do here hundreds of times.
 */
#include "queue_torture.h"
#include "run_suite.h"

START_TEST(keeps_all_requests_in_order_for_long)
{
	torture_run(queue_cases[_i], 256, 64, 25000000, 1000);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each queue");

	tcase_set_timeout(each, 290);
	tcase_add_loop_test(each, keeps_all_requests_in_order_for_long, 0, QUEUE_CASES);
	return run_case("queues_torture_slow", each);
}
